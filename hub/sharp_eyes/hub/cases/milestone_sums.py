"""How often milestones on site were kept in time; counted from the cases, of which few have any."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from sharp_eyes.hub.store.case_tables import Case, CaseMilestone
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def has_milestone(milestone: str, now: datetime, *, kept: bool) -> ColumnElement[bool]:
    """Whether a case's milestone was reached or missed by now; ``kept``: reached, and in time."""
    condition = _is_kept() if kept else _is_settled(now)
    theirs = CaseMilestone.case_id == Case.id, CaseMilestone.milestone == milestone
    return select(CaseMilestone.case_id).where(*theirs, condition).exists()


def count_milestones(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], is_now: ColumnElement[bool]
) -> Iterator[tuple[str, bool, int, int]]:
    """Give each milestone with the period that ``is_now`` tells: how often it was kept, of how often settled."""
    columns = CaseMilestone.milestone, is_now
    kept = func.sum(case((_is_kept(), 1), else_=0))
    query = select(*columns, kept, func.count()).join(Case, Case.id == CaseMilestone.case_id)
    for name, now, times, of in work.session.execute(
        query.where(*conditions, _is_settled(work.now)).group_by(*columns)
    ):
        yield name, bool(now), int(times), of


def _is_kept() -> ColumnElement[bool]:
    return and_(CaseMilestone.reached_at.is_not(None), CaseMilestone.late_since.is_(None))


def _is_settled(now: datetime) -> ColumnElement[bool]:
    """Reached, or missed: what was stopped before it was due says nothing."""
    missed = or_(CaseMilestone.late_since.is_not(None), CaseMilestone.due_at <= now)
    return or_(CaseMilestone.reached_at.is_not(None), missed)
