"""What a higher threshold would have changed: of past alarms with a verdict, how many false ones it drops, how many
true ones it loses. Pure; ``past_alarms`` reads them.

Both are always said together. An alarm stays where the highest value that its gateway named reaches the threshold; a
case stays as long as one of its alarms does. Of a score, which rises and falls between messages, more may stay than is
said here, of either kind: ``sharp-eyes-edge tune`` tries the same on recordings, look by look.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

from sharp_eyes.hub.cases.verdicts import Verdict

MOST_STEPS = 40
"""Values that are shown at most."""


@dataclass(frozen=True, slots=True)
class JudgedAlarm:
    """An alarm with its verdict. ``value``: the highest that was said; None where no value can drop it."""

    case: int
    verdict: Verdict
    value: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Alarms and cases of one verdict: ``gone`` and ``lost`` where a step drops them, else all."""

    alarms: int
    cases: int


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold tried: what it drops of each kind."""

    value: float
    false: Tally
    confirmed: Tally
    unjudged: Tally


@dataclass(frozen=True, slots=True)
class Advice:
    """All that was tried. ``proposed`` is one of the steps; ``why_not`` says why there is none."""

    false: Tally
    confirmed: Tally
    unjudged: Tally
    steps: tuple[Step, ...]
    proposed: Step | None
    why_not: str | None


def advise(alarms: Sequence[JudgedAlarm], present: float | None, most_lost: int = 0, digits: int = 2) -> Advice:
    """Try every value that drops a further alarm, and propose the one that drops most false cases.

    ``most_lost``: confirmed cases that a proposal may lose. ``present``: the threshold that holds; nothing at or below
    it is tried. Of values that drop the same the lowest is proposed, as true alarms to come are known least.
    ``digits``: of the values tried.
    """
    whole = {verdict: _whole(alarms, verdict) for verdict in Verdict}
    steps = _sweep(alarms, _values(alarms, present, digits))
    chosen, why_not = _choose(whole, steps, most_lost)
    all_of = (whole[Verdict.FALSE], whole[Verdict.CONFIRMED], whole[Verdict.UNJUDGED])
    return Advice(*all_of, _shown(steps, chosen), chosen, why_not)


def _choose(whole: dict[Verdict, Tally], steps: Sequence[Step], most_lost: int) -> tuple[Step | None, str | None]:
    if not whole[Verdict.FALSE].alarms:
        return None, "no_false_alarms"
    if not whole[Verdict.CONFIRMED].alarms:
        # Whatever is dropped, nobody could say what it costs.
        return None, "no_confirmed_alarms"
    allowed = [step for step in steps if step.confirmed.cases <= most_lost and step.false.cases]
    if not allowed:
        return None, "costs_true_alarms" if any(step.false.cases for step in steps) else "no_value_drops_any"
    return max(allowed, key=lambda step: (step.false.cases, -step.confirmed.cases, -step.value)), None


def _whole(alarms: Iterable[JudgedAlarm], verdict: Verdict) -> Tally:
    own = [one.case for one in alarms if one.verdict is verdict]
    return Tally(len(own), len(set(own)))


def _sweep(alarms: Sequence[JudgedAlarm], values: Sequence[float]) -> list[Step]:
    """Let the threshold rise and count what falls below it, once for all values."""
    left = Counter(one.case for one in alarms)
    verdicts_of: dict[int, set[Verdict]] = {}
    for one in alarms:
        verdicts_of.setdefault(one.case, set()).add(one.verdict)
    rising = sorted((one for one in alarms if one.value is not None), key=lambda one: one.value or 0.0)
    gone, gone_cases = Counter[Verdict](), Counter[Verdict]()
    steps, place = [], 0
    for value in values:
        while place < len(rising) and (rising[place].value or 0.0) < value:
            one = rising[place]
            place += 1
            gone[one.verdict] += 1
            left[one.case] -= 1
            if not left[one.case]:
                gone_cases.update(verdicts_of[one.case])
        steps.append(Step(value, *(Tally(gone[verdict], gone_cases[verdict]) for verdict in Verdict)))
    return steps


def _values(alarms: Sequence[JudgedAlarm], present: float | None, digits: int) -> list[float]:
    """The least value above each alarm's, with few digits; in rising order."""
    found = {_above(one.value, digits) for one in alarms if one.value is not None}
    return sorted(value for value in found if present is None or value > present)


def _above(value: float, digits: int) -> float:
    unit = 10**digits
    return float(round((floor(round(value * unit, 6)) + 1) / unit, digits))


def _shown(steps: Sequence[Step], chosen: Step | None) -> tuple[Step, ...]:
    """Spread over all that was tried where there are many; the proposed one is always among them."""
    if len(steps) <= MOST_STEPS:
        return tuple(steps)
    wanted = {round(place * (len(steps) - 1) / (MOST_STEPS - 1)) for place in range(MOST_STEPS)}
    return tuple(step for place, step in enumerate(steps) if place in wanted or step == chosen)
