"""The case: its states, its legal moves, who may make them and what each needs. Pure; no I/O, no clock.

::

    reported ──file──▶ filed ──dispatch──▶ dispatched ──accept──▶ accepted ──handle──▶ handled
        │                │ ▲                  │ ▲                    │                  │ │ ▲│
        └────reject──────┘ └─────send_back────┴─│────────────────────┘                  │ └┘look_again
                 ▼                              └───────────────fail (rework)───────────┤
              rejected                                                                pass
                                                                                        ▼
                                                               closed ◀──close──── checked
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sharp_eyes.hub.errors import MoveError


class State(StrEnum):
    """Where a case stands."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    HANDLED = "handled"
    CHECKED = "checked"
    CLOSED = "closed"
    REJECTED = "rejected"


class Move(StrEnum):
    """What can be done with a case."""

    FILE = "file"
    REJECT = "reject"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    HANDLE = "handle"
    LOOK_AGAIN = "look_again"
    PASS = "pass"
    FAIL = "fail"
    CLOSE = "close"


class Role(StrEnum):
    """What a person is in the command centre."""

    CLERK = "clerk"
    DISPATCHER = "dispatcher"
    SHIFT_LEAD = "shift_lead"
    HANDLER = "handler"
    CHECKER = "checker"
    ADMINISTRATOR = "administrator"


class ActorKind(StrEnum):
    """Who acts: a person, the rule table, the camera that looked again, or the gateway that reports."""

    PERSON = "person"
    RULE = "rule"
    CAMERA = "camera"
    GATEWAY = "gateway"


class Need(StrEnum):
    """What a move asks for."""

    REASON = "reason"
    UNIT = "unit"
    NOTE = "note"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a move. ``role`` and ``unit`` belong to persons."""

    kind: ActorKind
    name: str
    role: Role | None = None
    unit: str | None = None


RULE_TABLE = Actor(ActorKind.RULE, "rule")
"""Who makes the moves that a city pack's rules make by themselves."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the moves must know about a case.

    Attributes:
        unit: unit it was dispatched to last.
        sent_back_by: unit that sent it back last and has not been dispatched to since.
    """

    state: State
    unit: str | None = None
    sent_back_by: str | None = None


@dataclass(frozen=True, slots=True)
class MoveInput:
    """What is given along with a move."""

    reason: str = ""
    unit: str | None = None
    note: str = ""
    photo_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class LegalMove:
    """A move that is legal now. All of ``needs`` must be given, and at least one of ``either``."""

    move: Move
    needs: tuple[Need, ...] = ()
    either: tuple[Need, ...] = ()


class IllegalMoveError(MoveError):
    """The case's state does not allow it."""


class ForbiddenMoveError(MoveError):
    """The state allows it, but not to this actor."""


class MissingInputError(MoveError):
    """Something the move needs was not given."""


@dataclass(frozen=True, slots=True)
class _Transition:
    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    automatic: frozenset[ActorKind] = frozenset()
    needs: tuple[Need, ...] = ()
    either: tuple[Need, ...] = ()


def _transition(
    sources: set[State],
    target: State,
    roles: set[Role],
    automatic: ActorKind | None = None,
    needs: tuple[Need, ...] = (),
    either: tuple[Need, ...] = (),
) -> _Transition:
    actors = frozenset() if automatic is None else frozenset({automatic})
    everyone = frozenset(roles | {Role.ADMINISTRATOR})
    return _Transition(frozenset(sources), target, everyone, actors, needs, either)


_TRANSITIONS: dict[Move, _Transition] = {
    Move.FILE: _transition({State.REPORTED}, State.FILED, {Role.CLERK, Role.SHIFT_LEAD}, ActorKind.RULE),
    Move.REJECT: _transition(
        {State.REPORTED, State.FILED},
        State.REJECTED,
        {Role.CLERK, Role.SHIFT_LEAD},
        ActorKind.RULE,
        needs=(Need.REASON,),
    ),
    Move.DISPATCH: _transition(
        {State.FILED},
        State.DISPATCHED,
        {Role.DISPATCHER, Role.SHIFT_LEAD},
        ActorKind.RULE,
        needs=(Need.UNIT,),
    ),
    Move.ACCEPT: _transition({State.DISPATCHED}, State.ACCEPTED, {Role.HANDLER}),
    Move.SEND_BACK: _transition({State.DISPATCHED, State.ACCEPTED}, State.FILED, {Role.HANDLER}, needs=(Need.REASON,)),
    Move.HANDLE: _transition({State.ACCEPTED}, State.HANDLED, {Role.HANDLER}, either=(Need.NOTE, Need.PHOTO)),
    Move.LOOK_AGAIN: _transition({State.HANDLED}, State.HANDLED, {Role.CHECKER, Role.SHIFT_LEAD}, ActorKind.RULE),
    Move.PASS: _transition({State.HANDLED}, State.CHECKED, {Role.CHECKER}, ActorKind.CAMERA),
    Move.FAIL: _transition({State.HANDLED}, State.DISPATCHED, {Role.CHECKER}, ActorKind.CAMERA, needs=(Need.REASON,)),
    Move.CLOSE: _transition({State.CHECKED}, State.CLOSED, {Role.SHIFT_LEAD}, ActorKind.RULE),
}


def legal_moves(facts: CaseFacts, actor: Actor) -> tuple[LegalMove, ...]:
    """List the moves that ``actor`` may make now, in the order of a case's life."""
    return tuple(
        LegalMove(move, transition.needs, transition.either)
        for move, transition in _TRANSITIONS.items()
        if facts.state in transition.sources and _is_allowed(transition, facts, actor)
    )


def apply_move(facts: CaseFacts, actor: Actor, move: Move, given: MoveInput) -> CaseFacts:
    """Make a move and return how the case stands then.

    Raises:
        IllegalMoveError: the state does not allow it.
        ForbiddenMoveError: this actor may not.
        MissingInputError: a reason, unit, note or photo is missing.
    """
    transition = _TRANSITIONS[move]
    if facts.state not in transition.sources:
        raise IllegalMoveError("illegal_move", f"a case that is {facts.state} does not allow {move}")
    if not _is_allowed(transition, facts, actor):
        raise ForbiddenMoveError("not_allowed", f"{actor.name} may not {move} this case")
    _check_input(transition, facts, move, given)
    match move:
        case Move.DISPATCH:
            return CaseFacts(transition.target, given.unit, None)
        case Move.SEND_BACK:
            return CaseFacts(transition.target, None, facts.unit)
    return CaseFacts(transition.target, facts.unit, facts.sent_back_by)


def _is_allowed(transition: _Transition, facts: CaseFacts, actor: Actor) -> bool:
    if actor.kind is not ActorKind.PERSON:
        return actor.kind in transition.automatic
    if actor.role not in transition.roles:
        return False
    return actor.role is not Role.HANDLER or (actor.unit is not None and actor.unit == facts.unit)


def _check_input(transition: _Transition, facts: CaseFacts, move: Move, given: MoveInput) -> None:
    present = {
        Need.REASON: bool(given.reason.strip()),
        Need.UNIT: bool(given.unit),
        Need.NOTE: bool(given.note.strip()),
        Need.PHOTO: bool(given.photo_ids),
    }
    for need in transition.needs:
        if not present[need]:
            raise MissingInputError(f"{need}_needed", f"{move} needs a {need}")
    if transition.either and not any(present[need] for need in transition.either):
        raise MissingInputError("note_or_photo_needed", f"{move} needs a note or a photo")
    if move is Move.DISPATCH and given.unit == facts.sent_back_by and not present[Need.NOTE]:
        message = f"{given.unit} sent the case back; to dispatch it there again, add a note"
        raise MissingInputError("note_needed", message)
