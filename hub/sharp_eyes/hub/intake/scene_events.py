"""Takes a scene's event: a new one makes a case or joins one in a storm, a later one describes it, the last ends it."""

from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.hub.cases.log import append_log
from sharp_eyes.hub.cases.numbers import next_number
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.state_machine import Actor, ActorKind, State
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.dispatch.rules import apply_rules, reject_unfiled
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.intake.liveness import area_of_camera
from sharp_eyes.hub.intake.storms import add_event, find_case_of_storm, join_case
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.tables import Case, CaseEvent
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def take_event(work: UnitOfWork, gateway_area: str, event: SceneEvent, limits: LimitSettings) -> None:
    """Take an event that was not taken before.

    Raises:
        MessageRefusedError: it belongs to another camera or scene.
    """
    row = work.session.get(CaseEvent, event.event_id)
    if row is not None and (row.gateway, row.camera, row.scene) != (event.gateway, event.camera, event.scene):
        raise MessageRefusedError(f"event {event.event_id} belongs to another camera or scene")
    if row is None:
        open_case = find_case_of_storm(work, event, limits)
        if open_case is not None:
            join_case(work, open_case, event)
            return
    case = None if row is None else lock_row(work, row.case_id)
    is_new = row is None or case is None
    if row is None or case is None:
        case = _open_case(work, gateway_area, event)
        add_event(work, case, event, made_case=True)
    else:
        is_newer = event.sequence > row.sequence
        if is_newer:
            row.sequence, row.phase = event.sequence, event.phase.value
        if case.event_id != event.event_id:
            return
        if is_newer:
            _describe(case, event)
    actor = Actor(ActorKind.GATEWAY, f"{event.gateway}/{event.camera}")
    note = "" if event.clock_doubt is None else f"the time is doubtful: {event.clock_doubt}"
    append_log(work, case, actor, event.phase.value, None if is_new else State(case.state), note=note)
    publish_change(work, case, "reported" if is_new else event.phase.value)
    if is_new:
        apply_rules(work, case)
    if event.phase is Phase.CLOSED:
        reject_unfiled(work, case)


def _open_case(work: UnitOfWork, gateway_area: str, event: SceneEvent) -> Case:
    case = Case(
        number=next_number(work),
        event_id=event.event_id,
        gateway=event.gateway,
        camera=event.camera,
        scene=event.scene.value,
        zone=event.zone,
        code=work.city.category(event.scene).code,
        area=area_of_camera(work, event.gateway, event.camera) or gateway_area,
        state=State.REPORTED.value,
        opened_at=event.started_at,
        reported_at=work.now,
        updated_at=work.now,
    )
    _describe(case, event)
    work.session.add(case)
    work.session.flush()
    return case


def _describe(case: Case, event: SceneEvent) -> None:
    case.grade = event.grade.value
    case.event_phase = event.phase.value
    case.event_sequence = event.sequence
    case.ended_at = event.ended_at
    case.score = event.score
    case.measures = [measure.model_dump(mode="json") for measure in event.measures]
    if case.box is None and event.box is not None:
        # Kept from the first message: the pictures are from that moment, and the object may move later.
        case.box = list(event.box)
    case.object_class = None if event.object_class is None else event.object_class[:200]
    case.model = None if event.model is None else event.model.model_dump(mode="json")
