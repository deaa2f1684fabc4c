"""What goes along when an area is renamed or moved, and what keeps the path of its day."""

import threading
from datetime import timedelta
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import select, text
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, PASSWORD, START, STREET, Bench, announced, scene_event
from tests.hub.edge import wait_for
from tests.hub.test_areas import ANY, EAST_ID, NAME, SECOND_ID, STREET_ID, acts, detail, paths, reported, version

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.cases.rebuild import rebuild
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.scene_events import take_event
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.tokens import TokenWish, make_token
from sharp_eyes.hub.store.city_tables import AreaStay
from sharp_eyes.hub.store.notice_tables import DutyShift, Snooze
from sharp_eyes.hub.store.tables import Account, ApiToken, Camera, Gateway, GatewayInvitation

MAIN = "demo/main-street"


def plan(bench: Bench) -> None:
    """A token, a shift, a snooze and an invitation in the east."""
    with bench.transaction() as work:
        until = work.now + timedelta(days=1)
        make_token(work, Origin("chief", "local"), TokenWish("board", "clerk", EAST, None, until), 365)
        lead = work.session.scalars(select(Account.id).where(Account.username == "lead")).one()
        made = {"made_by": "chief", "made_at": work.now, "begins_at": work.now, "ends_at": until}
        work.session.add(DutyShift(account_id=lead, area=EAST, role="shift_lead", **made))
        work.session.add(Snooze(area=EAST, camera="other", major_too=False, reason="road works", **made))
        invited = GatewayInvitation(gateway="g9", area=EAST, secret_hash="x", made_at=work.now, made_by="chief")
        invited.expires_at = until
        work.session.add(invited)


def test_a_renamed_area_keeps_its_id_and_takes_along_what_is_open(bench: Bench) -> None:
    """People, tokens, gateways, cameras, plans and open cases; an ended case keeps the path of its day."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    lead = bench.client(Role.SHIFT_LEAD, STREET, name="lead")
    bench.birth()
    over, open_one = reported(bench), reported(bench)
    assert lead.post(f"/api/cases/{over}/moves/void", json={"reason": "x"}).is_success
    plan(bench)
    bench.clock.forward(minutes=1)

    renamed = chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street", "version": version(chief)})
    assert renamed.status_code == 200, renamed.text
    assert renamed.json()["properties"]["path"] == MAIN
    assert paths(chief)[EAST_ID] == f"{MAIN}/east"
    assert acts(bench)[-1] == ("area_changed", STREET_ID, MAIN)
    with bench.hub.read_only() as work:
        for column in (ApiToken.area, DutyShift.area, Snooze.area, GatewayInvitation.area, Camera.area):
            assert work.session.scalars(select(column)).all() == [f"{MAIN}/east"], column
        assert work.session.scalars(select(Gateway.area)).all() == [MAIN]
    assert lead.get("/api/session").json()["area"] == MAIN
    case = detail(lead, open_one)
    assert (case["area"], case["log"][-1]["what"]) == (f"{MAIN}/east", "area_changed")
    assert detail(lead, over)["area"] == EAST
    assert detail(lead, over)["log"][-1]["what"] == "voided"
    assert {one["id"] for one in lead.get("/api/cases").json()["items"]} == {over, open_one}
    rebuild(bench.hub.transaction, bench.hub.read_only, every=True)
    assert [detail(lead, one)["area"] for one in (over, open_one)] == [EAST, f"{MAIN}/east"]


def test_a_gateway_that_knows_the_old_path_reports_from_the_same_area(bench: Bench) -> None:
    """Or the id: its settings need not be changed on the day of the renaming."""
    chief = bench.client(Role.ADMINISTRATOR)
    assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY).is_success
    for said in (EAST, EAST_ID, f"{MAIN}/east"):
        bench.birth(cameras=(CameraNote(camera=CAMERA, name="x", area=said),))
        assert detail(chief, reported(bench))["area"] == f"{MAIN}/east"


def test_a_moved_area_leaves_its_past_where_it_was(bench: Bench) -> None:
    """Who had it then sees what ended then, and who has it now what is open; its own people see both."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    before, after = bench.client(Role.SHIFT_LEAD, STREET), bench.client(Role.SHIFT_LEAD, "demo/second-street")
    own = bench.client(Role.CLERK, EAST)
    bench.birth()
    over, open_one = reported(bench), reported(bench)
    assert before.post(f"/api/cases/{over}/moves/void", json={"reason": "x"}).is_success
    bench.clock.forward(minutes=1)
    moved = chief.patch(f"/api/areas/{EAST_ID}", json={"parent": SECOND_ID}, headers=ANY)
    assert moved.json()["properties"]["parent"] == SECOND_ID

    def seen(page: TestClient) -> set[int]:
        listed = {one["id"] for one in page.get("/api/cases").json()["items"]}
        assert listed == {one for one in (over, open_one) if page.get(f"/api/cases/{one}").status_code == 200}
        return listed

    both = {over, open_one}
    assert [seen(page) for page in (before, after, own, chief)] == [{over}, {open_one}, both, both]
    # Another area at the old path begins without a past.
    bench.clock.forward(minutes=1)
    new = {"parent": STREET_ID, "part": "east", "id": "new-east", "name": NAME}
    assert chief.post("/api/areas", json=new, headers=ANY).is_success
    assert seen(bench.client(Role.CLERK, EAST)) == set()
    # What is opened again lies where its area lies now.
    assert after.post(f"/api/cases/{over}/moves/reopen", json={"reason": "again"}).status_code == 404
    again = before.post(f"/api/cases/{over}/moves/reopen", json={"reason": "again"})
    assert again.status_code in (200, 404), again.text
    assert seen(before) == set()
    case = detail(after, over)
    assert case["area"] == "demo/second-street/east"
    assert [line["what"] for line in case["log"]][-2:] == ["area_changed", "reopened"]


def test_areas_change_places(bench: Bench) -> None:
    """In one collection; what lies in them goes with the id, not with the path."""
    chief = bench.client(Role.ADMINISTRATOR)
    bench.birth()
    case = reported(bench)
    bench.client(Role.CLERK, f"{STREET}/west", name="wes")
    given = chief.get("/api/areas").json()
    swap = {EAST_ID: f"{STREET}/west", "demo.first-street.west": EAST}
    for one in given["features"]:
        one["properties"]["path"] = swap.get(one["id"], one["properties"]["path"])
    assert chief.put("/api/areas", json=given).is_success
    assert detail(chief, case)["area"] == f"{STREET}/west"
    with bench.hub.read_only() as work:
        assert work.session.scalars(select(Account.area).where(Account.username == "wes")).one() == EAST


def test_the_audit_trail_of_a_renamed_area_stays_with_its_administrators(bench: Bench) -> None:
    """Its lines keep their words: they are only added."""
    chief, mine = bench.client(Role.ADMINISTRATOR), bench.client(Role.ADMINISTRATOR, STREET, name="mine")
    body = {"username": "ann", "new_password": "brand new long phrase", "role": "clerk", "password": PASSWORD}
    assert mine.post("/api/users", json=body).status_code == 201
    bench.clock.forward(minutes=1)
    assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY).is_success
    lines = mine.get("/api/audit").json()["items"]
    assert [(one["action"], one["area"]) for one in lines if one["action"] != "audit_seen"] == [
        ("area_changed", MAIN),
        ("account_added", STREET),
    ]


def test_another_hub_of_the_database_follows(bench: Bench) -> None:
    """At its next piece of work, without a restart."""
    hub = Hub(bench.hub.settings, bench.clock, bench.clock.monotonic)
    hub.prepare()
    hub.take_city()
    chief = bench.client(Role.ADMINISTRATOR)
    assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY).is_success
    with hub.transaction() as work:
        assert work.city.area(f"{MAIN}/east") is not None
        assert work.city.fingerprint == bench.hub.city.fingerprint
    assert hub.city == bench.hub.city
    assert hub.ground(MAIN).covers(STREET, START - timedelta(days=1))
    hub.database.close()


def test_evidence_of_the_past_is_found_where_it_was_seen(quick: Bench) -> None:
    """Files follow the same rule as lists."""
    chief, lead = quick.client(Role.ADMINISTRATOR), quick.client(Role.SHIFT_LEAD, STREET)
    quick.birth()
    event: UUID = quick.report(scene=SceneName.GREENERY_DAMAGE)
    file = announced(JPEG, event, quick.clock())
    quick.send_file(file, JPEG)
    assert lead.post("/api/cases/1/moves/void", json={"reason": "x"}).is_success
    quick.clock.forward(minutes=1)
    assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY).is_success
    assert lead.get(f"/api/evidence/{file.evidence_id}").status_code == 200
    other = quick.client(Role.SHIFT_LEAD, "demo/second-street")
    assert other.get(f"/api/evidence/{file.evidence_id}").status_code == 404


def test_a_path_is_kept_for_each_stay(quick: Bench) -> None:
    """Renamed twice within a moment, and back again: one area, and nothing is lost."""
    chief = quick.client(Role.ADMINISTRATOR)
    for part in ("a", "b", "first-street"):
        assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": part}, headers=ANY).is_success
    with quick.hub.read_only() as work:
        here = AreaStay.area == STREET_ID, AreaStay.until.is_(None)
        assert work.session.scalars(select(AreaStay.path).where(*here)).all() == [STREET]


def test_nobody_writes_under_the_pack_before_meanwhile(bench: Bench) -> None:
    """A case that was being written when its street was renamed is along: the renaming waits for it."""
    chief = bench.client(Role.ADMINISTRATOR)
    answers: list[int] = []

    def rename() -> None:
        while not answers or (
            answers[-1] == 503 and len(answers) < 20
        ):  # the lock is given up after some seconds, as others are
            answers.append(
                chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY).status_code
            )

    renaming = threading.Thread(target=rename, daemon=True)
    with bench.hub.transaction() as work:
        event = scene_event(bench.clock(), scene=SceneName.GREENERY_DAMAGE)
        area = work.session.get_one(Gateway, GATEWAY).area
        renaming.start()
        wait_for("the renaming waits", lambda: not renaming.is_alive() or _is_waited_for(bench))
        take_event(work, area, event, bench.hub.settings.limits)
    renaming.join(120)
    assert answers[-1] == 200
    assert detail(chief, 1)["area"] == MAIN


def _is_waited_for(bench: Bench) -> bool:
    """Whether somebody waits for a lock; SQLite cannot say it, and has one writer anyway."""
    with bench.hub.database.read() as session:
        if session.get_bind().dialect.name != "postgresql":
            return True
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(session.execute(text(waiting)).scalar())
