"""What people report, from the API to the closed case, by the same rules as a camera's alarm."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from fastapi.testclient import TestClient
from httpx import Response
from tests.hub.bench import CAMERA, EAST, JPEG, Bench

from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.areas.datum import from_wgs84, metres_between, to_wgs84
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.retention.deletion import Retention
from sharp_eyes.hub.settings import LimitSettings, RetentionSettings
from sharp_eyes.hub.store.case_tables import Alarm
from sharp_eyes.hub.store.report_tables import DuplicateOffer, Report, ReporterContact

GATE = (104.0668, 30.5728)
"""The gate of No. 7, in WGS 84."""


def at(point: tuple[float, float] = GATE, **more: Any) -> dict[str, Any]:
    return {"longitude": point[0], "latitude": point[1], "datum": "wgs84"} | more


def told(**changes: Any) -> dict[str, Any]:
    body = {"source": "grid_worker", "kind": "parked_car", "words": "A van across the gate of No. 7", "position": at()}
    return body | changes


def report(client: TestClient, key: UUID | None = None, **changes: Any) -> Response:
    said: Response = client.post("/api/reports", json=told(**changes), headers={"Idempotency-Key": str(key or uuid4())})
    return said


def move(client: TestClient, case: int, name: str, **body: Any) -> dict[str, Any]:
    said = client.post(f"/api/cases/{case}/moves/{name}", json=body)
    assert said.status_code == 200, said.text
    found: dict[str, Any] = said.json()
    return found


def photo(client: TestClient, path: str, **form: Any) -> str:
    said = client.post(
        path, files={"file": ("p.jpg", JPEG, "image/jpeg")}, data=form, headers={"Idempotency-Key": str(uuid4())}
    )
    assert said.status_code == 201, said.text
    return str(said.json()["id"])


def test_a_leaning_tree_goes_to_parks_and_police_the_same_minute(bench: Bench) -> None:
    clerk = bench.client(Role.CLERK)
    units = {unit: bench.client(Role.HANDLER, unit=unit) for unit in ("parks", "traffic-police")}
    case = report(clerk, source="meeting", kind="leaning_tree", words="leans over the lane").json()["case"]
    for client in units.values():
        assert [task["case"]["id"] for task in client.get("/api/tasks").json()["tasks"]] == [case]
        bench.clock.forward(minutes=20)
        move(client, case, "accept")
    move(units["traffic-police"], case, "handle", note="lane closed")
    assert clerk.get(f"/api/cases/{case}").json()["state"] == "accepted"
    move(units["parks"], case, "handle", note="propped up")
    closed = move(bench.client(Role.CHECKER), case, "pass")
    assert (closed["state"], closed["late_since"], len(closed["assignments"])) == ("closed", None, 2)


def test_a_report_is_one_report_however_often_it_is_sent(bench: Bench) -> None:
    worker, key = bench.client(Role.GRID_WORKER), uuid4()
    first = report(worker, key)
    bench.clock.forward(minutes=3)
    assert report(worker, key).json()["case"] == first.json()["case"]
    for again in (report(worker, key, words="another"), report(bench.client(Role.CLERK), key)):
        assert (again.status_code, again.json()["error"]["code"]) == (422, "key_reused")
    with bench.transaction() as work:
        assert work.session.query(Report).count() == 1
    assert worker.post("/api/reports", json=told()).status_code == 422  # without a key


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"source": "resident"}, 403, "source_not_yours"),
        ({"source": "camera"}, 403, "source_not_yours"),
        ({"kind": "ufo"}, 422, "unknown_kind"),
        ({"position": None}, 422, "place_missing"),
        ({"area": "demo/second-street/north"}, 422, "unknown_area"),
        ({"position": {"longitude": 104.0, "latitude": 30.0}}, 422, "invalid"),  # whose datum is never guessed
    ],
)
def test_what_is_not_taken(quick: Bench, changes: dict[str, Any], status: int, code: str) -> None:
    said = report(quick.client(Role.GRID_WORKER, EAST), **changes)
    assert (said.status_code, said.json()["error"]["code"]) == (status, code)


def test_roles_report_by_their_sources(quick: Bench) -> None:
    for role in Role:
        client = quick.client(role, unit="parks" if role is Role.HANDLER else None)
        allowed = client.get("/api/city").json()["may_report"]
        for source in ("grid_worker", "resident", "upper_level", "camera"):
            said = report(client, source=source)
            assert said.status_code == (201 if source in allowed else 403)
    assert "camera" not in allowed


def test_a_sender_is_bounded(tmp_path: Any) -> None:
    bench = Bench(tmp_path, limits=LimitSettings(storm_events=0, reports_per_hour=2))
    worker = bench.client(Role.GRID_WORKER)
    assert [report(worker).status_code for _ in range(3)] == [201, 201, 429]
    assert report(bench.client(Role.GRID_WORKER)).status_code == 201
    bench.clock.forward(minutes=61)
    assert report(worker).status_code == 201
    bench.close()


def test_positions_of_chinese_maps_are_turned_into_wgs84(quick: Bench) -> None:
    clerk = quick.client(Role.CLERK)
    for datum in ("gcj02", "bd09"):
        drawn = from_wgs84(GATE, datum)
        assert metres_between(GATE, drawn) > 300
        assert metres_between(GATE, to_wgs84(drawn, datum)) < 0.01
        case = report(clerk, kind="road_hole", position=at(drawn, datum=datum)).json()["case"]
        place = clerk.get(f"/api/cases/{case}").json()["position"]
        assert metres_between((place["longitude"], place["latitude"]), GATE) < 0.01
    # A pair that is published with the conversion: Tiananmen.
    gcj = to_wgs84((116.39762729, 39.90865674), "gcj02")
    assert metres_between(to_wgs84((116.404, 39.915), "bd09"), gcj) < 1


def test_a_telephone_number_has_its_own_term_and_reader(bench: Bench) -> None:
    clerk, leader, key = bench.client(Role.CLERK), bench.client(Role.LEADER), uuid4()
    case = report(clerk, key, source="resident", contact={"name": "Li", "phone": "13800001111"}).json()["case"]
    assert "13800001111" not in clerk.get(f"/api/cases/{case}").text
    assert clerk.get(f"/api/reports/{key}/contact").json()["phone"] == "13800001111"
    assert leader.get(f"/api/reports/{key}/contact").status_code == 403
    seen = bench.client(Role.ADMINISTRATOR).get("/api/audit", params={"action": "reporter_seen"}).json()["items"]
    assert len(seen) == 1
    bench.clock.forward(days=91)
    hub = bench.hub
    Retention(RetentionSettings(), LimitSettings(), hub.transaction, hub.read_only, hub.evidence_store).run()
    clerk = bench.client(Role.CLERK)
    assert clerk.get(f"/api/reports/{key}/contact").status_code == 404
    assert clerk.get(f"/api/cases/{case}").json()["reports"][0]["words"]


def metres_east(metres: float) -> tuple[float, float]:
    return GATE[0] + metres / (111_320 * 0.861), GATE[1]


def seen_by_camera(bench: Bench, place: tuple[float, float]) -> int:
    bench.birth(cameras=(CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=place[0], latitude=place[1]),))
    event = bench.report()
    with bench.transaction() as work:
        return work.session.get_one(Alarm, event).case_id


def test_the_same_car_seen_by_camera_and_told_of_is_offered_and_joins(bench: Bench) -> None:
    worker, lead = bench.client(Role.GRID_WORKER), bench.client(Role.SHIFT_LEAD)
    first = seen_by_camera(bench, metres_east(12))
    bench.clock.forward(minutes=6)
    key = uuid4()
    second = report(worker, key).json()["case"]
    assert second != first
    offered = lead.get(f"/api/cases/{second}").json()["duplicates"]
    assert [(one["case"]["id"], one["metres"], one["may_answer"]) for one in offered] == [(first, 12, True)]
    assert lead.get(f"/api/cases/{first}").json()["duplicates"][0]["case"]["id"] == second
    pair = f"/api/cases/{first}/duplicates/{second}"
    assert worker.post(pair, json={"same": True}).status_code == 403
    joined = lead.post(pair, json={"same": True}).json()
    assert (joined["id"], joined["counts"]["reports"], joined["duplicates"]) == (first, 1, [])
    assert worker.get(f"/api/reports/{key}").json()["case"] == first
    assert lead.post(pair, json={"same": True}).json()["error"]["code"] == "answered"
    photo(worker, f"/api/reports/{key}/photos")  # which comes late, and follows its report
    assert len(lead.get(f"/api/cases/{first}").json()["reports"][0]["photos"]) == 1


def test_another_car_is_not_offered_again(bench: Bench) -> None:
    lead = bench.client(Role.SHIFT_LEAD)
    first, second = (report(lead).json()["case"] for _ in range(2))
    said = lead.post(f"/api/cases/{second}/duplicates/{first}", json={"same": False}).json()
    assert (said["id"], said["duplicates"], said["log"][-1]["what"]) == (second, [], "duplicate_refused")
    assert lead.get(f"/api/cases/{first}").json()["duplicates"] == []
    far, late = metres_east(90), 31
    assert lead.get(f"/api/cases/{report(lead, position=at(far)).json()['case']}").json()["duplicates"] == []
    bench.clock.forward(minutes=late)
    assert lead.get(f"/api/cases/{report(lead).json()['case']}").json()["duplicates"] == []


def test_an_alarm_after_a_report_is_offered_and_the_spot_goes_along(bench: Bench) -> None:
    lead = bench.client(Role.SHIFT_LEAD)
    told_of = report(lead).json()["case"]
    bench.birth(cameras=(CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=GATE[0], latitude=GATE[1]),))
    bench.report(zone="gate")
    seen = lead.get(f"/api/cases/{told_of}").json()["duplicates"][0]["case"]["id"]
    joined = lead.post(f"/api/cases/{told_of}/duplicates/{seen}", json={"same": True}).json()
    assert (joined["id"], joined["counts"]["alarms"], joined["event_count"]) == (told_of, 1, 1)
    assert joined["joined"][0]["camera_name"] == "东门"
    bench.report(zone="gate")
    assert lead.get(f"/api/cases/{told_of}").json()["event_count"] == 2


def test_a_kind_may_join_by_itself(bench: Bench) -> None:
    _joins_by_itself(bench)
    lead, worker = bench.client(Role.SHIFT_LEAD), bench.client(Role.GRID_WORKER)
    first = report(worker).json()
    again = report(worker, words="still there").json()
    assert (again["case"], again["joined"]) == (first["case"], True)
    bench.birth(cameras=(CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=GATE[0], latitude=GATE[1]),))
    bench.report()
    case = lead.get(f"/api/cases/{first['case']}").json()
    assert (case["counts"]["reports"], case["counts"]["alarms"], case["acknowledged_at"]) == (2, 1, None)


def _joins_by_itself(bench: Bench) -> None:
    client = bench.client(Role.ADMINISTRATOR)
    pack = yaml.safe_load(client.get("/api/city/pack").json()["text"])
    next(kind for kind in pack["kinds"] if kind["id"] == "parked_car")["duplicates"]["join"] = "auto"
    version = client.get("/api/city/pack").json()["version"]
    said = client.put("/api/city/pack", json={"text": yaml.safe_dump(pack), "version": version})
    assert said.status_code == 200, said.text


def test_what_belongs_to_a_case_goes_with_it(bench: Bench) -> None:
    lead = bench.client(Role.SHIFT_LEAD)
    first, second = (
        report(lead, source="resident", contact={"name": "", "phone": "13800001111"}).json()["case"] for _ in range(2)
    )
    photo(lead, f"/api/reports/{lead.get('/api/reports').json()['items'][0]['key']}/photos")
    for case in (first, second):
        move(lead, case, "void", reason="other", note="none")
    bench.clock.forward(days=2000)
    hub = bench.hub
    done = Retention(RetentionSettings(), LimitSettings(), hub.transaction, hub.read_only, hub.evidence_store).run()
    assert done["case"] == 2
    with bench.transaction() as work:
        assert [work.session.query(table).count() for table in (Report, ReporterContact, DuplicateOffer)] == [0, 0, 0]
