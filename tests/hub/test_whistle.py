"""The week of a whistle (吹哨报到): gathered, listed on Thursday, answered on Friday, and the sponsors' register."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import EAST, Bench
from tests.hub.test_city import raw
from tests.hub.test_reports import move, report

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.clocks.calendar import WorkingCalendar, around_the_clock
from sharp_eyes.hub.clocks.week import WhistleWeek
from sharp_eyes.hub.dispatch.whistle import make_due_lists
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import SessionSettings

CLOCKS = {"dispatch": {"limit": "2 hours", "ladder": [{"tell": ["shift_lead"]}]}}
CLOCKS |= {"report_in": {"limit": "1 hour", "ladder": [{"tell": ["leader"]}]}}
MONDAY, THURSDAY, FRIDAY = "2026-03-02", "2026-03-05T10:00", "2026-03-06T17:30"


WEEKS = SessionSettings(idle_minutes=60_000, absolute_minutes=60_000)
"""Nobody need sign in again in the course of a week."""


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    """A hub on both databases, in a city with clocks for the desks."""
    made = Bench(tmp_path / "data", database_url, sessions=WEEKS)
    made.hub.city = CityPack.model_validate(raw() | {"clocks": CLOCKS})
    yield made
    made.close()


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


def the_list(client: TestClient, week: str = MONDAY) -> dict[str, Any]:
    (found,) = client.get("/api/whistle", params={"week": week}).json()["lists"]
    one: dict[str, Any] = found
    return one


def kinds(client: TestClient) -> list[str]:
    return [one["kind"] for one in client.get("/api/notices").json()["items"]]


def test_the_week_of_a_whistle(office: Bench) -> None:
    """Two problems are gathered, and sent once by two hubs; all answer the one, one unit is late with the other."""
    worker, lead = office.client(Role.GRID_WORKER, EAST), office.client(Role.SHIFT_LEAD)
    leader, checker = office.client(Role.LEADER), office.client(Role.CHECKER)
    units = {
        unit: office.client(Role.HANDLER, unit=unit, name=f"of-{unit}")
        for unit in ("parks", "drainage", "city-management")
    }
    head = office.client(Role.HANDLER, unit="parks", name="head-of-parks")
    sponsor(lead, "parks", person="head-of-parks", place="No. 7")
    sponsor(lead, "drainage")
    assert worker.get("/api/sponsors").json()[1]["person"]["username"] == "head-of-parks"

    go_to(office, "2026-03-03T09:00")
    made = report(worker, source="visit", kind="road_hole", words="a hole before No. 7", area=EAST)
    assert made.status_code == 201, made.text
    hole = made.json()["case"]
    drain = report(worker, source="grid_worker", kind="road_hole", words="the drain", position=None, area=EAST)
    drain = drain.json()["case"]
    for case, named in ((hole, []), (drain, ["drainage", "city-management"])):
        assert move(worker, case, "whistle", units=named)["state"] == "reported"
    go_to(office, "2026-03-04T18:00")
    waiting = the_list(lead)
    assert (waiting["made_at"], waiting["asked"], len(waiting["cases"])) == (None, 0, 2)
    assert [turn["unit_name"]["en"] for turn in waiting["cases"][0]["turns"]] == ["Drainage Office", "Parks Office"]
    assert move(lead, hole, "file")["late_since"] is None  # what waits for the list is nobody's delay
    assert units["parks"].get("/api/tasks").json()["tasks"] == []

    go_to(office, THURSDAY)
    other = Hub(office.hub.settings, office.clock)
    other.prepare()
    other.take_city()
    make_due_lists(other.transaction, other.read_only)
    other.database.close()
    listed = the_list(lead)
    assert datetime.fromisoformat(listed["made_at"]) == office.clock()
    assert listed["report_in_by"] == "2026-03-06T09:30:00Z"
    assert [len(one["turns"]) for one in listed["cases"]] == [2, 2]
    assert kinds(head).count("whistle_list") == 1
    assert "whistle_list" not in kinds(units["parks"])  # whoever holds the post is told
    assert kinds(units["drainage"]).count("whistle_list") == 1
    assert kinds(units["drainage"]).count("dispatched") == 2
    assert "本周吹哨清单" in head.get("/api/notices").json()["items"][0]["text"]

    go_to(office, "2026-03-06T09:30")
    assert the_list(units["parks"])["cases"][0]["may_report_in"] is True
    assert len(the_list(units["parks"])["cases"]) == 1
    for unit, case in (("parks", hole), ("drainage", hole), ("drainage", drain)):
        move(units[unit], case, "accept")
        move(units[unit], case, "handle", note="done")
    assert move(checker, hole, "pass")["state"] == "checked"
    assert move(lead, hole, "close")["state"] == "closed"
    go_to(office, FRIDAY)
    go_to(office, "2026-03-06T17:31")
    assert kinds(leader).count("escalated") == 1
    move(units["city-management"], drain, "accept")
    told = the_list(lead)
    assert {name: told[name] for name in ("asked", "answered", "in_time", "late", "closed")} == {
        **{"asked": 4, "answered": 4, "in_time": 3},
        **{"late": 1, "closed": 1},
    }
    by_case = {one["id"]: [turn["late"] for turn in one["turns"]] for one in told["cases"]}
    assert by_case == {hole: [False, False], drain: [False, True]}
    log = [line["what"] for line in lead.get(f"/api/cases/{hole}").json()["log"]]
    assert log == [
        *("reported", "whistled", "filed", "dispatched", "accepted", "handled", "accepted", "handled"),
        *("passed", "closed"),
    ]


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
