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


RULE = Actor(ActorKind.RULE, "rule")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the moves must know about a case.

    Attributes:
        unit: unit it was dispatched to last.
        sent_back_by: unit that sent it back last and has not been dispatched to since.
    """

    state: State
    unit: str | None = None
    sent_back_by: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What was given along with a move."""

    reason: str = ""
    unit: str | None = None
    note: str = ""
    photos: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A move that is legal now. All of ``needs`` must be given, and at least one of ``either``."""

    move: Move
    needs: tuple[Need, ...] = ()
    either: tuple[Need, ...] = ()


class IllegalMoveError(MoveError):
    """The case's state does not allow it."""


class ForbiddenMoveError(MoveError):
    """The state allows it, but not to this actor."""


class MissingError(MoveError):
    """Something the move needs was not given."""


@dataclass(frozen=True, slots=True)
class _Rule:
    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    automatic: frozenset[ActorKind] = frozenset()
    needs: tuple[Need, ...] = ()
    either: tuple[Need, ...] = ()


def _rule(
    sources: set[State],
    target: State,
    roles: set[Role],
    automatic: ActorKind | None = None,
    needs: tuple[Need, ...] = (),
    either: tuple[Need, ...] = (),
) -> _Rule:
    actors = frozenset() if automatic is None else frozenset({automatic})
    everyone = frozenset(roles | {Role.ADMINISTRATOR})
    return _Rule(frozenset(sources), target, everyone, actors, needs, either)


_MOVES: dict[Move, _Rule] = {
    Move.FILE: _rule({State.REPORTED}, State.FILED, {Role.CLERK, Role.SHIFT_LEAD}, ActorKind.RULE),
    Move.REJECT: _rule(
        {State.REPORTED, State.FILED},
        State.REJECTED,
        {Role.CLERK, Role.SHIFT_LEAD},
        ActorKind.RULE,
        needs=(Need.REASON,),
    ),
    Move.DISPATCH: _rule(
        {State.FILED},
        State.DISPATCHED,
        {Role.DISPATCHER, Role.SHIFT_LEAD},
        ActorKind.RULE,
        needs=(Need.UNIT,),
    ),
    Move.ACCEPT: _rule({State.DISPATCHED}, State.ACCEPTED, {Role.HANDLER}),
    Move.SEND_BACK: _rule({State.DISPATCHED, State.ACCEPTED}, State.FILED, {Role.HANDLER}, needs=(Need.REASON,)),
    Move.HANDLE: _rule({State.ACCEPTED}, State.HANDLED, {Role.HANDLER}, either=(Need.NOTE, Need.PHOTO)),
    Move.LOOK_AGAIN: _rule({State.HANDLED}, State.HANDLED, {Role.CHECKER, Role.SHIFT_LEAD}, ActorKind.RULE),
    Move.PASS: _rule({State.HANDLED}, State.CHECKED, {Role.CHECKER}, ActorKind.CAMERA),
    Move.FAIL: _rule({State.HANDLED}, State.DISPATCHED, {Role.CHECKER}, ActorKind.CAMERA, needs=(Need.REASON,)),
    Move.CLOSE: _rule({State.CHECKED}, State.CLOSED, {Role.SHIFT_LEAD}, ActorKind.RULE),
}


def choices(facts: Facts, actor: Actor) -> tuple[Choice, ...]:
    """List the moves that ``actor`` may make now, in the order of a case's life."""
    return tuple(
        Choice(move, rule.needs, rule.either)
        for move, rule in _MOVES.items()
        if facts.state in rule.sources and _may(rule, facts, actor)
    )


def apply(facts: Facts, actor: Actor, move: Move, request: Request) -> Facts:
    """Make a move and return how the case stands then.

    Raises:
        IllegalMoveError: the state does not allow it.
        ForbiddenMoveError: this actor may not.
        MissingError: a reason, unit, note or photo is missing.
    """
    rule = _MOVES[move]
    if facts.state not in rule.sources:
        raise IllegalMoveError("illegal_move", f"a case that is {facts.state} does not allow {move}")
    if not _may(rule, facts, actor):
        raise ForbiddenMoveError("not_allowed", f"{actor.name} may not {move} this case")
    _check_given(rule, facts, move, request)
    match move:
        case Move.DISPATCH:
            return Facts(rule.target, request.unit, None)
        case Move.SEND_BACK:
            return Facts(rule.target, None, facts.unit)
    return Facts(rule.target, facts.unit, facts.sent_back_by)


def _may(rule: _Rule, facts: Facts, actor: Actor) -> bool:
    if actor.kind is not ActorKind.PERSON:
        return actor.kind in rule.automatic
    if actor.role not in rule.roles:
        return False
    return actor.role is not Role.HANDLER or (actor.unit is not None and actor.unit == facts.unit)


def _check_given(rule: _Rule, facts: Facts, move: Move, request: Request) -> None:
    given = {
        Need.REASON: bool(request.reason.strip()),
        Need.UNIT: bool(request.unit),
        Need.NOTE: bool(request.note.strip()),
        Need.PHOTO: request.photos > 0,
    }
    for need in rule.needs:
        if not given[need]:
            raise MissingError(f"{need}_needed", f"{move} needs a {need}")
    if rule.either and not any(given[need] for need in rule.either):
        raise MissingError("note_or_photo_needed", f"{move} needs a note or a photo")
    if move is Move.DISPATCH and request.unit == facts.sent_back_by and not given[Need.NOTE]:
        message = f"{request.unit} sent the case back; to dispatch it there again, add a note"
        raise MissingError("note_needed", message)
