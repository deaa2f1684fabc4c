"""Premises are inspected: what fails becomes a case, is looked at again, and is listed where it is grave."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from pydantic import ValidationError
from tests.hub.bench import EAST, JPEG, STREET, Bench
from tests.hub.test_city import raw
from tests.hub.test_reports import move, photo, report

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.inspections.premises import premises_on_map
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.retention.deletion import Retention
from sharp_eyes.hub.settings import LimitSettings, RetentionSettings, SessionSettings
from sharp_eyes.hub.store.inspection_tables import Inspection

DISTRICT = Path(__file__).resolve().parents[2] / "configs" / "city" / "demo-district.yaml"
HOTEL = {
    "kind": "hotel",
    "name": "柳桥宾馆",
    "area": EAST,
    "address": "First Street 12",
    "position": {"longitude": 120.531, "latitude": 29.606, "datum": "wgs84"},
    "contact": "Front desk",
    "phone": "13800001234",
}
WEST = "demo/first-street/west"
MONTHS = SessionSettings(idle_minutes=300_000, absolute_minutes=300_000)
"""The days of these tests are long; nobody signs in again."""


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Bench]:
    """A hub of the demonstration's district."""
    made = Bench(tmp_path / "data", city=DISTRICT, sessions=MONTHS)
    yield made
    made.close()


def hotel(bench: Bench, **changes: Any) -> int:
    made = bench.client(Role.SHIFT_LEAD).post("/api/premises", json=HOTEL | changes)
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def begin(client: TestClient, premises: int, key: UUID, **more: Any) -> Response:
    body = {"premises": premises} | more
    answer: Response = client.post("/api/inspections", json=body, headers={"Idempotency-Key": str(key)})
    return answer


def take(client: TestClient, key: UUID, identity: UUID | None = None) -> str:
    identity = identity or uuid4()
    said = client.put(f"/api/inspections/{key}/photos/{identity}", files={"file": ("p.jpg", JPEG, "image/jpeg")})
    assert said.status_code == 200, said.text
    return str(identity)


def walk(client: TestClient, key: UUID, items: list[dict[str, Any]], **results: str) -> list[dict[str, Any]]:
    """What was found of each item, each with its photo; ``pass`` where nothing else is said."""
    return [
        {
            "item": item["id"],
            "result": results.get(item["id"].replace("-", "_"), "pass"),
            "photos": [take(client, key)] if item["photo"] else [],
        }
        for item in items
    ]


def inspect(client: TestClient, premises: int, *, recheck: bool = False, **results: str) -> dict[str, Any]:
    key = uuid4()
    begun = begin(client, premises, key, recheck=recheck)
    assert begun.status_code == 201, begun.text
    items = walk(client, key, begun.json()["items"], **results)
    said = client.put(f"/api/inspections/{key}", json={"items": items})
    assert said.status_code == 200, said.text
    found: dict[str, Any] = said.json()
    return found


def cases_of(inspection: dict[str, Any]) -> dict[str, int]:
    return {one["id"]: one["case"] for one in inspection["items"] if one["case"] is not None}


def lines(client: TestClient, case: int) -> list[str]:
    return [line["what"] for line in client.get(f"/api/cases/{case}").json()["log"]]


def handle(bench: Bench, unit: TestClient, case: int, *, accept: bool = True) -> None:
    if accept:
        move(unit, case, "accept")
    bench.clock.forward(hours=1)
    after = photo(unit, f"/api/cases/{case}/photos", moment="after")
    move(unit, case, "handle", note="put right", photo_ids=[after])


def test_a_minor_failure_that_repeats_becomes_major_and_listed(street: Bench) -> None:
    """Within the case's own re-check, and at the next inspection; what is opened again is on the list again."""
    worker, lead = street.client(Role.GRID_WORKER, EAST), street.client(Role.SHIFT_LEAD)
    unit = street.client(Role.HANDLER, unit="property-management")
    premises = hotel(street)
    first = cases_of(inspect(worker, premises, extinguishers="fail"))["extinguishers"]
    assert lead.get("/api/listed-hazards").json() == []
    inspect(worker, premises, recheck=True, extinguishers="fail")  # not handled yet, and in time
    assert lines(lead, first)[-1] == "inspected"
    handle(street, unit, first)
    inspect(worker, premises, recheck=True, extinguishers="fail")
    assert lines(lead, first)[-3:] == ["failed", "regraded", "listed"]
    handle(street, unit, first)
    inspect(worker, premises, recheck=True)
    assert lead.get("/api/listed-hazards").json() == []
    street.clock.forward(days=90)
    next_one = cases_of(inspect(worker, premises, extinguishers="fail"))["extinguishers"]
    assert next_one != first
    assert lead.get(f"/api/cases/{next_one}").json()["grade"] == "major"
    move(lead, next_one, "void", reason="permitted")
    assert lead.get("/api/listed-hazards").json() == []
    move(lead, next_one, "reopen", reason="by-leader")
    assert [one["case"] for one in lead.get("/api/listed-hazards").json()] == [next_one]


def test_the_list_goes_on_with_the_case_that_a_listed_one_is_merged_into(street: Bench) -> None:
    """Since the same day and as grave, with those who answer for either; the logs of both say so; re-checks find it."""
    worker, lead = street.client(Role.GRID_WORKER, EAST), street.client(Role.SHIFT_LEAD)
    leader, premises = street.client(Role.LEADER, STREET), hotel(street)
    gone = cases_of(inspect(worker, premises, exits="fail"))["exits"]
    [listed] = lead.get("/api/listed-hazards").json()
    street.clock.forward(days=1)
    stays = report(worker, kind="fire_hazard", position=HOTEL["position"]).json()["case"]
    number = lead.get(f"/api/cases/{stays}").json()["number"]
    merged = lead.post(f"/api/cases/{gone}/moves/merge", json={"case": number})
    assert merged.status_code == 200, merged.text
    [now] = lead.get("/api/listed-hazards").json()
    kept = "since", "leads", "premises", "item"
    assert {name: now[name] for name in kept} | {"case": now["case"]} == {
        **{name: listed[name] for name in kept},
        "case": stays,
    }
    logs = {case: lead.get(f"/api/cases/{case}").json() for case in (gone, stays)}
    assert [(line["what"], line["data"].get("into")) for line in logs[gone]["log"][-2:]] == [
        ("merged", now["number"]),
        ("unlisted", now["number"]),
    ]
    assert [line["what"] for line in logs[stays]["log"][-3:]] == ["took_over", "regraded", "listed"]
    assert logs[stays]["log"][-1]["data"]["other"] == logs[gone]["number"]
    assert logs[stays]["grade"] == "major"
    notices = leader.get("/api/notices").json()["items"]
    assert ("listed", stays) in [(one["kind"], one["case_id"]) for one in notices]
    assert inspect(worker, premises, recheck=True)["items"][0]["case"] == stays


def test_items_whose_cases_were_merged_pass_their_check_together(street: Bench) -> None:
    """One of two in order is not enough: the case goes back, and says of which it speaks."""
    worker, lead = street.client(Role.GRID_WORKER, EAST), street.client(Role.SHIFT_LEAD)
    unit, premises = street.client(Role.HANDLER, unit="property-management"), hotel(street)
    made = cases_of(inspect(worker, premises, extinguishers="fail", exit_signs="fail"))
    stays, gone = made["extinguishers"], made["exit-signs"]
    number = lead.get(f"/api/cases/{stays}").json()["number"]
    assert lead.post(f"/api/cases/{gone}/moves/merge", json={"case": number}).status_code == 200
    handle(street, unit, stays)
    assert set(cases_of(inspect(worker, premises, recheck=True, extinguishers="fail")).values()) == {stays}
    log = lead.get(f"/api/cases/{stays}").json()["log"]
    assert [line["what"] for line in log[-3:]] == ["failed", "regraded", "listed"]
    assert log[-3]["note"].startswith("灭火器")
    handle(street, unit, stays)
    inspect(worker, premises, recheck=True)
    assert lines(lead, stays)[-3:] == ["passed", "closed", "unlisted"]


def test_an_item_may_have_a_limit_of_its_own(tmp_path: Path) -> None:
    """For its case and the unit's turn, whatever the grade becomes; others have their grade's."""
    own = DISTRICT.read_text(encoding="utf-8").replace("- id: exits\n", "- id: exits\n        limit: 3 calendar days\n")
    (tmp_path / "city.yaml").write_text(own, encoding="utf-8")
    bench = Bench(tmp_path / "data", city=tmp_path / "city.yaml", sessions=MONTHS)
    worker, lead = bench.client(Role.GRID_WORKER, EAST), bench.client(Role.SHIFT_LEAD)
    done = inspect(worker, hotel(bench), exits="fail", boiler_room="fail")
    assert {one["id"]: one["limit"] for one in done["items"] if one["case"]} == {
        "exits": "3 calendar days",
        "boiler-room": None,
    }
    cases = cases_of(done)

    def limit(item: str) -> str:
        case = lead.get(f"/api/cases/{cases[item]}").json()
        [handle] = [clock for clock in case["clocks"] if clock["kind"] == "handle"]
        assert case["assignments"][0]["due_at"] == handle["due_at"]
        return str(handle["limit"])

    assert (limit("exits"), limit("boiler-room")) == ("3 calendar days", "10 calendar days")
    move(lead, cases["exits"], "regrade", reason="slighter", grade="ordinary")
    assert limit("exits") == "3 calendar days"
    bench.close()


def test_an_inspection_is_one_however_often_it_is_sent(street: Bench) -> None:
    worker, key, premises = street.client(Role.GRID_WORKER, EAST), uuid4(), hotel(street)
    items = begin(worker, premises, key).json()["items"]
    assert begin(worker, premises, key).status_code == 201
    shot, large = uuid4(), {"file": ("p.jpg", JPEG + bytes(100_000), "image/jpeg")}
    assert worker.put(f"/api/inspections/{key}/photos/{uuid4()}", files=large).status_code == 200
    assert take(worker, key, shot) == take(worker, key, shot)
    found = walk(worker, key, items, exits="fail")
    first = worker.put(f"/api/inspections/{key}", json={"items": found})
    again = worker.put(f"/api/inspections/{key}", json={"items": found})
    assert cases_of(first.json()) == cases_of(again.json())
    other = [found[0], {**found[1], "result": "fail"}, *found[2:]]
    refused = [
        worker.put(f"/api/inspections/{key}", json={"items": other}),
        begin(street.client(Role.GRID_WORKER, EAST), premises, key),
        begin(worker, premises, key, recheck=True),
    ]
    assert [(one.status_code, one.json()["error"]["code"]) for one in refused] == [(422, "key_reused")] * 3
    assert street.client(Role.SHIFT_LEAD).get("/api/cases").json()["items"][0]["source"] == "inspection"
    with street.hub.read_only() as work:
        assert work.session.query(Inspection).count() == 1
        [placed] = premises_on_map(work, Scope("demo"))
        assert (placed.id, placed.kind, placed.open_failures, placed.area) == (premises, "hotel", 1, EAST)
        assert premises_on_map(work, Scope(WEST)) == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda found: found[0].update(item="moat"), "unknown_item"),
        (lambda found: found.pop(), "item_missing"),
        (lambda found: found[0].update(photos=[]), "photo_missing"),
        (lambda found: found[0].update(photos=[str(uuid4())]), "unknown_photo"),
        (lambda found: found[0].update(photos=found[1]["photos"]), "unknown_photo"),
    ],
)
def test_what_is_not_taken(street: Bench, spoil: Any, code: str) -> None:
    worker, key = street.client(Role.GRID_WORKER, EAST), uuid4()
    found = walk(worker, key, begin(worker, hotel(street), key).json()["items"], exits="fail")
    spoil(found)
    said = worker.put(f"/api/inspections/{key}", json={"items": found})
    assert (said.status_code, said.json()["error"]["code"]) == (422, code)
    assert street.client(Role.SHIFT_LEAD).get("/api/cases").json()["items"] == []


def test_who_inspects_and_who_keeps_the_register(street: Bench) -> None:
    """The register is the office's and the inspectors', kept by shift leads and administrators; each in their area."""
    premises = hotel(street)
    inspectors = {Role.GRID_WORKER, Role.CLERK, Role.SHIFT_LEAD, Role.ADMINISTRATOR}
    for role in Role:
        unit = "fire-brigade" if role is Role.HANDLER else None
        here, elsewhere = street.client(role, EAST, unit), street.client(role, WEST, unit)
        reads = 403 if role is Role.HANDLER else 200
        for path in (f"/api/premises/{premises}", f"/api/premises/{premises}/contact"):
            assert here.get(path).status_code == reads
            assert elsewhere.get(path).status_code == (403 if reads == 403 else 404)
        begun = begin(here, premises, uuid4())
        assert begun.status_code == (201 if role in inspectors else 403), role
        assert begin(elsewhere, premises, uuid4()).status_code == (404 if role in inspectors else 403)
        keeps = role in {Role.SHIFT_LEAD, Role.ADMINISTRATOR}
        assert here.patch(f"/api/premises/{premises}", json=HOTEL).status_code == (200 if keeps else 403)
        assert elsewhere.patch(f"/api/premises/{premises}", json=HOTEL).status_code == (404 if keeps else 403)
    stranger = begin(street.client(Role.GRID_WORKER, EAST), premises, uuid4()).json()["key"]
    other = street.client(Role.GRID_WORKER, EAST)
    assert other.put(f"/api/inspections/{stranger}", json={"items": []}).status_code == 404
    assert other.get(f"/api/inspections/{stranger}").status_code == 200
    assert street.client(Role.GRID_WORKER, WEST).get(f"/api/inspections/{stranger}").status_code == 404


def test_premises_come_from_a_table_all_or_none(street: Bench) -> None:
    lead = street.client(Role.SHIFT_LEAD)

    def send(table: str, encoding: str = "utf-8-sig", **params: Any) -> dict[str, Any]:
        file = {"file": ("premises.csv", table.encode(encoding), "text/csv")}
        answer: dict[str, Any] = lead.post("/api/premises/import", files=file, params=params).json()
        return answer

    head = "kind,name,area,address,longitude,latitude,datum\n"
    good = f"hotel,柳桥宾馆,{EAST},1,120.53,29.6,gcj02\nrestaurant,东门小馆,{EAST},2,,,\n"
    assert send(head + good, check=True) == {"added": 2, "changed": 0, "faults": []}
    assert lead.get("/api/premises").json()["items"] == []
    faulty = send(head + good + f"inn,X,{EAST},,,,\nhotel,Y,nowhere,,,,\nhotel,Z,{EAST},,120,29,\n")
    assert [(fault["line"], fault["code"]) for fault in faulty["faults"]] == [
        (4, "unknown_kind"),
        (5, "unknown_area"),
        (6, "unknown_datum"),
    ]
    assert lead.get("/api/premises").json()["items"] == []
    assert send(head + good, "gb18030") == {"added": 2, "changed": 0, "faults": []}
    assert send(head + good)["changed"] == 2
    assert send(head + good + "\n" * 100_000)["changed"] == 2  # longer than other bodies may be
    for wrong in (
        "name,area\nX,Y\n",
        "kind,name,area," + "x" * 140_000 + "\n",
        head.replace("address", "name") + good,
        'kind,name,area\nhotel,"' + "x" * 140_000 + f'",{EAST}\n',
    ):
        assert send(wrong)["error"]["code"] == "wrong_file", wrong[:60]
    refused = send("kind,name,area,size\n")
    assert [(one["line"], one["code"], one["said"]["column"]) for one in refused["file_faults"]] == [
        (1, "column_unknown", "size")
    ]
    assert send(head + good, "utf-16")["file_faults"][0]["code"] == "no_text_file"
    found = lead.get("/api/premises", params={"words": "小馆"}).json()["items"]
    assert [one["name"] for one in found] == ["东门小馆"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"premises": "inn"}, "'inn' is not among 'premises_kinds'; there are restaurant"),
        ({"items": [{"id": "a", "kind": "ufo"}]}, "item 'a': 'ufo' is not among 'kinds'; there are parked_car"),
        ({"items": [{"id": "a", "kind": "parked_car"}] * 2}, "item 'a' stands twice"),
        (
            {"items": [{"id": "a", "kind": "fire_hazard", "limit": "1 calendar day"}]},
            "reminds 2 calendar days before the deadline, but the limit is 1 calendar day",
        ),
    ],
)
def test_what_does_not_fit_in_a_checklist_is_named(change: dict[str, Any], said: str) -> None:
    pack = raw()
    pack["checklists"][0] |= change
    with pytest.raises(ValidationError, match=re.escape(said)):
        CityPack.model_validate(pack)


def test_contacts_and_inspections_have_terms(street: Bench) -> None:
    """A contact goes two years after the last change, an inspection and its photos after five, with no case open."""
    worker, premises = street.client(Role.GRID_WORKER, EAST), hotel(street)
    photo_id = inspect(worker, premises)["items"][0]["photos"][0]["id"]
    kept = inspect(worker, premises, exits="fail")["key"]
    assert worker.get(f"/api/evidence/{photo_id}").status_code == 200
    assert street.client(Role.GRID_WORKER, WEST).get(f"/api/evidence/{photo_id}").status_code == 404
    assert street.client(Role.HANDLER, unit="fire-brigade").get(f"/api/evidence/{photo_id}").status_code == 404
    street.clock.forward(days=1826)
    hub = street.hub
    Retention(RetentionSettings(), LimitSettings(), hub.transaction, hub.read_only, hub.evidence_store).run()
    worker = street.client(Role.GRID_WORKER, EAST)
    assert worker.get(f"/api/premises/{premises}/contact").status_code == 404
    assert worker.get(f"/api/evidence/{photo_id}").status_code == 404
    assert [one["key"] for one in worker.get(f"/api/premises/{premises}").json()["inspections"]] == [kept]
