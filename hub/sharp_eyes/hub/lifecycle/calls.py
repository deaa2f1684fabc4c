"""Calls to a case: who is called, who may answer, who went. Pure; all of it follows from the log's lines."""

from dataclasses import replace

from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.model import ENDED, Calling, CaseState

_BY_WHO_WENT = frozenset({Move.ARRIVE, Move.HANDLE, Move.SEND_BACK, Move.ASK_EXTENSION})


def calling_after(state: CaseState, payload: Payload) -> Calling | None:
    """Say who is called once a line has done to ``state`` what else it does."""
    calling = state.calling
    match payload:
        case call_line.Called():
            before = () if calling is None else calling.called
            calling = Calling(payload.unit, payload.person, payload.until, payload.metres, (*before, payload.person))
        case call_line.CallDeclined() | call_line.CallUnanswered() if calling is not None:
            calling = replace(calling, person=None, until=None)
        case call_line.NobodyAnswered() if calling is not None:
            calling = _ended(calling)
        case line.Accepted(unit=unit, person=person) if calling is not None and unit == calling.unit:
            calling = replace(calling, went=person)
        case _:
            pass
    if calling is None or state.state in ENDED:
        return None
    return calling if waits_for_somebody(state, calling) else _ended(calling)


def _ended(calling: Calling) -> Calling:
    return replace(calling, person=None, until=None, over=True)


def waits_for_somebody(state: CaseState, calling: Calling) -> bool:
    """Whether nobody has accepted yet for the unit whose turn it is."""
    turn = state.open_turn(calling.unit)
    return turn is not None and turn.accepted_at is None


def own_by_call(case: CaseState, actor: Actor, move: Move) -> bool:
    """Whether a move is somebody's by a call, whatever unit they belong to: they were called, or they went."""
    calling = case.calling
    if calling is None or actor.kind is not ActorKind.PERSON:
        return False
    if move is Move.DECLINE_CALL:
        return actor.name == calling.person
    if move is Move.ACCEPT:  # also late: whoever goes is welcome
        return actor.name in calling.called and waits_for_somebody(case, calling)
    return move in _BY_WHO_WENT and actor.name == calling.went
