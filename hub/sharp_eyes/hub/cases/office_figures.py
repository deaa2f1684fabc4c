"""Figures of a report's rows: shares by the pack's formulas, mean times, and the score of the ranking. Pure.

Shares are whole counts divided once, rounded half up to two places; where there is nothing to divide by there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sharp_eyes.hub.areas.figure_facts import Count, Fact
from sharp_eyes.hub.areas.figure_rules import FigureRule
from sharp_eyes.hub.cases.facts import Basis
from sharp_eyes.hub.cases.office_report import Counted, Sides
from sharp_eyes.hub.cases.outcomes import count_of

_PLACES = Decimal("0.01")
_ANSWERED = Count((Fact.RESPONDED,))
_HANDLED = Count((Fact.HANDLED,))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def percent(self) -> Decimal | None:
        """Their share; none of nothing."""
        return None if self.of <= 0 else _rounded(Decimal(100 * self.count) / self.of)


@dataclass(frozen=True, slots=True)
class Mean:
    """How long it took on average, in whole seconds, and of how many cases."""

    count: int
    seconds: int | None


@dataclass(frozen=True, slots=True)
class RowFigures:
    """A row's figures of one period; ``shares`` in the order of the formulas."""

    reported: int
    due: int
    shares: Sequence[Share]
    response: Mean
    handling: Mean
    score: Decimal | None


def row_figures(rules: Sequence[FigureRule], sides: Sides, is_now: bool) -> RowFigures:
    """Work out a row's figures of the period, or of the one before."""
    reported, due = (sides.get((is_now, basis), {}) for basis in (Basis.REPORTED, Basis.DUE))
    by_basis: Mapping[Basis, Counted] = {Basis.REPORTED: reported, Basis.DUE: due}
    shares = [share_of(rule, by_basis[Basis(rule.period)]) for rule in rules]
    return RowFigures(
        reported=count_of(reported, Count((Fact.REPORTED,))),
        due=count_of(due, Count((Fact.DUE,))),
        shares=shares,
        response=_mean(reported, _ANSWERED, 1),
        handling=_mean(reported, _HANDLED, 2),
        score=score_of(rules, shares),
    )


def share_of(rule: FigureRule, counted: Counted) -> Share:
    """Count both sides of a formula."""
    return Share(count_of(counted, rule.counted), count_of(counted, rule.base))


def score_of(rules: Sequence[FigureRule], shares: Sequence[Share]) -> Decimal | None:
    """Give the mean of the shares by their weights, of a hundred; where low is good, what is missing to a hundred.

    What was not measured weighs nothing; there is no score where nothing that weighs was measured.
    """
    weights, points = 0, Decimal(0)
    for rule, share in zip(rules, shares, strict=True):
        if rule.weight and share.of > 0:
            part = Decimal(100 * share.count) / share.of
            weights += rule.weight
            points += rule.weight * (part if rule.better == "high" else 100 - part)
    return None if weights == 0 else _rounded(points / weights)


def _mean(counted: Counted, of: Count, place: int) -> Mean:
    count = count_of(counted, of)
    if count == 0:
        return Mean(0, None)
    seconds = Decimal(sum(counts[place] for counts in counted.values())) / count
    return Mean(count, int(seconds.quantize(Decimal(1), ROUND_HALF_UP)))


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_PLACES, ROUND_HALF_UP)
