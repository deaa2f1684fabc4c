"""Starts, stops and changes the clocks of a case and of its units' turns. Pure.

A desk's clocks (triage, dispatch, check, report in, supervision) begin anew with each visit of the case; the case's own
clock (handle) starts once and goes on from where it was. No lateness is ever taken back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import is_

from sharp_eyes.hub.clocks import clock as rules
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import Clock, ClockKind
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle.entries import Entry
from sharp_eyes.hub.lifecycle.line_base import Limits
from sharp_eyes.hub.lifecycle.model import Assignment, AssignmentOutcome, CaseState, Milestone, replace

Change = Callable[[Clock], Clock]


@dataclass(frozen=True, slots=True)
class ClockWork:
    """What a line of the log does to clocks, at its moment.

    Attributes:
        version: of the calendar that clocks started now will follow.
        calendars: gives the calendar of a version.
    """

    now: datetime
    version: str
    calendars: Callable[[str], WorkingCalendar]

    def seen(self, state: CaseState) -> CaseState:
        """Note which deadlines have passed."""
        return self._change_all(state, lambda one: rules.seen_at(one, self.now, self._of(one)))

    def start(self, state: CaseState, kind: ClockKind, limits: Limits, *, once: bool = False) -> CaseState:
        """Start one of the case's clocks where there is a limit; ``once``: leave one that is there as it is."""
        known = state.clock(kind)
        if kind not in limits or (once and known is not None):
            return state
        fresh = rules.start(kind, limits[kind], self.now, self.version)
        if known is None:
            return replace(state, clocks=(*state.clocks, fresh))
        return self._change(state, kind, lambda one: replace(fresh, late_since=one.late_since))

    def begin_anew(self, state: CaseState, kind: ClockKind) -> CaseState:
        """Start a desk's clock for another visit, with the limit that it had."""
        return self._change(state, kind, lambda one: rules.begin_anew(one, self.now, self._of(one)))

    def stop(self, state: CaseState, kind: ClockKind) -> CaseState:
        """Stop one of the case's clocks."""
        return self._change(state, kind, self._stopped)

    def go_on(self, state: CaseState, kind: ClockKind) -> CaseState:
        """Let one of the case's clocks go on from where it was."""
        return self._change(state, kind, lambda one: rules.resume(one, self.now))

    def stop_all(self, state: CaseState) -> CaseState:
        """Stop all of the case's clocks."""
        return self.stop_milestones(replace(state, clocks=tuple(map(self._stopped, state.clocks))))

    def run_milestones(self, state: CaseState, limits: Mapping[str, Limit] | None = None) -> CaseState:
        """Start the clocks of milestones that are new to the case; of those that nobody has reached they go on."""
        if not limits and not state.milestones:
            return state
        known = {one.id for one in state.milestones}
        fresh = (
            Milestone(name, rules.start(ClockKind.MILESTONE, limit, self.now, self.version))
            for name, limit in (limits or {}).items()
            if name not in known
        )
        rest = (
            one if one.reached_at is not None else replace(one, clock=rules.resume(one.clock, self.now))
            for one in state.milestones
        )
        return replace(state, milestones=(*rest, *fresh))

    def reach(self, state: CaseState, milestone: str, unit: str) -> CaseState:
        """A unit has reached a milestone, which it was not before."""

        def note(one: Milestone) -> Milestone:
            if one.id != milestone or one.reached_at is not None:
                return one
            return replace(one, clock=self._stopped(one.clock), reached_at=self.now, unit=unit)

        return replace(state, milestones=tuple(map(note, state.milestones)))

    def stop_milestones(self, state: CaseState) -> CaseState:
        """Stop the clocks of milestones: the work is done, whether they were reached or not."""
        stopped = (replace(one, clock=self._stopped(one.clock)) for one in state.milestones)
        return replace(state, milestones=tuple(stopped))

    def pause_all(self, state: CaseState) -> CaseState:
        """Let everything rest that runs, the units' clocks too."""
        return self._change_all(state, lambda one: rules.pause(one, self.now, self._of(one)))

    def go_on_all(self, state: CaseState) -> CaseState:
        """Let everything go on that rests."""
        return self._change_all(state, lambda one: rules.resume(one, self.now) if one.is_paused else one)

    def change_limits(self, state: CaseState, limits: Limits) -> CaseState:
        """Give other limits to the clocks that have not stopped, the units' own too."""

        def change(one: Clock) -> Clock:
            if one.kind not in limits or one.stopped_at is not None:
                return one
            return rules.change_limit(one, limits[one.kind], self.now, self._of(one))

        return self._change_all(state, change)

    def extend(self, state: CaseState, unit: str | None) -> CaseState:
        """Grant one more limit to the case, and to a unit's open turn."""

        def longer(one: Clock) -> Clock:
            return rules.extend(one, self.now, self._of(one))

        def turn(one: Assignment) -> Assignment:
            if not one.is_open or one.unit != unit or one.clock is None:
                return one
            return replace(one, clock=longer(one.clock))

        state = self._change(state, ClockKind.HANDLE, longer)
        return replace(state, assignments=tuple(map(turn, state.assignments)))

    def follow(self, state: CaseState) -> CaseState:
        """Let the clocks that have not stopped follow this line's version of the calendar."""
        return self._change_all(
            state, lambda one: one if one.stopped_at is not None else replace(one, calendar=self.version)
        )

    def turn(self, entry: Entry, unit: str, limits: Limits, person: str | None = None) -> Assignment:
        """Begin a unit's turn, with clocks of its own where there are limits."""
        own, report = (
            rules.start(kind, limits[kind], self.now, self.version) if kind in limits else None
            for kind in (ClockKind.UNIT, ClockKind.REPORT_IN)
        )
        return Assignment(entry.sequence, unit, self.now, person, clock=own, report_in=report)

    def end_turns(self, state: CaseState, outcome: AssignmentOutcome, unit: str | None = None) -> CaseState:
        """End the open turns, of one unit or of all."""

        def end(one: Assignment) -> Assignment:
            if not one.is_open or (unit is not None and one.unit != unit):
                return one
            own, report = self.stopped(one.clock), self.stopped(one.report_in)
            return replace(one, until=self.now, outcome=outcome, clock=own, report_in=report)

        return replace(state, assignments=tuple(map(end, state.assignments)))

    def stopped(self, one: Clock | None) -> Clock | None:
        """Stop a clock, where there is one."""
        return None if one is None else self._stopped(one)

    def _stopped(self, one: Clock) -> Clock:
        return rules.stop(one, self.now, self._of(one))

    def _of(self, one: Clock) -> WorkingCalendar:
        return self.calendars(one.calendar)

    def _change(self, state: CaseState, kind: ClockKind, change: Change) -> CaseState:
        if state.clock(kind) is None:
            return state
        return replace(state, clocks=tuple(change(one) if one.kind is kind else one for one in state.clocks))

    def _change_all(self, state: CaseState, change: Change) -> CaseState:
        def turn(one: Assignment) -> Assignment:
            own = None if one.clock is None else change(one.clock)
            report = None if one.report_in is None else change(one.report_in)
            return one if own is one.clock and report is one.report_in else replace(one, clock=own, report_in=report)

        def milestone(one: Milestone) -> Milestone:
            clock = change(one.clock)
            return one if clock is one.clock else replace(one, clock=clock)

        clocks = tuple(map(change, state.clocks))
        milestones = tuple(map(milestone, state.milestones))
        assignments = tuple(turn(one) if one.is_open else one for one in state.assignments)
        before = (*state.clocks, *state.assignments, *state.milestones)
        if all(map(is_, (*clocks, *assignments, *milestones), before)):
            return state
        return replace(state, clocks=clocks, assignments=assignments, milestones=milestones)
