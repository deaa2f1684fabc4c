"""Sums of days give the figures that counting all cases gives, whatever happened to cases since the sums were made."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from tests.hub.bench import CAMERA, EAST, STREET, Bench
from tests.hub.test_figures import PARKED, WEST, Office, a_weekend

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub import keeping
from sharp_eyes.hub.cases.calendar_period import CalendarPeriod
from sharp_eyes.hub.cases.daily_figures import forget_all, make_sums
from sharp_eyes.hub.cases.facts import Facts, Period
from sharp_eyes.hub.cases.figures import Figures, count_figures
from sharp_eyes.hub.cases.hot_spots import HotSpots, count_hot_spots
from sharp_eyes.hub.cases.office_report import By, OfficeReport, count_report
from sharp_eyes.hub.cases.queries import CaseFilter, lock_row
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.time_lines import AreaChanged
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.figure_tables import DailyFigure, FigureProgress, StaleFigure

PERIOD = Period(date(2026, 3, 3), date(2026, 3, 5))
"""Cases of the bench's first days are of the period before it."""

REPORTED_ON = CalendarPeriod("three days", PERIOD, PERIOD.before, PERIOD.last)

ASKED: tuple[tuple[str, str | None], ...] = (
    ("demo", None), (STREET, None), (EAST, None), (WEST, None), ("demo", "greenery_damage"),
)  # fmt: skip


def make_all(bench: Bench) -> None:
    """Let the thread's steps be done until none is left."""
    while make_sums(bench.transaction):
        pass


def figures(bench: Bench) -> list[tuple[Figures, dict[Any, Any], HotSpots]]:
    found = []
    for area, scene in ASKED:
        with bench.hub.read_only() as work:
            shown = count_figures(work, Scope(area), CaseFilter(scene=scene, facts=Facts(PERIOD)))
            report = count_report(work, Scope(area), CaseFilter(scene=scene), REPORTED_ON, list(By))
            spots = count_hot_spots(work, Scope(area), CaseFilter(scene=scene, facts=Facts(PERIOD)), 10)
        found.append((shown, counted(report), spots))
    return found


def counted(report: OfficeReport) -> dict[Any, Any]:
    """What a report counts at all."""
    return {
        (key, side, bits): counts
        for key, sides in report.rows.items()
        for side, of_side in sides.items()
        for bits, counts in of_side.items()
        if any(counts)
    }


def figures_from_cases(bench: Bench) -> list[tuple[Figures, dict[Any, Any], HotSpots]]:
    """Without any sums of days."""
    with bench.transaction() as work:
        kept = [work.session.execute(select(table.__table__)).mappings().all() for table in TABLES]
        forget_all(work)
    found = figures(bench)
    with bench.transaction() as work:
        for table, rows in zip(TABLES, kept, strict=True):
            if rows:
                work.session.execute(insert(table), [dict(row) for row in rows])
    return found


TABLES = (DailyFigure, StaleFigure, FigureProgress)


def count(bench: Bench, table: type[Any]) -> int:
    with bench.hub.read_only() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def lay_elsewhere(bench: Bench, case: int, area: str) -> None:
    with bench.transaction() as work:
        row = lock_row(work, case)
        assert row is not None
        write_line(work, row, Actor(ActorKind.PERSON, "chief"), AreaChanged(area=area, before=row.area))


def test_sums_are_made_once_a_day_is_over_and_again_when_a_case_of_it_changes(bench: Bench) -> None:
    """Figures are the same as from the cases, before the sums are made again and after."""
    office = Office(bench)
    a_weekend(office)
    make_all(bench)
    assert count(bench, DailyFigure) == 10, "of the first day: two areas and all at or above them, one with a case due"
    bench.clock.forward(days=2)
    make_all(bench)
    assert figures(bench) == figures_from_cases(bench)

    lay_elsewhere(bench, 3, WEST)
    office.move(3, "pass")
    office.move(2, "reopen", reason="it is back")
    assert count(bench, StaleFigure) > 0
    assert figures(bench) == figures_from_cases(bench)
    before = count(bench, DailyFigure)
    make_all(bench)
    assert count(bench, StaleFigure) == 0
    assert count(bench, DailyFigure) >= before
    assert figures(bench) == figures_from_cases(bench)


def test_days_are_read_from_their_sums(quick: Bench) -> None:
    """Of days whose sums are made no case is read: without cases their figures stand all the same."""
    a_weekend(Office(quick))
    quick.clock.forward(days=3)
    make_all(quick)
    with quick.transaction() as work:
        whole = count_figures(work, Scope("demo"), CaseFilter(facts=Facts(PERIOD)))
        work.session.execute(update(Case).values(reported_at=work.now))
        kept = count_figures(work, Scope("demo"), CaseFilter(facts=Facts(PERIOD)))
        work.session.rollback()
    assert kept.total.before == whole.total.before == 4
    assert [of for _, of in kept.times.values()] == [of for _, of in whole.times.values()]


def test_a_command_makes_them_again(quick: Bench) -> None:
    """Whatever stands in their rows."""
    a_weekend(Office(quick))
    quick.clock.forward(days=3)
    make_all(quick)
    with quick.transaction() as work:
        work.session.execute(update(DailyFigure).values(sums={"kinds": [], "units": [], "arrivals": [], "times": []}))
    assert figures(quick) != figures_from_cases(quick)
    keeping.figures(data=quick.hub.settings.data)
    assert figures(quick) == figures_from_cases(quick)


STEPS = st.one_of(
    st.tuples(st.just("report"), st.sampled_from([CAMERA, "cam-2"])),
    st.tuples(st.just("lay"), st.sampled_from([EAST, WEST, STREET, "demo"])),
    st.tuples(st.just("wait"), st.sampled_from([1, 9, 26])),
    st.tuples(st.just("make"), st.sampled_from([1, 9])),
    st.tuples(
        st.just("move"),
        st.sampled_from(["file", "dispatch", "accept", "handle", "pass", "fail", "close", "void", "reopen"]),
    ),
)
BODIES: dict[str, dict[str, str]] = {
    "dispatch": {"unit": "parks"}, "handle": {"note": "mended"}, "fail": {"reason": "still there"},
    "void": {"reason": "false_alarm"}, "reopen": {"reason": "it is back"},
}  # fmt: skip


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(STEPS, st.integers(0, 3)), min_size=12, max_size=20))
def test_whatever_happens_to_cases_figures_are_those_of_the_cases(
    quick: Bench, steps: list[tuple[tuple[str, Any], int]]
) -> None:
    """Cases come, move on, move to other areas, end and are reopened, while sums are made in between."""
    office = Office(quick)
    for (kind, what), which in steps:
        with quick.hub.read_only() as work:
            cases = work.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(4)).all()
        case = cases[which % len(cases)] if cases else None
        if kind == "report":
            quick.report(camera=what, scene=(PARKED, SceneName.GREENERY_DAMAGE)[which % 2])
        elif kind == "wait":
            quick.clock.forward(hours=what)
        elif kind == "make":
            for _ in range(what):
                make_sums(quick.transaction)
        elif case is not None and kind == "lay":
            lay_elsewhere(quick, case, what)
        elif case is not None:
            who = office.parks if what in {"accept", "handle"} else office.lead
            who.post(f"/api/cases/{case}/moves/{what}", json=BODIES.get(what, {}))
    assert figures(quick) == figures_from_cases(quick)
    quick.clock.forward(hours=30)
    make_all(quick)
    assert figures(quick) == figures_from_cases(quick)
