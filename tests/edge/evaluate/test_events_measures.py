"""Figures from verdicts."""

from pathlib import Path

import pytest
from tests.edge.evaluate.events_makers import (
    ZONE,
    entry,
    event,
    expected,
    film,
    parking,
    perimeter,
    write_suite,
)

from sharp_eyes.contract.event import Grade
from sharp_eyes.edge.evaluate.events.evaluation import rows_of
from sharp_eyes.edge.evaluate.events.event_matching import match
from sharp_eyes.edge.evaluate.events.metrics import JudgedClip, due, figures_of, rate_interval
from sharp_eyes.edge.evaluate.events.suite import SuiteClip, load_suites


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[SuiteClip, ...]:
    """Two clips; the second one's camera watches for two scenes."""
    folder = tmp_path_factory.mktemp("suite")
    for name in ("one", "two"):
        film(folder / f"{name}.mp4", [], 0.5)
    line = {"id": "gate", "line": [[0.1, 0.5], [0.9, 0.5]]}
    entries = (
        entry("one.mp4", [], parking(dwell=8)),
        entry("two.mp4", [], parking(dwell=8), perimeter(lines=[line]), kind="real"),
    )
    return load_suites([write_suite(folder, *entries)]).clips


def test_counts_shares_and_their_intervals(clips: tuple[SuiteClip, ...]) -> None:
    """Two of three found, one false, one double: precision 2/4, recall 2/3, F1 4/7."""
    truth = (expected(5, 30), expected(50, 80), expected(100, 130))
    events = [event(5, 13, 30), event(20, 28, 31), event(51, 59, 80), event(90, 92, 95)]
    figures = figures_of([JudgedClip(clips[0], 1800, tuple(match(events, truth)))], "illegal_parking")
    assert (figures.expected, figures.hits, figures.misses) == (3, 2, 1)
    assert (figures.false_alarms, figures.duplicates) == (1, 1)
    assert figures.precision == pytest.approx(0.5)
    assert figures.recall == pytest.approx(2 / 3, abs=1e-6)
    assert figures.f1 == pytest.approx(4 / 7, abs=1e-6)
    # Wilson's interval of 2 of 3, as given in any table of it.
    assert figures.recall_interval == pytest.approx((0.2077, 0.9385), abs=1e-3)
    assert figures.hours == pytest.approx(0.5)
    assert figures.false_alarms_per_hour == pytest.approx(2.0)


def test_the_exact_interval_of_a_rate() -> None:
    """Garwood's table: 0 events give 0 to 3.689, 3 give 0.619 to 8.767, 10 give 4.795 to 18.390."""
    assert rate_interval(0, 1) == pytest.approx((0, 3.689), abs=1e-3)
    assert rate_interval(3, 1) == pytest.approx((0.619, 8.767), abs=1e-3)
    assert rate_interval(10, 2) == pytest.approx((4.795 / 2, 18.390 / 2), abs=1e-3)


def test_time_to_alert_counts_from_when_the_rule_could_hold(clips: tuple[SuiteClip, ...]) -> None:
    """With a dwell of 8 s a car that stands from 5 s on is due at 13 s; an alarm more than a look later is late."""
    truth = (expected(5, 60), expected(100, 160), expected(200, 260))
    events = [event(5, 13.5, 60), event(100, 108.0, 160), event(202, 210.2, 260)]
    figures = figures_of([JudgedClip(clips[0], 300, tuple(match(events, truth)))], None)
    assert figures.late is not None
    assert figures.waited is not None
    assert (figures.late.p50, figures.late.least, figures.late.most) == (0.5, 0.0, 2.2)
    assert figures.late.p95 == pytest.approx(0.5 + 0.9 * 1.7)
    assert figures.waited.p50 == pytest.approx(8.5)
    assert (figures.within_look, figures.hits) == (2, 3)


def test_votes_take_their_looks_and_a_fall_its_way(tmp_path: Path) -> None:
    """Smoke is due with the last look that must see it, a falling thing when it lies below."""
    film(tmp_path / "front.mp4", [], 0.5)
    smoke = {"scene": "smoke", "zones": [{"id": "all", "polygon": ZONE}], "votes": 4, "look_interval": 0.5}
    falling = {"scene": "falling_object", "zones": [{"id": "front", "polygon": ZONE}]}
    (clip,) = load_suites([write_suite(tmp_path, entry("front.mp4", [], smoke, falling))]).clips
    assert due(clip, expected(5, 30, scene="smoke", zone="all")) == 6.5
    assert due(clip, expected(5, 7.5, scene="falling_object", zone="front")) == 7.5


def test_a_line_has_no_dwell_and_the_truth_may_say_when(clips: tuple[SuiteClip, ...]) -> None:
    assert due(clips[1], expected(5, 6, scene="perimeter_intrusion", zone="gate")) == 5
    assert due(clips[1], expected(5, 6, scene="perimeter_intrusion", zone="yard")) == 6
    assert due(clips[1], expected(5, 60, due=20)) == 20


def test_grades_are_compared_where_the_truth_names_one(clips: tuple[SuiteClip, ...]) -> None:
    truth = (expected(5, 30, grade="serious"), expected(50, 80, grade="serious"), expected(100, 130))
    events = [event(5, 13, 30, grade=Grade.SERIOUS), event(50, 58, 80), event(100, 108, 130)]
    figures = figures_of([JudgedClip(clips[0], 300, tuple(match(events, truth)))], None)
    assert (figures.grades_agreed, figures.grades_asked) == (1, 2)


def test_real_and_rendered_never_share_a_figure(clips: tuple[SuiteClip, ...]) -> None:
    """And an hour counts for a scene only where its camera watches for it."""
    found = rows_of("suite", [JudgedClip(clips[0], 3600, ()), JudgedClip(clips[1], 1800, ())])
    rows = {(row.kind, row.scene): row.figures for row in found}
    assert set(rows) == {
        ("rendered", "illegal_parking"),
        ("rendered", None),
        ("real", "illegal_parking"),
        ("real", "perimeter_intrusion"),
        ("real", None),
    }
    assert rows["rendered", None].hours == 1
    assert rows["real", None].hours == 0.5
    assert rows["real", "perimeter_intrusion"].f1 is None
    assert rows["real", "perimeter_intrusion"].precision is None
