"""What a setting's other values would have changed, and which of them to propose."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from sharp_eyes.edge.evaluate.events.event_matching import EventMatch
from sharp_eyes.edge.scenes.base import SceneSettings

Number = int | float

NOT_TUNED = ("look_interval", "grace", "clear_after", "update_interval")
"""Numbers that say how a scene looks and when an event ends, not what is one."""

DECISIVE = ("dwell", "votes", "count", "score", "share", "area", "covered", "confidence")
"""Numbers that are tried unless others are named: what a deployer would set first. More of them would fit the
clips better and other days worse."""

FACTORS = (0.25, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
"""Values tried of a quantity, as multiples of the present one."""

STEP = 0.05
"""Step between the values tried of a share or a score."""

MOST_COUNTS = 6
"""Steps up and down that are tried of a count."""

UNJUDGED = "nobody has judged it"
"""Name of the trap that stands for an event without a verdict: it counts neither way."""


@dataclass(frozen=True, slots=True)
class TuningTrial:
    """One value of one key, tried by replay.

    Attributes:
        hits: expected or confirmed events that were raised.
        lost: of those that the present value raises, how many this one does not; gained: the other way round.
        misses, false_alarms, duplicates: as everywhere.
        waited: median seconds from the begin to the alarm of the hits; None where there is none.
    """

    value: Number
    hits: int
    lost: int
    gained: int
    misses: int
    false_alarms: int
    duplicates: int
    waited: float | None

    @property
    def faults(self) -> int:
        """Everything that is wrong, each counting one."""
        return self.misses + self.false_alarms + self.duplicates


def tunable(settings: SceneSettings) -> dict[str, FieldInfo]:
    """The numbers of a scene that decide what is an event."""
    fields = type(settings).model_fields
    return {
        name: field
        for name, field in fields.items()
        if name not in NOT_TUNED and type(getattr(settings, name)) in (int, float)
    }


def candidate_values(present: Number, field: FieldInfo) -> list[Number]:
    """Values to try, the present one among them, in rising order and within the field's bounds."""
    low, high = bounds(field)
    values: set[Number]
    if isinstance(present, int):
        values = {present + step for step in range(-MOST_COUNTS, MOST_COUNTS + 1)}
    elif low >= 0 and high <= 1:
        values = {round(STEP * number, 2) for number in range(round(1 / STEP) + 1)}
    else:
        values = {_rounded(present * factor) for factor in FACTORS}
    return sorted({value for value in values if low <= value <= high} | {present})


def bounds(field: FieldInfo) -> tuple[float, float]:
    """Least and greatest value that a field takes; one that it does not quite take is moved a little."""
    low, high = -math.inf, math.inf
    for rule in field.metadata:  # of annotated_types: Ge, Gt, Le, Lt, each with its one limit
        low = max(low, getattr(rule, "ge", low), math.nextafter(getattr(rule, "gt", -math.inf), math.inf))
        high = min(high, getattr(rule, "le", high), math.nextafter(getattr(rule, "lt", math.inf), -math.inf))
    return low, high


def trial_of(value: Number, cases: Sequence[EventMatch], present: Sequence[EventMatch]) -> TuningTrial:
    """Count what a value gives; ``present`` are the verdicts on the present value, of the same clips."""
    hits, before = _hit(cases), _hit(present)
    waits = sorted(
        case.event.opened - case.expected.start
        for case in cases
        if case.verdict == "hit" and case.event is not None and case.expected is not None
    )
    return TuningTrial(
        value=value,
        hits=len(hits),
        lost=len(before - hits),
        gained=len(hits - before),
        misses=sum(case.verdict == "miss" for case in cases),
        false_alarms=sum(case.verdict == "false_alarm" and not is_unjudged(case) for case in cases),
        duplicates=sum(case.verdict == "duplicate" for case in cases),
        waited=round(waits[len(waits) // 2], 3) if waits else None,
    )


def is_unjudged(case: EventMatch) -> bool:
    """Whether an event is one that nobody has judged."""
    return case.trap is not None and case.trap.why == UNJUDGED


def choose(trials: Sequence[TuningTrial], present: Number, most_lost: int) -> TuningTrial | None:
    """The value to propose; None where none is better than the present one.

    Fewest faults, losing at most ``most_lost`` events; of equals the one that changes least.
    """
    own = next(trial for trial in trials if trial.value == present)
    allowed = [trial for trial in trials if trial.lost <= most_lost and trial.faults < own.faults]
    return min(allowed, key=lambda trial: (trial.faults, abs(trial.value - present)), default=None)


def plateau(trials: Sequence[TuningTrial], chosen: TuningTrial) -> tuple[Number, Number]:
    """From which to which value, around the chosen one, nothing else would come out."""
    ordered = sorted(trials, key=lambda trial: trial.value)
    low = high = ordered.index(chosen)
    while low > 0 and _same(ordered[low - 1], chosen):
        low -= 1
    while high < len(ordered) - 1 and _same(ordered[high + 1], chosen):
        high += 1
    return ordered[low].value, ordered[high].value


def _same(one: TuningTrial, other: TuningTrial) -> bool:
    return (one.faults, one.hits, one.lost) == (other.faults, other.hits, other.lost)


def _hit(cases: Sequence[EventMatch]) -> set[int]:
    """The expected events that were raised; each is one object, the same in all trials."""
    return {id(case.expected) for case in cases if case.verdict == "hit"}


def _rounded(value: float) -> float:
    """Two significant digits: nobody sets a dwell to 12.25 s."""
    return float(f"{value:.2g}")
