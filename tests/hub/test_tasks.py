"""A handler's tasks, requests that are done once, and alerts that call until somebody has acknowledged them."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from tests.hub.bench import JPEG, START, Bench

from sharp_eyes.contract.event import Grade, Phase, SceneName
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.lifecycle.roles import Role

DISTRICT = Path(__file__).parents[2] / "configs/city/demo-district.yaml"
UNIT, OTHER = "traffic-police", "parks"
HAND: dict[str, Any] = {"scene": SceneName.GAS_CYLINDER}
"""What no rule files and sends by itself."""


def sent_to(bench: Bench, lead: TestClient, *units: str, **event: Any) -> int:
    """A case that is with these units."""
    bench.report(**HAND, **event)
    case: int = lead.get("/api/cases").json()["items"][0]["id"]
    assert lead.post(f"/api/cases/{case}/moves/file").is_success
    body = {"units": list(units), "anyway": True, "note": "blue van"}
    assert lead.post(f"/api/cases/{case}/moves/dispatch", json=body).is_success
    return case


def tasks(page: TestClient) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = page.get("/api/tasks").json()["tasks"]
    return listed


def test_a_unit_sees_its_open_turns_alone_with_what_is_due_first_at_the_head(bench: Bench) -> None:
    bench.birth()
    lead, squad = bench.client(Role.SHIFT_LEAD), bench.client(Role.HANDLER, unit=UNIT)
    first = sent_to(bench, lead, UNIT, OTHER)
    bench.clock.forward(minutes=1)
    second = sent_to(bench, lead, UNIT)
    bench.clock.forward(minutes=1)
    sent_to(bench, lead, OTHER)
    listed = tasks(squad)
    assert {one["case"]["id"] for one in listed} == {first, second}
    dues = [one["due_at"] for one in listed]
    assert dues == sorted(dues) and None not in dues
    shared = next(one for one in listed if one["case"]["id"] == first)
    assert [one["unit"] for one in shared["others"]] == [OTHER]
    assert shared["word"] == "blue van"
    assert tasks(lead) == [], "somebody without a unit has none"

    assert squad.post(f"/api/cases/{first}/moves/accept").is_success
    assert squad.post(f"/api/cases/{first}/moves/handle", json={"note": "moved"}).is_success
    assert [one["case"]["id"] for one in tasks(squad)] == [second]


def test_a_request_with_a_key_is_done_once_and_another_one_under_it_is_refused(bench: Bench) -> None:
    bench.birth()
    lead, squad = bench.client(Role.SHIFT_LEAD), bench.client(Role.HANDLER, unit=UNIT)
    case = sent_to(bench, lead, UNIT)
    once = {"Idempotency-Key": str(uuid4())}
    path = f"/api/cases/{case}/moves"
    said = (START - timedelta(minutes=20)).isoformat()
    for _ in range(2):
        answer = squad.post(f"{path}/accept", json={"said_at": said}, headers=once)
        assert answer.status_code == 200, answer.text
    log = answer.json()["log"]
    assert [line["what"] for line in log].count("accepted") == 1
    assert log[-1]["said_at"] is not None and log[-1]["at"] > log[-1]["said_at"]
    assert squad.post(f"{path}/arrive", headers=once).json()["error"]["code"] == "key_reused"
    assert squad.post(f"{path}/accept").json()["error"]["code"] == "illegal_move", "without a key it is another move"

    noted = {"taken_at": said, "moment": "before", "latitude": "31.2304", "longitude": "121.4738", "accuracy": "8"}
    key = {"Idempotency-Key": str(uuid4())}
    answers = [
        squad.post(f"/api/cases/{case}/photos", files={"file": ("p.jpg", JPEG, "image/jpeg")}, data=noted, headers=key)
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    photos = [one for one in lead.get(f"/api/cases/{case}").json()["evidence"] if one["kind"] == "photo"]
    assert len(photos) == 1
    assert photos[0]["moment"] == "before"
    assert photos[0]["place"] == {"latitude": 31.2304, "longitude": 121.4738, "accuracy": 8.0}
    assert photos[0]["captured_at"].startswith("2026-03-01T07:40")


def test_an_alert_calls_until_somebody_has_it_and_again_when_its_grade_rises(bench: Bench) -> None:
    bench.birth()
    clerk, handler = bench.client(Role.CLERK), bench.client(Role.HANDLER, unit=UNIT)
    event = bench.report(**HAND, grade=Grade.SERIOUS, zone="kerb")
    bench.report(**HAND, grade=Grade.MAJOR)

    def calling() -> tuple[int, int, int]:
        counts = clerk.get("/api/cases/counts").json()
        return tuple(counts[f"unacknowledged{kind}"] for kind in ("", "_serious", "_major"))

    assert calling() == (2, 1, 1)
    listed = clerk.get("/api/cases", params={"unacknowledged": "true", "order": "rank"}).json()["items"]
    assert [one["grade"] for one in listed] == ["major", "serious"]
    serious = listed[1]["id"]
    assert handler.post(f"/api/cases/{serious}/moves/acknowledge").status_code == 404
    answer = clerk.post(f"/api/cases/{serious}/moves/acknowledge").json()
    assert answer["state"] == "reported", "it still waits for its filing"
    assert answer["acknowledged_at"] is not None
    assert clerk.post(f"/api/cases/{serious}/moves/acknowledge").json()["error"]["code"] == "illegal_move"
    assert calling() == (1, 0, 1)
    assert clerk.post(f"/api/cases/{listed[0]['id']}/moves/file").is_success, "who acts has seen it"
    assert calling() == (0, 0, 0)

    bench.report(**HAND, event_id=event, sequence=1, phase=Phase.UPDATED, grade=Grade.MAJOR, zone="kerb")
    assert calling() == (1, 0, 1)


def test_a_case_says_to_whom_it_was_escalated(tmp_path: Path) -> None:
    """The district's pack wants a report filed within three minutes, and tells the shift lead of one that is not."""
    bench = Bench(tmp_path / "data", city=DISTRICT)
    bench.birth()
    bench.report(**HAND)
    clerk = bench.client(Role.CLERK)
    assert clerk.get("/api/cases").json()["items"][0]["escalated"] is None
    bench.clock.forward(minutes=4)
    run_due(bench.transaction)
    escalated = clerk.get("/api/cases").json()["items"][0]["escalated"]
    assert (escalated["clock"], escalated["told"]) == ("triage", ["shift_lead"])
    bench.close()
