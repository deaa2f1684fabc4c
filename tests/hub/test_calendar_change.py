"""The city pack's calendar changes, or ends: open cases follow it, and a year that is missing stops nobody silently."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from tests.hub.bench import STREET, Bench, scene_event
from tests.hub.test_city import raw

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.city_text import as_text
from sharp_eyes.hub.cases.calendar_effect import effect_on_open_cases
from sharp_eyes.hub.cases.rebuild import rebuild
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.lifecycle.roles import Role

WEEK = {"version": "2026.1", "years": [2026], "hours": ["09:00-12:00", "13:00-18:00"]}
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock in the city


def pack(calendar: dict[str, Any] | None = None, **limits: str) -> CityPack:
    """The demonstration city, its parking cases with limits of their own."""
    city = raw() | {"calendar": WEEK | (calendar or {})}
    for rule in city["rules"]:
        if rule["scene"] == "illegal_parking":
            rule["limits"] = {
                kind: {"limit": limit, "ladder": [{"tell": ["shift_lead"]}]} for kind, limit in limits.items()
            }
            del rule["limit_minutes"]
    return CityPack.model_validate(city)


def working(bench: Bench, city: CityPack, at: datetime) -> Bench:
    bench.hub.city, bench.clock.time = city, at
    bench.hub.take_city()
    return bench


def only(bench: Bench) -> dict[str, Any]:
    case: dict[str, Any] = bench.client(Role.SHIFT_LEAD).get("/api/cases/1").json()
    return case


def due(bench: Bench) -> datetime:
    return datetime.fromisoformat(only(bench)["due_at"])


def test_open_cases_follow_a_changed_calendar(bench: Bench) -> None:
    """A day off more moves the deadline by a day, by a line that says so; an ended case keeps its own."""
    working(bench, pack(handle="1 working day"), MONDAY)
    bench.report()
    bench.report()
    lead = bench.client(Role.SHIFT_LEAD)
    assert lead.post("/api/cases/2/moves/void", json={"reason": "x"}).is_success
    assert due(bench) == MONDAY + timedelta(days=1)
    bench.hub.city = pack({"version": "2026.2", "holidays": ["2026-03-03"]}, handle="1 working day")
    bench.hub.take_city()
    bench.hub.take_city()
    assert due(bench) == MONDAY + timedelta(days=2)
    assert [line["what"] for line in only(bench)["log"]].count("calendar_changed") == 1
    assert "calendar_changed" not in [line["what"] for line in lead.get("/api/cases/2").json()["log"]]
    before = only(bench)
    rebuild(bench.hub.transaction, bench.hub.read_only, every=True)
    assert only(bench) == before


def test_a_calendar_never_changes_under_its_version(bench: Bench) -> None:
    """The hub does not start with other days under a name that has set limits."""
    working(bench, pack(handle="1 working day"), MONDAY)
    bench.hub.city = pack({"holidays": ["2026-03-03"]}, handle="1 working day")
    with pytest.raises(CalendarError, match=r"2026\.1"):
        bench.hub.take_city()


def test_a_year_that_ends_stops_no_alarm(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """The rules leave the case to a person, who is told what is missing; with the new year's days it goes on."""
    new_years_eve = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    with caplog.at_level(logging.ERROR):
        working(bench, pack(handle="2 working hours"), new_years_eve)
    assert "does not hold 2027" in caplog.text
    assert bench.send(scene_event(bench.clock())) in bench.out.taken
    assert only(bench)["state"] == "filed"
    assert "could not dispatch it, somebody must" in caplog.text
    lead = bench.client(Role.SHIFT_LEAD)
    refused = lead.post("/api/cases/1/moves/dispatch", json={"unit": "traffic-police", "anyway": True})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "calendar_missing")
    assert "city calendar 2027" in refused.json()["detail"]
    assert only(bench)["state"] == "filed"
    bench.hub.city = pack({"version": "2027.1", "years": [2026, 2027]}, handle="2 working hours")
    bench.hub.take_city()
    assert lead.post("/api/cases/1/moves/dispatch", json={"unit": "traffic-police", "anyway": True}).is_success
    assert due(bench) == datetime(2027, 1, 1, 2, 0, tzinfo=UTC)


def test_an_alarm_whose_own_clock_cannot_be_set_comes_in_without_it(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Untriaged for want of a calendar, but there."""
    working(bench, pack(triage="2 working days"), datetime(2026, 12, 31, 9, 0, tzinfo=UTC))
    bench.report(scene=SceneName.ILLEGAL_PARKING)
    assert only(bench)["log"][0]["what"] == "reported"
    assert [clock["kind"] for clock in only(bench)["clocks"]] == []
    assert "its limits cannot be set" in caplog.text


def test_a_timer_that_cannot_tell_does_not_turn_in_circles(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at again in an hour; the others go on."""
    working(bench, pack(handle="1 working hour"), MONDAY)
    for _ in range(60):
        bench.report()
    bench.clock.forward(hours=2)

    def lost(*_: object) -> None:
        raise CalendarError("gone")

    monkeypatch.setattr("sharp_eyes.hub.cases.timers.due_now", lost)
    assert run_due(bench.hub.transaction) == 60
    assert run_due(bench.hub.transaction) == 0


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("clocks.handle.limit", {"clocks": {"handle": {"limit": "2 working hours"}}}),
        (
            "clocks.check.ladder.0.after",
            {"clocks": {"check": {"ladder": [{"after": "1 working day", "tell": ["leader"]}]}}},
        ),
        ("rules.0.limits.unit.grades.major", {"rules": [{"scene": "smoke", "limits": {"unit": {"grades": {}}}}]}),
    ],
)
def test_working_time_needs_a_calendar(where: str, change: dict[str, Any]) -> None:
    """Otherwise nights would count and nobody would know."""
    if where.endswith("major"):
        change["rules"][0]["limits"]["unit"]["grades"] = {"major": {"amount": 1, "unit": "working_days"}}
    with pytest.raises(ValueError, match="has no 'calendar'") as caught:
        CityPack.model_validate(raw() | change)
    assert where in str(caught.value)
    CityPack.model_validate(raw() | change | {"calendar": WEEK})


def days(bench: Bench, **changes: Any) -> dict[str, Any]:
    """The calendar in force as the page changes it."""
    said = bench.client(Role.ADMINISTRATOR).get("/api/calendar").json()
    return {"version": said["version"], "calendar": said["calendar"] | changes, "why": "通知"}


def test_an_administrator_adds_a_day_off_and_sees_before_whose_deadlines_move(bench: Bench) -> None:
    """Tried it changes nothing; in force it is another version, the open case follows, and the trail says why."""
    working(bench, pack(handle="1 working day"), MONDAY)
    bench.report()
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    wanted = days(bench, holidays=["2026-03-03"], swapped=["2026-03-07"])
    tried = chief.post("/api/calendar/try", json=wanted["calendar"])
    assert tried.status_code == 200, tried.text
    assert (tried.json()["looked_at"], tried.json()["cases"], tried.json()["stuck"]) == (1, 1, [])
    (moved,) = [one for one in tried.json()["moved"] if one["clock"] == "handle"]
    before, after = (datetime.fromisoformat(moved[name]) for name in ("before", "after"))
    assert (before, after) == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    assert due(bench) == before
    assert chief.put("/api/calendar", json=wanted | {"why": " "}).json()["error"]["code"] == "reason_needed"
    done = chief.put("/api/calendar", json=wanted)
    assert done.status_code == 200, done.text
    assert (done.json()["calendar_version"], done.json()["calendar"]["holidays"]) == ("2026.2", ["2026-03-03"])
    assert due(bench) == after
    assert chief.put("/api/calendar", json=wanted).json()["error"]["code"] == "changed_meanwhile"
    same = chief.put("/api/calendar", json=days(bench))
    assert (same.status_code, same.json()["calendar_version"]) == (200, "2026.2")
    line = chief.get("/api/audit?action=calendar_changed").json()["items"][0]
    assert line["actor"] == "chief"
    assert line["detail"].items() >= {
        ("reason", "通知"),
        ("calendar", "2026.2"),
    }
    assert (line["detail"]["days_off"], line["detail"]["days_worked"]) == (["2026-03-03"], ["2026-03-07"])
    text = chief.get("/api/city/pack").json()["text"]
    assert CityPack.model_validate(yaml.safe_load(text)) == bench.hub.city
    assert "2026-03-03" in text


def test_a_calendar_that_contradicts_itself_is_refused_at_its_place(quick: Bench) -> None:
    """Tried or put in force: nothing is changed."""
    quick.hub.city, quick.clock.time = pack(handle="1 working day"), MONDAY
    quick.hub.take_city()
    chief = quick.client(Role.ADMINISTRATOR)
    for changes, place in (
        ({"holidays": ["2027-01-01"]}, "calendar.holidays.0"),
        ({"holidays": ["2026-03-07"], "swapped": ["2026-03-07"]}, "calendar.swapped.0"),
        ({"hours": ["12:00-09:00"]}, "calendar.hours.0"),
        ({"hours": []}, "calendar.hours"),
    ):
        wanted = days(quick, **changes)
        for answer in (
            chief.post("/api/calendar/try", json=wanted["calendar"]),
            chief.put("/api/calendar", json=wanted),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_city"), answer.text
            assert [one["place"] for one in answer.json()["city_faults"]] == [place]
    assert chief.get("/api/calendar").json()["calendar_version"] == "2026.1"


def test_a_year_that_an_open_case_needs_stays(bench: Bench) -> None:
    """It is named beforehand, and refused; nothing is half changed."""
    city = pack({"years": [2026, 2027]}, handle="3 working days")
    working(bench, city, datetime(2026, 12, 30, 1, 0, tzinfo=UTC))
    bench.report()
    chief = bench.client(Role.ADMINISTRATOR)
    wanted = days(bench, years=[2026])
    number = only(bench)["number"]
    assert chief.post("/api/calendar/try", json=wanted["calendar"]).json()["stuck"] == [number]
    answer = chief.put("/api/calendar", json=wanted)
    assert (answer.status_code, answer.json()["city_faults"][0]["code"]) == (422, "year_needed")
    assert number in answer.json()["detail"]
    whole = as_text(pack({"version": "2026.2", "years": [2026]}, handle="3 working days"))
    said = chief.post("/api/city/pack/check", json={"text": whole}).json()["lacking"]
    assert [one["code"] for one in said] == ["year_needed"]
    answer = chief.put("/api/city/pack", json={"text": whole, "version": wanted["version"], "why": "a shorter one"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_city")
    assert number in answer.text
    assert chief.get("/api/calendar").json()["calendar_version"] == "2026.1"


def test_of_very_many_cases_the_last_to_be_due_are_looked_at(bench: Bench) -> None:
    """It is they that need the year that a calendar lacks."""
    working(bench, pack({"years": [2026, 2027]}, handle="3 working days"), datetime(2026, 12, 14, 1, 0, tzinfo=UTC))
    for day in (14, 15, 30):
        bench.clock.time = datetime(2026, 12, day, 1, 0, tzinfo=UTC)
        bench.report()
    shorter = pack({"version": "2026.2", "years": [2026]}).calendar
    assert shorter is not None
    with bench.hub.read_only() as work:
        effect = effect_on_open_cases(work, shorter, most=2)
    assert (effect.looked_at, effect.left_out, len(effect.stuck)) == (2, 1, 1)


def test_a_city_without_a_calendar_gets_its_first(bench: Bench) -> None:
    """Behind all else in the pack's text, whose comments stay; it is for administrators of the whole city."""
    chief = bench.client(Role.ADMINISTRATOR)
    assert chief.get("/api/calendar").json()["calendar"] is None
    first = {"years": [2026], "weekdays": [1, 2, 3, 4, 5], "hours": ["09:00-17:00"], "holidays": [], "swapped": []}
    assert chief.post("/api/calendar/try", json=first).json()["looked_at"] == 0
    version = chief.get("/api/calendar").json()["version"]
    made = chief.put("/api/calendar", json={"version": version, "calendar": first, "why": "first"})
    assert (made.status_code, made.json()["calendar_version"]) == (200, "2026.1"), made.text
    assert "# Codes of one city" in chief.get("/api/city/pack").json()["text"]
    for page in (bench.client(Role.SHIFT_LEAD), bench.client(Role.ADMINISTRATOR, STREET)):
        assert page.get("/api/calendar").status_code == 403
        assert page.post("/api/calendar/try", json=first).status_code == 403
        assert page.put("/api/calendar", json={"calendar": first, "why": "x"}).status_code == 403
