"""Makes a move on a stored case: checks it, asks the city pack for limits and reasons, and adds the line."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.cases.record import limits_of, state_of, write_line
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle.acts import JUDGING, RULE_TABLE, SENDING, Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.calls import own_by_call
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import IllegalMoveError, MissingInputError, check_move
from sharp_eyes.hub.lifecycle.line_base import Limits
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.lifecycle.office_lines import CallbackDue
from sharp_eyes.hub.lifecycle.payloads import Checked, payload_of
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.report_tables import Report, ReporterContact
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_STARTED: dict[Move, tuple[ClockKind, ...]] = {
    Move.FILE: (ClockKind.DISPATCH,),
    Move.DISPATCH: (ClockKind.HANDLE, ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.ADD_UNIT: (ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.REASSIGN: (ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.FAIL: (ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.HAND_TO_GROUP: (ClockKind.HANDLE, ClockKind.UNIT, ClockKind.REPORT_IN),
    Move.HANDLE: (ClockKind.CHECK,),
    Move.SUPERVISE: (ClockKind.SUPERVISION,),
    Move.REGRADE: tuple(ClockKind),
}
"""Clocks that a move may start or change."""

_TOLD_OF = frozenset({Move.CLOSE, Move.FORCE_CLOSE, Move.REJECT, Move.VOID})
"""Ends of a case of which whoever reported it is to hear; one that was merged goes on elsewhere."""


def perform_move(
    work: UnitOfWork,
    case: Case,
    actor: Actor,
    move: Move,
    given: Given | None = None,
    question: tuple[UUID, datetime] | None = None,
    limits: Limits | None = None,
) -> CaseState:
    """Make a move; the case must be locked by this work.

    ``question``: the command's id and end, for a look again. ``limits``: in the place of the city pack's.

    Raises:
        MoveError: the move is not legal, not this actor's, or lacks something.
    """
    given = given or Given()
    state = state_of(work, case)
    unit = check_move(state, actor, move, given, work.now)
    if move is Move.ACCEPT and own_by_call(state, actor, move):
        given = replace(given, person=actor.name)
    false_alarm = _reason_is_known(work, actor, move, given)
    found = _limits(work, case, move, given) | (limits or {})
    checked = Checked(given, unit, found, false_alarm, question, _milestones(work, case, move))
    if move is Move.REOPEN:
        _spot_is_free(work, case)
    after = write_line(work, case, actor, payload_of(move, checked), move.value, given.said_at)
    return _owe_calls(work, case, after) if move in _TOLD_OF else after


def _owe_calls(work: UnitOfWork, case: Case, after: CaseState) -> CaseState:
    """Note who is to hear what has become of a case, where the city pack says until when."""
    limits = limits_of(work, case.subject, case.area, Grade(case.grade))
    if ClockKind.CALLBACK not in limits:
        return after
    reached = select(Report.key).join(ReporterContact, ReporterContact.reporter == Report.reporter)
    reports = tuple(
        work.session.scalars(reached.where(Report.case_id == case.id, ReporterContact.phone != "").order_by(Report.id))
    )
    if not reports:
        return after
    due = CallbackDue(reports=reports, limits={ClockKind.CALLBACK: limits[ClockKind.CALLBACK]})
    return write_line(work, case, RULE_TABLE, due)


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
    if not given.reason:
        return False
    listed = work.city.reasons_for(move)
    known = work.city.reason(move, given.reason)
    if known is None and listed and actor.kind is ActorKind.PERSON:
        codes = ", ".join(one.code for one in listed)
        raise MissingInputError("unknown_reason", f"{given.reason!r} is no reason for {move}; there are {codes}")
    return known is not None and known.false_alarm and move in JUDGING


def _milestones(work: UnitOfWork, case: Case, move: Move) -> dict[str, Limit]:
    kind = work.city.kind(case.kind) if move in SENDING else None
    return {} if kind is None else {one.id: one.limit for one in kind.milestones}


def _limits(work: UnitOfWork, case: Case, move: Move, given: Given) -> Limits:
    grade = given.grade or Grade(case.grade)
    found = limits_of(work, case.subject, case.area, grade)
    own = state_of(work, case).own_limit
    if own is not None:
        found = {**found, ClockKind.HANDLE: own, ClockKind.UNIT: own}
    return {kind: found[kind] for kind in _STARTED.get(move, ()) if kind in found}
