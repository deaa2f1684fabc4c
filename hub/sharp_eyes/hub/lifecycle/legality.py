"""Which moves of a case are legal, for whom, and what each needs. Pure; no I/O, no clock of its own.

::

    reported ─file─▶ filed ─dispatch─▶ dispatched ─accept─▶ accepted ─handle─▶ handled ─pass─▶ checked ─close─▶ closed
       │              │ ▲                 │   ▲                │                  │                              │
       └───reject─────┘ └─withdraw, send_back─│────────────────┘                  │            reopen ──▶ filed ◀┘
              ▼                               └─────────fail (rework)─────────────┘
           rejected            void, merge, force_close: from every state that is not an end

Beside the road, and without leaving the state: arrive, reach (a milestone), look_again, reassign, a further unit, more
time, suspension, supervision, urging, another grade, links, comments, appeal, rating. A suspended case first resumes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sharp_eyes.hub.errors import MoveError
from sharp_eyes.hub.lifecycle.acts import SENDING, Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.calls import own_by_call
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.model import CALLING, ENDED, AppealState, CaseState, State
from sharp_eyes.hub.lifecycle.roles import Right

LONGEST_SUSPENSION = timedelta(days=365)
MOST_EXTENSIONS = 2


class Need(StrEnum):
    """What a move asks for."""

    REASON = "reason"
    UNIT = "unit"
    NOTE = "note"
    PHOTO = "photo"
    UNTIL = "until"
    GRADE = "grade"
    STARS = "stars"
    CASE = "case"
    ALARMS = "alarms"
    GROUP = "group"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class LegalMove:
    """A move that is legal now. All of ``needs`` must be given, and at least one of ``either``.

    Attributes:
        units: whose turn it can be; one of them must be named where there are several.
    """

    move: Move
    needs: tuple[Need, ...] = ()
    either: tuple[Need, ...] = ()
    units: tuple[str, ...] = ()


class IllegalMoveError(MoveError):
    """The case's state does not allow it."""


class ForbiddenMoveError(MoveError):
    """The state allows it, but not to this actor."""


class MissingInputError(MoveError):
    """Something the move needs was not given."""


Condition = Callable[[CaseState], str | None]
"""Says why a case does not allow a move, or ``None``."""


@dataclass(frozen=True, slots=True)
class _Rule:
    sources: frozenset[State]
    automatic: frozenset[ActorKind] = frozenset()
    needs: tuple[Need, ...] = ()
    either: tuple[Need, ...] = ()
    condition: Condition | None = None
    turns: Callable[[CaseState], tuple[str, ...]] | None = None
    while_suspended: bool = False


def _rule(*sources: State, automatic: tuple[ActorKind, ...] = (), **more: object) -> _Rule:
    return _Rule(frozenset(sources), frozenset(automatic), **more)  # type: ignore[arg-type]


_OPEN = tuple(state for state in State if state not in ENDED)
_WITH_UNITS = (State.DISPATCHED, State.ACCEPTED)


def _open_turns(case: CaseState) -> tuple[str, ...]:
    return tuple(turn.unit for turn in case.open_assignments)


def _not_accepted(case: CaseState) -> tuple[str, ...]:
    return tuple(turn.unit for turn in case.open_assignments if turn.accepted_at is None)


def _may_be_done(case: CaseState) -> tuple[str, ...]:
    """Who answers for a response group does so once the others are done."""
    alone = len(case.open_assignments) == 1
    return tuple(
        turn.unit for turn in case.open_assignments if turn.accepted_at is not None and (alone or not turn.is_lead)
    )


def _may_go_back(case: CaseState) -> tuple[str, ...]:
    return tuple(turn.unit for turn in case.open_assignments if not turn.is_lead)


def _not_there(case: CaseState) -> tuple[str, ...]:
    return tuple(turn.unit for turn in case.open_assignments if turn.accepted_at and turn.arrived_at is None)


def _there(case: CaseState) -> tuple[str, ...]:
    return tuple(turn.unit for turn in case.open_assignments if turn.arrived_at is not None)


def _units_that_had_it(case: CaseState) -> tuple[str, ...]:
    return tuple(dict.fromkeys(turn.unit for turn in case.assignments))


def _more_time(case: CaseState) -> str | None:
    if case.is_late:
        return "more time is asked for before a case is overdue"
    if case.extension_asked_by is not None:
        return "a request for more time is open already"
    if case.counts.extensions >= MOST_EXTENSIONS:
        return f"more time was granted {MOST_EXTENSIONS} times already"
    return None


def _may_rest(case: CaseState) -> str | None:
    if case.is_late:
        return "an overdue case is not suspended"
    return "a case is suspended once only" if case.counts.suspensions else None


def _when(wanted: Callable[[CaseState], bool], otherwise: str) -> Condition:
    return lambda case: None if wanted(case) else otherwise


_REASON, _NOTE = (Need.REASON,), (Need.NOTE,)

RULES: Mapping[Move, _Rule] = {
    Move.FILE: _rule(State.REPORTED, automatic=(ActorKind.RULE,)),
    Move.REJECT: _rule(State.REPORTED, State.FILED, automatic=(ActorKind.RULE,), needs=_REASON),
    Move.VOID: _rule(*_OPEN, automatic=(ActorKind.RULE,), needs=_REASON, while_suspended=True),
    Move.DISPATCH: _rule(State.FILED, automatic=(ActorKind.RULE,), needs=(Need.UNIT,)),
    # A move of its own: of two dispatchers who send different units at once the second must not send two by mistake.
    Move.ADD_UNIT: _rule(*_WITH_UNITS, needs=(Need.UNIT,)),
    Move.WITHDRAW: _rule(*_WITH_UNITS, automatic=(ActorKind.RULE,), needs=_REASON),
    Move.REASSIGN: _rule(*_WITH_UNITS, needs=(Need.REASON, Need.UNIT), turns=_open_turns),
    Move.ACCEPT: _rule(*_WITH_UNITS, turns=_not_accepted),
    Move.ARRIVE: _rule(State.ACCEPTED, turns=_not_there),
    Move.REACH: _rule(
        State.ACCEPTED,
        needs=(Need.MILESTONE,),
        turns=_there,
        condition=_when(lambda case: bool(case.open_milestones), "no milestone is left to reach"),
    ),
    Move.SEND_BACK: _rule(*_WITH_UNITS, needs=_REASON, turns=_may_go_back),
    Move.HANDLE: _rule(State.ACCEPTED, either=(Need.NOTE, Need.PHOTO), turns=_may_be_done),
    Move.LOOK_AGAIN: _rule(State.HANDLED, automatic=(ActorKind.RULE,)),
    Move.PASS: _rule(State.HANDLED, automatic=(ActorKind.CAMERA,)),
    Move.FAIL: _rule(State.HANDLED, automatic=(ActorKind.CAMERA,), needs=_REASON),
    Move.CLOSE: _rule(State.CHECKED, automatic=(ActorKind.RULE,)),
    Move.CALL_BACK: _rule(
        *(State.CLOSED, State.REJECTED, State.VOIDED),
        needs=_NOTE,
        condition=_when(lambda case: bool(case.callbacks), "nobody waits for a call back"),
    ),
    Move.FORCE_CLOSE: _rule(*_OPEN, needs=_REASON, while_suspended=True),
    Move.REOPEN: _rule(State.CLOSED, State.REJECTED, State.VOIDED, needs=_REASON),
    Move.RATE: _rule(
        State.CLOSED, needs=(Need.STARS,), condition=_when(lambda case: case.rating is None, "it is rated already")
    ),
    Move.ASK_EXTENSION: _rule(*_WITH_UNITS, needs=_REASON, turns=_open_turns, condition=_more_time),
    Move.GRANT_EXTENSION: _rule(
        *_WITH_UNITS, condition=_when(lambda case: case.extension_asked_by is not None, "nobody asks for more time")
    ),
    Move.REFUSE_EXTENSION: _rule(
        *_WITH_UNITS,
        needs=_REASON,
        condition=_when(lambda case: case.extension_asked_by is not None, "nobody asks for more time"),
    ),
    Move.SUSPEND: _rule(State.FILED, *_WITH_UNITS, needs=(Need.REASON, Need.UNTIL), condition=_may_rest),
    Move.RESUME: _rule(
        *_OPEN,
        automatic=(ActorKind.TIMER,),
        while_suspended=True,
        condition=_when(lambda case: case.suspended_until is not None, "it is not suspended"),
    ),
    Move.SUPERVISE: _rule(*_OPEN, automatic=(ActorKind.TIMER,), needs=_NOTE, while_suspended=True),
    Move.ANSWER_SUPERVISION: _rule(
        *_OPEN,
        needs=_NOTE,
        while_suspended=True,
        condition=_when(lambda case: case.supervision_open, "no leader waits for a reply"),
    ),
    Move.URGE: _rule(*_WITH_UNITS),
    Move.REGRADE: _rule(*_OPEN, automatic=(ActorKind.GATEWAY, ActorKind.RULE), needs=(Need.GRADE, Need.REASON)),
    Move.MERGE: _rule(*_OPEN, needs=(Need.CASE,), while_suspended=True),
    Move.SPLIT: _rule(
        *_OPEN,
        needs=(Need.ALARMS,),
        condition=_when(lambda case: case.counts.alarms > 1, "a case of one alarm cannot be split"),
    ),
    Move.LINK: _rule(*State, automatic=(ActorKind.RULE,), needs=(Need.CASE,), while_suspended=True),
    Move.ACKNOWLEDGE: _rule(
        *CALLING, condition=_when(lambda case: case.acknowledged_at is None, "it is acknowledged already")
    ),
    Move.COMMENT: _rule(*State, needs=_NOTE, while_suspended=True),
    Move.DECLINE_CALL: _rule(
        *_WITH_UNITS,
        condition=_when(lambda case: case.calling is not None and case.calling.person is not None, "nobody is called"),
    ),
    Move.APPEAL: _rule(
        State.CLOSED,
        needs=_REASON,
        turns=_units_that_had_it,
        condition=_when(lambda case: case.is_late and case.appeal is None, "it was not late, or was appealed already"),
    ),
    Move.DECIDE_APPEAL: _rule(
        State.CLOSED,
        needs=_REASON,
        condition=_when(lambda case: case.appeal is AppealState.ASKED, "there is no appeal to decide"),
    ),
    Move.WHISTLE: _rule(
        *CALLING, condition=_when(lambda case: case.whistle is None, "it stands on the week's list already")
    ),
    Move.CALL_OFF_WHISTLE: _rule(
        *CALLING, needs=_REASON, condition=_when(lambda case: case.whistle is not None, "it stands on no week's list")
    ),
    Move.PASS_UP: _rule(*CALLING, needs=_REASON),
    Move.HAND_TO_GROUP: _rule(State.FILED, *_WITH_UNITS, needs=(Need.GROUP, Need.REASON)),
}


def legal_moves(case: CaseState, actor: Actor) -> tuple[LegalMove, ...]:
    """List the moves that ``actor`` may make now, in the order of a case's life."""
    found = []
    for move, rule in RULES.items():
        if _objection(case, rule) is None and _may(case, actor, move, rule) and not _is_own_request(case, actor, move):
            units = _turns_of(case, actor, move, rule)
            found.append(LegalMove(move, rule.needs, rule.either, units if len(units) > 1 else ()))
    return tuple(found)


def check_move(case: CaseState, actor: Actor, move: Move, given: Given, now: datetime) -> str | None:
    """Check a move and return the unit whose turn it is about, where it is about one.

    Raises:
        IllegalMoveError: the case does not allow it.
        ForbiddenMoveError: this actor may not.
        MissingInputError: something that it needs is missing or cannot be.
    """
    rule = RULES[move]
    objection = _objection(case, rule)
    if objection is not None:
        raise IllegalMoveError("illegal_move", objection.format(move=move))
    own = case.open_turn(actor.unit or "")
    if move is Move.HANDLE and own is not None and own.is_lead and own.unit not in _may_be_done(case):
        raise IllegalMoveError("illegal_move", f"{own.unit} answers for the response group once the others are done")
    if not _may(case, actor, move, rule):
        raise ForbiddenMoveError("not_allowed", f"{actor.name} may not {move} this case")
    if _is_own_request(case, actor, move):
        message = f"{actor.name} asked for more time; somebody else must grant it"
        raise ForbiddenMoveError("four_eyes", message)
    _check_given(case, rule, move, given, now)
    turn = _turn_meant(case, actor, rule, move, given)
    if (
        move is Move.HANDLE
        and not given.note.strip()
        and any(one.is_lead and one.unit == turn for one in case.open_assignments)
    ):
        raise MissingInputError("note_needed", f"{turn} answers for the response group: write what was done")
    return turn


def _objection(case: CaseState, rule: _Rule) -> str | None:
    if case.state not in rule.sources:
        return f"a case that is {case.state} does not allow {{move}}"
    if case.suspended_until is not None and not rule.while_suspended:
        return "the case is suspended; resume it first"
    if rule.turns is not None and not rule.turns(case):
        return "no unit's turn allows {move}"
    return None if rule.condition is None else rule.condition(case)


def _may(case: CaseState, actor: Actor, move: Move, rule: _Rule) -> bool:
    if actor.kind is not ActorKind.PERSON:
        return actor.kind in rule.automatic
    if own_by_call(case, actor, move) or move is Move.DECLINE_CALL:
        return own_by_call(case, actor, move)
    right = Right.NONE if actor.rights is None else actor.rights.of(move.value)
    if right is Right.ALL:
        return True
    # Of those whose right ends at their own unit, only the unit with a turn that fits.
    mine = rule.turns(case) if rule.turns is not None else _units_that_had_it(case)
    return right is Right.OWN_UNIT and actor.unit is not None and actor.unit in mine


def _is_own_request(case: CaseState, actor: Actor, move: Move) -> bool:
    """Whether somebody would grant what they asked for themselves, in whoever's place they act."""
    return move is Move.GRANT_EXTENSION and actor.kind is ActorKind.PERSON and actor.name == case.extension_asker


def _turns_of(case: CaseState, actor: Actor, move: Move, rule: _Rule) -> tuple[str, ...]:
    if rule.turns is None:
        return ()
    possible = rule.turns(case)
    if case.calling is not None and own_by_call(case, actor, move):
        return tuple(unit for unit in possible if unit == case.calling.unit)
    return (actor.unit,) if actor.unit in possible and actor.unit is not None else possible


def _turn_meant(case: CaseState, actor: Actor, rule: _Rule, move: Move, given: Given) -> str | None:
    possible = _turns_of(case, actor, move, rule)
    if given.unit is not None and rule.turns is not None:
        if given.unit not in possible:
            raise IllegalMoveError("illegal_move", f"it is not {given.unit}'s turn to {move}")
        return given.unit
    if len(possible) > 1:
        raise MissingInputError("unit_needed", f"{move}: several units have the case ({', '.join(possible)}); name one")
    return possible[0] if possible else given.unit


_IS_GIVEN: Mapping[Need, Callable[[Given], bool]] = {
    Need.REASON: lambda given: bool(given.reason.strip()),
    Need.UNIT: lambda given: bool(given.to),
    Need.NOTE: lambda given: bool(given.note.strip()),
    Need.PHOTO: lambda given: bool(given.photos),
    Need.UNTIL: lambda given: given.until is not None,
    Need.GRADE: lambda given: given.grade is not None,
    Need.STARS: lambda given: given.stars is not None,
    Need.CASE: lambda given: bool(given.case),
    Need.ALARMS: lambda given: bool(given.alarms),
    Need.GROUP: lambda given: bool(given.group),
    Need.MILESTONE: lambda given: bool(given.milestone),
}


def _check_given(case: CaseState, rule: _Rule, move: Move, given: Given, now: datetime) -> None:
    for need in rule.needs:
        if not _IS_GIVEN[need](given):
            raise MissingInputError(f"{need}_needed", f"{move} needs a {need}")
    if rule.either and not any(_IS_GIVEN[need](given) for need in rule.either):
        raise MissingInputError("note_or_photo_needed", f"{move} needs a note or a photo")
    if move is Move.DISPATCH and case.sent_back_by in given.to and not given.note.strip():
        message = f"{case.sent_back_by} sent the case back; to dispatch it there again, add a note"
        raise MissingInputError("note_needed", message)
    if move is Move.REACH and given.milestone not in case.open_milestones:
        left = ", ".join(case.open_milestones)
        raise IllegalMoveError("illegal_move", f"{given.milestone!r} is not left to reach; there are {left}")
    if move is Move.REASSIGN and len(given.to) > 1:
        raise MissingInputError("unit_needed", f"{move} names one unit; send further ones with {Move.ADD_UNIT}")
    again = [unit for unit in given.to if case.open_turn(unit) is not None]
    if again and move in SENDING:
        raise IllegalMoveError("illegal_move", f"{', '.join(again)} has the case already")
    if move is Move.CALL_BACK and called(case, given) is None:
        raise MissingInputError("report_needed", "say whose reporter was called: one who has yet to hear back")
    if given.until is not None and not now < given.until <= now + LONGEST_SUSPENSION:
        raise MissingInputError("until_invalid", "a case is suspended until a day within the next 365 days")


def called(case: CaseState, given: Given) -> UUID | None:
    """Give the report whose sender was called back: the one that is named, or the only one."""
    if given.report is not None:
        return given.report if given.report in case.callbacks else None
    return case.callbacks[0] if len(case.callbacks) == 1 else None
