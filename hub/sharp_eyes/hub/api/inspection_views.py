"""What is said of premises, inspections and listed hazards."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from sharp_eyes.hub.api.case_schemas import CaseInspectionView, WorldPlace
from sharp_eyes.hub.api.inspection_schemas import (
    CheckItemView,
    DueView,
    HazardView,
    InspectionView,
    ItemView,
    PastInspectionView,
    PremisesDetail,
    PremisesView,
)
from sharp_eyes.hub.api.names import area_name
from sharp_eyes.hub.api.report_views import evidence_view
from sharp_eyes.hub.areas.checklists import CheckItem
from sharp_eyes.hub.cases.record import state_of
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.inspections.due import Due, due_at
from sharp_eyes.hub.inspections.hazards import Hazard, origin_of
from sharp_eyes.hub.inspections.premises import FAIL, count_open_failures, visible_premises
from sharp_eyes.hub.inspections.walks import open_items, read_items
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.inspection_tables import Inspection, InspectionItem, Premises, PremisesContact
from sharp_eyes.hub.store.tables import Account, EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_PAST = 20


def premises_views(work: UnitOfWork, rows: Sequence[Premises]) -> list[PremisesView]:
    """Describe premises as lists show them."""
    failures = count_open_failures(work, [row.id for row in rows])
    return [PremisesView(**_premises(work, row, failures.get(row.id, 0))) for row in rows]


def premises_detail(work: UnitOfWork, row: Premises) -> PremisesDetail:
    """Describe premises with their checklist and their past."""
    checklist = work.city.checklist(row.kind)
    failures = count_open_failures(work, [row.id])
    return PremisesDetail(
        **_premises(work, row, failures.get(row.id, 0)),
        has_contact=work.session.get(PremisesContact, row.id) is not None,
        checklist=_items(() if checklist is None else checklist.items),
        open_items=_items(open_items(work, row)),
        inspections=_past(work, row),
    )


def due_views(work: UnitOfWork, found: Sequence[Due]) -> list[DueView]:
    """Describe what is due."""
    shown = premises_views(work, [one.premises for one in found])
    return [
        DueView(premises=view, overdue=one.due_at is not None and one.due_at <= work.now, rechecks=one.rechecks)
        for one, view in zip(found, shown, strict=True)
    ]


def find_inspection(work: UnitOfWork, scope: Scope, key: UUID) -> Inspection:
    """Find an inspection of premises that somebody sees.

    Raises:
        RequestError: 404.
    """
    query = select(Inspection).join(Premises, Premises.id == Inspection.premises_id)
    row = work.session.scalar(query.where(Inspection.key == key, visible_premises(scope)))
    if row is None:
        raise not_found(f"inspection {key}")
    return row


def inspection_view(work: UnitOfWork, row: Inspection) -> InspectionView:
    """Describe an inspection with what was found."""
    premises = work.session.get_one(Premises, row.premises_id)
    rows = work.session.scalars(select(InspectionItem).where(InspectionItem.inspection == row.key)).all()
    found = {one.item: one for one in rows}
    cases = _cases(work, [one.case_id for one in rows if one.case_id is not None])
    ids = [UUID(photo) for one in rows for photo in one.photos]
    files = {file.id: file for file in work.session.scalars(select(EvidenceFile).where(EvidenceFile.id.in_(ids)))}
    people = _names(work, [row.by])
    return InspectionView(
        key=row.key,
        premises=premises.id,
        premises_name=premises.name,
        area=premises.area,
        version=row.version,
        recheck=row.recheck,
        by=people.get(row.by, row.by),
        begun_at=row.begun_at,
        submitted_at=row.submitted_at,
        items=[_item(item, found.get(item.id), cases, files, people) for item in read_items(row.items)],
    )


def hazard_views(work: UnitOfWork, found: Sequence[Hazard]) -> list[HazardView]:
    """Describe the list of hazards."""
    people = _names(work, [name for one in found for name in one.leads])
    return [
        HazardView(
            case=one.case.id,
            number=one.case.number,
            state=State(one.case.state),
            since=one.case.listed_since,
            premises=one.premises.id,
            premises_name=one.premises.name,
            area=one.case.area,
            item=one.item.name,
            basis=one.item.basis,
            units=list(state_of(work, one.case).units),
            leads=[people.get(name, name) for name in one.leads],
            due_at=one.case.due_at,
            late_since=one.case.late_since,
        )
        for one in found
        if one.case.listed_since is not None
    ]


def case_inspection(work: UnitOfWork, case: Case) -> CaseInspectionView | None:
    """Say of what premises and item a case is, where an inspection made it."""
    found = origin_of(work, case)
    if found is None:
        return None
    return CaseInspectionView(
        premises=found.premises.id,
        premises_name=found.premises.name,
        item=found.item.name,
        basis=found.item.basis,
        listed_since=case.listed_since,
    )


def _premises(work: UnitOfWork, row: Premises, failures: int) -> dict[str, Any]:
    kind = work.city.premises_kind(row.kind)
    placed = row.longitude is not None and row.latitude is not None
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_name": None if kind is None else kind.name,
        "name": row.name,
        "area": row.area,
        "area_name": area_name(work.city, row.area),
        "address": row.address,
        "position": WorldPlace.model_validate(row, from_attributes=True) if placed else None,
        "active": row.active,
        "inspected_at": row.inspected_at,
        "due_at": due_at(work, row) if row.active else None,
        "open_failures": failures,
    }


def _items(items: Iterable[CheckItem]) -> list[CheckItemView]:
    return [CheckItemView.model_validate(item, from_attributes=True) for item in items]


def _past(work: UnitOfWork, premises: Premises) -> list[PastInspectionView]:
    newest = select(Inspection).where(Inspection.premises_id == premises.id).order_by(Inspection.begun_at.desc())
    rows = work.session.scalars(newest.limit(_PAST)).all()
    counted = (
        select(InspectionItem.inspection, func.count())
        .where(InspectionItem.inspection.in_([row.key for row in rows]), InspectionItem.result == FAIL)
        .group_by(InspectionItem.inspection)
    )
    failed = dict(work.session.execute(counted).all())
    people = _names(work, [row.by for row in rows])
    return [
        PastInspectionView(
            key=row.key,
            recheck=row.recheck,
            by=people.get(row.by, row.by),
            begun_at=row.begun_at,
            submitted_at=row.submitted_at,
            failed=failed.get(row.key, 0),
        )
        for row in rows
    ]


def _item(
    item: CheckItem,
    found: InspectionItem | None,
    cases: dict[int, Case],
    files: dict[UUID, EvidenceFile],
    people: dict[str, str],
) -> ItemView:
    case = None if found is None or found.case_id is None else cases.get(found.case_id)
    photos = [] if found is None else [files[UUID(one)] for one in found.photos if UUID(one) in files]
    return ItemView.model_validate(
        item.model_dump()
        | {
            "result": None if found is None else found.result,
            "note": "" if found is None else found.note,
            "photos": [evidence_view(file, people) for file in photos],
            "case": None if case is None else case.id,
            "number": None if case is None else case.number,
            "state": None if case is None else case.state,
        }
    )


def _cases(work: UnitOfWork, ids: Sequence[int]) -> dict[int, Case]:
    return {case.id: case for case in work.session.scalars(select(Case).where(Case.id.in_(ids)))}


def _names(work: UnitOfWork, usernames: Sequence[str]) -> dict[str, str]:
    query = select(Account.username, Account.display_name).where(Account.username.in_(usernames))
    return dict(work.session.execute(query).all())
