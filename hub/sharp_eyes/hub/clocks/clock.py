"""A clock: what is due when. It pauses, goes on, is given another limit, and never forgets that it was late. Pure.

A deadline is never stored and edited: it follows from the limit, the moment of the start and the stretches in which
the clock ran. So whatever changes while it runs or rests (grade, limit, calendar), the time that was used stays used
and the time that was paused stays paused.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.limit import Limit


class ClockKind(StrEnum):
    """What must be done in time."""

    TRIAGE = "triage"
    """File, or say why not."""
    DISPATCH = "dispatch"
    """Send somebody."""
    REPORT_IN = "report_in"
    """A unit says that it has it."""
    UNIT = "unit"
    """A unit's own time for its turn."""
    HANDLE = "handle"
    """The case: from the first dispatch until it is handled."""
    CHECK = "check"
    """Say whether it is really done."""
    SUPERVISION = "supervision"
    """Reply to a leader."""
    CALLBACK = "callback"
    """Call back whoever reported it, once it has ended."""
    MILESTONE = "milestone"
    """Reach a milestone on site, such as *evacuated*."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case or of an assignment.

    Attributes:
        calendar: version of the calendar that it follows.
        extensions: how often one more limit was granted.
        running_since: None while it rests or has stopped.
        ran: stretches in which it ran before, oldest first.
        stopped_at: what it waited for was done.
        late_since: the deadline that was missed first; never taken back.
    """

    kind: ClockKind
    limit: Limit
    started_at: datetime
    calendar: str = ""
    extensions: int = 0
    running_since: datetime | None = None
    ran: tuple[tuple[datetime, datetime], ...] = ()
    stopped_at: datetime | None = None
    late_since: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether it rests and will go on."""
        return self.running_since is None and self.stopped_at is None


def start(kind: ClockKind, limit: Limit, now: datetime, version: str = "") -> Clock:
    """Start a clock that follows a version of the calendar."""
    return Clock(kind, limit, now, version, running_since=now)


def due(clock: Clock, calendar: WorkingCalendar) -> datetime | None:
    """Give its deadline; ``None`` while it does not run.

    Raises:
        CalendarError: the calendar does not reach so far.
    """
    if clock.running_since is None:
        return None
    if not clock.ran:
        return clock.limit.times(1 + clock.extensions).due(clock.started_at, calendar)
    return clock.limit.add(clock.running_since, _total(clock, calendar) - used(clock, calendar), calendar)


def last_due(clock: Clock, calendar: WorkingCalendar) -> datetime | None:
    """Give its deadline, of one that has stopped the one that it had then; ``None`` while it rests.

    Raises:
        CalendarError: the calendar does not reach so far.
    """
    if clock.stopped_at is not None and clock.ran:
        *before, (began, _) = clock.ran
        clock = replace(clock, running_since=began, ran=tuple(before), stopped_at=None)
    return due(clock, calendar)


def used(clock: Clock, calendar: WorkingCalendar) -> timedelta:
    """Measure what was used up before the present stretch, in the time that its limit counts."""
    return sum((clock.limit.between(begin, end, calendar) for begin, end in clock.ran), timedelta(0))


def remaining(clock: Clock, now: datetime, calendar: WorkingCalendar) -> timedelta:
    """Measure what is left, in the time that its limit counts; less than zero once it is late."""
    left = _total(clock, calendar) - used(clock, calendar)
    if clock.running_since is None:
        return left
    return left - clock.limit.between(clock.running_since, now, calendar)


def seen_at(clock: Clock, now: datetime, calendar: WorkingCalendar) -> Clock:
    """Note that it is late, where its deadline has passed by now; everything else below does so first."""
    if clock.late_since is not None:
        return clock
    deadline = due(clock, calendar)
    if deadline is None or now <= deadline:
        return clock
    return replace(clock, late_since=deadline)


def pause(clock: Clock, now: datetime, calendar: WorkingCalendar) -> Clock:
    """Let it rest; what rests already, or has stopped, stays as it is."""
    clock = seen_at(clock, now, calendar)
    if clock.running_since is None:
        return clock
    return replace(clock, running_since=None, ran=(*clock.ran, (clock.running_since, now)))


def resume(clock: Clock, now: datetime) -> Clock:
    """Let it go on, also after it had stopped (the case was reopened): it goes on where it was."""
    if clock.running_since is not None:
        return clock
    return replace(clock, running_since=now, stopped_at=None)


def stop(clock: Clock, now: datetime, calendar: WorkingCalendar) -> Clock:
    """Stop it: what it waited for is done."""
    if clock.stopped_at is not None:
        return clock
    return replace(pause(clock, now, calendar), stopped_at=now)


def begin_anew(clock: Clock, now: datetime, calendar: WorkingCalendar) -> Clock:
    """Start a desk's clock for another visit; that it was late before stays."""
    late = seen_at(clock, now, calendar).late_since
    return replace(start(clock.kind, clock.limit, now, clock.calendar), late_since=late)


def change_limit(clock: Clock, limit: Limit, now: datetime, calendar: WorkingCalendar) -> Clock:
    """Give it another limit, which counts from its start; a lateness that has happened stays."""
    return replace(seen_at(clock, now, calendar), limit=limit)


def extend(clock: Clock, now: datetime, calendar: WorkingCalendar) -> Clock:
    """Grant it the same limit once more."""
    clock = seen_at(clock, now, calendar)
    return replace(clock, extensions=clock.extensions + 1)


def _total(clock: Clock, calendar: WorkingCalendar) -> timedelta:
    limit = clock.limit.times(1 + clock.extensions)
    return limit.between(clock.started_at, limit.due(clock.started_at, calendar), calendar)
