"""The case's moves: what is legal, who may, what is needed. Pure. Whole walks: ``lifecycle/test_projection.py``."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.clocks import clock as clocks
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE, Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import (
    ForbiddenMoveError,
    IllegalMoveError,
    MissingInputError,
    check_move,
    legal_moves,
)
from sharp_eyes.hub.lifecycle.model import (
    AppealState,
    Assignment,
    AssignmentOutcome,
    CaseState,
    Counts,
    Milestone,
    State,
    Whistle,
)
from sharp_eyes.hub.lifecycle.roles import BUILT_IN, Right, Rights, Role

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
OPEN = {State.REPORTED, State.FILED, State.DISPATCHED, State.ACCEPTED, State.HANDLED, State.CHECKED}
SENT = {State.DISPATCHED, State.ACCEPTED}
TWENTY = Limit(amount=20, unit=TimeUnit.MINUTES)

# Written down a second time by hand, so that a slip in the table is seen.
SOURCES: dict[Move, set[State]] = {
    Move.FILE: {State.REPORTED},
    Move.REJECT: {State.REPORTED, State.FILED},
    Move.VOID: OPEN,
    Move.DISPATCH: {State.FILED},
    Move.ADD_UNIT: SENT,
    Move.WITHDRAW: SENT,
    Move.REASSIGN: SENT,
    Move.ACCEPT: {State.DISPATCHED},
    Move.ARRIVE: {State.ACCEPTED},
    Move.SEND_BACK: SENT,
    Move.HANDLE: {State.ACCEPTED},
    Move.LOOK_AGAIN: {State.HANDLED},
    Move.PASS: {State.HANDLED},
    Move.FAIL: {State.HANDLED},
    Move.CLOSE: {State.CHECKED},
    Move.FORCE_CLOSE: OPEN,
    Move.REOPEN: {State.CLOSED, State.REJECTED, State.VOIDED},
    Move.RATE: {State.CLOSED},
    Move.ASK_EXTENSION: SENT,
    Move.SUSPEND: {State.FILED, *SENT},
    Move.SUPERVISE: OPEN,
    Move.URGE: SENT,
    Move.REGRADE: OPEN,
    Move.MERGE: OPEN,
    Move.SPLIT: OPEN,
    Move.LINK: set(State),
    Move.COMMENT: set(State),
    Move.ACKNOWLEDGE: {State.REPORTED, State.FILED},
    # Answers to what nobody asked for are never legal.
    Move.GRANT_EXTENSION: set(),
    Move.REFUSE_EXTENSION: set(),
    Move.RESUME: set(),
    Move.ANSWER_SUPERVISION: set(),
    Move.DECLINE_CALL: set(),
    Move.APPEAL: set(),
    Move.DECIDE_APPEAL: set(),
    Move.WHISTLE: {State.REPORTED, State.FILED},
    Move.CALL_OFF_WHISTLE: set(),
    Move.PASS_UP: {State.REPORTED, State.FILED},
    Move.HAND_TO_GROUP: {State.FILED, *SENT},
    Move.CALL_BACK: set(),
    # Where nobody is on site, or nothing is to be reached.
    Move.REACH: set(),
}
LEAD = {Role.SHIFT_LEAD, Role.ADMINISTRATOR}
ROLES: dict[Move, set[Role]] = {
    Move.FILE: {Role.CLERK},
    Move.REJECT: {Role.CLERK},
    Move.VOID: {Role.CLERK, Role.DISPATCHER},
    Move.DISPATCH: {Role.DISPATCHER},
    Move.ADD_UNIT: {Role.DISPATCHER},
    Move.WITHDRAW: {Role.DISPATCHER},
    Move.REASSIGN: {Role.DISPATCHER},
    Move.ACCEPT: {Role.HANDLER},
    Move.ARRIVE: {Role.HANDLER},
    Move.REACH: {Role.HANDLER},
    Move.SEND_BACK: {Role.HANDLER},
    Move.HANDLE: {Role.HANDLER},
    Move.LOOK_AGAIN: {Role.CHECKER},
    Move.PASS: {Role.CHECKER},
    Move.FAIL: {Role.CHECKER},
    Move.CLOSE: set(),
    Move.FORCE_CLOSE: set(),
    Move.REOPEN: set(),
    Move.RATE: {Role.CLERK, Role.GRID_WORKER, Role.EVALUATOR},
    Move.ASK_EXTENSION: {Role.HANDLER},
    Move.SUSPEND: set(),
    Move.SUPERVISE: {Role.LEADER},
    Move.URGE: {Role.DISPATCHER, Role.LEADER},
    Move.REGRADE: {Role.CLERK, Role.DISPATCHER},
    Move.MERGE: {Role.CLERK, Role.DISPATCHER},
    Move.SPLIT: {Role.CLERK},
    Move.LINK: {role for role in Role if role is not Role.HANDLER},
    Move.COMMENT: set(Role),
    Move.ACKNOWLEDGE: {Role.CLERK, Role.DISPATCHER},
    Move.GRANT_EXTENSION: {Role.DISPATCHER},
    Move.REFUSE_EXTENSION: {Role.DISPATCHER},
    Move.RESUME: set(),
    Move.ANSWER_SUPERVISION: {Role.HANDLER},
    Move.DECLINE_CALL: set(),
    Move.APPEAL: {Role.HANDLER},
    Move.DECIDE_APPEAL: {Role.EVALUATOR},
    Move.WHISTLE: {Role.GRID_WORKER, Role.CLERK},
    Move.CALL_OFF_WHISTLE: {Role.GRID_WORKER, Role.CLERK},
    Move.PASS_UP: {Role.CLERK, Role.DISPATCHER},
    Move.HAND_TO_GROUP: {Role.DISPATCHER},
    Move.CALL_BACK: {Role.CLERK},
}
"""Beside the shift lead and the administrator, who may make every move."""

EVERYTHING = Given(
    reason="why",
    note="what",
    to=("drainage",),
    photos=(UUID(int=1),),
    until=NOW + timedelta(days=3),
    grade=Grade.MAJOR,
    stars=3,
    case="2026-000002",
    alarms=(UUID(int=2),),
    group="roads",
    milestone="sealed",
)


def case_in(state: State, **more: Any) -> CaseState:
    """A case of two alarms that stands where it is said to, with ``parks`` as its unit where it has one."""
    turn = Assignment(3, "parks", NOW, accepted_at=None if state is State.DISPATCHED else NOW)
    done = replace(turn, until=NOW, outcome=AssignmentOutcome.DONE)
    turns = {State.REPORTED: (), State.FILED: (), State.DISPATCHED: (turn,), State.ACCEPTED: (turn,)}.get(
        state, (done,)
    )
    values: dict[str, Any] = {"assignments": turns, "counts": Counts(alarms=2), "round": 3 if turns else 0}
    return CaseState(9, state, "ordinary", **(values | more))


def person(role: Role, unit: str | None = None) -> Actor:
    return Actor(ActorKind.PERSON, "someone", BUILT_IN[role], unit)


def check(case: CaseState, actor: Actor, move: Move, given: Given = EVERYTHING) -> str | None:
    return check_move(case, actor, move, given, NOW)


def asked_for(move: Move) -> tuple[CaseState, ...]:
    """A case in which an answer is waited for, where the move is that answer."""
    asked: dict[Move, dict[str, Any]] = {
        Move.GRANT_EXTENSION: {"extension_asked_by": "parks"},
        Move.REFUSE_EXTENSION: {"extension_asked_by": "parks"},
        Move.RESUME: {"suspended_until": NOW + timedelta(days=2)},
        Move.ANSWER_SUPERVISION: {"supervision_open": True},
        Move.APPEAL: {"state": State.CLOSED},
        Move.REACH: {
            "state": State.ACCEPTED,
            "assignments": (Assignment(3, "parks", NOW, accepted_at=NOW, arrived_at=NOW),),
            "milestones": (Milestone("sealed", clocks.start(ClockKind.MILESTONE, TWENTY, NOW)),),
        },
        Move.DECIDE_APPEAL: {"state": State.CLOSED, "appeal": AppealState.ASKED},
    }
    if move is Move.CALL_BACK:
        return (case_in(State.CLOSED, callbacks=(UUID(int=3),)),)
    if move is Move.CALL_OFF_WHISTLE:
        return (case_in(State.FILED, whistle=Whistle(NOW.date(), ("parks",))),)
    return (replace(late(), **asked[move]),) if move in asked else ()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_each_move_is_legal_from_its_states_and_no_other(state: State, move: Move) -> None:
    """All pairs of state and move do what the hand-written table says, and the list of legal moves agrees."""
    lead, case = person(Role.SHIFT_LEAD), case_in(state)
    offered = {legal.move for legal in legal_moves(case, lead)}
    if state in SOURCES[move]:
        check(case, lead, move)
        assert move in offered
    else:
        assert move not in offered
        with pytest.raises(IllegalMoveError):
            check(case, lead, move)


@pytest.mark.parametrize("move", ROLES)
@pytest.mark.parametrize("role", Role)
def test_each_move_is_open_to_its_roles_and_no_other(move: Move, role: Role) -> None:
    """Only the role whose work it is may move a case; the shift lead always may."""
    actor = person(role, "parks" if role is Role.HANDLER else None)
    for case in (*map(case_in, SOURCES[move]), *asked_for(move)):
        # A handler's word is heard on the cases that the unit has, or had.
        has_it = role is not Role.HANDLER or bool(case.assignments)
        if role in ROLES[move] | LEAD and has_it:
            check(case, actor, move)
        else:
            with pytest.raises(ForbiddenMoveError):
                check(case, actor, move)


@pytest.mark.parametrize("move", [Move.ACCEPT, Move.SEND_BACK, Move.ASK_EXTENSION, Move.COMMENT])
@pytest.mark.parametrize("unit", ["drainage", None])
def test_another_units_handler_may_not_touch_the_case(move: Move, unit: str | None) -> None:
    """A handler moves only the cases dispatched to their own unit."""
    with pytest.raises(ForbiddenMoveError):
        check(case_in(State.DISPATCHED), person(Role.HANDLER, unit), move)


@pytest.mark.parametrize(
    ("state", "move", "given", "code"),
    [
        (State.REPORTED, Move.REJECT, Given(), "reason_needed"),
        (State.REPORTED, Move.REJECT, Given(reason="  "), "reason_needed"),
        (State.ACCEPTED, Move.VOID, Given(), "reason_needed"),
        (State.FILED, Move.DISPATCH, Given(), "unit_needed"),
        (State.DISPATCHED, Move.SEND_BACK, Given(), "reason_needed"),
        (State.ACCEPTED, Move.HANDLE, Given(), "note_or_photo_needed"),
        (State.HANDLED, Move.FAIL, Given(), "reason_needed"),
        (State.FILED, Move.SUSPEND, Given(reason="x"), "until_needed"),
        (State.FILED, Move.SUSPEND, Given(reason="x", until=NOW), "until_invalid"),
        (State.FILED, Move.SUSPEND, Given(reason="x", until=NOW + timedelta(days=366)), "until_invalid"),
        (State.CLOSED, Move.RATE, Given(), "stars_needed"),
        (State.FILED, Move.REGRADE, Given(reason="x"), "grade_needed"),
        (State.FILED, Move.MERGE, Given(), "case_needed"),
        (State.FILED, Move.SPLIT, Given(), "alarms_needed"),
        (State.DISPATCHED, Move.REASSIGN, Given(reason="x", to=("gas", "drainage")), "unit_needed"),
    ],
)
def test_what_a_move_needs_must_be_given(state: State, move: Move, given: Given, code: str) -> None:
    """A move without its reason, unit, note or photo is refused by name."""
    with pytest.raises(MissingInputError) as caught:
        check(case_in(state), person(Role.SHIFT_LEAD), move, given)
    assert caught.value.code == code


def test_a_case_sent_back_is_not_pushed_on_unchanged() -> None:
    """The unit that sent it back gets it again only with a note; another unit without one."""
    back, lead = case_in(State.FILED, sent_back_by="parks"), person(Role.DISPATCHER)
    with pytest.raises(MissingInputError) as caught:
        check(back, lead, Move.DISPATCH, Given(to=("parks",)))
    assert caught.value.code == "note_needed"
    check(back, lead, Move.DISPATCH, Given(to=("parks",), note="it is yours"))
    check(back, lead, Move.DISPATCH, Given(to=("drainage",)))


def test_of_several_units_the_turn_must_be_named() -> None:
    """By the lead; a handler's own is meant by itself. Whoever has the case is not sent again."""
    turns = (Assignment(3, "parks", NOW, accepted_at=NOW), Assignment(3, "gas", NOW, accepted_at=NOW))
    case, lead = case_in(State.ACCEPTED, assignments=turns), person(Role.SHIFT_LEAD)
    with pytest.raises(MissingInputError, match="parks, gas"):
        check(case, lead, Move.HANDLE, Given(note="done"))
    assert check(case, lead, Move.HANDLE, Given(note="done", unit="gas")) == "gas"
    assert check(case, person(Role.HANDLER, "parks"), Move.HANDLE, Given(note="done")) == "parks"
    with pytest.raises(IllegalMoveError, match="drainage"):
        check(case, lead, Move.HANDLE, Given(note="done", unit="drainage"))
    with pytest.raises(IllegalMoveError, match="has the case already"):
        check(case, lead, Move.ADD_UNIT, Given(to=("gas",)))
    told = next(legal for legal in legal_moves(case, lead) if legal.move is Move.HANDLE)
    assert told.units == ("parks", "gas")


def test_a_suspended_case_first_resumes() -> None:
    """Nothing of the road, but it may be talked about, voided and closed by force."""
    case = case_in(State.ACCEPTED, suspended_until=NOW + timedelta(days=2))
    offered = {legal.move for legal in legal_moves(case, person(Role.SHIFT_LEAD))}
    beside = {Move.SUPERVISE, Move.MERGE, Move.LINK, Move.COMMENT}
    assert offered == {Move.RESUME, Move.VOID, Move.FORCE_CLOSE} | beside
    with pytest.raises(IllegalMoveError, match="resume it first"):
        check(case, person(Role.SHIFT_LEAD), Move.HANDLE)


def late() -> CaseState:
    minute = Limit(amount=1, unit=TimeUnit.MINUTES)
    clock = replace(clocks.start(ClockKind.HANDLE, minute, NOW - timedelta(hours=1)), late_since=NOW)
    return case_in(State.ACCEPTED, clocks=(clock,))


def test_nobody_asks_for_time_once_it_is_late() -> None:
    """Neither for more nor for a rest; nor a third time, nor while a request is open."""
    parks, lead = person(Role.HANDLER, "parks"), person(Role.SHIFT_LEAD)
    with pytest.raises(IllegalMoveError, match="before a case is overdue"):
        check(late(), parks, Move.ASK_EXTENSION)
    with pytest.raises(IllegalMoveError, match="overdue"):
        check(late(), lead, Move.SUSPEND)
    asked = case_in(State.ACCEPTED, extension_asked_by="parks")
    with pytest.raises(IllegalMoveError, match="open already"):
        check(asked, parks, Move.ASK_EXTENSION)
    check(asked, lead, Move.GRANT_EXTENSION)
    with pytest.raises(IllegalMoveError, match="2 times"):
        check(case_in(State.ACCEPTED, counts=Counts(extensions=2)), parks, Move.ASK_EXTENSION)
    with pytest.raises(IllegalMoveError, match="once only"):
        check(case_in(State.ACCEPTED, counts=Counts(suspensions=1)), lead, Move.SUSPEND)


def test_an_appeal_is_for_a_lateness_and_once() -> None:
    """By a unit that had the case; then somebody decides."""
    closed = replace(late(), state=State.CLOSED)
    parks = person(Role.HANDLER, "parks")
    check(closed, parks, Move.APPEAL)
    with pytest.raises(ForbiddenMoveError):
        check(closed, person(Role.HANDLER, "gas"), Move.APPEAL)
    asked = replace(closed, appeal=AppealState.ASKED)
    with pytest.raises(IllegalMoveError):
        check(asked, parks, Move.APPEAL)
    check(asked, person(Role.EVALUATOR), Move.DECIDE_APPEAL)


def test_what_acts_by_itself_makes_only_its_own_moves() -> None:
    """The rule table never accepts or handles, the camera only passes and fails, time only resumes and supervises."""
    allowed = {
        ActorKind.RULE: {
            *(Move.FILE, Move.REJECT, Move.VOID, Move.DISPATCH, Move.WITHDRAW),
            *(Move.LOOK_AGAIN, Move.CLOSE, Move.REGRADE, Move.LINK),
        },
        ActorKind.CAMERA: {Move.PASS, Move.FAIL},
        ActorKind.GATEWAY: {Move.REGRADE},
        ActorKind.TIMER: {Move.SUPERVISE},
    }
    for kind, own in allowed.items():
        actor = RULE_TABLE if kind is ActorKind.RULE else Actor(kind, "x")
        made = {legal.move for state in State for legal in legal_moves(case_in(state), actor)}
        assert made == own


def test_a_citys_own_role_is_what_its_rights_say() -> None:
    """Moves with every case, moves with the own unit's, and nothing else."""
    rights = Rights({"file": Right.ALL, "accept": Right.OWN_UNIT})
    own = Actor(ActorKind.PERSON, "someone", rights, "parks")
    check(case_in(State.REPORTED), own, Move.FILE)
    check(case_in(State.DISPATCHED), own, Move.ACCEPT)
    with pytest.raises(ForbiddenMoveError):
        check(case_in(State.DISPATCHED), replace(own, unit="gas"), Move.ACCEPT)
    with pytest.raises(ForbiddenMoveError):
        check(case_in(State.REPORTED), own, Move.REJECT)
