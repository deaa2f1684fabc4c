"""Makes the interface's report of what was counted."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sharp_eyes.hub.api.figure_schemas import PeriodView
from sharp_eyes.hub.api.office_report_schemas import (
    FormulaView,
    MeanView,
    OfficeReportView,
    ReportRowView,
    RowFiguresView,
    ShareView,
    SideView,
)
from sharp_eyes.hub.areas.figure_facts import Count
from sharp_eyes.hub.areas.figure_rules import FigureRule
from sharp_eyes.hub.areas.usual_figures import figures_of
from sharp_eyes.hub.cases.calendar_period import CalendarPeriod
from sharp_eyes.hub.cases.facts import Basis, Period
from sharp_eyes.hub.cases.figures import CameraPlace, Place
from sharp_eyes.hub.cases.office_figures import RowFigures, row_figures
from sharp_eyes.hub.cases.office_report import ALL, MOST_CAMERAS, By, Key, Sides, count_report
from sharp_eyes.hub.cases.queries import CaseFilter
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def make_report(
    work: UnitOfWork, scope: Scope, only: CaseFilter, period: CalendarPeriod, by: Collection[By]
) -> OfficeReportView:
    """Count a report and work its figures out."""
    rules = figures_of(work.city)
    found = count_report(work, scope, only, period, by)
    rows = [_row(rules, key, sides) for key, sides in found.rows.items() if key != ALL]
    return OfficeReportView(
        name=period.name,
        period=period_view(period.counted),
        before=period_view(period.before),
        is_over=period.until == period.whole.last,
        area=only.facts.area or scope.area,
        formulas=[_formula(rule) for rule in rules],
        total=_row(rules, ALL, found.rows[ALL]),
        rows=[row for one in By if one in by for row in _ordered(one, rows)],
    )


def period_view(period: Period) -> PeriodView:
    """Give days as the interface does."""
    return PeriodView(first=period.first, last=period.last)


def _formula(rule: FigureRule) -> FormulaView:
    return FormulaView(
        id=rule.id,
        name=rule.name,
        period=Basis(rule.period),
        numerator=_side(rule.counted),
        denominator=_side(rule.base),
        better=rule.better,
        weight=rule.weight,
    )


def _side(count: Count) -> SideView:
    return SideView(any_of=list(count.any_of), none_of=list(count.none_of))


def _row(rules: Sequence[FigureRule], key: Key, sides: Sides) -> ReportRowView:
    now, before = (_figures(row_figures(rules, sides, is_now)) for is_now in (True, False))
    return ReportRowView(by=key[0], rank=None, now=now, before=before, **_named(key[1]))


def _named(key: Any) -> Mapping[str, Any]:
    match key:
        case Place(area, direct):
            return {"key": area, "direct": direct, "gateway": None}
        case CameraPlace(gateway, camera):
            return {"key": camera, "direct": False, "gateway": gateway}
        case _:
            return {"key": key or "", "direct": False, "gateway": None}


def _figures(found: RowFigures) -> RowFiguresView:
    return RowFiguresView(
        reported=found.reported,
        due=found.due,
        shares=[ShareView(count=one.count, of=one.of, percent=one.percent) for one in found.shares],
        response=MeanView(count=found.response.count, seconds=found.response.seconds),
        handling=MeanView(count=found.handling.count, seconds=found.handling.seconds),
        score=found.score,
    )


def _ordered(by: By, rows: Sequence[ReportRowView]) -> Sequence[ReportRowView]:
    """Give the rows of one kind that hold anything: units by their rank, areas by path, others by how many cases."""
    theirs = [row for row in rows if row.by is by and _holds_any(row)]
    match by:
        case By.UNIT:
            return _ranked(theirs)
        case By.AREA:
            return sorted(theirs, key=lambda row: (row.key, not row.direct))
        case _:
            most = sorted(theirs, key=lambda row: (-row.now.reported, -row.before.reported, row.gateway or "", row.key))
            return most[:MOST_CAMERAS] if by is By.CAMERA else most


def _holds_any(row: ReportRowView) -> bool:
    return any((side.reported, side.due) != (0, 0) for side in (row.now, row.before))


def _ranked(rows: Sequence[ReportRowView]) -> Sequence[ReportRowView]:
    """Number units by their score, the highest first; those without one come last, and have no place."""
    scored = sorted(
        (row for row in rows if row.now.score is not None), key=lambda row: (-(row.now.score or 0), row.key)
    )
    ranked: list[ReportRowView] = []
    for number, row in enumerate(scored, start=1):
        same = ranked and ranked[-1].now.score == row.now.score
        ranked.append(row.model_copy(update={"rank": ranked[-1].rank if same else number}))
    return [*ranked, *sorted((row for row in rows if row.now.score is None), key=lambda row: row.key)]
