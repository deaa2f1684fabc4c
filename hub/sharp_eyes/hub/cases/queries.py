"""Finds cases and files for a person; what lies outside their area is not found."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select

from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.store.tables import Case, CaseEvent, CaseLog, EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

EVIDENCE_OF_CASE = and_(
    EvidenceFile.event_id == Case.event_id,
    or_(EvidenceFile.gateway.is_(None), EvidenceFile.gateway == Case.gateway),
)
"""Joins a file to its case; what another gateway sent under the same event id stays out."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are asked for; an empty field asks for all."""

    states: Sequence[str] = ()
    scene: str | None = None
    gateway: str | None = None
    camera: str | None = None
    unit: str | None = None
    before: int | None = None
    limit: int = 50
    held: bool = False


def list_cases(work: UnitOfWork, area: str, only: CaseFilter) -> tuple[list[Case], int | None]:
    """List cases of an area, newest first, and the cursor of the next page."""
    query = select(Case).where(within(Case.area, area)).order_by(Case.id.desc()).limit(only.limit + 1)
    if only.states:
        query = query.where(Case.state.in_(only.states))
    if only.held:
        query = query.where(Case.legal_hold)
    if only.before is not None:
        query = query.where(Case.id < only.before)
    for column, value in (
        (Case.scene, only.scene),
        (Case.gateway, only.gateway),
        (Case.camera, only.camera),
        (Case.unit, only.unit),
    ):
        if value is not None:
            query = query.where(column == value)
    found = list(work.session.scalars(query))
    more = len(found) > only.limit
    page = found[: only.limit]
    return page, page[-1].id if more else None


def list_joined_events(
    work: UnitOfWork, case: Case, before: UUID | None, limit: int
) -> tuple[list[CaseEvent], UUID | None]:
    """List the events of a storm that joined a case, newest first, and the cursor of the next page.

    Raises:
        RequestError: 422 where ``before`` is no event of the case.
    """
    query = (
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.event_id != case.event_id)
        .order_by(CaseEvent.received_at.desc(), CaseEvent.event_id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        last = work.session.get(CaseEvent, before)
        if last is None or last.case_id != case.id:
            raise RequestError(422, "invalid", f"before: {before} is no event of this case")
        at_once = and_(CaseEvent.received_at == last.received_at, CaseEvent.event_id < last.event_id)
        query = query.where(or_(CaseEvent.received_at < last.received_at, at_once))
    found = list(work.session.scalars(query))
    page = found[:limit]
    return page, page[-1].event_id if len(found) > limit else None


def latest_holds(work: UnitOfWork, cases: Sequence[Case]) -> dict[int, CaseLog]:
    """Find the log's line of each case's last legal hold, by the case's id."""
    rows = work.session.scalars(
        select(CaseLog)
        .where(CaseLog.case_id.in_([case.id for case in cases]), CaseLog.move == "hold")
        .order_by(CaseLog.id)
    )
    return {row.case_id: row for row in rows}


def find_case(work: UnitOfWork, area: str, case_id: int) -> Case:
    """Find a case for a person who reads it.

    Raises:
        RequestError: 404 where it is not there or lies outside ``area``.
    """
    case = work.session.get(Case, case_id)
    if case is None or not covers(area, case.area):
        raise not_found(f"case {case_id}")
    return case


def lock_row(work: UnitOfWork, case_id: int) -> Case | None:
    """Read a case, wherever it lies, so that nobody else can change it until this work is done."""
    return work.session.scalar(select(Case).where(Case.id == case_id).with_for_update())


def lock_case(work: UnitOfWork, area: str, case_id: int) -> Case:
    """Find a case for a person who changes it.

    Raises:
        RequestError: 404 where it is not there or lies outside ``area``.
    """
    case = lock_row(work, case_id)
    if case is None or not covers(area, case.area):
        raise not_found(f"case {case_id}")
    return case


def find_evidence(work: UnitOfWork, area: str, identity: UUID) -> EvidenceFile:
    """Find a file whose case lies in ``area``.

    Raises:
        RequestError: 404 otherwise, also while its case has not arrived.
    """
    found = work.session.execute(
        select(EvidenceFile, Case.area)
        .join(CaseEvent, CaseEvent.event_id == EvidenceFile.event_id)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(EvidenceFile.id == identity)
        .where(or_(EvidenceFile.gateway.is_(None), EvidenceFile.gateway == CaseEvent.gateway))
    ).one_or_none()
    if found is None or not covers(area, found[1]):
        raise not_found(f"evidence {identity}")
    row: EvidenceFile = found[0]
    return row


def case_of(work: UnitOfWork, file: EvidenceFile) -> tuple[str, str]:
    """Tell number and area of the case that a file belongs to."""
    query = (
        select(Case.number, Case.area)
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(CaseEvent.event_id == file.event_id)
    )
    number, area = work.session.execute(query).one()
    return number, area
