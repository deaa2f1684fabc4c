"""Asks a camera to look again, and turns its answer into a draft verdict."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import select

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.event import LookAgainAnswer, Outcome, SceneName
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.state_machine import Actor, ActorKind, Move, MoveInput, State
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.store.tables import Case, CaseLog, LookAgainQuestion
from sharp_eyes.hub.store.unit_of_work import GatewayCommand, UnitOfWork

DraftVerdict = Literal["pass", "fail", "unsure"]
_DRAFTS: dict[str, DraftVerdict] = {Outcome.GONE: "pass", Outcome.HOLDS: "fail", Outcome.UNSURE: "unsure"}


def ask_camera(work: UnitOfWork, case: Case, actor: Actor, minutes: int) -> None:
    """Send the camera a look-again command; it stands until it is answered or expires."""
    perform_move(work, case, actor, Move.LOOK_AGAIN)
    row = LookAgainQuestion(
        command_id=uuid4(),
        case_id=case.id,
        gateway=case.gateway,
        asked_at=work.now,
        asked_by=actor.name,
        expires_at=work.now + timedelta(minutes=minutes),
        reason="",
        measures=[],
    )
    work.session.add(row)
    work.gateway_commands.append(GatewayCommand(case.gateway, _command(case, row)))


def was_asked_since_handled(work: UnitOfWork, case: Case) -> bool:
    """Whether the camera was asked after the unit last said that it is done."""
    handled = work.session.scalar(
        select(CaseLog.id)
        .where(CaseLog.case_id == case.id, CaseLog.move == Move.HANDLE.value)
        .order_by(CaseLog.id.desc())
    )
    asked = work.session.scalar(
        select(CaseLog.id)
        .where(CaseLog.case_id == case.id, CaseLog.move == Move.LOOK_AGAIN.value)
        .order_by(CaseLog.id.desc())
    )
    return asked is not None and (handled is None or asked > handled)


def latest_question(work: UnitOfWork, case_id: int) -> LookAgainQuestion | None:
    """Find the last question asked about a case."""
    return work.session.scalar(
        select(LookAgainQuestion)
        .where(LookAgainQuestion.case_id == case_id)
        .order_by(LookAgainQuestion.asked_at.desc(), LookAgainQuestion.command_id)
    )


def draft_verdict(row: LookAgainQuestion, now: datetime) -> DraftVerdict | None:
    """Draft the verdict: ``None`` while the answer may still come."""
    if row.outcome is None:
        return "unsure" if now >= row.expires_at else None
    return _DRAFTS[row.outcome]


def record_answer(work: UnitOfWork, case: Case, row: LookAgainQuestion, answer: LookAgainAnswer) -> None:
    """Write down an answer once; the first one counts."""
    if row.answered_at is not None:
        return
    row.answered_at = work.now
    row.outcome = answer.outcome.value
    row.reason = answer.reason
    row.measures = [measure.model_dump(mode="json") for measure in answer.measures]
    row.evidence_id = answer.evidence_id
    case.updated_at = work.now
    publish_change(work, case, "answer")


def apply_verdict(work: UnitOfWork, case: Case, row: LookAgainQuestion, *, may_pass: bool, may_fail: bool) -> None:
    """Let the camera pass or fail the case itself, where the rule table allows that."""
    newest = latest_question(work, case.id)
    if case.state != State.HANDLED or newest is None or newest.command_id != row.command_id:
        return
    camera = Actor(ActorKind.CAMERA, case.camera)
    if row.outcome == Outcome.GONE and may_pass:
        perform_move(work, case, camera, Move.PASS, MoveInput(note=row.reason))
    elif row.outcome == Outcome.HOLDS and may_fail:
        reason = row.reason or "the camera still sees it"
        perform_move(work, case, camera, Move.FAIL, MoveInput(reason=reason))


def open_commands(work: UnitOfWork, gateway: str) -> list[LookAgain]:
    """Commands of a gateway that are neither answered nor expired, oldest first."""
    rows = work.session.execute(
        select(LookAgainQuestion, Case)
        .join(Case, Case.id == LookAgainQuestion.case_id)
        .where(
            LookAgainQuestion.gateway == gateway,
            LookAgainQuestion.answered_at.is_(None),
            LookAgainQuestion.expires_at > work.now,
        )
        .order_by(LookAgainQuestion.asked_at)
    )
    return [_command(case, row) for row, case in rows]


def find_question(work: UnitOfWork, command_id: UUID, gateway: str) -> LookAgainQuestion | None:
    """Find a question by its identifier; only the gateway that was asked has it."""
    row = work.session.get(LookAgainQuestion, command_id)
    return row if row is not None and row.gateway == gateway else None


def _command(case: Case, row: LookAgainQuestion) -> LookAgain:
    box = None if case.box is None else (case.box[0], case.box[1], case.box[2], case.box[3])
    return LookAgain(
        command_id=row.command_id,
        event_id=case.event_id,
        camera=case.camera,
        scene=SceneName(case.scene),
        zone=case.zone,
        box=box,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )
