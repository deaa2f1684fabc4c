"""What another calendar would do to open cases: which deadlines it would move, told before it is in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sharp_eyes.configuration.said import Said
from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.cases.record import look_up_logs, state_of
from sharp_eyes.hub.clocks import clock as clocks
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import Clock
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.store.case_tables import CalendarVersion, Case, CaseClock
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_CASES = 2000
"""Open cases that are looked at; of more the first and the last to be due, which need years that may be missing."""


@dataclass(frozen=True, slots=True)
class MovedDue:
    """A deadline that would be another. ``unit``: of a unit's own turn."""

    case: Case
    clock: str
    unit: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class CalendarEffect:
    """What would move, the first to be due first.

    Attributes:
        looked_at: open cases whose clocks count working time.
        left_out: of these, those that were too many to be looked at.
        stuck: numbers of cases that need a year that the calendar does not hold.
    """

    looked_at: int
    left_out: int
    moved: tuple[MovedDue, ...]
    stuck: tuple[str, ...]


def effect_on_open_cases(work: UnitOfWork, calendar: WorkingCalendar, most: int = MOST_CASES) -> CalendarEffect:
    """Work out the deadlines of open cases by another calendar; nothing is changed."""
    counts = CaseClock.limit.contains("working"), CaseClock.stopped_at.is_(None), Case.ended_at.is_(None)
    due = select(Case.id, Case.due_at).join(CaseClock).where(*counts).distinct().order_by(Case.due_at, Case.id)
    wanted = [row.id for row in work.session.execute(due)]
    seen = wanted if len(wanted) <= most else [*wanted[: most // 2], *wanted[-(most // 2) :]]
    look_up_logs(work, seen)
    moved: list[MovedDue] = []
    stuck: list[str] = []
    for case in work.session.scalars(select(Case).where(Case.id.in_(seen)).order_by(Case.id)):
        try:
            moved += list(_moved(work, case, state_of(work, case), calendar))  # all of a case, or it is stuck
        except CalendarError:
            stuck.append(case.number)
    moved.sort(key=lambda one: (one.after, one.case.id))
    return CalendarEffect(len(seen), len(wanted) - len(seen), tuple(moved), tuple(stuck))


def year_needed(stuck: Sequence[str]) -> Said:
    """Say which cases need a year that a calendar does not hold: their numbers, the first five."""
    some = ", ".join(stuck[:5])
    words = f"open cases need a year that the calendar does not hold: {some}; keep that year"
    return Said("year_needed", words, cases=some, n=len(stuck))


def free_version(work: UnitOfWork, calendar: WorkingCalendar) -> str:
    """Give a version for a calendar that was changed: its last year and a number that none had."""
    known = set(work.session.scalars(select(CalendarVersion.version)))
    if work.city.calendar is not None:
        known.add(work.city.calendar.version)
    year, number = max(calendar.years), 1
    while f"{year}.{number}" in known:
        number += 1
    return f"{year}.{number}"


def _moved(work: UnitOfWork, case: Case, state: CaseState, calendar: WorkingCalendar) -> Iterator[MovedDue]:
    for clock, unit in _live(state):
        before = clocks.due(clock, calendar_of(work, clock.calendar))
        after = clocks.due(clock, calendar)
        if before is not None and after is not None and before != after:
            yield MovedDue(case, clock.kind.value, unit, before, after)


def _live(state: CaseState) -> Iterator[tuple[Clock, str]]:
    own = [(clock, turn.unit) for turn in state.open_assignments for clock in (turn.clock, turn.report_in)]
    for clock, unit in (*((one, "") for one in state.clocks), *own):
        if clock is not None and clock.stopped_at is None:
            yield clock, unit
