"""Rows of alarms: what a gateway said last of an event, and which open case a new one joins.

A further alarm of a spot joins the spot's open case; the database holds that there is only one. Beyond that a storm is
looked for over all zones of a camera, then over all cameras of its gateway, so that invented zones and cameras do not
escape it. Each alarm keeps its row and its evidence, and is acknowledged; the case counts them.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.contract.thresholds import SCORE
from sharp_eyes.hub.lifecycle.model import ENDED
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_CAMERA_TIMES, _GATEWAY_TIMES = 4, 20
"""A camera may open as many cases as so many spots, a gateway as so many; of one scene each."""

_MOST_MEASURES = 50
"""Names of measures whose highest value is kept, of one alarm."""

_ENDED = tuple(state.value for state in ENDED)


def spot_of(event: SceneEvent) -> str:
    """Name the spot of an event: gateway, camera, scene and zone."""
    return f"{event.gateway}/{event.camera}/{event.scene.value}/{event.zone}"


def find_open_case(work: UnitOfWork, event: SceneEvent, limits: LimitSettings) -> Case | None:
    """Find the open case that a new event joins, locked; ``None`` where it makes one of its own."""
    same_spot = select(Case).where(Case.spot == spot_of(event), Case.ended_at.is_(None)).with_for_update()
    found = work.session.scalar(same_spot)
    return found if found is not None else _case_of_storm(work, event, limits)


def _case_of_storm(work: UnitOfWork, event: SceneEvent, limits: LimitSettings) -> Case | None:
    if limits.storm_events == 0:
        return None
    since = work.now - timedelta(minutes=limits.storm_minutes)
    for times, columns in ((_CAMERA_TIMES, ("gateway", "camera", "scene")), (_GATEWAY_TIMES, ("gateway", "scene"))):
        most = limits.storm_events * times
        # A storm at one spot must not swallow its neighbours' alarms: only cases are counted more widely.
        query = select(Alarm.received_at).where(
            _same(Alarm, event, columns), Alarm.received_at > since, Alarm.made_case
        )
        if work.session.scalar(query.order_by(Alarm.received_at.desc()).offset(most - 1).limit(1)) is None:
            continue
        newest = (
            select(Case)
            .where(_same(Case, event, columns), Case.state.not_in(_ENDED))
            .order_by(Case.id.desc())
            .limit(1)
            .with_for_update()
        )
        case = work.session.scalar(newest)
        if case is not None:
            return case
    return None


def add_alarm(work: UnitOfWork, case: Case, event: SceneEvent, *, made_case: bool) -> Alarm:
    """Add the row of an event that made or joined a case."""
    row = Alarm(
        event_id=event.event_id,
        case_id=case.id,
        gateway=event.gateway,
        camera=event.camera,
        scene=event.scene.value,
        zone=event.zone,
        area=case.area,
        made_case=made_case,
        started_at=event.started_at,
        received_at=work.now,
    )
    describe(row, event)
    work.session.add(row)
    work.note((Alarm, event.event_id), row)
    return row


def look_up_alarms(work: UnitOfWork, events: Collection[UUID]) -> None:
    """Ask for the alarms of many events at once."""
    found = {row.event_id: row for row in work.session.scalars(select(Alarm).where(Alarm.event_id.in_(events)))}
    for event_id in events:
        work.note((Alarm, event_id), found.get(event_id))


def known_alarm(work: UnitOfWork, event_id: UUID) -> Alarm | None:
    """Find an event's alarm."""
    return work.once((Alarm, event_id), lambda: work.session.get(Alarm, event_id))


def describe(row: Alarm, event: SceneEvent) -> None:
    """Write down what the gateway says of an event now."""
    row.phase = event.phase.value
    row.sequence = event.sequence
    row.ended_at = event.ended_at
    row.grade = event.grade.value
    row.score = event.score
    row.measures = [measure.model_dump(mode="json") for measure in event.measures]
    row.highest = _highest(row.highest, event)
    if row.box is None and event.box is not None:
        # Kept from the first message: the pictures are from that moment, and the object may move later.
        row.box = list(event.box)
    row.object_class = None if event.object_class is None else event.object_class[:200]
    row.model = None if event.model is None else event.model.model_dump(mode="json")


def _highest(before: Mapping[str, float] | None, event: SceneEvent) -> dict[str, float]:
    """The highest score and value of each measure so far: a threshold that any of them reached was reached."""
    known = dict(before or {})
    for name, value in ((SCORE, event.score), *((measure.name, measure.value) for measure in event.measures)):
        if name in known or len(known) < _MOST_MEASURES:
            known[name] = max(value, known.get(name, value))
    return known


def _same(table: type[Case] | type[Alarm], event: SceneEvent, columns: tuple[str, ...]) -> ColumnElement[bool]:
    values = {"gateway": event.gateway, "camera": event.camera, "scene": event.scene.value}
    return and_(*(getattr(table, name) == values[name] for name in columns))
