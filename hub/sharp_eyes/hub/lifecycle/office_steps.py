"""What the lines of ``office_lines`` do to a case's state. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.lifecycle import office_lines as line
from sharp_eyes.hub.lifecycle.case_clocks import ClockWork
from sharp_eyes.hub.lifecycle.entries import Entry
from sharp_eyes.hub.lifecycle.model import AssignmentOutcome, CaseState, State, Whistle, replace

Step = Callable[[CaseState, Entry, Any, ClockWork], CaseState]
"""Gives the state after a line."""


def _whistled(state: CaseState, _entry: Entry, payload: line.Whistled, clocks: ClockWork) -> CaseState:
    """It waits for the list: no desk is late with it meanwhile."""
    state = clocks.stop(clocks.stop(state, ClockKind.TRIAGE), ClockKind.DISPATCH)
    return replace(state, whistle=Whistle(payload.week, payload.units, payload.text))


def _whistle_called_off(state: CaseState, _entry: Entry, _payload: Any, clocks: ClockWork) -> CaseState:
    desk = ClockKind.TRIAGE if state.state is State.REPORTED else ClockKind.DISPATCH
    return clocks.begin_anew(replace(state, whistle=None), desk)


def _passed_up(state: CaseState, _entry: Entry, payload: line.PassedUp, _clocks: ClockWork) -> CaseState:
    return replace(state, passed_to=payload.tier)


def _handed_to_group(state: CaseState, entry: Entry, payload: line.HandedToGroup, clocks: ClockWork) -> CaseState:
    state = clocks.stop(clocks.end_turns(state, AssignmentOutcome.REASSIGNED), ClockKind.DISPATCH)
    state = clocks.go_on(clocks.start(state, ClockKind.HANDLE, payload.limits, once=True), ClockKind.HANDLE)
    turns = tuple(
        replace(clocks.turn(entry, unit, payload.limits), is_lead=unit == payload.lead) for unit in payload.units
    )
    return replace(
        state,
        state=State.DISPATCHED,
        assignments=state.assignments + turns,
        round=entry.sequence,
        sent_back_by=None,
        extension_asked_by=None,
        extension_asker=None,
        left_to_lead=None,
        whistle=None,
    )


def _callback_due(state: CaseState, _entry: Entry, payload: line.CallbackDue, clocks: ClockWork) -> CaseState:
    return replace(clocks.start(state, ClockKind.CALLBACK, payload.limits), callbacks=payload.reports)


def _called_back(state: CaseState, _entry: Entry, payload: line.CalledBack, clocks: ClockWork) -> CaseState:
    if payload.stars is not None:
        # Of several who told of one thing the least content counts.
        state = replace(state, rating=min(payload.stars, state.rating or payload.stars))
    if not payload.reached:
        return state
    left = tuple(one for one in state.callbacks if one != payload.report)
    return replace(state if left else clocks.stop(state, ClockKind.CALLBACK), callbacks=left)


OFFICE_STEPS: Mapping[type, Step] = {
    line.Whistled: _whistled,
    line.WhistleCalledOff: _whistle_called_off,
    line.PassedUp: _passed_up,
    line.HandedToGroup: _handed_to_group,
    line.CallbackDue: _callback_due,
    line.CalledBack: _called_back,
}
"""By the line's type."""
