"""Reports from people and other systems, and a person's word on which cases are one thing."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Header, Query, UploadFile
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.case_routes import MAX_ID, checked_id, noted_with_photo, read_photo
from sharp_eyes.hub.api.case_schemas import CaseDetail, PhotoView, WorldPlace
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person, check_still_in
from sharp_eyes.hub.api.report_schemas import DuplicateBody, ReportBody, ReporterView, ReportPage, ReportView
from sharp_eyes.hub.api.report_views import evidence_url
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.cases.answered import answered, note_answer
from sharp_eyes.hub.cases.queries import lock_case, lock_row
from sharp_eyes.hub.cases.visibility import sees
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.handle import photos
from sharp_eyes.hub.handle.duplicates import answer_duplicate
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.reports import Contact, Located, Told, take_report
from sharp_eyes.hub.lifecycle.model import ENDED, Source, State
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.report_tables import Report, ReporterContact
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["reports"])
_REPORT_PHOTO = "report_photo"
_CALLERS = frozenset({Role.CLERK, Role.SHIFT_LEAD, Role.ADMINISTRATOR})
"""Who calls a reporter back."""


@router.post("/reports", status_code=201)
def post_report(
    hub: HubDependency,
    person: CurrentPerson,
    body: ReportBody,
    idempotency_key: Annotated[UUID, Header(description="The report's own; sent again with it, it is one report")],
) -> ReportView:
    """Report something. It makes a case, or joins an open one where the city pack says so.

    403 source_not_yours, 422 key_reused, unknown_kind, place_missing, unknown_area, outside_area, 429
    too_many_reports.
    """
    told = _told(idempotency_key, body)
    try:
        return _take(hub, person, told)
    except IntegrityError:
        # The same report came twice at once: the other one is committed by now.
        return _take(hub, person, told)


@router.get("/reports")
def get_reports(
    hub: HubDependency,
    person: CurrentPerson,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, le=MAX_ID, description="Cursor from 'next'")] = None,
) -> ReportPage:
    """List one's own reports and what has become of them, newest first."""
    with hub.read_only() as work:
        query = select(Report).where(Report.sender == person.me.username).order_by(Report.id.desc()).limit(limit + 1)
        found = work.session.scalars(query if before is None else query.where(Report.id < before)).all()
        page = found[:limit]
        return ReportPage(items=_views(work, page), next=page[-1].id if len(found) > limit else None)


@router.get("/reports/{key}")
def get_report(hub: HubDependency, person: CurrentPerson, key: UUID) -> ReportView:
    """Give a report of one's own, or of a case that one may see."""
    with hub.read_only() as work:
        row = _find(work, key)
        if row.sender != person.me.username:
            _case_of(work, person, row)
        return _views(work, [row])[0]


@router.post("/reports/{key}/photos", status_code=201)
def post_report_photo(
    hub: HubDependency,
    person: CurrentPerson,
    key: UUID,
    file: Annotated[UploadFile, File()],
    noted: Annotated[photos.Noted, Depends(noted_with_photo)],
    idempotency_key: Annotated[UUID, Header(description="The photo's own")],
) -> PhotoView:
    """Add a photo (JPEG, PNG or WebP) to a report of one's own. 404, 409 case_ended, too_many_photos, 413, 415."""

    def ask(work: UnitOfWork, case: Case) -> PhotoView | None:
        before = answered(work, idempotency_key, case, person.actor.name, _REPORT_PHOTO)
        if before is not None and before.result is not None:
            return PhotoView(id=before.result, url=evidence_url(before.result))
        if case.state in ENDED:
            raise RequestError(409, "case_ended", f"case {case.number} has ended; report anew what is there now")
        return None

    with hub.read_only() as work:  # a photo costs seconds to read: only one that is taken is read
        row = _find_own(work, person, key)
        if (view := ask(work, work.session.get_one(Case, row.case_id))) is not None:
            return view
    picture = read_photo(hub, file)
    with hub.transaction() as work:
        check_still_in(hub, work, person)
        case = lock_row(work, _find_own(work, person, key).case_id)
        if case is None:
            raise not_found(f"report {key}")
        if (view := ask(work, case)) is not None:
            return view
        shown = photos.Noted(noted.taken_at, photos.REPORTED, noted.place)
        made = photos.add_photo(work, hub.evidence_store, case, person.actor, picture, shown, key)
        note_answer(work, idempotency_key, case, person.actor.name, _REPORT_PHOTO, made.id)
        return PhotoView(id=made.id, url=evidence_url(made.id))


@router.get("/reports/{key}/contact")
def get_reporter(hub: HubDependency, person: CurrentPerson, key: UUID) -> ReporterView:
    """Say how a reporter can be called, for clerks and shift leads; who asked stands in the audit trail.

    403 not_allowed, 404 also where the contact's term is over.
    """
    with hub.read_only() as work:
        row = _find(work, key)
        case = _case_of(work, person, row)
        if person.me.role not in _CALLERS:
            raise RequestError(403, "not_allowed", "reporters are called by clerks and shift leads")
        contact = None if row.reporter is None else work.session.get(ReporterContact, row.reporter)
        if contact is None:
            raise not_found(f"contact of report {key}")
        found, area, subject = (
            ReporterView.model_validate(contact, from_attributes=True),
            case.area,
            f"{case.number} {key}",
        )
    note_look(hub, person, Action.REPORTER_SEEN, area, subject)
    return found


@router.post("/cases/{case_id}/duplicates/{other_id}")
def post_duplicate(
    hub: HubDependency, person: CurrentPerson, case_id: int, other_id: int, body: DuplicateBody
) -> CaseDetail:
    """Say whether two cases that are offered as one thing are one: the later one joins the earlier, or they stay two.

    Gives the case that goes on. 403 not_allowed, 404, 409 answered, illegal_move.
    """
    with hub.transaction() as work:
        pair = {one: lock_case(work, person.scope, checked_id(one)) for one in sorted({case_id, other_id})}
        case, other = pair[case_id], pair[other_id]
        goes_on = answer_duplicate(work, case, other, person.actor, same=body.same)
        subject, said = f"{case.number} {other.number}", "same" if body.same else "other"
        record(
            work.session, work.now, person.origin, Action.DUPLICATE_ANSWERED, area=case.area, subject=subject, said=said
        )
        work.session.flush()
        return serializers.case_detail(work, goes_on, person.actor, person.scope)


def _take(hub: Hub, person: Person, told: Told) -> ReportView:
    with hub.transaction() as work:
        row = take_report(work, person.actor, person.area, told, hub.settings.limits)
        view = _views(work, [row])[0]
        if row.received_at == work.now:
            case = work.session.get_one(Case, row.case_id)
            record(work.session, work.now, person.origin, Action.REPORT_TAKEN, area=case.area, subject=case.number)
        return view


def _told(key: UUID, body: ReportBody) -> Told:
    at, contact = body.position, body.contact
    return Told(
        key=key,
        source=body.source,
        kind=body.kind,
        words=body.words.strip(),
        place=None if at is None else Located((at.longitude, at.latitude), at.datum, at.accuracy),
        address=body.address.strip(),
        area=body.area,
        happened_at=body.happened_at,
        contact=None if contact is None else Contact(contact.name.strip(), contact.phone.strip()),
    )


def _find(work: UnitOfWork, key: UUID) -> Report:
    row = work.session.scalar(select(Report).where(Report.key == key))
    if row is None:
        raise not_found(f"report {key}")
    return row


def _find_own(work: UnitOfWork, person: Person, key: UUID) -> Report:
    row = _find(work, key)
    if row.sender != person.me.username:
        raise not_found(f"report {key}")
    return row


def _case_of(work: UnitOfWork, person: Person, row: Report) -> Case:
    case = work.session.get_one(Case, row.case_id)
    if not sees(work, person.scope, case):
        raise not_found(f"report {row.key}")
    return case


def _views(work: UnitOfWork, rows: Sequence[Report]) -> list[ReportView]:
    cases = {
        case.id: case for case in work.session.scalars(select(Case).where(Case.id.in_({row.case_id for row in rows})))
    }
    counted = (
        select(EvidenceFile.event_id, func.count())
        .where(EvidenceFile.event_id.in_([row.key for row in rows]), EvidenceFile.kind == "photo")
        .where(EvidenceFile.metadata_[photos.MOMENT].as_string() == photos.REPORTED)
        .group_by(EvidenceFile.event_id)
    )
    counts: dict[UUID, int] = {event: count for event, count in work.session.execute(counted) if event is not None}
    return [_view(work, row, cases[row.case_id], counts.get(row.key, 0)) for row in rows]


def _view(work: UnitOfWork, row: Report, case: Case, count: int) -> ReportView:
    placed = row.longitude is not None and row.latitude is not None
    return ReportView(
        key=row.key,
        source=Source(row.source),
        kind=row.kind,
        kind_name=work.city.name_of(row.kind),
        words=row.words,
        address=row.address,
        position=WorldPlace.model_validate(row, from_attributes=True) if placed else None,
        happened_at=row.happened_at,
        received_at=row.received_at,
        case=case.id,
        number=case.number,
        state=State(case.state),
        joined=case.event_id != row.key,
        photos=count,
    )
