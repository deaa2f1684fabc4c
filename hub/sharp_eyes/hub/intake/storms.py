"""Storms: when a camera reports faster than people can deal with, further events join its newest open case.

Each event keeps its row and its evidence, and is acknowledged; the case counts them. A storm is looked for at the
event's own place first, then over all zones of its camera, then over all cameras of its gateway, so that invented zones
and cameras do not escape it.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.hub.cases.log import append_log
from sharp_eyes.hub.cases.state_machine import Actor, ActorKind, State
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.tables import Case, CaseEvent
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_CAMERA_TIMES, _GATEWAY_TIMES = 4, 20
"""A camera may open as many cases as so many places, a gateway as so many; of one scene each."""

_ENDED = (State.CLOSED.value, State.REJECTED.value)


def find_case_of_storm(work: UnitOfWork, event: SceneEvent, limits: LimitSettings) -> Case | None:
    """Find the open case that a new event joins, locked; ``None`` where it makes one of its own."""
    if limits.storm_events == 0:
        return None
    since = work.now - timedelta(minutes=limits.storm_minutes)
    for times, columns in (
        (1, ("gateway", "camera", "scene", "zone")),
        (_CAMERA_TIMES, ("gateway", "camera", "scene")),
        (_GATEWAY_TIMES, ("gateway", "scene")),
    ):
        most = limits.storm_events * times
        query = select(CaseEvent.received_at).where(_same(CaseEvent, event, columns), CaseEvent.received_at > since)
        if times > 1:
            # A storm at one place must not swallow its neighbours' events: only cases are counted more widely.
            query = query.where(CaseEvent.made_case)
        last_allowed = work.session.scalar(query.order_by(CaseEvent.received_at.desc()).offset(most - 1).limit(1))
        if last_allowed is None:
            continue
        case = work.session.scalar(
            select(Case)
            .where(_same(Case, event, columns), Case.state.not_in(_ENDED))
            .order_by(Case.id.desc())
            .limit(1)
            .with_for_update()
        )
        if case is not None:
            return case
    return None


def add_event(work: UnitOfWork, case: Case, event: SceneEvent, *, made_case: bool) -> None:
    """Add the row of an event that made or joined a case."""
    work.session.add(
        CaseEvent(
            event_id=event.event_id,
            case_id=case.id,
            gateway=event.gateway,
            camera=event.camera,
            scene=event.scene.value,
            zone=event.zone,
            phase=event.phase.value,
            sequence=event.sequence,
            made_case=made_case,
            started_at=event.started_at,
            received_at=work.now,
        )
    )


def join_case(work: UnitOfWork, case: Case, event: SceneEvent) -> None:
    """Count a storm's event in an open case; the log says once that it does."""
    add_event(work, case, event, made_case=False)
    case.event_count += 1
    case.updated_at = work.now
    if case.event_count == 2:
        actor = Actor(ActorKind.GATEWAY, f"{event.gateway}/{event.camera}")
        append_log(work, case, actor, "storm", State(case.state))
    publish_change(work, case, "joined")


def _same(table: type[Case] | type[CaseEvent], event: SceneEvent, columns: tuple[str, ...]) -> ColumnElement[bool]:
    values = {"gateway": event.gateway, "camera": event.camera, "scene": event.scene.value, "zone": event.zone}
    return and_(*(getattr(table, name) == values[name] for name in columns))
