"""The time around a case's alarms, in which one may look back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

AROUND = timedelta(minutes=5)
"""Before the condition began, and behind the moment at which it became an alarm."""

_LONGEST = timedelta(minutes=30)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Moment:
    """An alarm in time. ``seen_at``: the picture of which it was made, where that is here."""

    started_at: datetime
    seen_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """From when until when one may look, and what happened meanwhile: the alarm that made the case comes first."""

    since: datetime
    until: datetime
    moments: tuple[Moment, ...]


def surroundings(work: UnitOfWork, case: Case) -> Surroundings | None:
    """Give the time around the alarm that made a case; None where no camera did."""
    seen = (
        select(func.min(EvidenceFile.captured_at))
        .where(EvidenceFile.event_id == Alarm.event_id, EvidenceFile.gateway == Alarm.gateway)
        .where(EvidenceFile.kind == "full")
        .scalar_subquery()
    )
    query = select(Alarm, seen).where(Alarm.case_id == case.id)
    first = work.session.execute(query.where(Alarm.event_id == case.event_id)).one_or_none()
    if first is None:
        return None
    alarm, seen_at = first
    until = (seen_at or alarm.started_at) + AROUND
    since = max(alarm.started_at - AROUND, until - _LONGEST)
    others = work.session.execute(
        query.where(Alarm.event_id != case.event_id, Alarm.gateway == alarm.gateway, Alarm.camera == alarm.camera)
        .where(Alarm.started_at.between(since, until))
        .order_by(Alarm.started_at)
        .limit(_MOST)
    )
    moments = tuple(Moment(one.started_at, when, one.ended_at) for one, when in (first, *others))
    return Surroundings(since, until, moments)
