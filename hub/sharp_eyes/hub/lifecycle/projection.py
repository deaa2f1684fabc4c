"""Makes a case's state from its log: one function, ``evolve``, folded over the lines. Pure.

It trusts that each line was legal when it was written (``legality`` sees to that) and never refuses one: what stands in
the log has happened.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.calls import calling_after
from sharp_eyes.hub.lifecycle.case_clocks import ClockWork
from sharp_eyes.hub.lifecycle.entries import Entry
from sharp_eyes.hub.lifecycle.line_base import Limits
from sharp_eyes.hub.lifecycle.model import (
    AppealState,
    Assignment,
    AssignmentOutcome,
    CaseState,
    Counts,
    Draft,
    Listing,
    State,
    Told,
    replace,
)
from sharp_eyes.hub.lifecycle.office_steps import OFFICE_STEPS, Step

Calendars = Callable[[str], WorkingCalendar]
"""Gives the calendar of a version."""

WITH_UNITS = frozenset({State.DISPATCHED, State.ACCEPTED})
"""States in which units have a case."""

_GRADES = (Grade.ORDINARY, Grade.SERIOUS, Grade.MAJOR)


def replay(log: Iterable[Entry], calendars: Calendars) -> CaseState:
    """Make a case's state from its whole log, which begins with ``Reported``."""
    state: CaseState | None = None
    for entry in log:
        state = evolve(state, entry, calendars)
    if state is None:
        raise ValueError("a case without a log")
    return state


def evolve(state: CaseState | None, entry: Entry, calendars: Calendars) -> CaseState:
    """Give the state after one more line; ``state`` is None before the first."""
    clocks = ClockWork(entry.at, entry.calendar, calendars)
    payload = entry.payload
    if state is None:
        if not isinstance(payload, line.Reported):
            raise ValueError(f"the first line of a log is {payload.what}, not reported")
        return _reported(entry, payload, clocks)
    state = clocks.seen(state)
    step = _STEPS.get(type(payload))
    after = state if step is None else step(state, entry, payload, clocks)
    # Whoever tells of it again does not see to it.
    told_again = isinstance(payload, line.ReportJoined | call_line.DeviceCleared)
    sees_to_it = entry.actor_kind == "person" and not told_again
    if sees_to_it and after.acknowledged_at is None:
        after = replace(after, acknowledged_at=entry.at)
    # What is proposed while units have the case means nothing once none has it.
    draft = after.draft if after.state in WITH_UNITS else None
    return replace(after, sequence=entry.sequence, draft=draft, calling=calling_after(after, payload))


def _reported(entry: Entry, payload: line.Reported, clocks: ClockWork) -> CaseState:
    alarms = 0 if payload.alarm is None else 1
    counts = Counts(alarms=alarms, reports=0 if payload.report is None else 1)
    own = payload.own_limit
    grade = payload.grade.value
    state = CaseState(entry.sequence, State.REPORTED, grade, counts=counts, area=payload.area, own_limit=own)
    return clocks.start(state, ClockKind.TRIAGE, payload.limits)


def _count(state: CaseState, name: str, by: int = 1) -> CaseState:
    return replace(state, counts=replace(state.counts, **{name: getattr(state.counts, name) + by}))


# -- the road


def _filed(state: CaseState, _entry: Entry, payload: line.Filed, clocks: ClockWork) -> CaseState:
    state = clocks.stop(state, ClockKind.TRIAGE)
    state = replace(state, state=State.FILED)
    # What waits for a week's list is nobody's delay.
    return state if state.whistle is not None else clocks.start(state, ClockKind.DISPATCH, payload.limits)


def _dispatched(state: CaseState, entry: Entry, payload: line.Dispatched, clocks: ClockWork) -> CaseState:
    # A further unit sent while others have the case joins their round.
    first = state.state is State.FILED
    turns = tuple(clocks.turn(entry, unit, payload.limits, payload.person) for unit in payload.units)
    state = clocks.stop(state, ClockKind.DISPATCH)
    state = clocks.go_on(clocks.start(state, ClockKind.HANDLE, payload.limits, once=True), ClockKind.HANDLE)
    state = clocks.run_milestones(state, payload.milestones)
    return replace(
        state,
        state=State.DISPATCHED if first else state.state,
        assignments=state.assignments + turns,
        round=entry.sequence if first else state.round,
        sent_back_by=None,
        left_to_lead=None,
        whistle=None,
    )


def _left_to_lead(state: CaseState, _entry: Entry, payload: line.LeftToLead, _clocks: ClockWork) -> CaseState:
    return replace(state, left_to_lead=payload.why)


def _withdrawn(state: CaseState, _entry: Entry, payload: line.Withdrawn, clocks: ClockWork) -> CaseState:
    ended = clocks.end_turns(state, AssignmentOutcome.WITHDRAWN, payload.unit)
    return _after_a_turn(ended, clocks)


def _reassigned(state: CaseState, entry: Entry, payload: line.Reassigned, clocks: ClockWork) -> CaseState:
    before = state.open_turn(payload.unit)
    state = clocks.end_turns(state, AssignmentOutcome.REASSIGNED, payload.unit)
    is_lead = before is not None and before.is_lead
    turn = replace(clocks.turn(entry, payload.to, payload.limits, payload.person), is_lead=is_lead)
    state = replace(state, assignments=(*state.assignments, turn))
    return replace(state, state=State.DISPATCHED) if len(state.open_assignments) == 1 else state


def _accepted(state: CaseState, entry: Entry, payload: line.Accepted, clocks: ClockWork) -> CaseState:
    def note(turn: Assignment) -> Assignment:
        done = replace(turn, accepted_at=entry.at, person=payload.person or turn.person)
        return replace(done, report_in=clocks.stopped(turn.report_in))

    return replace(_change_turn(state, payload.unit, note), state=State.ACCEPTED)


def _arrived(state: CaseState, entry: Entry, payload: line.Arrived, _clocks: ClockWork) -> CaseState:
    return _change_turn(state, payload.unit, lambda turn: replace(turn, arrived_at=turn.arrived_at or entry.at))


def _milestone_reached(state: CaseState, _entry: Entry, payload: line.MilestoneReached, clocks: ClockWork) -> CaseState:
    return clocks.reach(state, payload.milestone, payload.unit)


def _sent_back(state: CaseState, _entry: Entry, payload: line.SentBack, clocks: ClockWork) -> CaseState:
    state = _count(clocks.end_turns(state, AssignmentOutcome.SENT_BACK, payload.unit), "send_backs")
    return _after_a_turn(replace(state, sent_back_by=payload.unit), clocks)


def _handled(state: CaseState, _entry: Entry, payload: line.Handled, clocks: ClockWork) -> CaseState:
    state = clocks.end_turns(state, AssignmentOutcome.DONE, payload.unit)
    return _after_a_turn(state, clocks, payload.limits)


def _after_a_turn(state: CaseState, clocks: ClockWork, limits: Limits | None = None) -> CaseState:
    """Say where the case stands once a unit's turn is over: with the others, handled, or with the centre again."""
    if state.open_assignments:
        return state
    state = replace(state, extension_asked_by=None, extension_asker=None)
    if not state.done_this_round:
        return clocks.begin_anew(replace(state, state=State.FILED), ClockKind.DISPATCH)
    state = clocks.stop_milestones(replace(state, state=State.HANDLED, looked=False))
    state = clocks.stop(state, ClockKind.HANDLE)
    return clocks.start(state, ClockKind.CHECK, limits or {})


def _looked_again(state: CaseState, _entry: Entry, payload: line.LookedAgain, _clocks: ClockWork) -> CaseState:
    return replace(state, question=payload.question, question_expires=payload.expires_at, looked=True)


def _look_over(
    state: CaseState, _entry: Entry, payload: line.LookAnswered | line.LookUnanswered, _clocks: ClockWork
) -> CaseState:
    if payload.question != state.question:
        return state
    return _no_question(state)


def _passed(state: CaseState, _entry: Entry, _payload: line.Passed, clocks: ClockWork) -> CaseState:
    return clocks.stop(_no_question(replace(state, state=State.CHECKED)), ClockKind.CHECK)


def _no_question(state: CaseState) -> CaseState:
    return replace(state, question=None, question_expires=None)


def _failed(state: CaseState, entry: Entry, payload: line.Failed, clocks: ClockWork) -> CaseState:
    leads = {turn.unit: turn.is_lead for turn in state.done_this_round}
    turns = tuple(
        replace(clocks.turn(entry, unit, payload.limits), rework=True, is_lead=is_lead)
        for unit, is_lead in leads.items()
    )
    state = clocks.go_on(clocks.stop(_no_question(state), ClockKind.CHECK), ClockKind.HANDLE)
    state = clocks.run_milestones(state)
    state = replace(state, state=State.DISPATCHED, assignments=state.assignments + turns, round=entry.sequence)
    return _count(state, "reworks")


def _ended(target: State) -> Step:
    def step(state: CaseState, entry: Entry, payload: Any, clocks: ClockWork) -> CaseState:
        state = _no_question(clocks.stop_all(clocks.end_turns(state, AssignmentOutcome.ENDED)))
        return replace(
            state,
            state=target,
            ended_at=entry.at,
            end_reason=getattr(payload, "reason", "") or None,
            false_alarm=getattr(payload, "false_alarm", False),
            merged_into=getattr(payload, "into", None),
            suspended_until=None,
            extension_asked_by=None,
            extension_asker=None,
            supervision_open=False,
            left_to_lead=None,
            whistle=None,
        )

    return step


def _reopened(state: CaseState, _entry: Entry, _payload: line.Reopened, clocks: ClockWork) -> CaseState:
    state = replace(state, state=State.FILED, ended_at=None, end_reason=None, merged_into=None, rating=None)
    # Whoever was owed a call hears once it has ended again.
    state = clocks.stop(replace(state, false_alarm=False, callbacks=()), ClockKind.CALLBACK)
    state = clocks.begin_anew(clocks.go_on(state, ClockKind.HANDLE), ClockKind.DISPATCH)
    return _count(state, "reopenings")


# -- what it is about


def _alarm_joined(state: CaseState, _entry: Entry, payload: line.AlarmJoined, _clocks: ClockWork) -> CaseState:
    return replace(_count(state, "alarms", payload.count - state.counts.alarms), draft=None)


def _took_over(state: CaseState, _entry: Entry, payload: line.TookOver, _clocks: ClockWork) -> CaseState:
    state = _count(_count(state, "alarms", len(payload.alarms)), "reports", len(payload.reports))
    return replace(state, draft=None)


def _report_joined(state: CaseState, _entry: Entry, payload: line.ReportJoined, _clocks: ClockWork) -> CaseState:
    return replace(_count(state, "reports", payload.count - state.counts.reports), draft=None)


def _drafted(state: CaseState, entry: Entry, payload: line.Drafted, _clocks: ClockWork) -> CaseState:
    return replace(state, draft=Draft(entry.sequence, payload.move, payload.reason, payload.zh, payload.en))


def _draft_declined(state: CaseState, _entry: Entry, _payload: line.DraftDeclined, _clocks: ClockWork) -> CaseState:
    return replace(state, draft=None)


def _split(state: CaseState, _entry: Entry, payload: line.Split, _clocks: ClockWork) -> CaseState:
    return _count(state, "alarms", -len(payload.alarms))


def _listed(state: CaseState, entry: Entry, payload: line.Listed, _clocks: ClockWork) -> CaseState:
    return replace(state, listing=Listing(payload.since or entry.at, payload.leads))


def _unlisted(state: CaseState, entry: Entry, _payload: line.Unlisted, _clocks: ClockWork) -> CaseState:
    return state if state.listing is None else replace(state, listing=replace(state.listing, until=entry.at))


def _regraded(state: CaseState, entry: Entry, payload: line.Regraded, clocks: ClockWork) -> CaseState:
    by_person = state.graded_by_person or entry.actor_kind == "person"
    if _GRADES.index(payload.grade) > _GRADES.index(Grade(state.grade)):
        state = replace(state, acknowledged_at=None)
    state = replace(state, grade=payload.grade.value, graded_by_person=by_person)
    return clocks.change_limits(state, payload.limits)


def _hold_set(state: CaseState, _entry: Entry, payload: time_line.HoldSet, _clocks: ClockWork) -> CaseState:
    return replace(state, held=payload.held)


def _rated(state: CaseState, _entry: Entry, payload: line.Rated, _clocks: ClockWork) -> CaseState:
    return replace(state, rating=payload.stars)


# -- time


def _extension_asked(
    state: CaseState, entry: Entry, payload: time_line.ExtensionAsked, _clocks: ClockWork
) -> CaseState:
    return replace(state, extension_asked_by=payload.unit, extension_asker=entry.actor)


def _extension_granted(state: CaseState, _entry: Entry, _payload: Any, clocks: ClockWork) -> CaseState:
    state = clocks.extend(state, state.extension_asked_by)
    return _count(replace(state, extension_asked_by=None, extension_asker=None), "extensions")


def _extension_refused(state: CaseState, _entry: Entry, _payload: Any, _clocks: ClockWork) -> CaseState:
    return replace(state, extension_asked_by=None, extension_asker=None)


def _suspended(state: CaseState, _entry: Entry, payload: time_line.Suspended, clocks: ClockWork) -> CaseState:
    return _count(replace(clocks.pause_all(state), suspended_until=payload.until), "suspensions")


def _resumed(state: CaseState, _entry: Entry, _payload: time_line.Resumed, clocks: ClockWork) -> CaseState:
    return replace(clocks.go_on_all(state), suspended_until=None)


def _supervised(state: CaseState, _entry: Entry, payload: time_line.Supervised, clocks: ClockWork) -> CaseState:
    state = clocks.start(replace(state, supervision_open=True), ClockKind.SUPERVISION, payload.limits)
    return _count(state, "supervisions")


def _supervision_answered(state: CaseState, _entry: Entry, _payload: Any, clocks: ClockWork) -> CaseState:
    return clocks.stop(replace(state, supervision_open=False), ClockKind.SUPERVISION)


def _urged(state: CaseState, _entry: Entry, _payload: time_line.Urged, _clocks: ClockWork) -> CaseState:
    return _count(state, "urges")


def _told(
    state: CaseState, _entry: Entry, payload: time_line.Reminded | time_line.Escalated, _clocks: ClockWork
) -> CaseState:
    step = payload.step if isinstance(payload, time_line.Escalated) else 0
    return replace(state, told=state.told | {Told(payload.clock, payload.unit, payload.due, step, payload.milestone)})


def _calendar_changed(state: CaseState, _entry: Entry, _payload: Any, clocks: ClockWork) -> CaseState:
    return clocks.follow(state)


def _appealed(state: CaseState, _entry: Entry, _payload: time_line.Appealed, _clocks: ClockWork) -> CaseState:
    return replace(state, appeal=AppealState.ASKED)


def _appeal_decided(state: CaseState, _entry: Entry, payload: time_line.AppealDecided, _clocks: ClockWork) -> CaseState:
    return replace(state, appeal=AppealState.GRANTED if payload.granted else AppealState.REFUSED)


def _change_turn(state: CaseState, unit: str, change: Callable[[Assignment], Assignment]) -> CaseState:
    changed = (change(turn) if turn.is_open and turn.unit == unit else turn for turn in state.assignments)
    return replace(state, assignments=tuple(changed))


_STEPS: dict[type, Step] = {
    line.Filed: _filed,
    line.Dispatched: _dispatched,
    line.LeftToLead: _left_to_lead,
    line.Withdrawn: _withdrawn,
    line.Reassigned: _reassigned,
    line.Accepted: _accepted,
    line.Arrived: _arrived,
    line.MilestoneReached: _milestone_reached,
    line.SentBack: _sent_back,
    line.Handled: _handled,
    line.LookedAgain: _looked_again,
    line.LookAnswered: _look_over,
    line.LookUnanswered: _look_over,
    line.Passed: _passed,
    line.Failed: _failed,
    line.Closed: _ended(State.CLOSED),
    line.ForceClosed: _ended(State.CLOSED),
    line.Rejected: _ended(State.REJECTED),
    line.Voided: _ended(State.VOIDED),
    line.Merged: _ended(State.MERGED),
    line.Reopened: _reopened,
    line.AlarmJoined: _alarm_joined,
    line.TookOver: _took_over,
    line.ReportJoined: _report_joined,
    line.Drafted: _drafted,
    line.DraftDeclined: _draft_declined,
    line.Split: _split,
    line.Regraded: _regraded,
    line.Listed: _listed,
    line.Unlisted: _unlisted,
    time_line.HoldSet: _hold_set,
    line.Rated: _rated,
    time_line.ExtensionAsked: _extension_asked,
    time_line.ExtensionGranted: _extension_granted,
    time_line.ExtensionRefused: _extension_refused,
    time_line.Suspended: _suspended,
    time_line.Resumed: _resumed,
    time_line.Supervised: _supervised,
    time_line.SupervisionAnswered: _supervision_answered,
    time_line.Urged: _urged,
    time_line.Reminded: _told,
    time_line.Escalated: _told,
    time_line.CalendarChanged: _calendar_changed,
    time_line.AreaChanged: lambda state, _entry, payload, _clocks: replace(state, area=payload.area),
    time_line.Appealed: _appealed,
    time_line.AppealDecided: _appeal_decided,
    **OFFICE_STEPS,
}
"""What a line does to the state; one that is not here (a comment, a link, a question to the camera) only stands."""
