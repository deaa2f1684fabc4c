"""Takes a durable message into the database, once: a scene's event, a camera's health, a look-again's answer."""

from collections.abc import Sequence

from sharp_eyes.contract.envelope import (
    AnswerMessage,
    ClipRefusedMessage,
    DurableMessage,
    EvidenceMessage,
    HealthMessage,
    SceneEventMessage,
    SettingsMessage,
)
from sharp_eyes.contract.event import LookAgainAnswer
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.dispatch.rules import apply_rules, rule_for
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.feedback import look_again
from sharp_eyes.hub.feedback.saved_clips import take_refusal
from sharp_eyes.hub.intake.alarms import look_up_alarms, look_up_cases, look_up_cases_read
from sharp_eyes.hub.intake.camera_settings import take_report
from sharp_eyes.hub.intake.deduplication import first_time, look_up_received
from sharp_eyes.hub.intake.evidence.records import look_up_files
from sharp_eyes.hub.intake.gateways import look_up_gateways
from sharp_eyes.hub.intake.liveness import look_up_cameras, take_health
from sharp_eyes.hub.intake.scene_events import take_event
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def look_up(work: UnitOfWork, messages: Sequence[DurableMessage]) -> None:
    """Ask at once what taking each of them asks for; of files that were announced before, too."""
    events = [message.data for message in messages if isinstance(message, SceneEventMessage)]
    files = [(message.gateway, message.data) for message in messages if isinstance(message, EvidenceMessage)]
    of_files = {(gateway, file.event_id) for gateway, file in files}
    look_up_received(work, messages)
    look_up_gateways(work, {message.gateway for message in messages})
    look_up_alarms(work, {(event.gateway, event.event_id) for event in events} | of_files)
    if events:
        look_up_cameras(work, {(event.gateway, event.camera) for event in events})
        look_up_cases(work, events)
    if files:
        look_up_files(work, {(gateway, file.evidence_id) for gateway, file in files})
        look_up_cases_read(work, of_files)


def take(work: UnitOfWork, gateway_area: str, message: DurableMessage, limits: LimitSettings) -> None:
    """Take a message (all but evidence) once; one that was taken before changes nothing.

    Raises:
        MessageRefusedError: it can never be taken.
    """
    if not first_time(work, message):
        return
    try:
        match message:
            case SceneEventMessage():
                take_event(work, gateway_area, message.data, limits)
            case AnswerMessage():
                _take_answer(work, message.gateway, message.data)
            case ClipRefusedMessage():
                take_refusal(work, message.gateway, message.data)
            case HealthMessage():
                take_health(work, message.gateway, gateway_area, message.data, limits.cameras_per_gateway)
            case SettingsMessage():
                take_report(work, message.gateway, message.data)
    except MessageRefusedError as error:
        raise MessageRefusedError(str(error), message.id) from error


def _take_answer(work: UnitOfWork, gateway: str, answer: LookAgainAnswer) -> None:
    row = look_again.find_question(work, answer.command_id, gateway)
    if row is None:
        raise MessageRefusedError(f"command {answer.command_id} was never sent to {gateway}")
    case = lock_row(work, row.case_id)
    alarm = None if case is None else work.session.get(Alarm, case.event_id)
    if case is None or alarm is None or alarm.id_at_gateway != answer.event_id:
        raise MessageRefusedError(f"command {answer.command_id} does not belong to event {answer.event_id}")
    if row.answered_at is not None:
        return
    look_again.record_answer(work, case, row, answer)
    rule = rule_for(work, case)
    if rule is None:
        return
    look_again.apply_verdict(work, case, row, may_pass=rule.close == "auto", may_fail=rule.fail == "auto")
    apply_rules(work, case)
