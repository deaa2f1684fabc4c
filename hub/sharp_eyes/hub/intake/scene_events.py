"""Takes a scene's event: a new one makes a case or joins the open one of its spot, a later one describes its alarm."""

from uuid import UUID

from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.hub.areas.datum import Point
from sharp_eyes.hub.cases.numbers import next_id, next_number
from sharp_eyes.hub.cases.queries import has_open_alarms, lock_row
from sharp_eyes.hub.cases.record import limits_of, state_of, write_line, write_line_anyway
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.dispatch.rules import event_ended
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.intake.alarms import (
    add_alarm,
    describe,
    find_open_case,
    free_id,
    known_alarm,
    note_opened,
    spot_of,
)
from sharp_eyes.hub.intake.duplicates import joins_by_itself, place_of_alarm, settle_new, sighting_of_alarm
from sharp_eyes.hub.intake.liveness import area_of_camera
from sharp_eyes.hub.intake.snoozes import find_snooze, put_to_sleep, snoozed_case, wake_if_graver
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.model import ENDED, Source, State
from sharp_eyes.hub.lifecycle.projection import WITH_UNITS
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.writing import unwritten

_TOLD = frozenset({*range(1, 11), 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000})
"""Of many alarms of one case the log tells these; each has its row."""


def take_event(work: UnitOfWork, gateway_area: str, event: SceneEvent, limits: LimitSettings) -> None:
    """Take an event that was not taken before.

    Raises:
        MessageRefusedError: it belongs to another camera or scene.
        IntegrityError: another hub has just made a case of its spot.
    """
    alarm = known_alarm(work, event.gateway, event.event_id)
    if alarm is not None and (alarm.camera, alarm.scene) != (event.camera, event.scene):
        raise MessageRefusedError(f"event {event.event_id} belongs to another camera or scene")
    if alarm is None:
        _take_new(work, gateway_area, event, limits)
        work.hushed = False
    elif event.sequence > alarm.sequence:
        _take_later(work, alarm, _named(event, alarm.event_id))


def _take_new(work: UnitOfWork, gateway_area: str, event: SceneEvent, limits: LimitSettings) -> None:
    identity = free_id(work, event)
    said_id = None if identity == event.event_id else event.event_id
    event = _named(event, identity)
    case = find_open_case(work, event, limits)
    snooze = seen = None
    if case is None:
        area = area_of_camera(work, event.gateway, event.camera) or gateway_area
        snooze = find_snooze(work, event, area)
        if snooze is not None:
            work.hushed = True
            case = snoozed_case(work, snooze, spot_of(event))
        if case is None:
            seen = sighting_of_alarm(work, event)
            case = None if seen is None else joins_by_itself(work, seen)
        if case is None:
            case = _open_case(work, area, event, said_id, place_of_alarm(work, event))
    if case.event_id != event.event_id:
        _join(work, case, event, said_id)
        return
    if snooze is not None:
        put_to_sleep(work, case, snooze)
        return
    settle_new(work, case, seen)
    if event.phase is Phase.CLOSED:
        _end(work, case, event)


def _named(event: SceneEvent, identity: UUID) -> SceneEvent:
    """An event under its id at the hub."""
    return event if event.event_id == identity else event.model_copy(update={"event_id": identity})


def _open_case(work: UnitOfWork, area: str, event: SceneEvent, said_id: UUID | None, place: Point | None) -> Case:
    values = {
        "id": next_id(work),
        "number": next_number(work),
        "source": Source.CAMERA.value,
        "event_id": event.event_id,
        "gateway": event.gateway,
        "camera": event.camera,
        "scene": event.scene.value,
        "zone": event.zone,
        "spot": spot_of(event),
        "code": work.city.category(event.scene).code,
        "area": area,
        "longitude": None if place is None else place[0],
        "latitude": None if place is None else place[1],
        "state": State.REPORTED.value,
        "grade": event.grade.value,
        "opened_at": event.started_at,
        "reported_at": work.now,
        "updated_at": work.now,
        "counts": {},
        "place": "",
        "alarm_count": 1,
        "log_sequence": 0,
    }
    case = unwritten(Case, values)
    # Another intake may have been faster at this spot: then all is rolled back, and the next try finds its case.
    work.session.add_new(case)
    note_opened(work, case)
    add_alarm(work, case, event, said_id, made_case=True)
    reported = line.Reported(
        source=Source.CAMERA,
        grade=event.grade,
        area=area,
        spot=case.spot,
        alarm=event.event_id,
        text=_doubt(event),
        limits=limits_of(work, event.scene, area, event.grade),
    )
    write_line_anyway(work, case, _gateway(event), reported)
    return case


def _join(work: UnitOfWork, case: Case, event: SceneEvent, said_id: UUID | None) -> None:
    add_alarm(work, case, event, said_id, made_case=False)
    case.alarm_count += 1
    case.updated_at = work.now
    # A draft says that all is gone: the alarm that contradicts it always has its line.
    contradicts = case.state in WITH_UNITS and state_of(work, case).draft is not None
    if contradicts or case.alarm_count in _TOLD:
        joined = line.AlarmJoined(alarm=event.event_id, count=case.alarm_count)
        write_line(work, case, _gateway(event), joined)
    else:
        publish_change(work, case, "alarm_joined")


def _take_later(work: UnitOfWork, alarm: Alarm, event: SceneEvent) -> None:
    case = lock_row(work, alarm.case_id)
    describe(work, alarm, event)
    if case is None:
        return
    # Only the alarm that made the case speaks for it, further ones are many; it is over when all of them are.
    speaks = case.event_id == event.event_id
    wake_if_graver(work, case, event)
    if speaks:
        _follow_grade(work, case, event)
    if event.phase is Phase.CLOSED and not has_open_alarms(work, case):
        _end(work, case, event)
    elif speaks:
        write_line(work, case, _gateway(event), line.AlarmUpdated(alarm=event.event_id, text=_doubt(event)))


def _end(work: UnitOfWork, case: Case, event: SceneEvent) -> None:
    write_line(work, case, _gateway(event), line.AlarmEnded(alarm=event.event_id, text=_doubt(event)))
    event_ended(work, case)


def _follow_grade(work: UnitOfWork, case: Case, event: SceneEvent) -> None:
    """A case is as grave as its gateway says, until a person has said otherwise or it has ended."""
    state = state_of(work, case)
    if state.state in ENDED or state.graded_by_person or state.grade == event.grade.value:
        return
    limits = limits_of(work, event.scene, case.area, event.grade)
    write_line_anyway(work, case, _gateway(event), line.Regraded(grade=event.grade, limits=limits))


def _gateway(event: SceneEvent) -> Actor:
    return Actor(ActorKind.GATEWAY, f"{event.gateway}/{event.camera}")


def _doubt(event: SceneEvent) -> str:
    return "" if event.clock_doubt is None else f"the time is doubtful: {event.clock_doubt}"
