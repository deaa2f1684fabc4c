"""Which premises are to be inspected, and what that failed there waits for a second look."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.inspections.premises import FAIL, visible_premises
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.inspection_tables import Inspection, InspectionItem, Premises
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Due:
    """Premises that are due.

    Attributes:
        due_at: when the next whole inspection is; ``None`` where the city pack has no checklist for them.
        rechecks: items that failed, were handled and wait for a second look.
    """

    premises: Premises
    due_at: datetime | None
    rechecks: int


def due_at(work: UnitOfWork, premises: Premises) -> datetime | None:
    """When premises are inspected next: at once where they never were; ``None`` without a checklist."""
    checklist = work.city.checklist(premises.kind)
    if checklist is None:
        return None
    return premises.added_at if premises.inspected_at is None else premises.inspected_at + checklist.every


def list_due(work: UnitOfWork, scope: Scope, area: str, ahead: timedelta, limit: int) -> list[Due]:
    """List the premises of an area that wait for a re-check or are due within a time, the most overdue first."""
    query = select(Premises).where(visible_premises(scope), within(Premises.area, area), Premises.active)
    waiting = _waiting(work, scope)
    found = []
    for row in work.session.scalars(query):
        next_at, rechecks = due_at(work, row), waiting.get(row.id, 0)
        if rechecks or (next_at is not None and next_at <= work.now + ahead):
            found.append(Due(row, next_at, rechecks))
    never = work.now + timedelta(days=36_500)
    found.sort(key=lambda one: (one.rechecks == 0, one.due_at or never, one.premises.id))
    return found[:limit]


def _waiting(work: UnitOfWork, scope: Scope) -> Counter[int]:
    query = (
        select(Inspection.premises_id, Case.id)
        .distinct()
        .join(InspectionItem, InspectionItem.inspection == Inspection.key)
        .join(Case, Case.id == InspectionItem.case_id)
        .join(Premises, Premises.id == Inspection.premises_id)
        .where(visible_premises(scope), InspectionItem.result == FAIL, Case.state == State.HANDLED.value)
    )
    return Counter(premises for premises, _ in work.session.execute(query))
