"""Whether a new case may be one that is open already: same kind, near by, not long ago. Alarms and reports alike.

A person says whether it is, unless the city pack joins cases of the kind by itself. A case is compared with where and
when the open one was last seen or told of, not with when it began: a car that stands there since the morning is the
same at noon.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.hub.areas.city_pack import Kind, Nearness
from sharp_eyes.hub.areas.datum import Point, degrees_of, metres_between, to_wgs84
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.dispatch.rules import apply_rules
from sharp_eyes.hub.intake.liveness import place_of_camera
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.report_tables import DuplicateOffer, Report
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_MOST_OFFERED = 3
"""Of several that it might be the nearest are offered."""

_MOST_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that was seen or told of.

    Attributes:
        kind: how the city pack tells what of it may be the same.
        place: in WGS 84.
        camera: gateway and camera that saw it: what one camera sees twice it has told apart itself.
    """

    kind: Kind
    place: Point
    at: datetime
    camera: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """An open case that a sighting may be of, so many metres away and so many minutes later."""

    case: Case
    metres: int
    minutes: int


def sighting_of_alarm(work: UnitOfWork, event: SceneEvent) -> Sighting | None:
    """Say what an alarm has seen; ``None`` where the pack looks for no duplicates of it, or its camera has no place."""
    kinds = (kind for kind in work.city.kinds if kind.scene == event.scene and kind.duplicates is not None)
    kind = next(kinds, None)
    place = None if kind is None else place_of_alarm(work, event)
    if kind is None or place is None:
        return None
    return Sighting(kind, place, event.started_at, (event.gateway, event.camera))


def place_of_alarm(work: UnitOfWork, event: SceneEvent) -> Point | None:
    """Say where the camera is that saw it, in WGS 84; ``None`` where nobody has said."""
    place = place_of_camera(work, event.gateway, event.camera)
    # Its settings say it in the city's datum.
    return None if place is None else to_wgs84(place, work.city.datum)


def is_near(limits: Nearness, metres: float, apart: timedelta) -> bool:
    """Whether two sightings may be of one thing."""
    return metres <= limits.metres and apart <= timedelta(minutes=limits.minutes)


def find_near(work: UnitOfWork, sighting: Sighting, but: int | None = None) -> list[Near]:
    """Find the open cases that a sighting may be of, the nearest first; ``but`` is its own."""
    limits = sighting.kind.duplicates
    if limits is None:
        return []
    rows = work.session.scalars(
        select(Case).where(*_around(sighting, limits), Case.id != (but or 0)).order_by(Case.id.desc())
    )
    found = []
    for case in rows.fetchmany(_MOST_COMPARED):
        if case.longitude is None or case.latitude is None:
            continue
        metres = metres_between(sighting.place, (case.longitude, case.latitude))
        apart = _apart(work, case, sighting.at)
        if is_near(limits, metres, apart):
            found.append(Near(case, round(metres), round(apart.total_seconds() / 60)))
    return sorted(found, key=lambda near: (near.metres, near.minutes))


def joins_by_itself(work: UnitOfWork, sighting: Sighting) -> Case | None:
    """Find the open case, locked, that a sighting joins without anybody's word, where the city pack says so."""
    limits = sighting.kind.duplicates
    if limits is None or limits.join != "auto":
        return None
    for near in find_near(work, sighting):
        case = lock_row(work, near.case.id)
        if case is not None and case.ended_at is None:
            return case
    return None


def settle_new(work: UnitOfWork, case: Case, sighting: Sighting | None) -> None:
    """Do what is done with every new case: offer what it may be the same as, and let the rules act.

    They do not wait for a person's word: a unit that was sent twice is called back, one that was not sent is missed.
    """
    if sighting is not None:
        _offer(work, case, sighting)
    apply_rules(work, case)


def _offer(work: UnitOfWork, case: Case, sighting: Sighting) -> None:
    for near in find_near(work, sighting, but=case.id)[:_MOST_OFFERED]:
        offer = DuplicateOffer(
            case_id=case.id, other_id=near.case.id, metres=near.metres, minutes=near.minutes, offered_at=work.now
        )
        work.session.add(offer)
        said = line.DuplicateOffered(other=near.case.number, metres=near.metres, minutes=near.minutes)
        write_line(work, case, RULE_TABLE, said)


def _around(sighting: Sighting, limits: Nearness) -> Sequence[ColumnElement[bool]]:
    """Open cases of the kind in a box around the place, which an index answers."""
    longitude, latitude = sighting.place
    wide, high = degrees_of(limits.metres, latitude)
    kind = sighting.kind
    conditions = [
        Case.ended_at.is_(None),
        Case.latitude.between(latitude - high, latitude + high),
        Case.longitude.between(longitude - wide, longitude + wide),
        Case.kind == kind.id if kind.scene is None else Case.scene == kind.scene.value,
    ]
    if sighting.camera is not None:
        gateway, camera = sighting.camera
        conditions.append(or_(Case.camera.is_(None), ~and_(Case.gateway == gateway, Case.camera == camera)))
    return conditions


def _apart(work: UnitOfWork, case: Case, at: datetime) -> timedelta:
    """How long a moment lies outside of the time in which a case was seen or told of."""
    if at < case.opened_at:
        return case.opened_at - at
    return max(at - _last_seen(work, case), timedelta())


def _last_seen(work: UnitOfWork, case: Case) -> datetime:
    alarms = select(func.max(func.coalesce(Alarm.ended_at, Alarm.started_at))).where(Alarm.case_id == case.id)
    still = select(Alarm.event_id).where(Alarm.case_id == case.id, Alarm.phase != Phase.CLOSED.value).limit(1)
    if work.session.scalar(still) is not None:
        return work.now
    told = select(func.max(Report.happened_at)).where(Report.case_id == case.id)
    seen = (work.session.scalar(alarms), work.session.scalar(told))
    return max((moment for moment in seen if moment is not None), default=case.opened_at)
