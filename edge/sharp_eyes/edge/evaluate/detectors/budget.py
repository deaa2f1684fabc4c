"""The threshold that keeps false alarms within a budget, and what recall is left at it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.average_precision import Tally, intervals
from sharp_eyes.edge.evaluate.detectors.detection_cache import CachedDetections
from sharp_eyes.edge.evaluate.detectors.inference import EvaluatedModel
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledSource
from sharp_eyes.edge.evaluate.detectors.metrics import ClassThresholds, Measured, matches_of, tally_of
from sharp_eyes.edge.evaluate.detectors.schema import AtThreshold, BudgetRow
from sharp_eyes.edge.evaluate.report.intervals import count_interval, exact_share_interval
from sharp_eyes.edge.evaluate.report.model import FootageKind

HOURS: dict[str, float] = {"hour": 1.0, "day": 24.0, "week": 168.0}

THRESHOLDS = tuple(round(0.01 * number, 2) for number in range(1, 100))
"""Scores that are tried: as fine as anybody sets one."""

ZERO = count_interval(0)[1]
"""What even a count of zero does not rule out (3.69)."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How many false alarms are allowed.

    Attributes:
        text: as it was given.
        most: so many …
        per: … in so many hours, or looks.
        unit: what ``per`` counts.
    """

    text: str
    most: float
    per: float
    unit: Literal["hours", "looks"]

    @property
    def rate(self) -> float:
        """False alarms in one hour or look."""
        return self.most / self.per


def parse_budget(text: str) -> Budget:
    """Read ``1/day``, ``2/hour``, ``1/week``, or ``5/1000`` looks.

    Raises:
        ConfigError: it is none of these.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*(hour|day|week|\d+)\s*", text)
    if found is None or float(found[1]) <= 0 or found[2].strip("0") == "":
        raise ConfigError(
            f"--budget {text}: write how many in what: 1/day, 2/hour, 1/week, or 5/1000 for so many looks"
        )
    if found[2] in HOURS:
        return Budget(text.strip(), float(found[1]), HOURS[found[2]], "hours")
    if float(found[1]) >= float(found[2]):
        raise ConfigError(
            f"--budget {text}: allows a false alarm in every look; write fewer than looks, such as 5/1000"
        )
    return Budget(text.strip(), float(found[1]), float(found[2]), "looks")


@dataclass(frozen=True, slots=True)
class _Looks:
    """Looks without an object of a class, in their order.

    Attributes:
        best: n, the best score of the class in each; 0 where nothing was found.
        follows: n, whether a look follows the one before it in the same clip.
        amount: hours or looks.
    """

    best: npt.NDArray[np.float32]
    follows: npt.NDArray[np.bool_]
    amount: float

    def alarms(self, threshold: float, unit: str) -> int:
        """Looks with a false alarm; in time, runs of such looks, for what stays in sight alarms once."""
        false = self.best >= np.float32(threshold)
        if unit == "looks":
            return int(false.sum())
        before = np.concatenate([[False], false[:-1]]) & self.follows
        return int((false & ~before).sum())


def budget_rows(
    model: EvaluatedModel,
    kind: FootageKind,
    labelled: Measured,
    negatives: Measured,
    limits: ClassThresholds,
    budget: Budget,
    step: float,
) -> list[BudgetRow]:
    """One row for each class that looks without it were given for.

    Args:
        labelled, negatives: data sets, and looks without objects, of this kind.
        limits: thresholds in use.
        step: seconds between two looks at a clip.
    """
    rows = []
    for name in model.classes:
        looks = _looks_without(model, negatives, name, budget, step)
        if not looks.amount:
            continue
        seen = list(matches_of(model, labelled, name))
        tally = tally_of(seen)[0] if seen else None

        def at(threshold: float, looks: _Looks = looks, tally: Tally | None = tally) -> AtThreshold:
            return _at(threshold, looks, tally, budget)

        rows.append(
            BudgetRow(
                model=model.name,
                kind=kind,
                class_name=name,
                budget=budget.text,
                unit=budget.unit,
                per=budget.per,
                allowed=budget.most,
                amount=round(looks.amount, 4),
                looks=len(looks.best),
                needed=round(ZERO / budget.rate, 2),
                present=at(limits[name]),
                likely=_kept(looks, budget, at, sure=False),
                sure=_kept(looks, budget, at, sure=True),
            )
        )
    return rows


def check_budget(budget: Budget, negatives: Sequence[LabelledSource]) -> None:
    """Make sure that there are looks from which the budget can be told.

    Raises:
        ConfigError: says what to give.
    """
    pictures = [picture for source in negatives for picture in source.pictures]
    if not negatives:
        raise ConfigError(f"--budget {budget.text}: needs looks without objects; give them as --negatives")
    if budget.unit == "hours" and pictures and not any(picture.moment for picture in pictures):
        raise ConfigError(
            f"--budget {budget.text}: single pictures know no time; give clips as --negatives, or a budget of looks "
            "such as 5/1000"
        )


def _looks_without(model: EvaluatedModel, negatives: Measured, name: str, budget: Budget, step: float) -> _Looks:
    number = model.classes.index(name)
    best: list[float] = []
    follows: list[bool] = []
    for own, is_next in _in_order(negatives, name, timed=budget.unit == "hours"):
        scores = own.scores[own.classes == number]
        best.append(float(scores.max()) if len(scores) else 0.0)
        follows.append(is_next)
    amount = len(best) * step / 3600 if budget.unit == "hours" else float(len(best))
    return _Looks(np.array(best, np.float32), np.array(follows, bool), amount)


def _in_order(negatives: Measured, name: str, *, timed: bool) -> Iterator[tuple[CachedDetections, bool]]:
    """Looks at sources without a class, each with whether it follows the one before it in the same clip."""
    for source, found in negatives:
        if name not in source.labelled:
            continue
        before: tuple[str, int] | None = None
        for index, seen in sorted(found.seen.items()):
            picture = source.pictures[index]
            if picture.moment is None:
                if not timed:
                    yield seen, False
                continue
            here = str(picture.path), picture.moment[0]
            yield seen, before == (here[0], here[1] - 1)
            before = here


def _kept(looks: _Looks, budget: Budget, at: Callable[[float], AtThreshold], *, sure: bool) -> AtThreshold | None:
    """The least threshold from which on the budget is kept: as counted, or with all that the interval leaves open."""
    chosen = None
    for threshold in reversed(THRESHOLDS):
        rate, (_, high) = _rate(looks.alarms(threshold, budget.unit), looks, budget)
        if (high if sure else rate) > budget.most:
            break
        chosen = threshold
    return None if chosen is None else at(chosen)


def _rate(alarms: int, looks: _Looks, budget: Budget) -> tuple[float, tuple[float, float]]:
    """False alarms in what the budget speaks of, and their exact interval."""
    scale = budget.per / looks.amount
    if budget.unit == "looks":
        low, high = exact_share_interval(alarms, len(looks.best))
        return alarms * scale, (low * budget.per, high * budget.per)
    low, high = count_interval(alarms)
    return alarms * scale, (low * scale, high * scale)


def _at(threshold: float, looks: _Looks, tally: Tally | None, budget: Budget) -> AtThreshold:
    alarms = looks.alarms(threshold, budget.unit)
    rate, (low, high) = _rate(alarms, looks, budget)
    recall, recall_interval = _recall(tally, threshold)
    return AtThreshold(
        threshold=threshold,
        alarms=alarms,
        rate=round(rate, 4),
        interval=(round(low, 4), round(high, 4)),
        recall=recall,
        recall_interval=recall_interval,
    )


def _recall(tally: Tally | None, threshold: float) -> tuple[float | None, tuple[float, float] | None]:
    objects = 0.0 if tally is None else float(tally.objects.sum())
    if tally is None or not objects:
        return None, None
    between = intervals(tally, threshold)[1]
    hits = float((tally.right * (tally.scores >= threshold)).sum())
    return round(hits / objects, 4), None if between is None else (round(between[0], 4), round(between[1], 4))
