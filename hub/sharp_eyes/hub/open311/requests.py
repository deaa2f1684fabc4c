"""Takes requests as reports of residents, finds them again, and lets their reporter rate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select

from sharp_eyes.hub.areas.city_pack import CityPack, Kind
from sharp_eyes.hub.areas.datum import Point, from_wgs84
from sharp_eyes.hub.areas.geometry import holds
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.handle import photos
from sharp_eyes.hub.handle.person_moves import move_case
from sharp_eyes.hub.handle.pictures import Picture
from sharp_eyes.hub.intake.reports import Contact, Located, Told, take_report
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.model import ENDED, Source, State
from sharp_eyes.hub.lifecycle.roles import Right, Rights
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.evidence_store import EvidenceStore
from sharp_eyes.hub.store.report_tables import Report
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

LONGEST_SPAN = timedelta(days=90)
MOST_REQUESTS = 1000
_NAMESPACE = UUID("0d0b7ad5-3a0e-4bd1-9ef1-54f84f4a8f2c")
_RIGHTS = Rights({Move.RATE.value: Right.ALL}, reports=frozenset({Source.RESIDENT}))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a resident asks for. ``token``: a random UUID that nobody else has, the same however often it is sent."""

    token: UUID
    service_code: str
    words: str = ""
    place: Point | None = None
    address: str = ""
    contact: Contact | None = None
    photo: Picture | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests are asked for; of numbers, the span does not matter."""

    numbers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    statuses: frozenset[str] = frozenset()


def reporter(name: str) -> Actor:
    """Who reports over Open311: a system by the name of its key, or ``residents``. No account has such a name."""
    return Actor(ActorKind.PERSON, f"open311:{name}", _RIGHTS)


def services(city: CityPack) -> list[Kind]:
    """Give the kinds that residents may report."""
    return [kind for kind in city.kinds if kind.residents]


def service(city: CityPack, code: str) -> Kind:
    """Find one of them. Raises ``RequestError`` 404."""
    found = city.kind(code)
    if found is None or not found.residents:
        raise RequestError(404, "not_found", f"service_code {code!r} is not offered; services lists those that are")
    return found


def find_by_token(work: UnitOfWork, token: UUID) -> Report | None:
    """Find the request behind its reporter's token."""
    return work.session.scalar(select(Report).where(Report.key == _key(token)))


def take_request(
    work: UnitOfWork, store: EvidenceStore, sender: Actor, wish: Wish, limits: LimitSettings
) -> tuple[Report, Case]:
    """Take a request with its photo, once for its token, and give it with its case.

    Raises:
        RequestError: 404 an unknown service, 422 what the intake of reports refuses, 429.
    """
    service(work.city, wish.service_code)
    _check_place(work.city, wish.place)
    told = Told(
        key=_key(wish.token),
        source=Source.RESIDENT,
        kind=wish.service_code,
        words=wish.words,
        place=None if wish.place is None else Located(wish.place, "wgs84"),
        address=wish.address,
        contact=wish.contact,
    )
    row = take_report(work, sender, work.city.root, told, limits)
    case = work.session.get_one(Case, row.case_id)
    if row.public_number is None:
        row.public_number = _public_number(work, row, case)
        if wish.photo is not None:
            shown = photos.Noted(None, photos.REPORTED)
            photos.add_photo(work, store, case, sender, wish.photo, shown, row.key)
        # No address of theirs: an officer who reads the trail has no need to know from where somebody wrote.
        origin = Origin(sender.name, "")
        record(work.session, work.now, origin, Action.REPORT_TAKEN, area=case.area, subject=case.number)
    return row, case


def rate_request(work: UnitOfWork, token: UUID, stars: int, words: str) -> Report:
    """Let a reporter say how content they are.

    Raises:
        RequestError: 404, 409 where it is not closed or was rated.
    """
    row = find_by_token(work, token)
    case = None if row is None else lock_row(work, row.case_id)
    if row is None or case is None:
        raise not_found(f"token {token}")
    move_case(work, case, reporter("residents"), Move.RATE, Given(stars=stars, note=words))
    return row


def may_rate(case: Case) -> bool:
    """Whether a case waits for its reporter's word."""
    return case.state == State.CLOSED and case.rating is None


def find_requests(work: UnitOfWork, asked: Asked) -> list[tuple[Report, Case]]:
    """Give requests with their cases, the newest first: of 90 days and 1,000 at most.

    Raises:
        RequestError: 422 where more days are asked for.
    """
    query = select(Report, Case).join(Case, Case.id == Report.case_id).where(Report.public_number.is_not(None))
    if asked.numbers:
        query = query.where(Report.public_number.in_(asked.numbers))
    else:
        since, until = _span(work, asked)
        query = query.where(Report.received_at >= since, Report.received_at <= until)
        if asked.services:
            query = query.where(Report.kind.in_(asked.services))
        if len(asked.statuses) == 1:
            ended = Case.state.in_(ENDED)
            query = query.where(ended if "closed" in asked.statuses else ~ended)
    found = work.session.execute(query.order_by(Report.id.desc()).limit(MOST_REQUESTS))
    return [(row, case) for row, case in found]


def _span(work: UnitOfWork, asked: Asked) -> tuple[datetime, datetime]:
    until = asked.until or (work.now if asked.since is None else asked.since + LONGEST_SPAN)
    since = asked.since or until - LONGEST_SPAN
    if until - since > LONGEST_SPAN:
        raise RequestError(422, "span_too_long", "start_date and end_date lie more than 90 days apart")
    return since, until


def _key(token: UUID) -> UUID:
    """What is kept of a token: from it the token cannot be found, so that whoever reads a report cannot rate for it."""
    return uuid5(_NAMESPACE, str(token))


def _check_place(city: CityPack, place: Point | None) -> None:
    area = city.area(city.root)
    outline = None if area is None else area.geometry
    if place is not None and outline is not None and not holds(outline, from_wgs84(place, city.datum)):
        raise RequestError(422, "outside_area", "the place lies outside of what this office looks after")


def _public_number(work: UnitOfWork, row: Report, case: Case) -> str:
    """The case's number, by which the office finds it on the telephone too; with a count where it has joined one."""
    query = select(func.count()).select_from(Report).where(Report.case_id == case.id, Report.id < row.id)
    before = work.session.scalar(query) or 0
    return case.number if case.event_id == row.key else f"{case.number}-{before + 1}"
