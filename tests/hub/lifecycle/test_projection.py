"""The log is the truth: whatever is done to a case, its state follows from the log and never contradicts itself."""

import gc
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.hub.lifecycle.walks import ACTORS, CALENDARS, Walk

from sharp_eyes.hub.clocks.clock import Clock, ClockKind
from sharp_eyes.hub.lifecycle.acts import Move
from sharp_eyes.hub.lifecycle.entries import read_payload, stored_payload
from sharp_eyes.hub.lifecycle.legality import RULES, legal_moves
from sharp_eyes.hub.lifecycle.model import ENDED, AssignmentOutcome, CaseState, State
from sharp_eyes.hub.lifecycle.projection import replay
from sharp_eyes.hub.lifecycle.time_lines import Escalated, Reminded

WALKS, STEPS = 600, 40


@pytest.fixture(scope="module")
def walks() -> Iterator[list[Walk]]:
    """All walks, walked once."""
    made = [Walk(seed) for seed in range(WALKS)]
    gc.disable()  # all of it is kept: to look for garbage in it again and again costs a fifth of the walks
    for walk in made:
        walk.go(STEPS)
    gc.freeze()
    gc.enable()
    yield made
    gc.unfreeze()


def all_clocks(case: CaseState) -> list[Clock]:
    turns = [clock for turn in case.assignments for clock in (turn.clock, turn.report_in) if clock is not None]
    return [*case.clocks, *turns, *(one.clock for one in case.milestones)]


def test_a_log_that_was_stored_gives_the_same_state(walks: list[Walk]) -> None:
    """Each line survives its way through JSON, and the whole log replayed is the state."""
    for walk in walks:
        stored = [json.loads(json.dumps(stored_payload(entry.payload))) for entry in walk.log]
        log = [replace(entry, payload=read_payload(one)) for entry, one in zip(walk.log, stored, strict=True)]
        assert [entry.payload for entry in log] == [entry.payload for entry in walk.log]
        assert replay(log, CALENDARS.__getitem__) == walk.case


def test_a_case_never_contradicts_itself(walks: list[Walk]) -> None:
    """States, turns and clocks fit together after every step of every walk."""
    seen: set[State] = set()
    moves: set[str] = set()
    for walk in walks:
        for before, entry, after in walk.steps():
            seen.add(after.state)
            moves.add(entry.payload.what)
            check_step(before, after)
    assert seen == set(State)
    assert len(moves) >= len(RULES)


def check_step(before: CaseState, after: CaseState) -> None:
    """Fail where a state contradicts itself or the one before."""
    _fits_together(after)
    _keeps_its_lateness(before, after)
    assert after.sequence == before.sequence + 1


def _fits_together(case: CaseState) -> None:
    assert len({clock.kind for clock in case.clocks}) == len(case.clocks)
    match case.state:
        case State.DISPATCHED | State.ACCEPTED:
            assert case.open_assignments
            assert case.units
        case State.HANDLED | State.CHECKED:
            assert not case.open_assignments
            assert case.done_this_round
        case _:
            assert not case.open_assignments
    if case.state in ENDED:
        assert case.ended_at is not None
        waiting = {clock.kind for clock in all_clocks(case) if clock.stopped_at is None}
        assert waiting <= ({ClockKind.CALLBACK} if case.callbacks else set())
    else:
        assert case.ended_at is None
    for turn in case.assignments:
        assert (turn.until is None) == (turn.outcome is None)
        assert turn.is_open or all(clock is None or clock.stopped_at for clock in (turn.clock, turn.report_in))
    if case.suspended_until is not None:
        assert not [one for one in all_clocks(case) if one.running_since and one.kind is not ClockKind.SUPERVISION]


def _keeps_its_lateness(before: CaseState, after: CaseState) -> None:
    for clock in before.clocks:
        now = after.clock(clock.kind)
        assert now is not None
        assert clock.late_since in (None, now.late_since)
    for turn, same in zip(before.assignments, after.assignments, strict=False):
        assert (turn.number, turn.unit) == (same.number, same.unit)
        for one, other in ((turn.clock, same.clock), (turn.report_in, same.report_in)):
            assert one is None or (other is not None and one.late_since in (None, other.late_since))


def test_a_draft_stands_only_while_it_means_something(walks: list[Walk]) -> None:
    """While units have the case, until an answer or another alarm; what confirms it is the move itself, by who may."""
    ends = {"confirmed": 0, "draft_declined": 0, "alarm_joined": 0}
    for walk in walks:
        for before, entry, after in walk.steps():
            what = entry.payload.what
            if after.draft is not None:
                assert after.state in (State.DISPATCHED, State.ACCEPTED)
                assert after.draft == before.draft or (what, after.draft.number) == ("drafted", entry.sequence)
            if before.draft is None:
                assert what != "draft_declined"
                continue
            if what in ("alarm_joined", "took_over", "draft_declined"):
                assert after.draft is None
            ends["confirmed"] += getattr(entry.payload, "text", "") in ("gone", "已消失")
            if what in ends:
                ends[what] += 1
    assert min(ends.values()) > WALKS / 40, ends


def test_nobodys_absence_stops_a_case(walks: list[Walk]) -> None:
    """Wherever a case stands the shift lead can move it on, or reopen it; a merged one goes on elsewhere."""
    lead = next(actor for actor in ACTORS if actor.name == "shift_lead")
    beside = {Move.COMMENT, Move.LINK, Move.URGE, Move.SUPERVISE, Move.RATE, Move.REGRADE}
    for walk in walks:
        for case in walk.states:
            onward = {legal.move for legal in legal_moves(case, lead)} - beside
            assert onward or case.state is State.MERGED


def test_rework_goes_to_those_who_said_that_it_was_done(walks: list[Walk]) -> None:
    """After a failed check exactly the units of the round have it again."""
    for walk in walks:
        for before, entry, after in walk.steps():
            if entry.payload.what == "failed":
                assert sorted(after.units) == sorted({turn.unit for turn in before.done_this_round})
                assert all(turn.rework for turn in after.open_assignments)
            done = [turn for turn in after.assignments if turn.outcome is AssignmentOutcome.DONE]
            assert all(turn.accepted_at is not None and turn.until is not None for turn in done)


def test_time_does_each_thing_once(walks: list[Walk]) -> None:
    """Each reminder and step goes out once for a deadline, in order; nothing escalates that has ended or rests."""
    escalated = 0
    for walk in walks:
        told: set[tuple[object, ...]] = set()
        for before, entry, after in walk.steps():
            if not isinstance(entry.payload, Reminded | Escalated):
                continue
            step = entry.payload.step if isinstance(entry.payload, Escalated) else 0
            key = (entry.payload.clock, entry.payload.unit, entry.payload.milestone, entry.payload.due, step)
            assert key not in told
            told.add(key)
            assert before.state not in ENDED or entry.payload.clock is ClockKind.CALLBACK
            if step:
                escalated += 1
                assert entry.at >= entry.payload.due
                assert any(one.late_since is not None for one in all_clocks(after)) or entry.at == entry.payload.due
    assert escalated > WALKS
