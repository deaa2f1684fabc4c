"""Which event is which expected one.

Source: one-to-one alignment of system and reference instances by the Hungarian method (Kuhn, 1955) under a temporal
overlap, as in NIST's evaluation of Activities in Extended Videos (ActEV). Ours asks besides that the alarm is given
while the condition holds, because an alarm before or long after it sends somebody for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.edge.evaluate.events.truth import Expected

TOLERANCE = 2.0
"""Seconds before and after an expected event in which its alarm may be given: nobody sees to the frame when a
condition begins, and a look comes up to an interval late."""

Verdict = Literal["hit", "miss", "false_alarm", "duplicate"]

_NEVER = 1e6
"""Cost of a pair that must not be made."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One event with all its messages, times in seconds from the clip's first frame.

    Attributes:
        messages: opened, updated, closed, as they came.
        started: since when the condition holds, as the event says.
        opened: when the alarm was given.
        ended: when the condition was last seen; the clip's end where the event was still open then.
    """

    messages: tuple[SceneEvent, ...]
    started: float
    opened: float
    ended: float

    @property
    def first(self) -> SceneEvent:
        """The message that opened it."""
        return self.messages[0]

    @property
    def last(self) -> SceneEvent:
        """The latest message: the gravest grade, the final measures."""
        return self.messages[-1]

    @property
    def place(self) -> tuple[str, str]:
        """Scene and zone."""
        return self.first.scene, self.first.zone


@dataclass(frozen=True, slots=True)
class EventMatch:
    """One verdict.

    Attributes:
        event: None where it is a miss.
        expected: what it was matched with, missed or doubled; None at a false alarm.
        trap: what a false alarm fell for; None where the truth names nothing.
    """

    verdict: Verdict
    event: Raised | None
    expected: Expected | None
    trap: Expected | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Scene and zone."""
        if self.event is not None:
            return self.event.place
        return ("", "") if self.expected is None else (self.expected.scene.value, self.expected.zone)


def raised(messages: Sequence[SceneEvent], start: float, end: float) -> list[Raised]:
    """Put the messages of each event together, in the order of their alarms.

    Args:
        messages: all that a clip gave.
        start, end: time of its first and last frame, seconds since the Unix epoch.
    """
    by_event: dict[str, list[SceneEvent]] = {}
    for message in messages:
        by_event.setdefault(str(message.event_id), []).append(message)
    found = []
    for own in by_event.values():
        last = own[-1]
        ended = last.ended_at.timestamp() if last.phase is Phase.CLOSED and last.ended_at is not None else end
        first = own[0]
        moments = (moment - start for moment in (first.started_at.timestamp(), first.observed_at.timestamp(), ended))
        found.append(Raised(tuple(own), *(round(moment, 3) for moment in moments)))
    return sorted(found, key=lambda event: (event.opened, event.place))


def match(events: Sequence[Raised], truth: Sequence[Expected], tolerance: float = TOLERANCE) -> list[EventMatch]:
    """Give each event and each expected event its verdict, place by place (scene and zone).

    An event fits an expected one when its alarm is given from ``tolerance`` before its begin to ``tolerance`` after
    its end. Of all ways to pair them one to one, the one with most pairs is taken, and of those the one with the
    greatest overlaps. An event that is left over is a duplicate where it fits an expected event that has its pair
    and overlaps no trap more; else it is a false alarm, named by the trap that it meets and overlaps most.
    """
    places = dict.fromkeys([event.place for event in events] + [(one.scene.value, one.zone) for one in truth])
    cases: list[EventMatch] = []
    for place in places:
        here = [event for event in events if event.place == place]
        there = [one for one in truth if (one.scene, one.zone) == place]
        cases += _match_place(here, there, tolerance)
    return sorted(cases, key=_when)


def _match_place(events: Sequence[Raised], truth: Sequence[Expected], tolerance: float) -> list[EventMatch]:
    wanted = [one for one in truth if one.expected]
    traps = [one for one in truth if not one.expected]
    pairs = _pairs(events, wanted, tolerance)
    cases = [EventMatch("hit", events[row], wanted[column]) for row, column in pairs.items()]
    cases += [EventMatch("miss", None, one) for column, one in enumerate(wanted) if column not in pairs.values()]
    return cases + [_left_over(event, wanted, traps, tolerance) for row, event in enumerate(events) if row not in pairs]


def _pairs(events: Sequence[Raised], wanted: Sequence[Expected], tolerance: float) -> dict[int, int]:
    """Event's number to that of its expected event."""
    if not events or not wanted:
        return {}
    costs = np.full((len(events), len(wanted)), _NEVER)
    for row, event in enumerate(events):
        for column, one in enumerate(wanted):
            if fits(event, one, tolerance):
                costs[row, column] = -shared(event, one)
    rows, columns = linear_sum_assignment(costs)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if costs[row, column] < _NEVER}


def _left_over(event: Raised, wanted: Sequence[Expected], traps: Sequence[Expected], tolerance: float) -> EventMatch:
    # An expected event that it fits has its pair: else the pair would have been made.
    doubled = max(
        (one for one in wanted if fits(event, one, tolerance)), key=lambda one: shared(event, one), default=None
    )
    trap = max(
        (one for one in traps if _meets(event, one, tolerance)), key=lambda one: shared(event, one), default=None
    )
    if doubled is not None and (trap is None or shared(event, doubled) > shared(event, trap)):
        return EventMatch("duplicate", event, doubled)
    return EventMatch("false_alarm", event, None, trap)


def fits(event: Raised, one: Expected, tolerance: float) -> bool:
    """Whether the alarm is given while the expected event goes on."""
    return one.start - tolerance <= event.opened <= one.end + tolerance


def _meets(event: Raised, one: Expected, tolerance: float) -> bool:
    return event.started <= one.end + tolerance and one.start - tolerance <= event.ended


def shared(event: Raised, one: Expected) -> float:
    """Overlap of the two spans over what both cover together; 0 where they do not meet."""
    both = min(event.ended, one.end) - max(event.started, one.start)
    whole = max(event.ended, one.end) - min(event.started, one.start)
    if both < 0:
        return 0.0
    return both / whole if whole > 0 else 1.0


def _when(case: EventMatch) -> tuple[float, str, str]:
    moment = case.event.opened if case.event else case.expected.start if case.expected else 0.0
    return moment, *case.place
