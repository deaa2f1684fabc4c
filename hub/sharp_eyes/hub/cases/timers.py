"""Lets time act on cases: reminds, escalates, ends suspensions, gives up on answers. Any number of hubs may do so.

A case's timer is a row with the moment at which something is due. Whoever claims it (``SKIP LOCKED``, or SQLite's one
writer) does everything that is due and moves the row on, in one transaction with the log's lines: so each effect
happens once, however many hubs there are and whenever one dies.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import rules_of, state_of, store_state, write_line
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.deadlines import ClockRules, due_now
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.store.case_tables import Case, CaseTimer
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory

TIMER = Actor(ActorKind.TIMER, "timer")
_AT_ONCE = 10
"""Cases of one transaction: the first is told once the last is done, and until then people's moves of all must wait."""

_SOONEST = 0.1
"""Seconds to the next look at the least: what is due and still there is in another hub's hands."""

_AGAIN = timedelta(hours=1)
_NEXT = PreparedSelect(lambda _: select(CaseTimer.at).order_by(CaseTimer.at).limit(1))

_LOG = logging.getLogger(__name__)


Follow = Callable[[UnitOfWork, Case], None]
"""Does what follows from a line that time wrote, where that takes more than the case's own state."""


def run_due(
    transaction: UnitOfWorkFactory,
    is_stopping: Callable[[], bool] = lambda: False,
    follow: Follow = lambda _work, _case: None,
) -> int:
    """Do everything that is due by now, and what follows from it; return for how many cases."""
    done = 0
    while not is_stopping():
        with transaction() as work:
            claimed = _claim(work)
            for case_id in claimed:
                act(work, case_id, follow)
        done += len(claimed)
        if len(claimed) < _AT_ONCE:
            return done
    return done


def seconds_until_due(work: UnitOfWork) -> float | None:
    """Seconds until something is due next; ``None`` where nothing ever is."""
    at = _next(work)
    return None if at is None else max(_SOONEST, (at - work.now).total_seconds())


def is_anything_due(work: UnitOfWork) -> bool:
    """Whether :func:`run_due` has anything to do; this only reads, and so waits for nobody."""
    at = _next(work)
    return at is not None and at <= work.now


def _next(work: UnitOfWork) -> datetime | None:
    found = _NEXT.rows(work.session)
    return found[0][0] if found else None


def act(work: UnitOfWork, case_id: int, follow: Follow) -> None:
    """Do what is due for one case, and set its timer for what comes next."""
    case = lock_row(work, case_id)
    if case is None:
        return
    try:
        with work.session.begin_nested():
            _act(work, case, follow)
    except CalendarError as error:
        work.case_states.pop(case_id, None)
        _LOG.error("case %s: what is due cannot be told, and is looked at again in an hour: %s", case.number, error)
        work.session.put_row(CaseTimer, {"case_id": case.id, "at": work.now + _AGAIN})


def _act(work: UnitOfWork, case: Case, follow: Follow) -> None:
    rules = rules_of(work, case)
    first = case.log_sequence
    while (due := due_now(state_of(work, case), rules, lambda one: calendar_of(work, one), work.now)) is not None:
        write_line(work, case, TIMER, _with_roles(due.payload, rules))
        follow(work, case)
    if case.log_sequence == first:  # else the last line set the timer
        store_state(work, case, state_of(work, case))


def _claim(work: UnitOfWork) -> list[int]:
    query = (
        select(CaseTimer.case_id)
        .where(CaseTimer.at <= work.now)
        .order_by(CaseTimer.at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(work.session.scalars(query))


def _with_roles(payload: Payload, rules: ClockRules) -> Payload:
    """Add whom an escalation tells: roles, and how many levels up the tree they are looked for."""
    if not isinstance(payload, time_line.Escalated):
        return payload
    step = rules[payload.clock].ladder[payload.step - 1]
    return payload.model_copy(update={"told": step.tell, "up": step.up})
