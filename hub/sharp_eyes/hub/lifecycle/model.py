"""What a case is made of: states, moves, assignments, clocks. Pure data; ``projection`` makes it from the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as slow_replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sharp_eyes.hub.clocks.clock import Clock, ClockKind
from sharp_eyes.hub.clocks.limit import Limit


class State(StrEnum):
    """Where a case stands."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    HANDLED = "handled"
    CHECKED = "checked"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOIDED = "voided"
    MERGED = "merged"


ENDED = frozenset({State.CLOSED, State.REJECTED, State.VOIDED, State.MERGED})
"""Nothing more is to be done, unless the case is reopened."""


BEFORE_HANDLED = (State.REPORTED, State.FILED, State.DISPATCHED, State.ACCEPTED)
"""Somebody has yet to act, against the clock; once it is handled, the limit is kept or missed."""


HANDLED = (State.HANDLED, State.CHECKED, State.CLOSED)
"""What was to be done is done."""


CALLING = (State.REPORTED, State.FILED)
"""It waits for the centre, and calls until somebody has acknowledged it."""


class Source(StrEnum):
    """How a case came in."""

    CAMERA = "camera"
    GRID_WORKER = "grid_worker"
    RESIDENT = "resident"
    VISIT = "visit"
    MEETING = "meeting"
    UPPER_LEVEL = "upper_level"
    SENSOR = "sensor"
    INSPECTION = "inspection"


class AssignmentOutcome(StrEnum):
    """How a unit's turn ended."""

    DONE = "done"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    REASSIGNED = "reassigned"
    ENDED = "ended"
    """The case ended before the unit had done it: voided, merged, closed by force."""


class AppealState(StrEnum):
    """Whether a unit's appeal against a lateness was heard."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A unit's turn at a case.

    Attributes:
        number: sequence of the log's line that made it.
        clock: the unit's own time; the case's own runs beside it.
        report_in: until when it must say that it has it.
        rework: it began because a check had failed.
        is_lead: it answers for a response group, once the others are done.
    """

    number: int
    unit: str
    since: datetime
    person: str | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    until: datetime | None = None
    outcome: AssignmentOutcome | None = None
    clock: Clock | None = None
    report_in: Clock | None = None
    rework: bool = False
    is_lead: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the unit still has it."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Milestone:
    """What must be reached on site by when. ``clock`` has stopped where the work was done before it was reached.

    Attributes:
        id: of the city pack's list.
        reached_at: when ``unit`` said so; none while nobody has.
    """

    id: str
    clock: Clock
    reached_at: datetime | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How often something happened to a case, for the office's figures."""

    alarms: int = 0
    send_backs: int = 0
    reworks: int = 0
    extensions: int = 0
    suspensions: int = 0
    supervisions: int = 0
    urges: int = 0
    reopenings: int = 0
    reports: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder (``step`` 0) or a step up the ladder that went out for a deadline."""

    clock: ClockKind
    unit: str | None
    due: datetime
    step: int
    milestone: str | None = None


Proposal = Literal["handle", "withdraw", "void", "force_close"]
"""Moves that a city pack may have drafted while units have a case."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A move that is proposed because what the cameras saw is gone; somebody who may make it confirms or declines it.

    Attributes:
        number: sequence of the log's line that made it.
        reason: code, or words, of a move that needs one.
        zh, en: the prepared text.
    """

    number: int
    move: Proposal
    reason: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Calling:
    """People on duty are called to a device's alarm, one after another, until one of them accepts.

    Attributes:
        unit: whose turn waits for one of them.
        person: who is called now; nobody between two calls, and once somebody has accepted.
        until: when the next is called.
        metres: from how far they are called; none where that is not known.
        called: all who were called so far, the first one first.
        went: who accepted.
        over: nobody further is called.
    """

    unit: str
    person: str | None = None
    until: datetime | None = None
    metres: int | None = None
    called: tuple[str, ...] = ()
    went: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a rule sent whom it sent.

    Attributes:
        loads: open turns of the units that could have been sent.
        off_duty: units of which nobody was on duty.
        zh, en: the same in words.
    """

    loads: Mapping[str, int]
    off_duty: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Listing:
    """When a case came onto the list of hazards, who answers for it, and when it was taken off."""

    since: datetime
    leads: tuple[str, ...]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Whistle:
    """It waits for the list of a week, by its Monday; then ``units`` are sent to report in, with the ``text``."""

    week: date
    units: tuple[str, ...]
    text: str = ""


LeftBecause = Literal["no_rule", "nobody_on_duty", "no_calendar"]
"""Why the rules left a case to the shift lead."""


@dataclass(frozen=True)
class CaseState:
    """A case as its log tells it.

    Attributes:
        sequence: of the last line that is in it.
        area: path of the area that it lies in, or lay in when it ended.
        clocks: the case's own clocks, one of a kind.
        milestones: what its units must reach, in the order of the city pack.
        round: sequence of the line with which the present round of work began: a dispatch, or a failed check.
        sent_back_by: unit that sent it back last and has not been dispatched to since.
        suspended_until: its clocks rest until then.
        extension_asked_by: unit that waits for an answer to its request for more time.
        extension_asker: user name of whoever asked; somebody else grants it.
        question: the camera was asked and has not answered yet.
        looked: the camera was asked since the work was done.
        graded_by_person: its grade no longer follows the gateway's.
        supervision_open: a leader waits for a reply.
        draft: a move that waits for somebody's word.
        listing: its place on the list of hazards, where it has or had one.
        calling: who was called to it, and is called now.
        told: reminders and escalations that went out.
        whistle: it waits for a week's list; nobody is sent before.
        passed_to: the tier that it was passed up to; those below decide nothing any more.
        callbacks: reports whose senders have yet to hear what has become of it.
        merged_into: number of the case that goes on with its alarms.
        end_reason: code of the reason for which it was rejected, voided or closed by force.
        false_alarm: it was rejected or voided because the camera was wrong.
        left_to_lead: why the rules left it to the shift lead, who has not sent anybody yet.
        own_limit: how long its units have, whatever its kind and grade say.
        acknowledged_at: when a person first did anything with it since its grade rose last.
    """

    sequence: int
    state: State
    grade: str
    assignments: tuple[Assignment, ...] = ()
    clocks: tuple[Clock, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    counts: Counts = Counts()
    round: int = 0
    sent_back_by: str | None = None
    suspended_until: datetime | None = None
    extension_asked_by: str | None = None
    extension_asker: str | None = None
    question: UUID | None = None
    question_expires: datetime | None = None
    looked: bool = False
    supervision_open: bool = False
    draft: Draft | None = None
    listing: Listing | None = None
    calling: Calling | None = None
    held: bool = False
    graded_by_person: bool = False
    told: frozenset[Told] = frozenset()
    appeal: AppealState | None = None
    rating: int | None = None
    merged_into: str | None = None
    end_reason: str | None = None
    false_alarm: bool = False
    left_to_lead: LeftBecause | None = None
    own_limit: Limit | None = None
    acknowledged_at: datetime | None = None
    whistle: Whistle | None = None
    passed_to: str | None = None
    callbacks: tuple[UUID, ...] = ()
    ended_at: datetime | None = None
    area: str = ""

    @property
    def open_assignments(self) -> tuple[Assignment, ...]:
        """Turns that are not over."""
        return tuple(one for one in self.assignments if one.is_open)

    @property
    def open_milestones(self) -> tuple[str, ...]:
        """Milestones that nobody has reached."""
        return tuple(one.id for one in self.milestones if one.reached_at is None)

    @property
    def done_this_round(self) -> tuple[Assignment, ...]:
        """Turns of the present round that ended with the work done."""
        done = AssignmentOutcome.DONE
        return tuple(one for one in self.assignments if one.number >= self.round and one.outcome is done)

    @property
    def units(self) -> tuple[str, ...]:
        """Units that have it now; once it is handled, those that did it."""
        current = self.open_assignments or (() if self.state is State.FILED else self.done_this_round)
        return tuple(dict.fromkeys(one.unit for one in current))

    @property
    def listed_since(self) -> datetime | None:
        """Since when it is on the list of hazards; ``None`` where it is not."""
        return None if self.listing is None or self.listing.until is not None else self.listing.since

    @property
    def handled_at(self) -> datetime | None:
        """When the last unit said that it is done; none where it is not handled, or was closed by force before."""
        if self.state not in HANDLED:
            return None
        cut_short = (one.outcome is AssignmentOutcome.ENDED and one.until == self.ended_at for one in self.assignments)
        if any(cut_short):
            return None
        done = (one.until for one in self.assignments if one.outcome is AssignmentOutcome.DONE)
        return max((until for until in done if until is not None), default=None)

    @property
    def is_late(self) -> bool:
        """Whether any deadline of the case itself was missed, ever; a late call back is another matter."""
        own = (clock for clock in self.clocks if clock.kind is not ClockKind.CALLBACK)
        return any(clock.late_since is not None for clock in own)

    def clock(self, kind: ClockKind) -> Clock | None:
        """Find one of the case's own clocks."""
        return next((one for one in self.clocks if one.kind is kind), None)

    def open_turn(self, unit: str) -> Assignment | None:
        """Find a unit's open turn."""
        return next((one for one in self.open_assignments if one.unit == unit), None)


if TYPE_CHECKING:
    replace = slow_replace  # so that names and types of what is changed are checked
else:

    def replace(state, /, **changes):
        """Give a copy with some fields changed, as :func:`dataclasses.replace` does.

        Each line of a log changes a case's state several times: its many fields are taken over at once.
        """
        if type(state) is not CaseState:
            return slow_replace(state, **changes)
        after = object.__new__(CaseState)
        vars(after).update(vars(state), **changes)
        return after
