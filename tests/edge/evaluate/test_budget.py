"""Calibration and thresholds for a budget, on cases small enough to work out by hand."""

from collections.abc import Sequence

import pytest
from scipy.stats import binom, poisson
from tests.edge.evaluate.makers import Box, Found, looks, measured, model, picture, source

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.budget import budget_rows, check_budget, parse_budget
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledPicture
from sharp_eyes.edge.evaluate.detectors.schema import BudgetRow
from sharp_eyes.edge.evaluate.report.intervals import count_interval, exact_share_interval

ONE: Box = (10, 10, 50, 50)
ELSEWHERE: Box = (150, 60, 190, 95)


def test_exact_intervals_leave_out_what_is_improbable() -> None:
    """At either end the count that was seen, or a more extreme one, has a probability of 2.5 %."""
    for count in (1, 4, 30):
        low, high = count_interval(count)
        assert poisson.sf(count - 1, low) == pytest.approx(0.025)
        assert poisson.cdf(count, high) == pytest.approx(0.025)
    low, high = exact_share_interval(3, 200)
    assert binom.sf(2, 200, low) == pytest.approx(0.025)
    assert binom.cdf(3, 200, high) == pytest.approx(0.025)
    assert exact_share_interval(0, 50) == pytest.approx((0, 1 - 0.025 ** (1 / 50)))
    assert exact_share_interval(50, 50)[1] == 1.0


def test_scores_that_mean_what_they_say_have_no_error() -> None:
    """Ten detections of 0.9 of which nine are right, ten of 0.3 of which three are; then the same ones, too sure."""
    pictures = [picture(f"{n}", [(ONE, "car")] if n < 9 or 10 <= n < 13 else []) for n in range(20)]
    own = source("s", ["car"], pictures)

    def at(high: float, low: float) -> list[list[Found]]:
        return [[(high if n < 10 else low, ONE, "car")] for n in range(20)]

    fair = measured(["car"], [(own, at(0.9, 0.3))]).classes["car"].calibration
    assert fair is not None
    assert [(one.at_least, one.detections, one.right) for one in fair.bins] == [(0.3, 10, 3), (0.9, 10, 9)]
    assert (fair.expected_error, fair.counted) == (0.0, 20)
    sure = measured(["car"], [(own, at(0.99, 0.65))]).classes["car"].calibration
    assert sure is not None
    assert sure.expected_error == pytest.approx((10 * 0.09 + 10 * 0.35) / 20)


def test_the_tail_of_weak_scores_does_not_rule_the_error() -> None:
    """A hundred boxes of 0.02 are shown in the first bin, and count for nothing."""
    pictures = [picture("a", [(ONE, "car")]), *(picture(f"n{n}") for n in range(100))]
    found: list[list[Found]] = [[(0.95, ONE, "car")], *([[(0.02, ELSEWHERE, "car")]] * 100)]
    made = measured(["car"], [(source("s", ["car"], pictures), found)]).classes["car"].calibration
    assert made is not None
    assert made.bins[0].detections == 100
    assert (made.counted, made.expected_error) == (1, 0.05)


@pytest.mark.parametrize(
    ("text", "rate", "unit"),
    [("1/day", 1 / 24, "hours"), ("2 / hour", 2, "hours"), ("1/week", 1 / 168, "hours"), ("5/1000", 0.005, "looks")],
)
def test_a_budget_is_so_many_in_what(text: str, rate: float, unit: str) -> None:
    budget = parse_budget(text)
    assert budget.rate == pytest.approx(rate)
    assert budget.unit == unit


@pytest.mark.parametrize("text", ["1", "day", "0/day", "1/month", "5/0", "-1/day", "3/2"])
def test_what_is_no_budget_is_said(text: str) -> None:
    with pytest.raises(ConfigError, match="--budget"):
        parse_budget(text)


def clip(name: str, count: int) -> list[LabelledPicture]:
    """Looks at one clip."""
    from dataclasses import replace

    return [
        replace(picture(f"{name} {n}", group=name), path=picture(name).path, moment=(n, float(n))) for n in range(count)
    ]


def row(budget: str, negatives: Sequence[LabelledPicture], scores: Sequence[float], step: float = 1.0) -> BudgetRow:
    """Cars found elsewhere with these scores in looks without any; four of five real cars are found."""
    real = source("real", ["car"], [picture(f"{n}", [(ONE, "car")]) for n in range(5)])
    hits: list[list[Found]] = [[(score, ONE, "car")] for score in (0.9, 0.8, 0.6, 0.4)] + [[]]
    none = source("none", ["car"], negatives)
    wrong: list[list[Found]] = [[(score, ELSEWHERE, "car")] if score else [] for score in scores]
    own, without = [(real, looks(["car"], hits))], [(none, looks(["car"], wrong))]
    (made,) = budget_rows(model("car"), "real", own, without, {"car": 0.35}, parse_budget(budget), step)
    return made


def test_the_least_threshold_that_keeps_a_budget_of_looks() -> None:
    """1000 looks, false ones at 0.3 (20), 0.5 (4) and 0.7 (1): 5 in 1000 is kept from 0.31 on as counted."""
    pictures = [picture(f"n{n}") for n in range(1000)]
    made = row("5/1000", pictures, [0.3] * 20 + [0.5] * 4 + [0.7] + [0.0] * 975)
    assert made.amount == 1000
    assert made.present.alarms == 5
    assert made.likely is not None
    assert made.likely.threshold == pytest.approx(0.31, abs=0.011)
    assert (made.likely.alarms, made.likely.rate, made.likely.recall) == (5, 5.0, 0.8)
    assert made.likely.interval == pytest.approx([1000 * one for one in exact_share_interval(5, 1000)], abs=1e-3)
    assert made.sure is not None
    assert made.sure.threshold == pytest.approx(0.71, abs=0.011)
    assert made.sure.alarms == 0
    assert made.sure.interval[1] <= 5
    assert made.sure.recall == 0.4
    assert made.likely.recall_interval is not None


def test_in_time_what_stays_in_sight_alarms_once() -> None:
    """Two clips of 1800 s: a false object for 100 looks, twice one of a single look: three alarms in an hour."""
    pictures = [*clip("a", 1800), *clip("b", 1800)]
    scores = [0.0] * 1700 + [0.6] * 100 + [0.6] + [0.0] * 1000 + [0.6] + [0.0] * 798
    made = row("2/hour", pictures, scores)
    assert (made.amount, made.unit) == (1.0, "hours")
    assert (made.present.alarms, made.present.rate) == (3, 3.0)
    assert made.present.interval == pytest.approx(count_interval(3), abs=1e-3)
    assert made.likely is not None
    assert made.likely.threshold == pytest.approx(0.61, abs=0.011)
    assert made.likely.alarms == 0


def test_too_few_looks_can_be_sure_of_nothing() -> None:
    """An hour without any false alarm does not prove one a day; it says how much would."""
    made = row("1/day", clip("a", 3600), [0.0] * 3600)
    assert made.likely is not None
    assert made.likely.alarms == 0
    assert made.sure is None
    assert made.needed == pytest.approx(3.689 * 24, abs=0.01)


def test_a_budget_needs_looks_that_know_its_measure() -> None:
    with pytest.raises(ConfigError, match="--negatives"):
        check_budget(parse_budget("1/day"), [])
    with pytest.raises(ConfigError, match="single pictures know no time"):
        check_budget(parse_budget("1/day"), [source("none", ["car"], [picture("a")])])
    check_budget(parse_budget("1/1000"), [source("none", ["car"], [picture("a")])])
