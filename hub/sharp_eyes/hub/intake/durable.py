"""Takes a durable message into the database: a scene's event, a camera's health, a look-again's answer."""

import math
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError
from sqlalchemy import select, text

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.envelope import (
    AnswerMessage,
    DurableMessage,
    HealthMessage,
    SceneEventMessage,
    parse_durable,
)
from sharp_eyes.contract.event import LookAgainAnswer, Phase, SceneEvent
from sharp_eyes.hub.cases.moves import append
from sharp_eyes.hub.cases.state_machine import Actor, ActorKind, State
from sharp_eyes.hub.dispatch.rules import advance, reject_unfiled, rule_of
from sharp_eyes.hub.feedback import look_again
from sharp_eyes.hub.intake.liveness import area_of_camera, take_health
from sharp_eyes.hub.store.tables import Case, Received
from sharp_eyes.hub.store.unit_of_work import Work

_LARGEST = 2**31 - 1


class RefusedError(Exception):
    """A message that can never be taken. ``identity`` is its id, where one could be read."""

    def __init__(self, reason: str, identity: str | None = None) -> None:
        super().__init__(reason)
        self.identity = identity


class _Loose(BaseModel):
    id: str


def read(payload: bytes, gateway: str) -> DurableMessage:
    """Read a durable message that came on ``gateway``'s topic.

    Raises:
        RefusedError: it does not keep to the contract, or speaks for another gateway.
    """
    try:
        message = parse_durable(payload)
    except (ContractError, OverflowError) as error:
        raise RefusedError(str(error), _identity(payload)) from error
    if message.gateway != gateway:
        raise RefusedError(f"{message.source} may not speak on the topic of {gateway}", message.id)
    if isinstance(message.data, SceneEvent) and message.data.gateway != gateway:
        raise RefusedError(f"event of gateway {message.data.gateway} from {gateway}", message.id)
    fault = unusable(message.model_dump())
    if fault is not None:
        raise RefusedError(fault, message.id)
    return message


def unusable(value: object) -> str | None:
    """Find what JSON and pydantic let through but no database can keep; ``None`` where all is well."""
    if isinstance(value, Mapping):
        return next((fault for item in value.items() if (fault := unusable(item))), None)
    if isinstance(value, (list, tuple)):
        return next((fault for item in value if (fault := unusable(item))), None)
    if isinstance(value, str) and "\0" in value:
        return "a text holds the character NUL"
    if isinstance(value, float) and not math.isfinite(value):
        return "a number is not finite"
    if isinstance(value, int) and abs(value) > _LARGEST:
        return f"the whole number {value:.3g} is too large"
    return None


def take(work: Work, gateway_area: str, message: DurableMessage) -> None:
    """Take a message (all but evidence) once; one that was taken before changes nothing.

    Raises:
        RefusedError: it can never be taken.
    """
    if not first_time(work, message):
        return
    try:
        match message:
            case SceneEventMessage():
                _take_event(work, gateway_area, message.data)
            case AnswerMessage():
                _take_answer(work, message.gateway, message.data)
            case HealthMessage():
                take_health(work, message.gateway, gateway_area, message.data, durable=True)
    except RefusedError as error:
        raise RefusedError(str(error), message.id) from error


def first_time(work: Work, message: DurableMessage) -> bool:
    """Note that a message was taken; ``False`` where it had been taken before."""
    key = {"source": message.source, "message_id": message.id}
    if work.session.get(Received, key) is not None:
        return False
    work.session.add(Received(**key, type=message.type, received_at=work.now))
    return True


def _take_event(work: Work, gateway_area: str, event: SceneEvent) -> None:
    case = work.session.scalar(select(Case).where(Case.event_id == event.event_id).with_for_update())
    is_new = case is None
    if case is None:
        case = _report(work, gateway_area, event)
    elif (case.gateway, case.camera, case.scene) != (event.gateway, event.camera, event.scene):
        raise RefusedError(f"event {event.event_id} belongs to another camera or scene")
    elif event.sequence > case.event_sequence:
        _describe(case, event)
    actor = Actor(ActorKind.GATEWAY, f"{event.gateway}/{event.camera}")
    append(work, case, actor, event.phase.value, None if is_new else State(case.state))
    work.case_changed(case, "reported" if is_new else event.phase.value)
    if is_new:
        advance(work, case)
    if event.phase is Phase.CLOSED:
        reject_unfiled(work, case)


def _report(work: Work, gateway_area: str, event: SceneEvent) -> Case:
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


def next_number(work: Work) -> str:
    """Give out the next case number of the city's year, such as ``2026-000123``; never the same one twice."""
    year = work.now.astimezone(work.city.zone).year
    last = work.session.execute(
        text(
            "INSERT INTO case_counter (year, last) VALUES (:year, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = case_counter.last + 1 RETURNING last"
        ),
        {"year": year},
    ).scalar_one()
    return f"{year}-{last:06d}"


def _take_answer(work: Work, gateway: str, answer: LookAgainAnswer) -> None:
    row = look_again.find(work, answer.command_id, gateway)
    if row is None:
        raise RefusedError(f"command {answer.command_id} was never sent to {gateway}")
    case = work.locked_case(row.case_id)
    if case is None or case.event_id != answer.event_id:
        raise RefusedError(f"command {answer.command_id} does not belong to event {answer.event_id}")
    if row.answered_at is not None:
        return
    look_again.take_answer(work, case, row, answer)
    rule = rule_of(work, case)
    look_again.decide(work, case, row, may_pass=rule.close == "auto", may_fail=rule.fail == "auto")
    advance(work, case)


def _identity(payload: bytes) -> str | None:
    """Read the id of a message that is otherwise wrong."""
    if len(payload) > 2**20:
        return None
    try:
        identity = _Loose.model_validate_json(payload).id
    except ValidationError:
        return None
    return identity if 0 < len(identity) <= 200 else None
