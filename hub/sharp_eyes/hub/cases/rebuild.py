"""Makes what follows from the logs again: after a migration, or whenever somebody doubts it."""

from collections.abc import Callable

from sqlalchemy import select

from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import read_log, store_state
from sharp_eyes.hub.cases.words import restore_words
from sharp_eyes.hub.lifecycle.projection import replay
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory


def rebuild(
    transaction: UnitOfWorkFactory,
    read_only: UnitOfWorkFactory,
    *,
    every: bool,
    told: Callable[[int], None] = lambda _: None,
) -> int:
    """Make state, turns, clocks and timer of cases again from their logs; return of how many.

    ``every``: of all cases; otherwise of those that a migration has left to it. ``told`` hears how many are done.
    """
    with read_only() as work:
        query = select(Case.id).order_by(Case.id)
        wanted = list(work.session.scalars(query if every else query.where(Case.log_sequence == 0)))
    for number, case_id in enumerate(wanted, start=1):
        with transaction() as work:
            rebuild_case(work, case_id)
        told(number)
    return len(wanted)


def rebuild_case(work: UnitOfWork, case_id: int) -> None:
    """Make what follows from one case's log again."""
    case = lock_row(work, case_id)
    log = read_log(work, case_id)
    if case is None or not log:
        return
    state = replay(log, lambda version: calendar_of(work, version))
    store_state(work, case, state)
    restore_words(work, case)
    work.case_states[case_id] = state
