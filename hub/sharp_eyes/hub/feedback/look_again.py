"""Asks a camera to look again, and turns its answer into a draft verdict."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import func, select

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.event import LookAgainAnswer, Outcome, SceneName
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.queries import has_open_alarms
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import IllegalMoveError
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.store.case_tables import Alarm, Case, LookAgainQuestion
from sharp_eyes.hub.store.unit_of_work import GatewayCommand, UnitOfWork

MOST_OPEN = 3
"""Questions of one case that a camera may have before it: each takes three looks and sends a picture."""

DraftVerdict = Literal["pass", "fail", "unsure"]
_DRAFTS: dict[str, DraftVerdict] = {Outcome.GONE: "pass", Outcome.HOLDS: "fail", Outcome.UNSURE: "unsure"}


def ask_camera(work: UnitOfWork, case: Case, actor: Actor, minutes: int) -> None:
    """Send the camera a look-again command; it stands until it is answered or expires.

    Raises:
        MoveError: the move is not legal, no camera made the case, or it has been asked often enough.
    """
    alarm = None if case.event_id is None else work.session.get(Alarm, case.event_id)
    if alarm is None:
        raise IllegalMoveError("no_camera", "no camera made this case: there is none to look again")
    if _count_open(work, case) >= MOST_OPEN:
        raise IllegalMoveError("asked_already", f"the camera has been asked {MOST_OPEN} times and will answer")
    command_id, expires_at = uuid4(), work.now + timedelta(minutes=minutes)
    perform_move(work, case, actor, Move.LOOK_AGAIN, question=(command_id, expires_at))
    row = LookAgainQuestion(
        command_id=command_id,
        case_id=case.id,
        gateway=alarm.gateway,
        asked_at=work.now,
        asked_by=actor.name,
        expires_at=expires_at,
        reason="",
        measures=[],
    )
    work.session.add(row)
    work.gateway_commands.append(GatewayCommand(alarm.gateway, _command(alarm, row)))


def _count_open(work: UnitOfWork, case: Case) -> int:
    is_open = LookAgainQuestion.answered_at.is_(None) & (LookAgainQuestion.expires_at > work.now)
    of_case = select(func.count()).select_from(LookAgainQuestion).where(LookAgainQuestion.case_id == case.id, is_open)
    return work.session.scalar(of_case) or 0


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
    camera = Actor(ActorKind.CAMERA, case.camera or "")
    answered = line.LookAnswered(question=row.command_id, outcome=answer.outcome, text=answer.reason)
    write_line(work, case, camera, answered, "answer")


def apply_verdict(work: UnitOfWork, case: Case, row: LookAgainQuestion, *, may_pass: bool, may_fail: bool) -> None:
    """Let the camera pass or fail the case itself, where the rule table allows that."""
    newest = latest_question(work, case.id)
    if case.state != State.HANDLED or newest is None or newest.command_id != row.command_id:
        return
    camera = Actor(ActorKind.CAMERA, case.camera or "")
    # The camera was asked of one thing; where another of the case's alarms goes on a person decides.
    if row.outcome == Outcome.GONE and may_pass and not has_open_alarms(work, case, but=case.event_id):
        perform_move(work, case, camera, Move.PASS, Given(note=row.reason))
    elif row.outcome == Outcome.HOLDS and may_fail:
        still = Given(reason="still_there", note=row.reason or "the camera still sees it")
        perform_move(work, case, camera, Move.FAIL, still)


def open_commands(work: UnitOfWork, gateways: Collection[str]) -> list[GatewayCommand]:
    """Commands of gateways that are neither answered nor expired, oldest first."""
    rows = work.session.execute(
        select(LookAgainQuestion, Alarm)
        .join(Case, Case.id == LookAgainQuestion.case_id)
        .join(Alarm, Alarm.event_id == Case.event_id)
        .where(
            LookAgainQuestion.gateway.in_(gateways),
            LookAgainQuestion.answered_at.is_(None),
            LookAgainQuestion.expires_at > work.now,
        )
        .order_by(LookAgainQuestion.asked_at)
    )
    return [GatewayCommand(row.gateway, _command(alarm, row)) for row, alarm in rows]


def find_question(work: UnitOfWork, command_id: UUID, gateway: str) -> LookAgainQuestion | None:
    """Find a question by its identifier; only the gateway that was asked has it."""
    row = work.session.get(LookAgainQuestion, command_id)
    return row if row is not None and row.gateway == gateway else None


def _command(alarm: Alarm, row: LookAgainQuestion) -> LookAgain:
    box = None if alarm.box is None else (alarm.box[0], alarm.box[1], alarm.box[2], alarm.box[3])
    return LookAgain(
        command_id=row.command_id,
        event_id=alarm.id_at_gateway,
        camera=alarm.camera,
        scene=SceneName(alarm.scene),
        zone=alarm.zone,
        box=box,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )
