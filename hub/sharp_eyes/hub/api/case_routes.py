"""Cases: list, detail, moves, photos, evidence."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, UploadFile
from fastapi.responses import FileResponse, Response
from pydantic import AwareDatetime, Field

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.asked_facts import AskedFacts
from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.case_schemas import (
    CaseCountsView,
    CaseDetail,
    CasePage,
    HoldBody,
    MoveBody,
    PhotoView,
)
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Working, check_still_in
from sharp_eyes.hub.api.evidence_files import file_response, small_picture
from sharp_eyes.hub.api.notice_schemas import PersonView
from sharp_eyes.hub.api.record_routes import KEEPERS
from sharp_eyes.hub.api.report_views import evidence_url
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.cases.answered import answered, note_answer
from sharp_eyes.hub.cases.facts import Facts
from sharp_eyes.hub.cases.legal_hold import set_legal_hold
from sharp_eyes.hub.cases.queries import (
    CaseFilter,
    case_of,
    count_cases,
    find_case,
    find_evidence,
    list_cases,
    lock_case,
)
from sharp_eyes.hub.cases.queue import count_queue, count_stages, list_queue
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.devices.calling import call_next
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.handle import photos
from sharp_eyes.hub.handle.mentions import people_of
from sharp_eyes.hub.handle.person_moves import move_case
from sharp_eyes.hub.handle.pictures import Picture, read_picture
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.acts import NAMING_UNITS, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.model import ENDED, State
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["cases"])
MAX_ID = 2**53
_OPEN = frozenset(State) - ENDED
_CaseId = Annotated[int, Field(ge=1, le=MAX_ID)]
_OnceKey = Annotated[
    UUID | None,
    Header(description="Made anew for each request and sent again with it: what was done for it is not done twice"),
]
_PHOTO = "photo"
_SENT_AT_ONCE = timedelta(minutes=1)
"""What arrives within this time was sent as it was done."""
_KEPT_BY_ITS_READER = {"Cache-Control": "private, max-age=86400, immutable"}
"""A file never changes under its id, but only those who may see it may keep it."""
_PLACE = r"^\d{1,15}\.\d{1,15}$"
"""Of the queue's order: rank and id of the last case of a page."""


@router.get("/cases")
def get_cases(
    hub: HubDependency,
    person: CurrentPerson,
    facts: AskedFacts,
    state: Annotated[list[State] | None, Query()] = None,
    scene: SceneName | None = None,
    gateway: Annotated[str | None, Query(max_length=100)] = None,
    camera: Annotated[str | None, Query(max_length=100)] = None,
    unit: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, le=MAX_ID, description="Cursor from 'next', newest first")] = None,
    case_id: Annotated[list[_CaseId] | None, Query(alias="id", max_length=200, description="Only these")] = None,
    overdue: Annotated[bool, Query(description="Only what is past its limit and not handled")] = False,
    unacknowledged: Annotated[bool, Query(description="Only what still calls the centre")] = False,
    order: Annotated[Literal["newest", "rank"], Query(description="rank: open cases, in the queue's order")] = "newest",
    after: Annotated[str | None, Query(pattern=_PLACE, description="Cursor from 'next', in the queue's order")] = None,
    q: Annotated[str, Query(max_length=100, description="Number, or words of place, zone, camera or note")] = "",
) -> CasePage:
    """List the cases of the asker's area, newest first or in the queue's order."""
    only = CaseFilter(
        state or (),
        scene,
        gateway,
        camera,
        unit,
        before,
        limit,
        ids=case_id or (),
        overdue=overdue,
        calling=unacknowledged,
        words=q.strip(),
        facts=facts,
    )
    with hub.read_only() as work:
        total = None if before or after else _total(work, person.scope, only)
        if order == "rank":
            rank, _, identity = (after or "").partition(".")
            cases, place = list_queue(work, person.scope, only, (int(rank), int(identity)) if identity else None)
            return CasePage(
                items=serializers.case_summaries(work, cases, only.words),
                next=None if place is None else f"{place[0]}.{place[1]}",
                total=total,
            )
        cases, cursor = list_cases(work, person.scope, only)
        shown = serializers.case_summaries(work, cases, only.words)
        return CasePage(
            items=shown, next=None if cursor is None else str(cursor), total=total if _counted(only) else None
        )


def _total(work: UnitOfWork, scope: Scope, only: CaseFilter) -> int | None:
    """How many there are: of open cases, and of those that are asked for by their facts."""
    if only.facts != Facts():
        return count_cases(work, scope, only)
    return count_queue(work, scope, only) if _OPEN.issuperset(only.states) else None


def _counted(only: CaseFilter) -> bool:
    return bool(only.states) or only.facts != Facts()


@router.get("/cases/counts")
def get_case_counts(hub: HubDependency, person: CurrentPerson, scene: SceneName | None = None) -> CaseCountsView:
    """Count the open cases of the asker's area."""
    with hub.read_only() as work:
        return CaseCountsView(**asdict(count_stages(work, person.scope, CaseFilter(scene=scene))))


@router.get("/cases/{case_id}")
def get_case(hub: HubDependency, person: CurrentPerson, case_id: int) -> CaseDetail:
    """Show one case with evidence, log and the moves that are legal for the asker now."""
    with hub.read_only() as work:
        case = find_case(work, person.scope, checked_id(case_id))
        return serializers.case_detail(work, case, person.actor, person.scope)


@router.get("/cases/{case_id}/people")
def get_people(hub: HubDependency, person: Working, case_id: int) -> list[PersonView]:
    """List whom a comment on a case can call: those who may see it."""
    with hub.read_only() as work:
        people = people_of(work, find_case(work, person.scope, checked_id(case_id)))
        return [PersonView(username=one.username, display_name=one.display_name) for one in people]


@router.post("/cases/{case_id}/moves/{move}")
def post_move(
    hub: HubDependency,
    person: CurrentPerson,
    case_id: int,
    move: Move,
    body: MoveBody | None = None,
    idempotency_key: _OnceKey = None,
) -> CaseDetail:
    """Make a move; 409 illegal_move, 403 not_allowed, 422 reason_needed, unit_needed, note_or_photo_needed."""
    body = body or MoveBody.model_validate({})
    with hub.transaction() as work:
        case = lock_case(work, person.scope, checked_id(case_id))
        if answered(work, idempotency_key, case, person.actor.name, move) is None:
            move_case(work, case, person.actor, move, given_of(move, body, work.now), anyway=body.anyway)
            if move is Move.DECLINE_CALL:
                call_next(work, case)
            note_answer(work, idempotency_key, case, person.actor.name, move)
        work.session.flush()
        return serializers.case_detail(work, case, person.actor, person.scope)


@router.post("/cases/{case_id}/hold")
def post_hold(hub: HubDependency, person: CurrentPerson, case_id: int, body: HoldBody) -> CaseDetail:
    """Set or end a case's legal hold; for administrators and shift leads."""
    with hub.transaction() as work:
        case = lock_case(work, person.scope, checked_id(case_id))
        if person.me.role not in KEEPERS:
            raise RequestError(403, "not_allowed", "a legal hold is set by an administrator or a shift lead")
        if set_legal_hold(work, case, person.actor, held=body.held, reason=body.reason):
            action = Action.LEGAL_HOLD_SET if body.held else Action.LEGAL_HOLD_ENDED
            record(work.session, work.now, person.origin, action, area=case.area, subject=case.number)
        work.session.flush()
        return serializers.case_detail(work, case, person.actor, person.scope)


def noted_with_photo(
    taken_at: Annotated[AwareDatetime | None, Form()] = None,
    moment: Annotated[photos.Moment | None, Form()] = None,
    latitude: Annotated[float | None, Form(ge=-90, le=90, description="Degrees in WGS 84")] = None,
    longitude: Annotated[float | None, Form(ge=-180, le=180)] = None,
    accuracy: Annotated[float | None, Form(ge=0, le=1e6, description="Metres")] = None,
) -> photos.Noted:
    """What a page notes with a photo that was taken in it."""
    if latitude is None or longitude is None:
        return photos.Noted(taken_at, moment)
    place = {"latitude": latitude, "longitude": longitude}
    return photos.Noted(taken_at, moment, place if accuracy is None else place | {"accuracy": accuracy})


@router.post("/cases/{case_id}/photos", status_code=201)
def post_photo(
    hub: HubDependency,
    person: CurrentPerson,
    case_id: int,
    file: Annotated[UploadFile, File()],
    noted: Annotated[photos.Noted, Depends(noted_with_photo)],
    idempotency_key: _OnceKey = None,
) -> PhotoView:
    """Add a photo (JPEG, PNG or WebP); name its id in the move 'handle'."""

    def ask(work: UnitOfWork, case: Case) -> PhotoView | None:
        before = answered(work, idempotency_key, case, person.actor.name, _PHOTO)
        if before is not None and before.result is not None:
            return PhotoView(id=before.result, url=evidence_url(before.result))
        photos.check_may_add(work, case, person.actor)
        return None

    with hub.read_only() as work:  # a photo costs seconds to read: only whoever may add one has it read
        if (view := ask(work, find_case(work, person.scope, checked_id(case_id)))) is not None:
            return view
    picture = read_photo(hub, file)
    with hub.transaction() as work:
        check_still_in(hub, work, person)
        case = lock_case(work, person.scope, checked_id(case_id))
        if (view := ask(work, case)) is not None:
            return view
        row = photos.add_photo(work, hub.evidence_store, case, person.actor, picture, noted)
        note_answer(work, idempotency_key, case, person.actor.name, _PHOTO, row.id)
        return PhotoView(id=row.id, url=evidence_url(row.id))


def read_photo(hub: Hub, file: UploadFile) -> Picture:
    """Read a photo that was sent; before the transaction in which it is stored.

    Raises:
        RequestError: 413, 415, 503.
    """
    limit = hub.settings.http.max_photo_bytes
    content = file.file.read(limit + 1)
    if len(content) > limit:
        raise RequestError(413, "too_large", f"a photo has {limit} bytes at most")
    return read_picture(content)


@router.get("/evidence/{evidence_id}", response_class=FileResponse)
def get_evidence(hub: HubDependency, person: CurrentPerson, request: Request, evidence_id: UUID) -> Response:
    """Give a file of evidence; parts of it may be asked for with Range."""
    with hub.read_only() as work:
        row = find_evidence(work, person.scope, evidence_id)
        number, area = case_of(work, row)
    found = file_response(hub, request, row.key, row.media_type, _KEPT_BY_ITS_READER)
    if found is None:
        raise not_found(f"evidence {evidence_id}")
    note_look(hub, person, Action.EVIDENCE_SEEN, area, f"{number} {row.kind} {row.id}")
    return found


@router.get("/evidence/{evidence_id}/small", response_class=Response)
def get_small(hub: HubDependency, person: CurrentPerson, evidence_id: UUID) -> Response:
    """Give a picture of evidence as small as a list shows it: a JPEG of 320 pixels at most."""
    with hub.read_only() as work:
        row = find_evidence(work, person.scope, evidence_id)
        number, area = case_of(work, row)
    small = small_picture(hub, row) if row.media_type.startswith("image/") else None
    if small is None:
        raise not_found(f"small picture of evidence {evidence_id}")
    note_look(hub, person, Action.EVIDENCE_SEEN, area, f"{number} {row.kind} {row.id}")
    return Response(small, media_type="image/jpeg", headers=_KEPT_BY_ITS_READER)


@router.get("/evidence/{evidence_id}/original", response_class=FileResponse)
def get_original(hub: HubDependency, person: CurrentPerson, request: Request, evidence_id: UUID) -> Response:
    """Give a handler's photo as it was uploaded, with what it tells of place and device; for administrators."""
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "originals of photos are shown to administrators")
    with hub.read_only() as work:
        row = find_evidence(work, person.scope, evidence_id)
        number, area = case_of(work, row)
    key = row.original_key
    found = None if key is None else file_response(hub, request, key, row.media_type, {"Cache-Control": "no-store"})
    if found is None:
        raise not_found(f"original of evidence {evidence_id}")
    note_look(hub, person, Action.EVIDENCE_SEEN, area, f"{number} original of {row.kind} {row.id}")
    return found


def given_of(move: Move, body: MoveBody, now: datetime) -> Given:
    """Turn what a request says of a move into what the move is given."""
    sends = move in NAMING_UNITS
    units = tuple(body.units) or (() if body.unit is None else (body.unit,))
    return Given(
        reason=body.reason.strip(),
        note=body.note.strip(),
        unit=body.turn or (None if sends else body.unit),
        to=units if sends else (),
        photos=tuple(body.photo_ids),
        until=body.until,
        grade=body.grade,
        stars=body.stars,
        case=body.case,
        alarms=tuple(body.alarms),
        person=body.person,
        granted=body.granted,
        group=body.group,
        report=body.report,
        milestone=body.milestone,
        reached=body.reached is not False,
        said_at=body.said_at if body.said_at is not None and now - body.said_at >= _SENT_AT_ONCE else None,
    )


def checked_id(case_id: int) -> int:
    """A case's id as every database can be asked for it; 404 otherwise."""
    if not 0 < case_id <= MAX_ID:
        raise not_found(f"case {case_id}")
    return case_id
