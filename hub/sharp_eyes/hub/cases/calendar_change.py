"""Lets open cases follow the city pack's calendar once it has changed, by a line of its own in each one's log."""

from sqlalchemy import select

from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.store.case_tables import Case, CaseClock
from sharp_eyes.hub.store.unit_of_work import UnitOfWorkFactory

_PACK = Actor(ActorKind.RULE, "city pack")


def follow_calendar(transaction: UnitOfWorkFactory, read_only: UnitOfWorkFactory) -> int:
    """Let the clocks that have not stopped follow the pack's calendar; return of how many cases.

    A pack without a calendar changes nothing: what runs goes on by the one that it began with.

    Raises:
        CalendarError: the calendar lacks a year that the clocks of an open case need.
    """
    with read_only() as work:
        calendar = work.city.calendar
        if calendar is None:
            return 0
        others = CaseClock.calendar != calendar.version, CaseClock.stopped_at.is_(None)
        query = select(Case.id).join(CaseClock).where(Case.ended_at.is_(None), *others).distinct().order_by(Case.id)
        wanted = list(work.session.scalars(query))
    return sum(_follow(transaction, case_id, calendar.version) for case_id in wanted)


def _follow(transaction: UnitOfWorkFactory, case_id: int, version: str) -> bool:
    with transaction() as work:
        case = lock_row(work, case_id)
        if case is None or not _has_others(state_of(work, case), version):
            return False
        number = case.number
        try:
            write_line(work, case, _PACK, time_line.CalendarChanged())
        except CalendarError as error:
            raise CalendarError(f"case {number} cannot follow the city pack's calendar: {error}") from error
    return True


def _has_others(state: CaseState, version: str) -> bool:
    """Whether a clock that has not stopped follows another calendar; another hub may have been faster."""
    own = [clock for turn in state.open_assignments for clock in (turn.clock, turn.report_in)]
    live = [clock for clock in (*state.clocks, *own) if clock is not None and clock.stopped_at is None]
    return any(clock.calendar != version for clock in live)
