"""Makes a move on a stored case: checks it, asks the city pack for limits and reasons, and adds the line."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.cases.record import limits_of, state_of, write_line
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.lifecycle.acts import JUDGING, Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.calls import own_by_call
from sharp_eyes.hub.lifecycle.legality import Given, IllegalMoveError, MissingInputError, check_move
from sharp_eyes.hub.lifecycle.line_base import Limits
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.lifecycle.payloads import Checked, payload_of
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_STARTED: dict[Move, tuple[ClockKind, ...]] = {
    Move.FILE: (ClockKind.DISPATCH,),
    Move.DISPATCH: (ClockKind.HANDLE, ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.ADD_UNIT: (ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.REASSIGN: (ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.FAIL: (ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.HANDLE: (ClockKind.CHECK,),
    Move.SUPERVISE: (ClockKind.SUPERVISION,),
    Move.REGRADE: tuple(ClockKind),
}
"""Clocks that a move may start or change."""


def perform_move(
    work: UnitOfWork,
    case: Case,
    actor: Actor,
    move: Move,
    given: Given | None = None,
    question: tuple[UUID, datetime] | None = None,
) -> CaseState:
    """Make a move; the case must be locked by this work. ``question``: the command's id and end, for a look again.

    Raises:
        MoveError: the move is not legal, not this actor's, or lacks something.
    """
    given = given or Given()
    state = state_of(work, case)
    unit = check_move(state, actor, move, given, work.now)
    if move is Move.ACCEPT and own_by_call(state, actor, move):
        given = replace(given, person=actor.name)
    false_alarm = _reason_is_known(work, actor, move, given)
    checked = Checked(given, unit, _limits(work, case, move, given), false_alarm, question)
    if move is Move.REOPEN:
        _spot_is_free(work, case)
    return write_line(work, case, actor, payload_of(move, checked), move.value, given.said_at)


def _spot_is_free(work: UnitOfWork, case: Case) -> None:
    """Check that no other case of the spot is open: the database allows one.

    Raises:
        IllegalMoveError: there is one; names it.
    """
    same_spot = select(Case.number).where(Case.spot == case.spot, Case.ended_at.is_(None), Case.id != case.id)
    number = work.session.scalar(same_spot) if case.spot is not None else None
    if number is not None:
        raise IllegalMoveError("illegal_move", f"case {number} of the same spot is open; link this one to it instead")


def _reason_is_known(work: UnitOfWork, actor: Actor, move: Move, given: Given) -> bool:
    """Whether the reason says that the camera was wrong.

    Raises:
        MissingInputError: the pack has reasons for this move, and this is none of them.
    """
    listed = work.city.reasons_for(move)
    known = work.city.reason(move, given.reason)
    if known is None and listed and given.reason and actor.kind is ActorKind.PERSON:
        codes = ", ".join(one.code for one in listed)
        raise MissingInputError("unknown_reason", f"{given.reason!r} is no reason for {move}; there are {codes}")
    return known is not None and known.false_alarm and move in JUDGING


def _limits(work: UnitOfWork, case: Case, move: Move, given: Given) -> Limits:
    grade = given.grade or Grade(case.grade)
    found = limits_of(work, case.subject, case.area, grade)
    return {kind: found[kind] for kind in _STARTED.get(move, ()) if kind in found}
