"""What time itself will do to a case next: remind, escalate, resume, give up on an answer. Pure.

All of it follows from the case's state; nothing is scheduled and forgotten. What went out stands in the log, and so is
due no more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sharp_eyes.hub.clocks import clock as clocks
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import Clock, ClockKind
from sharp_eyes.hub.clocks.ladder import ClockRule
from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.model import CaseState, Told

ClockRules = Mapping[ClockKind, ClockRule]
Calendars = Callable[[str], WorkingCalendar]


@dataclass(frozen=True, slots=True)
class Due:
    """Something that time does at a moment.

    Attributes:
        payload: the line that the log gets then; for reminders and escalations without whom it tells.
    """

    at: datetime
    payload: Payload


def upcoming(case: CaseState, rules: ClockRules, calendars: Calendars) -> list[Due]:
    """List what time will do if nobody does anything, the earliest first."""
    return sorted(_all(case, rules, calendars), key=lambda due: due.at)


def next_moment(case: CaseState, rules: ClockRules, calendars: Calendars, now: datetime) -> datetime | None:
    """When time will do something to a case next, which is past where that is due; ``None`` where it never will."""
    return min((due.at for due in _all(case, rules, calendars) if not _is_over(due, now)), default=None)


def due_now(case: CaseState, rules: ClockRules, calendars: Calendars, now: datetime) -> Due | None:
    """Give the first thing that is due by now.

    A reminder whose deadline has passed as well (the hub was down) is left out: the escalation says it all.
    """
    for due in upcoming(case, rules, calendars):
        if due.at > now:
            return None
        if not _is_over(due, now):
            return due
    return None


def _is_over(due: Due, now: datetime) -> bool:
    """Whether it would remind of what has been missed already."""
    return isinstance(due.payload, time_line.Reminded) and due.payload.due <= now


def _all(case: CaseState, rules: ClockRules, calendars: Calendars) -> Iterator[Due]:
    if case.suspended_until is not None:
        yield Due(case.suspended_until, time_line.Resumed())
    if case.question is not None and case.question_expires is not None:
        yield Due(case.question_expires, line.LookUnanswered(question=case.question))
    if case.calling is not None and case.calling.person is not None and case.calling.until is not None:
        yield Due(case.calling.until, call_line.CallUnanswered(person=case.calling.person))
    for clock in case.clocks:
        yield from _of_clock(case, clock, None, rules, calendars)
    for turn in case.open_assignments:
        for own in (turn.clock, turn.report_in):
            if own is not None:
                yield from _of_clock(case, own, turn.unit, rules, calendars)


def _of_clock(
    case: CaseState, clock: Clock, unit: str | None, rules: ClockRules, calendars: Calendars
) -> Iterator[Due]:
    rule = rules.get(clock.kind)
    deadline = clocks.due(clock, calendars(clock.calendar))
    if rule is None or deadline is None:
        return
    if rule.remind is not None and Told(clock.kind, unit, deadline, 0) not in case.told:
        # Around the clock: working time has no meaning backwards from a deadline.
        yield Due(deadline - rule.remind.length, time_line.Reminded(clock=clock.kind, unit=unit, due=deadline))
    for number, step in enumerate(rule.ladder, start=1):
        if Told(clock.kind, unit, deadline, number) not in case.told:
            at = deadline if step.after is None else step.after.due(deadline, calendars(clock.calendar))
            yield Due(at, time_line.Escalated(clock=clock.kind, unit=unit, due=deadline, step=number))
