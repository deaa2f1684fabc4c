"""A camera's alarms of the last days, on which its gateway tries changed settings, and what came of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from sharp_eyes.contract.event import EvidenceKind, SceneName
from sharp_eyes.contract.trial import MOST_PAST, PastAlarm, PastOutcome
from sharp_eyes.hub.cases.verdicts import Verdict, verdict
from sharp_eyes.hub.cases.visibility import Scope, visible
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Fate = Literal["raised", "quiet", "untried"]


@dataclass(frozen=True, slots=True)
class TriedAlarm:
    """A past alarm, what was said of it, and what the tried settings make of it."""

    event_id: UUID
    case_id: int
    case_number: str
    scene: SceneName
    zone: str
    started_at: datetime
    verdict: Verdict
    fate: Fate
    picture_id: UUID | None
    box: tuple[float, float, float, float] | None


def last_alarms(work: UnitOfWork, scope: Scope, gateway: str, camera: str, days: float) -> tuple[PastAlarm, ...]:
    """Read a camera's alarms of so many days that somebody may see; of very many the judged ones, then the newest."""
    query = (
        select(Alarm)
        .join(Case, Case.id == Alarm.case_id)
        .where(visible(scope), Alarm.gateway == gateway, Alarm.camera == camera)
        .where(Alarm.received_at >= work.now - timedelta(days=days))
        .order_by(Alarm.verdict.is_(None), Alarm.received_at.desc(), Alarm.event_id)
        .limit(MOST_PAST)
    )
    return tuple(
        PastAlarm(
            event_id=row.event_id,
            scene=SceneName(row.scene),
            object_class=row.object_class,
            box=None if row.box is None else tuple(row.box),
            score=row.score,
            started_at=row.started_at,
            seconds=_seconds(row, work.now),
        )
        for row in work.session.scalars(query)
    )


def _seconds(row: Alarm, now: datetime) -> float:
    """How long what was seen stood there: until it was seen last, or as long as its gateway has said so far."""
    if row.ended_at is None and row.highest and "dwell" in row.highest:
        return max(float(row.highest["dwell"]), 0.0)
    return max(((row.ended_at or now) - row.started_at).total_seconds(), 0.0)


def tried_alarms(work: UnitOfWork, scope: Scope, gateway: str, camera: str, outcome: PastOutcome) -> list[TriedAlarm]:
    """Say of each alarm in a gateway's answer which it was, oldest first; what somebody may not see is left out."""
    named: tuple[tuple[Fate, tuple[UUID, ...]], ...] = (
        ("untried", outcome.untried),
        ("quiet", outcome.quiet),
        ("raised", outcome.raised),
    )
    fates = {one: fate for fate, ids in named for one in ids}
    query = (
        select(Alarm, Case.number, verdict())
        .join(Case, Case.id == Alarm.case_id)
        .where(visible(scope), Alarm.gateway == gateway, Alarm.camera == camera, Alarm.event_id.in_(fates))
        .order_by(Alarm.started_at, Alarm.event_id)
    )
    rows: list[Any] = list(work.session.execute(query))
    pictures = _pictures(work, gateway, (alarm.event_id for alarm, _, _ in rows))
    return [
        TriedAlarm(
            event_id=alarm.event_id,
            case_id=alarm.case_id,
            case_number=number,
            scene=SceneName(alarm.scene),
            zone=alarm.zone,
            started_at=alarm.started_at,
            verdict=Verdict(said),
            fate=fates[alarm.event_id],
            picture_id=pictures.get(alarm.event_id),
            box=None if alarm.box is None else tuple(alarm.box),
        )
        for alarm, number, said in rows
    ]


def _pictures(work: UnitOfWork, gateway: str, events: Iterable[UUID]) -> dict[UUID, UUID]:
    query = select(EvidenceFile.event_id, EvidenceFile.id).where(
        EvidenceFile.event_id.in_(list(events)),
        EvidenceFile.gateway == gateway,
        EvidenceFile.kind == EvidenceKind.FULL.value,
    )
    found: dict[UUID, UUID] = {}
    for event, picture in work.session.execute(query.order_by(EvidenceFile.captured_at)):
        found.setdefault(event, picture)
    return found
