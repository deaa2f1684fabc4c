"""Devices in homes: an alarm becomes a case, the nearest on duty is called, and who hears what of the household."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from tests.hub.bench import EAST, STREET, Bench
from tests.hub.test_reports import move

from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.devices import register
from sharp_eyes.hub.devices.calling import call_next
from sharp_eyes.hub.intake.platforms import add_platform
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.duty import add_shift
from sharp_eyes.hub.people.tokens import TokenWish, make_token
from sharp_eyes.hub.store.device_tables import DutyPosition
from sharp_eyes.hub.store.notice_tables import DutyShift, Notice
from sharp_eyes.hub.store.tables import Account

DISTRICT = Path(__file__).parents[2] / "configs/city/demo-district.yaml"
WEST = f"{STREET}/west"
HOME = (120.5300, 29.6080)
METRES_100 = 0.0009
"""Degrees of latitude."""

LATE = datetime(2026, 2, 28, 18, 10, tzinfo=UTC)
"""Ten past two at night."""


def platform(bench: Bench, area: str = "demo") -> TestClient:
    """A platform of devices with its token: no cookie, no header of ours."""
    with bench.transaction() as work:
        wish = TokenWish("alarm centre", "device-platform", area, None, work.now + timedelta(days=30))
        _, text = make_token(work, Origin("chief", "local"), wish, 365)
    client = bench.stranger()
    del client.headers["x-requested-with"]
    client.headers["authorization"] = f"Bearer {text}"
    return client


def says(client: TestClient, kind: str, identity: str, device: str = "SA-0042", **more: Any) -> Response:
    said: Response = client.post("/api/device-messages", json={"id": identity, "device": device, "kind": kind} | more)
    return said


def at(north: float = 0.0) -> dict[str, Any]:
    return {"longitude": HOME[0], "latitude": HOME[1] + north, "datum": "wgs84", "accuracy": 9}


def with_home(lead: TestClient, area: str = EAST, serial: str = "SA-0042") -> int:
    """A household with a smoke alarm and a contact; gives the household's id."""
    body = {"area": area, "address": "12 First Street, flat 301", "note": "82, hears badly", "lone_elder": True}
    home = lead.post("/api/households", json=body | {"position": at()}).json()["id"]
    contacts = {"contacts": [{"name": "Neighbour in 302", "phone": "13800001111"}]}
    assert lead.put(f"/api/households/{home}/contacts", json=contacts).status_code == 204
    made = lead.post("/api/devices", json={"kind": "smoke_alarm", "serial": serial, "household": home})
    assert made.status_code == 201, made.text
    return int(home)


def on_duty(bench: Bench, username: str, area: str, hours: int = 12) -> None:
    with bench.transaction() as work:
        person = work.session.query(Account).filter_by(username=username).one()
        shift = DutyShift(account_id=person.id, area=area, role=person.role, note="", made_by="lead", made_at=work.now)
        shift.begins_at, shift.ends_at = work.now - timedelta(hours=1), work.now + timedelta(hours=hours)
        add_shift(work, shift, person)


def grid_worker(bench: Bench, name: str, area: str = EAST, north: float | None = None) -> TestClient:
    """A grid worker on duty, whose phone says how far north of the home it is."""
    client = bench.client(Role.GRID_WORKER, area, name=name)
    on_duty(bench, name, area)
    if north is not None:
        assert client.put("/api/duty/position", json=at(north)).status_code == 200
    return client


def time_passes(bench: Bench, **by: float) -> None:
    bench.clock.forward(**by)
    run_due(bench.hub.transaction, follow=call_next)


def lines(client: TestClient, case: int) -> list[tuple[str, str]]:
    """The case's log: what, and who is meant or did it."""
    log = client.get(f"/api/cases/{case}").json()["log"]
    return [(line["what"], line["data"].get("person", line["actor_kind"])) for line in log]


@pytest.fixture
def quick_district(tmp_path: Path) -> Any:
    made = Bench(tmp_path / "data", city=DISTRICT)
    made.clock.time = LATE
    yield made
    made.close()


def test_where_nobody_answers_it_is_the_shift_leads(quick_district: Bench) -> None:
    """Who cannot go says so, and the next is called at once; at the end of the list the shift lead is told."""
    bench = quick_district
    lead = bench.client(Role.SHIFT_LEAD, name="lead")
    with_home(lead)
    far, street = grid_worker(bench, "far", EAST), grid_worker(bench, "street", STREET)
    case = says(platform(bench), "alarm", "a-1").json()["case"]
    assert lead.get(f"/api/cases/{case}").json()["calling"]["person"] == "far"  # the smaller area first
    refused = street.post(f"/api/cases/{case}/moves/decline_call", json={})
    assert refused.status_code == 403
    assert street.post(f"/api/cases/{case}/moves/accept", json={}).status_code == 403
    move(far, case, "decline_call", note="At another alarm.")
    assert lead.get(f"/api/cases/{case}").json()["calling"]["person"] == "street"
    time_passes(bench, minutes=1)
    time_passes(bench, minutes=30)  # reminders of other clocks call nobody anew
    assert [what for what in lines(lead, case) if "call" in what[0] or "nobody" in what[0]] == [
        ("called", "far"),
        ("call_declined", "person"),
        ("called", "street"),
        ("call_unanswered", "street"),
        ("nobody_answered", "rule"),
    ]
    with bench.hub.read_only() as work:
        told = work.session.query(Notice).filter_by(kind="nobody_answered").join(Account)
        assert [name for (name,) in told.with_entities(Account.username)] == ["lead"]
    assert move(far, case, "accept")["calling"]["went"] == "far"  # late, and welcome
    assert move(far, case, "arrive")["state"] == "accepted"


def test_nobody_on_duty_is_said_at_once(quick_district: Bench) -> None:
    """A grid worker who is not on duty sleeps; the shift lead hears of it in the same minute."""
    bench = quick_district
    lead = bench.client(Role.SHIFT_LEAD)
    with_home(lead)
    bench.client(Role.GRID_WORKER, EAST)
    case = says(platform(bench), "alarm", "a-1").json()["case"]
    assert lines(lead, case)[-1] == ("nobody_answered", "rule")


def test_what_a_device_says_besides_alarms_is_kept_in_the_register(quick_district: Bench) -> None:
    """Tests, batteries and silence are seen in the register; who needs somebody stands first."""
    bench = quick_district
    lead, machine = bench.client(Role.SHIFT_LEAD), platform(bench)
    home = with_home(lead)
    for serial in ("SA-1", "SA-2", "SA-3"):
        lead.post("/api/devices", json={"kind": "smoke_alarm", "serial": serial, "household": home})
    assert says(machine, "test", "t-1", "SA-1").json() == {
        "device": "SA-1",
        "case": None,
        "number": None,
        "state": None,
    }
    bench.clock.forward(hours=30)
    says(machine, "heartbeat", "h-1", "SA-2", battery=80)
    says(machine, "heartbeat", "h-2", "SA-3", battery=12)
    lead = bench.client(Role.SHIFT_LEAD)
    shown = lead.get("/api/devices").json()["items"]
    assert [(one["serial"], one["state"]) for one in shown] == [
        ("SA-1", "silent"),
        ("SA-3", "low_battery"),
        ("SA-0042", "unheard"),
        ("SA-2", "ok"),
    ]
    assert shown[0]["tested_at"] == "2026-02-28T18:10:00Z"
    assert [one["serial"] for one in lead.get("/api/devices", params={"search": "first sa-3"}).json()["items"]] == [
        "SA-3"
    ]
    says(machine, "cleared", "c-1", "SA-2")  # nothing to clear: no case, no line
    refused = lead.delete(f"/api/households/{home}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "has_devices")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"device": "SA-unknown"}, "unknown_device"),
        ({"id": "a" * 101}, "invalid"),
        ({"device": "no serial/"}, "invalid"),
        ({"kind": "shout"}, "invalid"),
    ],
)
def test_a_message_that_cannot_be_taken_says_why(quick_district: Bench, said: dict[str, Any], code: str) -> None:
    """The platform's log shows what to mend."""
    lead = quick_district.client(Role.SHIFT_LEAD)
    with_home(lead)
    body = {"id": "a-1", "device": "SA-0042", "kind": "alarm"} | said
    assert platform(quick_district).post("/api/device-messages", json=body).json()["error"]["code"] == code


def test_a_platform_speaks_for_its_area_and_does_nothing_else(quick_district: Bench) -> None:
    """Its token opens no case and no register; an alarm that repeats itself every second is one line a minute."""
    bench = quick_district
    lead = bench.client(Role.SHIFT_LEAD)
    with_home(lead)
    machine = platform(bench)
    assert says(platform(bench, WEST), "alarm", "a-1").status_code == 404
    assert says(bench.client(Role.HANDLER, unit="parks"), "alarm", "a-1").json()["error"]["code"] == "source_not_yours"
    case = says(machine, "alarm", "a-1").json()["case"]
    for number in range(9):
        bench.clock.forward(seconds=10)
        assert says(machine, "alarm", f"b-{number}").json()["case"] == case
    assert lead.get(f"/api/cases/{case}").json()["counts"]["reports"] == 2
    assert machine.get(f"/api/cases/{case}").status_code == 404
    assert machine.get("/api/devices").status_code == machine.get("/api/households").status_code == 403
    other = lead.post("/api/devices", json={"kind": "smoke_alarm", "serial": "SA-2", "area": EAST})
    assert other.status_code == 201
    assert says(machine, "alarm", "a-1", "SA-2").json()["error"]["code"] == "key_reused"


def test_over_mqtt_a_platform_is_answered_and_a_stranger_is_not(quick_district: Bench) -> None:
    """The same function takes it; what is committed is acknowledged, what can never be taken is refused."""
    bench = quick_district
    lead = bench.client(Role.SHIFT_LEAD)
    with_home(lead)
    with bench.transaction() as work:
        add_platform(work, "alarm-centre", STREET)
    message = '{"id": "m-%d", "device": "%s", "kind": "alarm"}'
    for _ in range(2):
        bench.post(Channel.DEVICE, message % (1, "SA-0042"), "alarm-centre")
    bench.post(Channel.DEVICE, message % (2, "SA-unknown"), "alarm-centre")
    bench.post(Channel.DEVICE, "no JSON", "alarm-centre")
    bench.post(Channel.DEVICE, message % (3, "SA-0042"), "gate-01")  # a gateway is no platform
    assert bench.out.taken == ["m-1", "m-1"]
    assert list(bench.out.refused) == ["m-2"]
    cases = lead.get("/api/cases", params={"source": "sensor"}).json()["items"]
    assert len(cases) == 1
    assert bench.hub.intake.replies.dropped.counts() == {"refused": 1, "device message": 1, "unknown platform": 1}


def test_a_place_is_kept_while_its_owner_is_on_duty(quick_district: Bench) -> None:
    """Only the latest, only on duty; it goes when they say so, and at the shift's end."""
    bench = quick_district
    asleep = bench.client(Role.GRID_WORKER, EAST)
    assert asleep.put("/api/duty/position", json=at()).json()["error"]["code"] == "not_on_duty"
    awake = grid_worker(bench, "awake", EAST, METRES_100)
    awake.put("/api/duty/position", json=at(2 * METRES_100))
    assert awake.get("/api/duty/position").json()["latitude"] == HOME[1] + 2 * METRES_100
    assert awake.delete("/api/duty/position").status_code == 204
    assert awake.get("/api/duty/position").json() is None
    awake.put("/api/duty/position", json=at())
    bench.clock.forward(hours=12)
    bench.hub._forget()
    with bench.hub.read_only() as work:
        assert work.session.query(DutyPosition).count() == 0


def test_contacts_of_a_household_have_their_own_term(quick_district: Bench) -> None:
    """They go a year after they were confirmed last, and with the household; leaders never read them."""
    bench = quick_district
    lead = bench.client(Role.SHIFT_LEAD)
    home = with_home(lead)
    assert bench.client(Role.LEADER).get(f"/api/households/{home}/contacts").status_code == 403
    bench.clock.forward(days=364)
    assert bench.hub.retention.run()["household_contact"] == 0
    bench.clock.forward(days=2)
    assert bench.hub.retention.run()["household_contact"] == 1
    again = bench.client(Role.SHIFT_LEAD)
    assert again.get(f"/api/households/{home}/contacts").json() == []


def test_the_map_is_told_of_devices_and_counts_and_of_no_household(quick_district: Bench) -> None:
    """Whoever sees the area sees that a device hangs there, not who lives behind the door."""
    bench = quick_district
    with_home(bench.client(Role.SHIFT_LEAD))
    with bench.hub.read_only() as work:
        (shown,) = register.devices_on_map(work, Scope(STREET))
        assert (shown.longitude, shown.latitude, shown.state) == (*HOME, "unheard")
        assert register.devices_on_map(work, Scope(WEST)) == register.devices_on_map(work, Scope("demo", "parks")) == []
        assert register.households_by_area(work, Scope(STREET)) == {EAST: register.HouseholdCount(1, 1)}


def test_who_comes_second_is_told_what_holds_now_and_what_is_left_out_stays(quick_district: Bench) -> None:
    """Two change one household; a device keeps a position, premises a contact, that a form does not show."""
    page = quick_district.client(Role.ADMINISTRATOR)
    seen = {"address": "First Street 1", "note": "", "lone_elder": False}
    home = page.post("/api/households", json={"area": EAST, "address": "First Street 1"}).json()["id"]
    first = page.put(f"/api/households/{home}", json={"area": EAST, "address": "First Street 2", "seen": seen})
    assert first.is_success, first.text
    body = {"area": EAST, "address": "First Street 1", "note": "hears badly", "seen": seen}
    second = page.put(f"/api/households/{home}", json=body)
    assert second.status_code == 409
    assert second.json()["error"]["code"] == "changed_meanwhile"
    assert second.json()["now"] == {"address": "First Street 2"}
    again = page.put(f"/api/households/{home}", json=body | {"seen": seen | second.json()["now"]})
    assert again.json()["note"] == "hears badly"

    spot = {"longitude": 120.5214, "latitude": 29.6262, "datum": "wgs84"}
    kind = page.get("/api/devices").json()["kinds"][0]["id"]
    device = {"kind": kind, "serial": "SEEN-1", "area": EAST}
    made = page.post("/api/devices", json=device | {"position": spot}).json()
    changed = page.put(f"/api/devices/{made['id']}", json=device | {"place": "kitchen"}).json()
    assert changed["position"] == made["position"]
    taken = page.post("/api/devices", json=device)
    assert taken.json()["faults"] == [{"field": "serial", "code": "taken", "values": {}}]
    long = page.post("/api/devices", json=device | {"serial": "SEEN-2", "place": "x" * 501})
    (fault,) = long.json()["faults"]
    assert (fault["field"], fault["code"], fault["values"]["max_length"]) == ("place", "too_long", 500)

    known = {"kind": "restaurant", "name": "East Gate", "area": EAST}
    inn = page.post("/api/premises", json=known | {"phone": "13800001234"}).json()["id"]
    assert page.patch(f"/api/premises/{inn}", json=known | {"address": "First Street 2"}).is_success
    assert page.get(f"/api/premises/{inn}/contact").json()["phone"] == "13800001234"
    assert page.patch(f"/api/premises/{inn}", json=known | {"phone": ""}).is_success
    assert page.get(f"/api/premises/{inn}/contact").status_code == 404
