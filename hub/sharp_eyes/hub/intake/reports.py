"""Takes what a person or another system reports: it makes a case or joins one, by the rules of alarms."""

import hashlib
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.city_pack import CityPack, Kind
from sharp_eyes.hub.areas.datum import AnyDatum, Point, to_wgs84
from sharp_eyes.hub.areas.grid import grid_for
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.numbers import next_id, next_number
from sharp_eyes.hub.cases.record import write_line, write_line_anyway
from sharp_eyes.hub.cases.taken_ids import taken_ids
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.intake.duplicates import Sighting, joins_by_itself, settle_new
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.lifecycle.model import Source, State
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.report_tables import Report, ReporterContact
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_EARLIEST = timedelta(days=30)
"""How far back what is reported may have been seen."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where something is. ``accuracy``: of the point, in metres."""

    point: Point
    datum: AnyDatum
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How a reporter can be reached."""

    name: str
    phone: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is reported.

    Attributes:
        key: made by its sender, the same however often it is sent.
        area: path of the area, where it is said; else that of the place, else the sender's own.
        happened_at: when it was seen; when it was sent, where it is not said.
        grade: how grave it is; that of its kind, where it is not said.
        limit: how long its units have; what its kind and grade give them, where it is not said.
        apart: its sender knows that it is nothing that is known already, so nobody is asked whether it is.
        device: id of the device whose alarm it is, which is bounded by itself.
    """

    key: UUID
    source: Source
    kind: str
    words: str = ""
    place: Located | None = None
    address: str = ""
    area: str | None = None
    happened_at: datetime | None = None
    contact: Contact | None = None
    grade: Grade | None = field(default=None, repr=False)
    limit: Limit | None = field(default=None, repr=False)
    apart: bool = field(default=False, repr=False)
    device: int | None = field(default=None, repr=False)

    @property
    def digest(self) -> str:
        """Tells what was sent under a key from something else."""
        # Without the contact: nothing from which a telephone number could be found outlives its term.
        return hashlib.sha256(repr(replace(self, contact=None)).encode()).hexdigest()


def take_report(
    work: UnitOfWork, sender: Actor, ground: str, told: Told, limits: LimitSettings, of: Case | None = None
) -> Report:
    """Take a report from somebody who sees the area ``ground``, once for its key.

    ``of``: the open case, locked, that it is known to be of.

    Raises:
        RequestError: 403 ``source_not_yours``, 422 ``key_reused``, ``unknown_kind``, ``place_missing``,
            ``outside_area``, ``unknown_area``, 429 ``too_many_reports``.
    """
    known = work.session.scalar(select(Report).where(Report.key == told.key))
    if known is not None:
        if (known.sender, known.digest) != (sender.name, told.digest):
            raise RequestError(422, "key_reused", f"Idempotency-Key {told.key} came with another report; use a new one")
        return known
    if taken_ids(work.session, [told.key]):
        raise RequestError(422, "key_reused", f"Idempotency-Key {told.key} is something else's; use a new one")
    kind = _checked(work, sender, told)
    if told.grade is not None:
        kind = kind.model_copy(update={"grade": told.grade})
    if told.device is None:
        _keep_bound(work, sender, limits)
    point = None if told.place is None else to_wgs84(told.place.point, told.place.datum)
    area = _area(work.city, ground, told, point)
    at = _moment(work, told)
    sighting = None if point is None or told.apart else Sighting(kind, point, at)
    same = of
    if same is None and sighting is not None and told.device is None:  # a device knows its own alarms from others'
        same = joins_by_itself(work, sighting)
    case = same or _new_case(work, told, kind, area, point, at)
    row = _row(work, sender, told, case, point, at)
    if same is not None:
        count = same.counts.get("reports", 0) + 1
        write_line(work, same, sender, line.ReportJoined(report=row.key, kind=row.kind, count=count, text=row.words))
        return row
    reported = line.Reported(
        source=told.source,
        grade=kind.grade,
        area=area,
        report=row.key,
        kind=kind.id,
        text=told.words,
        limits=work.city.limits(kind.id, area, kind.grade),
        own_limit=told.limit,
    )
    write_line_anyway(work, case, sender, reported)
    settle_new(work, case, sighting)
    return row


def _checked(work: UnitOfWork, sender: Actor, told: Told) -> Kind:
    allowed = frozenset() if sender.rights is None else sender.rights.reports
    if told.source not in allowed:
        named = f"only {', '.join(sorted(allowed))}" if allowed else "nothing"
        raise RequestError(403, "source_not_yours", f"{sender.name} may report {named}, not {told.source}")
    kind = work.city.kind(told.kind)
    if kind is None:
        known = ", ".join(one.id for one in work.city.kinds)
        raise RequestError(422, "unknown_kind", f"kind {told.kind!r} is not in the city pack; there are {known}")
    if told.place is None and not told.address and told.area is None:
        raise RequestError(422, "place_missing", "say where it is: a position, an address or an area")
    return kind


def _keep_bound(work: UnitOfWork, sender: Actor, limits: LimitSettings) -> None:
    since = work.now - timedelta(hours=1)
    query = select(func.count()).select_from(Report).where(Report.sender == sender.name, Report.received_at > since)
    if (work.session.scalar(query) or 0) >= limits.reports_per_hour:
        message = f"{sender.name} has sent {limits.reports_per_hour} reports within an hour; send this one later"
        raise RequestError(429, "too_many_reports", message, retry_after=600)


def _area(city: CityPack, ground: str, told: Told, point: Point | None) -> str:
    """Where it belongs: as is said, else the grid of the place, else the sender's own."""
    if told.area is not None:
        if city.area(told.area) is None or not covers(ground, told.area):
            raise RequestError(422, "unknown_area", f"area {told.area!r} is not within yours")
        return told.area
    if point is None:
        return ground
    return grid_for(city, ground, point)


def _moment(work: UnitOfWork, told: Told) -> datetime:
    said = told.happened_at or work.now
    return max(min(said, work.now), work.now - _EARLIEST)


def _new_case(work: UnitOfWork, told: Told, kind: Kind, area: str, point: Point | None, at: datetime) -> Case:
    code = kind.code
    if code is None and kind.scene is not None:
        code = work.city.category(kind.scene).code
    case = Case(
        id=next_id(work),
        number=next_number(work),
        source=told.source.value,
        event_id=told.key,
        kind=kind.id,
        scene=None if kind.scene is None else kind.scene.value,
        code=code,
        area=area,
        place=told.address,
        longitude=None if point is None else point[0],
        latitude=None if point is None else point[1],
        state=State.REPORTED.value,
        grade=kind.grade.value,
        opened_at=at,
        reported_at=work.now,
        updated_at=work.now,
        alarm_count=0,
        counts={},
        log_sequence=0,
    )
    work.session.add(case)
    work.session.flush()
    return case


def _row(work: UnitOfWork, sender: Actor, told: Told, case: Case, point: Point | None, at: datetime) -> Report:
    reporter = None
    if told.contact is not None:
        reporter = uuid4()
        work.session.add(ReporterContact(reporter=reporter, noted_at=work.now, **asdict(told.contact)))
    row = Report(
        key=told.key,
        digest=told.digest,
        case_id=case.id,
        source=told.source.value,
        kind=told.kind,
        words=told.words,
        address=told.address,
        longitude=None if point is None else point[0],
        latitude=None if point is None else point[1],
        accuracy=None if told.place is None else told.place.accuracy,
        happened_at=at,
        received_at=work.now,
        sender=sender.name,
        reporter=reporter,
        device_id=told.device,
    )
    work.session.add(row)
    work.session.flush()
    return row
