"""The list of hazards (挂牌督办): failures that are major or repeat, until their cases end."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from sharp_eyes.hub.areas.checklists import CheckItem
from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.cases.record import look_up_logs, state_of
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.inspections.premises import FAIL
from sharp_eyes.hub.inspections.walks import read_items
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.inspection_tables import Inspection, InspectionItem, Premises
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Hazard:
    """A case that an inspection made: where, and of what item. ``leads``: user names of those who answer for it."""

    case: Case
    premises: Premises
    item: CheckItem
    leads: tuple[str, ...] = ()


def listed_hazards(work: UnitOfWork, scope: Scope) -> list[Hazard]:
    """Give the list of hazards of somebody's area, the longest there first."""
    query = select(Case).where(Case.listed_since.is_not(None), within(Case.area, scope.area))
    cases = work.session.scalars(query.order_by(Case.listed_since, Case.id)).all()
    look_up_logs(work, [case.id for case in cases])
    found = origins(work, [case.id for case in cases])
    hazards = []
    for case in cases:
        listing = state_of(work, case).listing
        if case.id in found and listing is not None:
            premises, item = found[case.id]
            hazards.append(Hazard(case, premises, item, listing.leads))
    return hazards


def origin_of(work: UnitOfWork, case: Case) -> Hazard | None:
    """Say of what premises and item a case is; ``None`` where no inspection made it."""
    found = origins(work, [case.id]).get(case.id)
    return None if found is None else Hazard(case, *found)


def origins(work: UnitOfWork, cases: Sequence[int]) -> dict[int, tuple[Premises, CheckItem]]:
    """Say of what premises and item cases are, as the checklist had it on that day."""
    query = (
        select(InspectionItem.case_id, InspectionItem.item, Inspection.items, Premises)
        .join(Inspection, Inspection.key == InspectionItem.inspection)
        .join(Premises, Premises.id == Inspection.premises_id)
        .where(InspectionItem.case_id.in_(cases), InspectionItem.result == FAIL)
        .order_by(Inspection.begun_at.desc())
    )
    found: dict[int, tuple[Premises, CheckItem]] = {}
    for case_id, name, items, premises in work.session.execute(query):
        item = next((one for one in read_items(items) if one.id == name), None)
        if case_id is not None and item is not None:
            found[case_id] = premises, item
    return found
