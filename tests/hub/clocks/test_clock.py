"""Limits, calendars and clocks against vectors that were worked by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sharp_eyes.hub.clocks import clock as clocks
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import Clock, ClockKind
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit
from sharp_eyes.hub.errors import CalendarError

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 2026: National Day 1 to 7 October; Saturday 10 October is worked for it, Sunday 20 September too.
OFFICE = WorkingCalendar(
    version="2026.1",
    years=(2026,),
    hours=("09:00-12:00", "13:30-18:00"),
    holidays=tuple(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    swapped=(date(2026, 9, 20), date(2026, 10, 10)),
)
ALWAYS = WorkingCalendar(version="1", years=(2026,), weekdays=(1, 2, 3, 4, 5, 6, 7), hours=("00:00-24:00",))


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def limit(text: str) -> Limit:
    return Limit.model_validate(text)


@pytest.mark.parametrize(
    ("start", "given_limit", "expected"),
    [
        # Friday before a swapped Saturday: half an hour on Friday, one and a half on Saturday.
        ("2026-10-09T17:30", "2 working_hours", "2026-10-10T10:30"),
        ("2026-10-16T17:30", "2 working_hours", "2026-10-19T10:30"),  # a plain Friday: on Monday
        ("2026-10-09T17:30", "2 hours", "2026-10-09T19:30"),
        ("2026-09-30T17:00", "2 working_hours", "2026-10-08T10:00"),  # over the holiday
        ("2026-09-30T17:00", "1 calendar_days", "2026-10-01T17:00"),
        ("2026-09-30T17:00", "1 working_days", "2026-10-08T17:00"),
        ("2026-09-18T10:00", "1 working_days", "2026-09-20T10:00"),  # the Sunday is worked
        ("2026-10-09T20:00", "1 working_days", "2026-10-12T09:00"),  # begins on Saturday at nine
        ("2026-11-03T11:30", "1 working_hours", "2026-11-03T14:00"),  # over lunch
        ("2026-11-03T11:00", "1 working_hours", "2026-11-03T12:00"),  # ends with the morning
        ("2026-11-03T03:00", "1 working_hours", "2026-11-03T10:00"),
        ("2026-11-03T23:50", "15 minutes", "2026-11-04T00:05"),
        ("2026-12-31T17:30", "15 minutes", "2026-12-31T17:45"),
    ],
)
def test_a_limit_ends_when_worked_by_hand(start: str, given_limit: str, expected: str) -> None:
    """The four kinds of time, over lunch, nights, weekends, holidays and swapped days."""
    assert limit(given_limit).due(local(start), OFFICE) == local(expected)


def test_days_keep_their_hour_where_summer_time_changes() -> None:
    """In Berlin 25 October 2026 has 25 hours: a calendar day ends at the same hour, 24 hours end one earlier."""
    zone = ZoneInfo("Europe/Berlin")
    office = WorkingCalendar(version="1", timezone="Europe/Berlin", years=(2026,), hours=("08:00-16:00",))
    start = local("2026-10-24T12:00", zone)
    assert limit("1 calendar_days").due(start, office) == local("2026-10-25T12:00", zone)
    assert limit("24 hours").due(start, office) == local("2026-10-25T11:00", zone)
    friday = local("2026-10-23T15:00", zone)
    assert limit("2 working_hours").due(friday, office) == local("2026-10-26T09:00", zone)
    around = WorkingCalendar(
        version="1", timezone="Europe/Berlin", years=(2026,), weekdays=(7,), hours=("00:00-24:00",)
    )
    assert around.working_between(local("2026-10-25T00:00", zone), local("2026-10-26T00:00", zone)) == timedelta(
        hours=25
    )


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("15 minutes", 15, TimeUnit.MINUTES),
        ("1 hour", 1, TimeUnit.HOURS),
        ("2 working hours", 2, TimeUnit.WORKING_HOURS),
        ("1 working day", 1, TimeUnit.WORKING_DAYS),
        (" 7 calendar_days", 7, TimeUnit.CALENDAR_DAYS),
    ],
)
def test_a_limit_is_read_as_it_is_said(text: str, amount: int, unit: TimeUnit) -> None:
    """One or many, with or without an underscore; said again it is the same."""
    assert limit(text) == Limit(amount=amount, unit=unit) == limit(str(limit(text)))


@pytest.mark.parametrize("text", ["", "2", "two hours", "2 weeks", "0 hours", "-1 hours", "1.5 hours"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    """Half a limit is no limit."""
    with pytest.raises(ValidationError):
        limit(text)


@pytest.mark.parametrize("unit", ["working_hours", "working_days"])
def test_a_year_that_is_missing_is_refused_with_words(unit: str) -> None:
    """Nobody is given a deadline that ignores the holidays of a year that is not known."""
    with pytest.raises(CalendarError, match=r"calendar 2026\.1 knows 2026 but not 2027.*city calendar 2027"):
        limit(f"8 {unit}").due(local("2026-12-31T17:30"), OFFICE)


def test_a_pause_stops_the_clock_and_nothing_else() -> None:
    """Two working hours from 09:00, paused from 10:00 over a week: one is left when it goes on."""
    one = clocks.start(ClockKind.HANDLE, limit("2 working_hours"), local("2026-11-02T09:00"))
    one = clocks.pause(one, local("2026-11-02T10:00"), OFFICE)
    assert one.is_paused
    assert clocks.due(one, OFFICE) is None
    assert clocks.remaining(one, local("2026-11-09T11:30"), OFFICE) == timedelta(hours=1)
    one = clocks.resume(one, local("2026-11-09T11:30"))
    assert clocks.due(one, OFFICE) == local("2026-11-09T14:00")


def test_a_limit_changed_while_paused_keeps_what_was_used() -> None:
    """Half an hour of two was used; with a limit of one, half an hour is left."""
    one = clocks.start(ClockKind.HANDLE, limit("2 hours"), local("2026-11-02T09:00"))
    one = clocks.pause(one, local("2026-11-02T09:30"), OFFICE)
    one = clocks.change_limit(one, limit("1 hours"), local("2026-11-02T12:00"), OFFICE)
    one = clocks.resume(one, local("2026-11-02T15:00"))
    assert clocks.due(one, OFFICE) == local("2026-11-02T15:30")


def test_a_grade_raised_midway_may_make_it_late_at_once() -> None:
    """Three hours in, four become two: it is late since the deadline that the new limit gives."""
    one = clocks.start(ClockKind.HANDLE, limit("4 hours"), local("2026-11-02T09:00"))
    one = clocks.change_limit(one, limit("2 hours"), local("2026-11-02T12:00"), OFFICE)
    assert clocks.due(one, OFFICE) == local("2026-11-02T11:00")
    assert clocks.seen_at(one, local("2026-11-02T12:00"), OFFICE).late_since == local("2026-11-02T11:00")


def test_a_lateness_is_never_taken_back() -> None:
    """Neither by a longer limit, nor by another one granted, nor by being done and reopened."""
    one = clocks.start(ClockKind.HANDLE, limit("1 hours"), local("2026-11-02T09:00"))
    late = local("2026-11-02T10:00")
    assert clocks.seen_at(one, late, OFFICE).late_since is None
    one = clocks.change_limit(one, limit("8 hours"), local("2026-11-02T10:00:01"), OFFICE)
    assert one.late_since == late
    one = clocks.extend(one, local("2026-11-02T11:00"), OFFICE)
    one = clocks.stop(one, local("2026-11-02T12:00"), OFFICE)
    one = clocks.resume(one, local("2026-11-03T09:00"))
    assert one.late_since == late
    assert clocks.due(one, OFFICE) == local("2026-11-03T22:00")  # 16 hours less the three that were used


def test_a_reopened_case_goes_on_where_it_was() -> None:
    """Done after forty of sixty minutes: twenty are left, not sixty."""
    one = clocks.start(ClockKind.HANDLE, limit("60 minutes"), local("2026-11-02T09:00"))
    one = clocks.stop(one, local("2026-11-02T09:40"), OFFICE)
    assert clocks.due(one, OFFICE) is None
    assert clocks.stop(one, local("2026-11-02T11:00"), OFFICE) == one
    one = clocks.resume(one, local("2026-11-02T15:00"))
    assert clocks.due(one, OFFICE) == local("2026-11-02T15:20")


def test_an_extension_adds_the_limit_once_more() -> None:
    """Two working hours become four."""
    one = clocks.start(ClockKind.HANDLE, limit("2 working_hours"), local("2026-11-02T15:00"))
    one = clocks.extend(one, local("2026-11-02T16:00"), OFFICE)
    assert clocks.due(one, OFFICE) == local("2026-11-03T10:00")


def test_a_hub_that_slept_over_the_deadline_sees_the_true_lateness() -> None:
    """Late since the deadline, not since somebody looked."""
    one = clocks.start(ClockKind.TRIAGE, limit("15 minutes"), local("2026-11-02T23:50"))
    assert clocks.seen_at(one, local("2026-11-05T08:00"), OFFICE).late_since == local("2026-11-03T00:05")


def moments(count: int) -> st.SearchStrategy[list[datetime]]:
    start = local("2026-09-01T00:00")
    return st.lists(st.integers(0, 60 * 24 * 60), min_size=count, max_size=count, unique=True).map(
        lambda minutes: [start + timedelta(minutes=minute) for minute in sorted(minutes)]
    )


@given(moments(2), st.integers(1, 40 * 60))
def test_adding_and_measuring_agree(pair: list[datetime], minutes: int) -> None:
    """What was added is what is measured; and measures of parts add up."""
    first, second = pair
    amount = timedelta(minutes=minutes)
    assert OFFICE.working_between(first, OFFICE.add_working(first, amount)) == amount
    middle = first + (second - first) / 2
    whole = OFFICE.working_between(first, second)
    assert OFFICE.working_between(first, middle) + OFFICE.working_between(middle, second) == whole
    assert ALWAYS.working_between(first, second) == second - first


@given(moments(6), st.sampled_from(["3 hours", "9 working_hours", "2 working_days", "2 calendar_days"]))
def test_pauses_never_give_or_take_time(at: list[datetime], text: str) -> None:
    """However it rests, what was used and what is left make the whole limit."""
    one = clocks.start(ClockKind.HANDLE, limit(text), at[0])
    whole = clocks.remaining(one, at[0], OFFICE)
    running = timedelta(0)
    for begin, end in ((0, 1), (2, 3)):
        one = clocks.pause(one, at[end], OFFICE)
        running += one.limit.between(at[begin], at[end], OFFICE)
        one = clocks.resume(one, at[end + 1])
    assert clocks.remaining(one, at[4], OFFICE) == whole - running
    deadline = clocks.due(one, OFFICE)
    assert deadline is not None
    assert one.limit.between(at[4], deadline, OFFICE) == max(whole - running, timedelta(0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hours": ["12:00-09:00"]}, "ends before it begins"),
        ({"hours": ["09:00-12:00", "11:00-18:00"]}, "before the stretch above it has ended"),
        ({"hours": ["9-12"]}, "hours"),
        ({"holidays": ["2027-01-01"]}, "2027-01-01 lies in a year that 'years' does not name"),
        ({"holidays": ["2026-10-10"], "swapped": ["2026-10-10"]}, "stands among the holidays too"),
        ({"timezone": "Asia/Nowhere"}, "'Asia/Nowhere' is unknown"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    """Each fault is named with its value."""
    sound = {"version": "1", "years": [2026], "hours": ["09:00-12:00"]}
    with pytest.raises(ValidationError, match=message):
        WorkingCalendar.model_validate(sound | change)


def test_what_has_stopped_stays_as_it_is() -> None:
    """Pausing it changes nothing."""
    one = clocks.stop(
        clocks.start(ClockKind.CHECK, limit("1 hours"), local("2026-11-02T09:00")), local("2026-11-02T09:10"), OFFICE
    )
    assert clocks.pause(one, local("2026-11-02T12:00"), OFFICE) == one
    assert isinstance(one, Clock)
    assert not one.is_paused
