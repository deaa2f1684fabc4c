"""What the lines of ``call_lines`` do to a case's state. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.lifecycle import call_lines as line
from sharp_eyes.hub.lifecycle.case_clocks import ClockWork
from sharp_eyes.hub.lifecycle.entries import Entry
from sharp_eyes.hub.lifecycle.model import CaseState, State, Whistle

Step = Callable[[CaseState, Entry, Any, ClockWork], CaseState]
"""Gives the state after a line."""


def _whistled(state: CaseState, _entry: Entry, payload: line.Whistled, clocks: ClockWork) -> CaseState:
    """It waits for the list: no desk is late with it meanwhile."""
    state = clocks.stop(clocks.stop(state, ClockKind.TRIAGE), ClockKind.DISPATCH)
    return replace(state, whistle=Whistle(payload.week, payload.units, payload.text))


def _whistle_called_off(state: CaseState, _entry: Entry, _payload: Any, clocks: ClockWork) -> CaseState:
    desk = ClockKind.TRIAGE if state.state is State.REPORTED else ClockKind.DISPATCH
    return clocks.begin_anew(replace(state, whistle=None), desk)


CALL_STEPS: Mapping[type, Step] = {line.Whistled: _whistled, line.WhistleCalledOff: _whistle_called_off}
"""By the line's type."""
