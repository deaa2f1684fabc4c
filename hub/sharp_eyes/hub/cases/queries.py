"""Finds cases and files for a person; what they may not see is not found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from sharp_eyes.contract.event import Phase
from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.cases import search
from sharp_eyes.hub.cases.facts import Facts
from sharp_eyes.hub.cases.visibility import Scope, sees, visible
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.lifecycle.model import BEFORE_HANDLED, CALLING
from sharp_eyes.hub.store.case_tables import Alarm, Assignment, Case, CaseLog
from sharp_eyes.hub.store.inspection_tables import Inspection, Premises
from sharp_eyes.hub.store.report_tables import DuplicateOffer, Report
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

EVIDENCE_OF_CASE = and_(
    EvidenceFile.event_id == Case.event_id,
    or_(EvidenceFile.gateway.is_(None), EvidenceFile.gateway == Case.gateway),
)
"""Joins a file to its case; what another gateway sent under the same event id stays out."""

_MOST_REPORTS = 100
"""Reports of one case that are shown."""


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
    ids: Sequence[int] = ()
    overdue: bool = False
    words: str = ""
    """What somebody looks for: see ``hub/cases/search.py``."""
    calling: bool = False
    facts: Facts = field(default_factory=Facts)


def list_cases(work: UnitOfWork, scope: Scope, only: CaseFilter) -> tuple[list[Case], int | None]:
    """List the cases that somebody may see, newest first, and the cursor of the next page."""
    query = select(Case).where(*matching(work, scope, only)).order_by(Case.id.desc()).limit(only.limit + 1)
    if only.before is not None:
        query = query.where(Case.id < only.before)
    found = list(work.session.scalars(query))
    more = len(found) > only.limit
    page = found[: only.limit]
    return page, page[-1].id if more else None


def count_cases(work: UnitOfWork, scope: Scope, only: CaseFilter) -> int:
    """Count the cases that somebody may see, ended ones too."""
    return work.session.scalar(select(func.count()).select_from(Case).where(*matching(work, scope, only))) or 0


def matching(work: UnitOfWork, scope: Scope, only: CaseFilter) -> list[ColumnElement[bool]]:
    """Give what a filter asks for as conditions of a query on cases."""
    conditions = [visible(scope), *only.facts.conditions(work.city.zone, work.now)]
    if only.states:
        conditions.append(Case.state.in_(only.states))
    if only.held:
        conditions.append(Case.legal_hold.is_(True))
    if only.ids:
        conditions.append(Case.id.in_(only.ids))
    if only.overdue:
        conditions += [Case.due_at <= work.now, Case.state.in_(BEFORE_HANDLED)]
    if only.calling:
        conditions.append(is_calling())
    for column, value in ((Case.scene, only.scene), (Case.gateway, only.gateway), (Case.camera, only.camera)):
        if value is not None:
            conditions.append(column == value)
    if only.words:
        conditions.append(search.found(work, only.words))
    if only.unit is not None:
        first, others = Case.unit == only.unit, second_turns(work, only.unit)
        conditions.append(or_(first, Case.id.in_(others)) if others else first)
    return conditions


def second_turns(work: UnitOfWork, unit: str) -> Sequence[int]:
    """Cases of which a unit has an open turn beside another, which the row names: few, and asked for by their ids."""
    return work.session.scalars(
        select(Assignment.case_id).where(Assignment.unit == unit, Assignment.beside.is_(True))
    ).all()


def is_calling() -> ColumnElement[bool]:
    """Whether a case waits for the centre and nobody has acknowledged it, as a condition of a query."""
    return and_(Case.state.in_(CALLING), Case.acknowledged_at.is_(None))


def latest_escalations(work: UnitOfWork, cases: Sequence[Case]) -> dict[int, CaseLog]:
    """Find the last step up a ladder of each case that somebody has yet to handle, by the case's id."""
    late = [one.id for one in cases if one.late_since is not None and one.state in BEFORE_HANDLED]
    if not late:
        return {}
    query = select(CaseLog).where(CaseLog.case_id.in_(late), CaseLog.what == "escalated").order_by(CaseLog.id)
    return {row.case_id: row for row in work.session.scalars(query)}


def list_joined_alarms(
    work: UnitOfWork, case: Case, before: UUID | None, limit: int
) -> tuple[list[Alarm], UUID | None]:
    """List the alarms that joined a case, newest first, and the cursor of the next page.

    Raises:
        RequestError: 422 where ``before`` is no event of the case.
    """
    query = (
        select(Alarm)
        .where(Alarm.case_id == case.id, Alarm.event_id != case.event_id)
        .order_by(Alarm.received_at.desc(), Alarm.event_id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        last = work.session.get(Alarm, before)
        if last is None or last.case_id != case.id:
            raise RequestError(422, "invalid", f"before: {before} is no event of this case")
        at_once = and_(Alarm.received_at == last.received_at, Alarm.event_id < last.event_id)
        query = query.where(or_(Alarm.received_at < last.received_at, at_once))
    found = list(work.session.scalars(query))
    page = found[:limit]
    return page, page[-1].event_id if len(found) > limit else None


def list_reports(work: UnitOfWork, case: Case) -> Sequence[Report]:
    """List the reports that made or joined a case, the first first."""
    query = select(Report).where(Report.case_id == case.id).order_by(Report.id).limit(_MOST_REPORTS)
    return work.session.scalars(query).all()


def list_duplicates(work: UnitOfWork, case: Case) -> list[tuple[DuplicateOffer, Case]]:
    """List the pairs that a case may be one of and of which nobody has said yet, each with the other case, open."""
    query = (
        select(DuplicateOffer, Case)
        .join(Case, or_(Case.id == DuplicateOffer.other_id, Case.id == DuplicateOffer.case_id))
        .where(or_(DuplicateOffer.case_id == case.id, DuplicateOffer.other_id == case.id))
        .where(Case.id != case.id, Case.ended_at.is_(None), DuplicateOffer.answer.is_(None))
        .order_by(DuplicateOffer.metres, DuplicateOffer.minutes, Case.id)
    )
    return [(offer, other) for offer, other in work.session.execute(query)]


def latest_holds(work: UnitOfWork, cases: Sequence[Case]) -> dict[int, CaseLog]:
    """Find the log's line of each case's last legal hold, by the case's id."""
    rows = work.session.scalars(
        select(CaseLog)
        .where(CaseLog.case_id.in_([case.id for case in cases]), CaseLog.what == "hold_set")
        .order_by(CaseLog.id)
    )
    return {row.case_id: row for row in rows if row.payload["held"]}


def find_case(work: UnitOfWork, scope: Scope, case_id: int) -> Case:
    """Find a case for a person who reads it.

    Raises:
        RequestError: 404 where it is not there or they may not see it.
    """
    case = work.session.get(Case, case_id)
    if case is None or not sees(work, scope, case):
        raise not_found(f"case {case_id}")
    return case


def has_open_alarms(work: UnitOfWork, case: Case, but: UUID | None = None) -> bool:
    """Whether a camera still sees something of a case; ``but``: beside this event."""
    query = select(Alarm.event_id).where(Alarm.case_id == case.id, Alarm.phase != Phase.CLOSED.value)
    return work.session.scalar(query if but is None else query.where(Alarm.event_id != but)) is not None


def lock_row(work: UnitOfWork, case_id: int) -> Case | None:
    """Read a case, wherever it lies, so that nobody else can change it until this work is done."""
    known: Case | None = work.noted((Case, case_id))
    if known is not None:
        return known
    # It may have been read before it was locked.
    locked = select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    return work.session.scalar(locked)


def note_locked(work: UnitOfWork, case: Case) -> None:
    """Note a case that this work has locked or made."""
    work.note((Case, case.id), case)


def lock_case(work: UnitOfWork, scope: Scope, case_id: int) -> Case:
    """Find a case for a person who changes it.

    Raises:
        RequestError: 404 where it is not there or they may not see it.
    """
    case = lock_row(work, case_id)
    if case is None or not sees(work, scope, case):
        raise not_found(f"case {case_id}")
    return case


def find_evidence(work: UnitOfWork, scope: Scope, identity: UUID) -> EvidenceFile:
    """Find a file of a case that somebody may see.

    Raises:
        RequestError: 404 otherwise, also while its case has not arrived.
    """
    found = work.session.execute(
        select(EvidenceFile, Case)
        .outerjoin(Alarm, Alarm.event_id == EvidenceFile.event_id)
        .outerjoin(Report, Report.key == EvidenceFile.event_id)
        .join(Case, Case.id == func.coalesce(Alarm.case_id, Report.case_id))
        .where(EvidenceFile.id == identity)
        .where(or_(EvidenceFile.gateway.is_(None), EvidenceFile.gateway == Alarm.gateway))
    ).one_or_none()
    if found is None:
        return _of_inspection(work, scope, identity)
    if not sees(work, scope, found[1]):
        raise not_found(f"evidence {identity}")
    row: EvidenceFile = found[0]
    return row


def _of_inspection(work: UnitOfWork, scope: Scope, identity: UUID) -> EvidenceFile:
    """Find a photo of an inspection's item of which there is no case."""
    query = (
        select(EvidenceFile)
        .join(Inspection, Inspection.key == EvidenceFile.event_id)
        .join(Premises, Premises.id == Inspection.premises_id)
        .where(EvidenceFile.id == identity, within(Premises.area, scope.area))
    )
    row = work.session.scalar(query) if scope.unit is None else None
    if row is None:
        raise not_found(f"evidence {identity}")
    return row


def case_of(work: UnitOfWork, file: EvidenceFile) -> tuple[str, str]:
    """Tell number and area of the case that a file belongs to; name and area of the premises, where it has no case."""
    of_alarm = select(Alarm.case_id).where(Alarm.event_id == file.event_id)
    of_report = select(Report.case_id).where(Report.key == file.event_id)
    query = select(Case.number, Case.area).where(or_(Case.id.in_(of_alarm), Case.id.in_(of_report)))
    premises = select(Premises.name, Premises.area).join(Inspection, Inspection.premises_id == Premises.id)
    found = (
        work.session.execute(query).first()
        or work.session.execute(premises.where(Inspection.key == file.event_id)).one()
    )
    return found[0], found[1]
