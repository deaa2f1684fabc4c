"""Rows of alarms: what a gateway said last of an event, and which open case a new one joins.

A further alarm of a spot joins the spot's open case; the database holds that there is only one. Beyond that a storm is
looked for over all zones of a camera, then over all cameras of its gateway, so that invented zones and cameras do not
escape it. Each alarm keeps its row and its evidence, and is acknowledged; the case counts them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, bindparam, func, inspect, or_, select, update

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.contract.thresholds import SCORE
from sharp_eyes.hub.cases.numbers import expect_cases
from sharp_eyes.hub.cases.queries import note_locked
from sharp_eyes.hub.cases.record import look_up_logs
from sharp_eyes.hub.cases.taken_ids import taken_ids
from sharp_eyes.hub.cases.visibility import look_up_units
from sharp_eyes.hub.lifecycle.model import ENDED
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.writing import unwritten

_WIDER = ((4, ("gateway", "camera", "scene")), (20, ("gateway", "scene")))
"""A camera may open as many cases as so many spots, a gateway as so many; of one scene each."""

_OPEN_AT, _READ = "open case of a spot", "case that is only read"

_MOST_MEASURES = 50
"""Names of measures whose highest value is kept, of one alarm."""

_NOTHING_YET = dict.fromkeys(inspect(Alarm).columns.keys())
_ENDED = tuple(state.value for state in ENDED)
_TAKEN = "id that another has"
_KNOWN_EVENTS = PreparedSelect(
    lambda among: select(Alarm.event_id).where(or_(among(Alarm.event_id, "ids"), among(Alarm.said_id, "ids")))
)
_OPEN_AT_SPOTS = PreparedSelect(
    lambda among: select(Case.id).where(among(Case.spot, "spots"), Case.ended_at.is_(None)).limit(1)
)
_OF_EVENTS = select(Alarm).where(Alarm.event_id.in_(bindparam("events", expanding=True)))
_BY_IDS = Case.id.in_(bindparam("ids", expanding=True))
_TO_READ = select(Case).where(_BY_IDS)
_TO_LOCK = (
    select(Case)
    .where(or_(_BY_IDS, and_(Case.spot.in_(bindparam("spots", expanding=True)), Case.ended_at.is_(None))))
    .order_by(Case.id)
    .with_for_update()
)


def spot_of(event: SceneEvent) -> str:
    """Name the spot of an event: gateway, camera, scene and zone."""
    return f"{event.gateway}/{event.camera}/{event.scene.value}/{event.zone}"


def find_open_case(work: UnitOfWork, event: SceneEvent, limits: LimitSettings) -> Case | None:
    """Find the open case that a new event joins, locked; ``None`` where it makes one of its own."""
    spot = spot_of(event)

    def ask() -> Case | None:
        return work.session.scalar(select(Case).where(Case.spot == spot, Case.ended_at.is_(None)).with_for_update())

    found = work.once((_OPEN_AT, spot), ask)
    if found is not None and found.ended_at is not None:  # in this very work; its row is written first
        found = ask()
    return found if found is not None else _case_of_storm(work, event, limits)


def note_opened(work: UnitOfWork, case: Case) -> None:
    """Note that a case is its spot's open one, made or opened again by this work."""
    work.note((_OPEN_AT, case.spot), case)
    note_locked(work, case)


def _case_of_storm(work: UnitOfWork, event: SceneEvent, limits: LimitSettings) -> Case | None:
    if limits.storm_events == 0:
        return None
    since = work.now - timedelta(minutes=limits.storm_minutes)
    for times, columns in _WIDER:
        # A storm at one spot must not swallow its neighbours' alarms: only cases are counted more widely.
        if _made(work, event, columns, since) < limits.storm_events * times:
            continue
        newest = (
            select(Case)
            .where(_same(Case, event, columns), Case.state.not_in(_ENDED))
            .order_by(Case.id.desc())
            .limit(1)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        case = work.session.scalar(newest)
        if case is not None:
            return case
    return None


def _made(work: UnitOfWork, event: SceneEvent, columns: tuple[str, ...], since: datetime) -> int:
    """How many alarms with these columns have made cases since then; counted by :func:`add_alarm` from then on."""

    def ask() -> int | None:
        query = select(func.count()).select_from(Alarm)
        return work.session.scalar(
            query.where(_same(Alarm, event, columns), Alarm.received_at > since, Alarm.made_case)
        )

    return work.once(_wider(event, columns), ask) or 0


def add_alarm(work: UnitOfWork, case: Case, event: SceneEvent, said_id: UUID | None, *, made_case: bool) -> Alarm:
    """Add the row of an event that made or joined a case; ``said_id``: what its gateway calls it, if another."""
    values = {
        "event_id": event.event_id,
        "said_id": said_id,
        "case_id": case.id,
        "gateway": event.gateway,
        "camera": event.camera,
        "scene": event.scene.value,
        "zone": event.zone,
        "area": case.area,
        "made_case": made_case,
        "started_at": event.started_at,
        "received_at": work.now,
    }
    row = unwritten(Alarm, _NOTHING_YET | values)
    describe(work, row, event)
    work.note((Alarm, event.gateway, row.id_at_gateway), row)
    for _, columns in _WIDER:
        before: int | None = work.noted(_wider(event, columns))
        if made_case and before is not None:
            work.note(_wider(event, columns), before + 1)
    return row


def look_up_alarms(work: UnitOfWork, events: Collection[tuple[str, UUID]]) -> None:
    """Ask for the alarms of many events at once, each by its gateway and the id that this gave it."""
    found = {(row.gateway, row.id_at_gateway): row for row in _by_their_ids(work, {identity for _, identity in events})}
    unknown = {one[1] for one in events if one not in found}
    taken = taken_ids(work.session, unknown) if unknown else set()
    for one in events:
        work.note((Alarm, *one), found.get(one))
    for identity in unknown:
        work.note((_TAKEN, identity), identity in taken)


def _by_their_ids(work: UnitOfWork, ids: Collection[UUID]) -> Iterable[Alarm]:
    # Most are new: their rows are only looked for as objects where there are any.
    known = [event_id for (event_id,) in _KNOWN_EVENTS.rows(work.session, ids=list(ids))]
    return work.session.scalars(_OF_EVENTS, {"events": known}) if known else ()


def look_up_cases(work: UnitOfWork, events: Sequence[SceneEvent]) -> None:
    """Lock at once the cases that these events may change, the oldest first; :func:`look_up_alarms` goes before."""
    known = [(event, work.noted((Alarm, event.gateway, event.event_id))) for event in events]
    spots = {spot_of(event) for event, alarm in known if alarm is None}
    ids = {alarm.case_id for _, alarm in known if alarm is not None}
    for spot in spots:
        work.note((_OPEN_AT, spot), None)
    is_any = ids or _OPEN_AT_SPOTS.rows(work.session, spots=list(spots))
    for case in work.session.scalars(_TO_LOCK, {"ids": list(ids), "spots": list(spots)}) if is_any else ():
        note_locked(work, case)
        if case.spot in spots and case.ended_at is None:
            note_opened(work, case)
    expect_cases(work, sum(work.noted((_OPEN_AT, spot)) is None for spot in spots))
    if ids:
        look_up_logs(work, sorted(ids))


def look_up_cases_read(work: UnitOfWork, events: Collection[tuple[str, UUID]]) -> None:
    """Ask at once for the cases of which files come; those that are locked are known already."""
    alarms = [alarm for one in events if (alarm := work.noted((Alarm, *one))) is not None]
    ids = {alarm.case_id for alarm in alarms if work.noted((Case, alarm.case_id)) is None}
    if ids:
        for case in work.session.scalars(_TO_READ, {"ids": list(ids)}):
            work.note((_READ, case.id), case)
        look_up_units(work, ids)


def case_of_alarm(work: UnitOfWork, alarm: Alarm) -> Case | None:
    """Find the case that an event made or joined, not to change it."""
    locked: Case | None = work.noted((Case, alarm.case_id))
    return locked or work.once((_READ, alarm.case_id), lambda: work.session.get(Case, alarm.case_id))


def known_alarm(work: UnitOfWork, gateway: str, said: UUID) -> Alarm | None:
    """Find a gateway's event by the id that it gave it."""

    def ask() -> Alarm | None:
        found = _by_their_ids(work, [said])
        return next((row for row in found if (row.gateway, row.id_at_gateway) == (gateway, said)), None)

    return work.once((Alarm, gateway, said), ask)


def free_id(work: UnitOfWork, event: SceneEvent) -> UUID:
    """Give a new event its id at the hub: its own; where something else has that, a new one, to which its files go."""
    said = event.event_id
    is_taken = work.once((_TAKEN, said), lambda: bool(taken_ids(work.session, [said])))
    work.note((_TAKEN, said), True)
    if not is_taken:
        return said
    made = uuid4()  # nobody can guess it and have it first
    work.session.flush()
    theirs = EvidenceFile.event_id == said, EvidenceFile.gateway == event.gateway
    work.session.execute(update(EvidenceFile).where(*theirs).values(event_id=made))
    return made


def describe(work: UnitOfWork, row: Alarm, event: SceneEvent) -> None:
    """Write down what the gateway says of an event now."""
    said: dict[str, Any] = {
        "phase": event.phase.value,
        "sequence": event.sequence,
        "ended_at": event.ended_at,
        "grade": event.grade.value,
        "score": event.score,
        "measures": [measure.model_dump(mode="json") for measure in event.measures],
        "highest": _highest(row.highest, event),
        "object_class": None if event.object_class is None else event.object_class[:200],
        "model": None if event.model is None else event.model.model_dump(mode="json"),
    }
    if row.box is None and event.box is not None:
        # Kept from the first message: the pictures are from that moment, and the object may move later.
        said["box"] = list(event.box)
    if row in work.session:
        for name, value in said.items():
            setattr(row, name, value)
    else:  # it was made in this work
        vars(row).update(said)
        work.session.put_row(Alarm, {name: vars(row)[name] for name in _NOTHING_YET})


def _highest(before: Mapping[str, float] | None, event: SceneEvent) -> dict[str, float]:
    """The highest score and value of each measure so far: a threshold that any of them reached was reached."""
    known = dict(before or {})
    for name, value in ((SCORE, event.score), *((measure.name, measure.value) for measure in event.measures)):
        if name in known or len(known) < _MOST_MEASURES:
            known[name] = max(value, known.get(name, value))
    return known


def _wider(event: SceneEvent, columns: tuple[str, ...]) -> tuple[str, ...]:
    values = {"gateway": event.gateway, "camera": event.camera, "scene": event.scene.value}
    return "cases made", *(values[name] for name in columns)


def _same(table: type[Case] | type[Alarm], event: SceneEvent, columns: tuple[str, ...]) -> ColumnElement[bool]:
    values = {"gateway": event.gateway, "camera": event.camera, "scene": event.scene.value}
    return and_(*(getattr(table, name) == values[name] for name in columns))
