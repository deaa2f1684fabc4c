"""The week of a whistle (吹哨报到): gathered, listed on Thursday, answered on Friday, and the sponsors' register."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import EAST, Bench
from tests.hub.test_reports import move, report

from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.clocks.calendar import WorkingCalendar, around_the_clock
from sharp_eyes.hub.clocks.week import WhistleWeek
from sharp_eyes.hub.dispatch.whistle import make_due_lists
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import SessionSettings

WEEKS = SessionSettings(idle_minutes=60_000, absolute_minutes=60_000)
"""Nobody need sign in again in the course of a week."""


def go_to(bench: Bench, local: str) -> None:
    """Turn the clock to a moment in the city, and let time work."""
    then = datetime.fromisoformat(f"{local}+08:00")
    bench.clock.forward(seconds=(then - bench.clock()).total_seconds())
    make_due_lists(bench.hub.transaction, bench.hub.read_only)
    run_due(bench.hub.transaction)


def sponsor(client: TestClient, unit: str, **more: Any) -> dict[str, Any]:
    said = client.post("/api/sponsors", json={"area": EAST, "unit": unit, "post": f"Head of {unit}"} | more)
    assert said.status_code == 201, said.text
    made: dict[str, Any] = said.json()
    return made


def the_list(client: TestClient, week: str) -> dict[str, Any]:
    (found,) = client.get("/api/whistle", params={"week": week}).json()["lists"]
    one: dict[str, Any] = found
    return one


def test_what_is_put_on_the_list_too_late_waits_for_the_next_one(tmp_path: Path) -> None:
    """It can be called off, by the same people; without a sponsor somebody names the units."""
    quick = Bench(tmp_path, sessions=WEEKS)
    lead = quick.client(Role.SHIFT_LEAD)
    go_to(quick, "2026-03-05T15:00")
    case = report(lead, source="meeting", kind="road_hole", area=EAST, position=None).json()["case"]
    answer = lead.post(f"/api/cases/{case}/moves/whistle", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_sponsor")
    move(lead, case, "whistle", units=["parks"])
    assert the_list(lead, "2026-03-11")["cases"][0]["id"] == case
    assert lead.get("/api/whistle").json()["gathers_for"] == "2026-03-09"
    move(lead, case, "call_off_whistle", reason="done already")
    assert lead.get("/api/whistle", params={"week": "2026-03-11"}).json()["lists"] == []
    go_to(quick, "2026-03-12T10:00")
    assert lead.get(f"/api/cases/{case}").json()["state"] == "reported"
    quick.close()


def test_a_list_that_is_made_early_takes_what_comes_after_it(tmp_path: Path) -> None:
    """Also what was suspended on Thursday: it stands on the same list, with the units that were sent then."""
    quick = Bench(tmp_path, sessions=WEEKS)
    lead = quick.client(Role.SHIFT_LEAD)
    go_to(quick, "2026-03-03T09:00")
    for unit in ("parks", "drainage"):
        case = report(lead, source="meeting", kind="road_hole", area=EAST, position=None).json()["case"]
        move(lead, case, "whistle", units=[unit])
        quick.clock.forward(minutes=1)
        make_due_lists(quick.hub.transaction, quick.hub.read_only, early=EAST)
    found = the_list(lead, "2026-03-02")
    assert [[turn["unit"] for turn in one["turns"]] for one in found["cases"]] == [["parks"], ["drainage"]]
    assert found["asked"] == 2
    quick.close()


def test_the_register_is_kept_by_its_keepers(quick: Bench) -> None:
    """Others read it; of another area there is nothing; what ended is shown where it is asked for."""
    lead, clerk = quick.client(Role.SHIFT_LEAD, "demo/first-street"), quick.client(Role.CLERK, EAST)
    body = {"area": EAST, "unit": "parks", "post": "Head"}
    assert clerk.post("/api/sponsors", json=body).status_code == 403
    assert lead.post("/api/sponsors", json=body | {"area": "demo/second-street"}).status_code == 404
    for wrong, code in (
        ({"unit": "none"}, "unknown_unit"),
        ({"person": "nobody"}, "unknown_person"),
        ({"post": " "}, "post_needed"),
    ):
        answer = lead.post("/api/sponsors", json=body | wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    made = sponsor(lead, "parks")
    assert [one["id"] for one in clerk.get("/api/sponsors").json()] == [made["id"]]
    assert clerk.patch(f"/api/sponsors/{made['id']}", json={"post": "x"}).status_code == 403
    stranger = quick.client(Role.SHIFT_LEAD, "demo/second-street")
    assert stranger.patch(f"/api/sponsors/{made['id']}", json={"post": "x"}).status_code == 404
    assert stranger.get("/api/sponsors").json() == []
    change = {"post": "Deputy head", "until": quick.clock().isoformat()}
    assert lead.patch(f"/api/sponsors/{made['id']}", json=change).json()["post"] == "Deputy head"
    assert lead.get("/api/sponsors").json() == []
    assert [one["post"] for one in lead.get("/api/sponsors", params={"over": True}).json()] == ["Deputy head"]
    change["until"] = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    assert lead.patch(f"/api/sponsors/{made['id']}", json=change).json()["error"]["code"] == "invalid"


def test_a_week_keeps_to_the_working_calendar() -> None:
    """What falls on a day off happens on the next working day, and nobody reports in before the list is made."""
    week = WhistleWeek()
    calendar = WorkingCalendar(
        version="x", years=(2026,), hours=("09:00-17:00",), holidays=tuple(date(2026, 10, day) for day in range(1, 8))
    )
    holiday, plain = date(2026, 9, 28), date(2026, 10, 12)
    made = week.list_at(holiday, calendar)
    assert made == datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
    assert week.report_in_by(holiday, made, calendar) == datetime(2026, 10, 8, 9, 30, tzinfo=UTC)
    late = datetime(2026, 10, 9, 10, 0, tzinfo=UTC)
    assert week.report_in_by(holiday, late, calendar) == datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
    always = around_the_clock("Asia/Shanghai")
    assert week.list_at(plain, always) == datetime(2026, 10, 15, 2, 0, tzinfo=UTC)
    assert week.gathers_for(datetime(2026, 10, 14, 10, 0, tzinfo=UTC), always) == plain
    assert week.gathers_for(datetime(2026, 10, 15, 1, 0, tzinfo=UTC), always) == date(2026, 10, 19)
    with pytest.raises(ValueError, match="put them in order"):
        WhistleWeek.model_validate({"list": "tue 10:00"})
