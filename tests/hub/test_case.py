"""The case's moves: what is legal, who may, what is needed. Pure."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharp_eyes.hub.cases.state_machine import (
    RULE,
    Actor,
    ActorKind,
    Facts,
    ForbiddenMoveError,
    IllegalMoveError,
    MissingError,
    Move,
    Request,
    Role,
    State,
    apply,
    choices,
)
from sharp_eyes.hub.errors import MoveError

# Written down a second time by hand, so that a slip in the table is seen.
LEGAL: dict[tuple[State, Move], State] = {
    (State.REPORTED, Move.FILE): State.FILED,
    (State.REPORTED, Move.REJECT): State.REJECTED,
    (State.FILED, Move.REJECT): State.REJECTED,
    (State.FILED, Move.DISPATCH): State.DISPATCHED,
    (State.DISPATCHED, Move.ACCEPT): State.ACCEPTED,
    (State.DISPATCHED, Move.SEND_BACK): State.FILED,
    (State.ACCEPTED, Move.SEND_BACK): State.FILED,
    (State.ACCEPTED, Move.HANDLE): State.HANDLED,
    (State.HANDLED, Move.LOOK_AGAIN): State.HANDLED,
    (State.HANDLED, Move.PASS): State.CHECKED,
    (State.HANDLED, Move.FAIL): State.DISPATCHED,
    (State.CHECKED, Move.CLOSE): State.CLOSED,
}
ROLES: dict[Move, set[Role]] = {
    Move.FILE: {Role.CLERK, Role.SHIFT_LEAD},
    Move.REJECT: {Role.CLERK, Role.SHIFT_LEAD},
    Move.DISPATCH: {Role.DISPATCHER, Role.SHIFT_LEAD},
    Move.ACCEPT: {Role.HANDLER},
    Move.SEND_BACK: {Role.HANDLER},
    Move.HANDLE: {Role.HANDLER},
    Move.LOOK_AGAIN: {Role.CHECKER, Role.SHIFT_LEAD},
    Move.PASS: {Role.CHECKER},
    Move.FAIL: {Role.CHECKER},
    Move.CLOSE: {Role.SHIFT_LEAD},
}
EVERYTHING = Request(reason="why", unit="parks", note="what", photos=1)
ADMIN = Actor(ActorKind.PERSON, "admin", Role.ADMINISTRATOR)


def person(role: Role, unit: str | None = None) -> Actor:
    return Actor(ActorKind.PERSON, "someone", role, unit)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_each_move_is_legal_from_its_states_and_no_other(state: State, move: Move) -> None:
    """All 80 pairs of state and move do what the hand-written table says."""
    facts = Facts(state, "parks")
    if (state, move) in LEGAL:
        assert apply(facts, ADMIN, move, EVERYTHING).state is LEGAL[state, move]
    else:
        with pytest.raises(IllegalMoveError):
            apply(facts, ADMIN, move, EVERYTHING)


@pytest.mark.parametrize(("state", "move"), LEGAL)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_each_move_is_open_to_its_roles_and_no_other(state: State, move: Move, role: Role) -> None:
    """Only the role whose work it is may move a case."""
    facts = Facts(state, "parks")
    actor = person(role, "parks" if role is Role.HANDLER else None)
    if role in ROLES[move]:
        apply(facts, actor, move, EVERYTHING)
    else:
        with pytest.raises(ForbiddenMoveError):
            apply(facts, actor, move, EVERYTHING)


@pytest.mark.parametrize("move", [Move.ACCEPT, Move.SEND_BACK])
@pytest.mark.parametrize("unit", ["drainage", None])
def test_another_units_handler_may_not_touch_the_case(move: Move, unit: str | None) -> None:
    """A handler moves only the cases dispatched to their own unit."""
    with pytest.raises(ForbiddenMoveError):
        apply(Facts(State.DISPATCHED, "parks"), person(Role.HANDLER, unit), move, EVERYTHING)
    with pytest.raises(ForbiddenMoveError):
        apply(Facts(State.DISPATCHED, None), person(Role.HANDLER, None), move, EVERYTHING)


@pytest.mark.parametrize(
    ("state", "move", "request_", "code"),
    [
        (State.REPORTED, Move.REJECT, Request(), "reason_needed"),
        (State.REPORTED, Move.REJECT, Request(reason="  "), "reason_needed"),
        (State.FILED, Move.DISPATCH, Request(), "unit_needed"),
        (State.DISPATCHED, Move.SEND_BACK, Request(), "reason_needed"),
        (State.ACCEPTED, Move.HANDLE, Request(), "note_or_photo_needed"),
        (State.HANDLED, Move.FAIL, Request(), "reason_needed"),
    ],
)
def test_what_a_move_needs_must_be_given(state: State, move: Move, request_: Request, code: str) -> None:
    """A move without its reason, unit, note or photo is refused by name."""
    with pytest.raises(MissingError) as caught:
        apply(Facts(state, "parks"), ADMIN, move, request_)
    assert caught.value.code == code


def test_a_note_or_a_photo_is_enough_to_say_that_it_is_done() -> None:
    """Either of the two will do."""
    facts = Facts(State.ACCEPTED, "parks")
    assert apply(facts, ADMIN, Move.HANDLE, Request(note="moved")).state is State.HANDLED
    assert apply(facts, ADMIN, Move.HANDLE, Request(photos=1)).state is State.HANDLED


def test_a_case_sent_back_is_not_pushed_on_unchanged() -> None:
    """The unit that sent it back gets it again only with a note; another unit without one."""
    back = apply(Facts(State.DISPATCHED, "parks"), ADMIN, Move.SEND_BACK, Request(reason="not ours"))
    assert (back.unit, back.sent_back_by) == (None, "parks")
    with pytest.raises(MissingError) as caught:
        apply(back, ADMIN, Move.DISPATCH, Request(unit="parks"))
    assert caught.value.code == "note_needed"
    assert apply(back, ADMIN, Move.DISPATCH, Request(unit="parks", note="it is yours")).unit == "parks"
    again = apply(back, ADMIN, Move.DISPATCH, Request(unit="drainage"))
    assert (again.unit, again.sent_back_by) == ("drainage", None)


def test_rule_and_camera_make_only_their_own_moves() -> None:
    """The rule table never accepts or handles; the camera only passes and fails."""
    for (state, move), _ in LEGAL.items():
        for kind in (ActorKind.RULE, ActorKind.CAMERA, ActorKind.GATEWAY):
            allowed = {
                ActorKind.RULE: {Move.FILE, Move.REJECT, Move.DISPATCH, Move.LOOK_AGAIN, Move.CLOSE},
                ActorKind.CAMERA: {Move.PASS, Move.FAIL},
                ActorKind.GATEWAY: set(),
            }[kind]
            actor = RULE if kind is ActorKind.RULE else Actor(kind, "cam")
            if move in allowed:
                apply(Facts(state, "parks"), actor, move, EVERYTHING)
            else:
                with pytest.raises(ForbiddenMoveError):
                    apply(Facts(state, "parks"), actor, move, EVERYTHING)


ACTORS = st.builds(
    Actor,
    st.sampled_from(ActorKind),
    st.just("x"),
    st.one_of(st.none(), st.sampled_from(Role)),
    st.sampled_from([None, "parks", "drainage"]),
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["", " ", "why"]),
    st.sampled_from([None, "parks", "drainage"]),
    st.sampled_from(["", "note"]),
    st.integers(0, 2),
)


@settings(max_examples=500)
@given(st.lists(st.tuples(ACTORS, st.sampled_from(Move), REQUESTS), max_size=40))
def test_no_walk_ever_leaves_the_legal_paths(steps: list[tuple[Actor, Move, Request]]) -> None:
    """Whoever tries whatever in any order: states change only along the table, and choices tell the truth."""
    facts = Facts(State.REPORTED)
    for actor, move, request in steps:
        offered = {choice.move for choice in choices(facts, actor)}
        try:
            after = apply(facts, actor, move, request)
        except MissingError:
            assert move in offered
        except MoveError:
            assert move not in offered
        else:
            assert move in offered
            assert LEGAL[facts.state, move] is after.state
            facts = after
    if facts.state in (State.CLOSED, State.REJECTED):
        assert not any(choices(facts, person(role, "parks")) for role in Role)
