"""The queue of open cases in the order of their rank, page by page, and how many there are of each kind."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select, tuple_

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.cases.queries import CaseFilter, is_calling, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.lifecycle.model import BEFORE_HANDLED, State
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Place = tuple[int, int]
"""Where a case stands in the queue: its rank and its id."""


MOST_FOUND = 1000
"""Whoever finds more by words looks for others; to read all texts for a number would cost more than the list."""


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many open cases there are, how many of these in which stage, past their limit, and still calling."""

    open: int
    new: int
    handling: int
    check: int
    overdue: int
    unacknowledged: int
    unacknowledged_serious: int
    unacknowledged_major: int


_STAGES = {
    "new": (State.REPORTED, State.FILED),
    "handling": (State.DISPATCHED, State.ACCEPTED),
    "check": (State.HANDLED, State.CHECKED),
}


def list_queue(
    work: UnitOfWork, scope: Scope, only: CaseFilter, after: Place | None
) -> tuple[list[Case], Place | None]:
    """List open cases that somebody may see in their order, and where the next page goes on."""
    query = select(Case.id).where(*_open(work, scope, only)).order_by(Case.rank, Case.id).limit(only.limit + 1)
    if after is not None:
        query = query.where(tuple_(Case.rank, Case.id) > tuple_(*after))
    # First the ids, which an index tells alone; then the rows of so many.
    asked = query.subquery()
    found = list(work.session.scalars(select(Case).join(asked, asked.c.id == Case.id).order_by(Case.rank, Case.id)))
    page = found[: only.limit]
    return page, (page[-1].rank, page[-1].id) if len(found) > only.limit else None


def count_queue(work: UnitOfWork, scope: Scope, only: CaseFilter) -> int:
    """Count the open cases of the whole queue; of those that words were looked for, :data:`MOST_FOUND` and one more."""
    query = select(Case.id).where(*_open(work, scope, only))
    if only.words:
        query = query.limit(MOST_FOUND + 1)
    return work.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def count_stages(work: UnitOfWork, scope: Scope, only: CaseFilter) -> CaseCounts:
    """Count the open cases of each stage in one go."""
    late = and_(Case.due_at <= work.now, Case.state.in_(BEFORE_HANDLED))
    kinds = [Case.state.in_(states) for states in _STAGES.values()]
    calling = is_calling()
    grave = [and_(calling, Case.grade == grade.value) for grade in (Grade.SERIOUS, Grade.MAJOR)]
    columns = [func.count(), *(func.count(case((kind, 1))) for kind in (*kinds, late, calling, *grave))]
    row = work.session.execute(select(*columns).select_from(Case).where(*_open(work, scope, only))).one()
    return CaseCounts(*map(int, row))


def _open(work: UnitOfWork, scope: Scope, only: CaseFilter) -> list[ColumnElement[bool]]:
    return [Case.ended_at.is_(None), *matching(work, scope, only)]
