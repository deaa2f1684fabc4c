"""The case's moves: what is legal, who may, what is needed. Pure."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharp_eyes.hub.cases.state_machine import (
    RULE_TABLE,
    Actor,
    ActorKind,
    CaseFacts,
    ForbiddenMoveError,
    IllegalMoveError,
    MissingInputError,
    Move,
    MoveInput,
    Role,
    State,
    apply_move,
    legal_moves,
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
PHOTO = UUID(int=1)
EVERYTHING = MoveInput(reason="why", unit="parks", note="what", photo_ids=(PHOTO,))
ADMIN = Actor(ActorKind.PERSON, "admin", Role.ADMINISTRATOR)


def person(role: Role, unit: str | None = None) -> Actor:
    return Actor(ActorKind.PERSON, "someone", role, unit)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_each_move_is_legal_from_its_states_and_no_other(state: State, move: Move) -> None:
    """All 80 pairs of state and move do what the hand-written table says."""
    facts = CaseFacts(state, "parks")
    if (state, move) in LEGAL:
        assert apply_move(facts, ADMIN, move, EVERYTHING).state is LEGAL[state, move]
    else:
        with pytest.raises(IllegalMoveError):
            apply_move(facts, ADMIN, move, EVERYTHING)


@pytest.mark.parametrize(("state", "move"), LEGAL)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_each_move_is_open_to_its_roles_and_no_other(state: State, move: Move, role: Role) -> None:
    """Only the role whose work it is may move a case."""
    facts = CaseFacts(state, "parks")
    actor = person(role, "parks" if role is Role.HANDLER else None)
    if role in ROLES[move]:
        apply_move(facts, actor, move, EVERYTHING)
    else:
        with pytest.raises(ForbiddenMoveError):
            apply_move(facts, actor, move, EVERYTHING)


@pytest.mark.parametrize("move", [Move.ACCEPT, Move.SEND_BACK])
@pytest.mark.parametrize("unit", ["drainage", None])
def test_another_units_handler_may_not_touch_the_case(move: Move, unit: str | None) -> None:
    """A handler moves only the cases dispatched to their own unit."""
    with pytest.raises(ForbiddenMoveError):
        apply_move(CaseFacts(State.DISPATCHED, "parks"), person(Role.HANDLER, unit), move, EVERYTHING)
    with pytest.raises(ForbiddenMoveError):
        apply_move(CaseFacts(State.DISPATCHED, None), person(Role.HANDLER, None), move, EVERYTHING)


@pytest.mark.parametrize(
    ("state", "move", "given_input", "code"),
    [
        (State.REPORTED, Move.REJECT, MoveInput(), "reason_needed"),
        (State.REPORTED, Move.REJECT, MoveInput(reason="  "), "reason_needed"),
        (State.FILED, Move.DISPATCH, MoveInput(), "unit_needed"),
        (State.DISPATCHED, Move.SEND_BACK, MoveInput(), "reason_needed"),
        (State.ACCEPTED, Move.HANDLE, MoveInput(), "note_or_photo_needed"),
        (State.HANDLED, Move.FAIL, MoveInput(), "reason_needed"),
    ],
)
def test_what_a_move_needs_must_be_given(state: State, move: Move, given_input: MoveInput, code: str) -> None:
    """A move without its reason, unit, note or photo is refused by name."""
    with pytest.raises(MissingInputError) as caught:
        apply_move(CaseFacts(state, "parks"), ADMIN, move, given_input)
    assert caught.value.code == code


def test_a_note_or_a_photo_is_enough_to_say_that_it_is_done() -> None:
    """Either of the two will do."""
    facts = CaseFacts(State.ACCEPTED, "parks")
    assert apply_move(facts, ADMIN, Move.HANDLE, MoveInput(note="moved")).state is State.HANDLED
    assert apply_move(facts, ADMIN, Move.HANDLE, MoveInput(photo_ids=(PHOTO,))).state is State.HANDLED


def test_a_case_sent_back_is_not_pushed_on_unchanged() -> None:
    """The unit that sent it back gets it again only with a note; another unit without one."""
    back = apply_move(CaseFacts(State.DISPATCHED, "parks"), ADMIN, Move.SEND_BACK, MoveInput(reason="not ours"))
    assert (back.unit, back.sent_back_by) == (None, "parks")
    with pytest.raises(MissingInputError) as caught:
        apply_move(back, ADMIN, Move.DISPATCH, MoveInput(unit="parks"))
    assert caught.value.code == "note_needed"
    assert apply_move(back, ADMIN, Move.DISPATCH, MoveInput(unit="parks", note="it is yours")).unit == "parks"
    again = apply_move(back, ADMIN, Move.DISPATCH, MoveInput(unit="drainage"))
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
            actor = RULE_TABLE if kind is ActorKind.RULE else Actor(kind, "cam")
            if move in allowed:
                apply_move(CaseFacts(state, "parks"), actor, move, EVERYTHING)
            else:
                with pytest.raises(ForbiddenMoveError):
                    apply_move(CaseFacts(state, "parks"), actor, move, EVERYTHING)


ACTORS = st.builds(
    Actor,
    st.sampled_from(ActorKind),
    st.just("x"),
    st.one_of(st.none(), st.sampled_from(Role)),
    st.sampled_from([None, "parks", "drainage"]),
)
INPUTS = st.builds(
    MoveInput,
    st.sampled_from(["", " ", "why"]),
    st.sampled_from([None, "parks", "drainage"]),
    st.sampled_from(["", "note"]),
    st.sampled_from([(), (PHOTO,), (PHOTO, PHOTO)]),
)


@settings(max_examples=500)
@given(st.lists(st.tuples(ACTORS, st.sampled_from(Move), INPUTS), max_size=40))
def test_no_walk_ever_leaves_the_legal_paths(steps: list[tuple[Actor, Move, MoveInput]]) -> None:
    """Whoever tries whatever in any order: states change only along the table, and the legal moves tell the truth."""
    facts = CaseFacts(State.REPORTED)
    for actor, move, given_input in steps:
        offered = {legal.move for legal in legal_moves(facts, actor)}
        try:
            after = apply_move(facts, actor, move, given_input)
        except MissingInputError:
            assert move in offered
        except MoveError:
            assert move not in offered
        else:
            assert move in offered
            assert LEGAL[facts.state, move] is after.state
            facts = after
    if facts.state in (State.CLOSED, State.REJECTED):
        assert not any(legal_moves(facts, person(role, "parks")) for role in Role)
