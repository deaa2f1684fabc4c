"""Reads from an address which cases are asked for by their facts: one way for figures, lists and exports."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Query

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.figure_facts import Count, Fact
from sharp_eyes.hub.cases.cells import Cell
from sharp_eyes.hub.cases.facts import Facts, Period, Stage
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.model import AppealState, Source

LONGEST_DAYS = 400
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Days that may be asked about: of those at the ends of the calendar the moment in UTC, or the day after, is none."""

_Day = Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="Day of the city, included")]
_Name = Annotated[str | None, Query(max_length=200)]


def asked_period(reported_from: _Day = None, reported_to: _Day = None) -> Period | None:
    """Read the days on which cases were reported: both, or none.

    Raises:
        RequestError: 422 where one of them is missing, they are the wrong way round, or too many.
    """
    return _period("reported", reported_from, reported_to)


AskedPeriod = Annotated[Period | None, Depends(asked_period)]


def asked_due(due_from: _Day = None, due_to: _Day = None) -> Period | None:
    """Read the days on which cases were due to be handled, the same way."""
    return _period("due", due_from, due_to)


def _period(what: str, first: date | None, last: date | None) -> Period | None:
    if first is None or last is None:
        if first is last:
            return None
        raise RequestError(422, "invalid", f"{what}_from and {what}_to: give both days, or none")
    if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
        raise RequestError(422, "invalid", f"{what}_from, {what}_to: 1 to {LONGEST_DAYS} days, the first one first")
    return Period(first, last)


def asked_count(
    fact: Annotated[list[Fact] | None, Query(description="Facts of which any is so of them")] = None,
    without: Annotated[list[Fact] | None, Query(description="Facts of which none is so of them")] = None,
) -> Count | None:
    """Read one side of a figure: what the office's report counts."""
    return Count(tuple(fact or (Fact.REPORTED,)), tuple(without or ())) if fact or without else None


def asked_cell(
    cell: Annotated[
        str | None, Query(pattern=r"^-?\d{1,5},-?\d{1,5}$", description="As GET /api/figures/hotspots names it")
    ] = None,
) -> Cell | None:
    """Read a cell of the ground."""
    return None if cell is None else Cell.read(cell)


def asked_facts(
    period: AskedPeriod,
    due: Annotated[Period | None, Depends(asked_due)],
    count: Annotated[Count | None, Depends(asked_count)],
    cell: Annotated[Cell | None, Depends(asked_cell)],
    hour: Annotated[int | None, Query(ge=0, le=23, description="Of the day; needs both days")] = None,
    area: _Name = None,
    direct: Annotated[bool, Query(description="In this very area, not below it")] = False,
    grade: Grade | None = None,
    source: Annotated[Source | None, Query(description="How they came in")] = None,
    had_unit: Annotated[str | None, Query(max_length=100, description="A unit that has it, or had")] = None,
    late_turn: Annotated[bool, Query(description="Only where that unit was late in its turn")] = False,
    late: Annotated[bool, Query(description="Only what missed a deadline, ever")] = False,
    false_alarm: Annotated[bool, Query(description="Only where the camera was wrong")] = False,
    reworked: Annotated[bool, Query(description="Only what went to rework")] = False,
    extended: Annotated[bool, Query(description="Only what was given more time")] = False,
    appeal: AppealState | None = None,
    reached: Annotated[Stage | None, Query(description="Only what came so far")] = None,
    weekday: Annotated[int | None, Query(ge=1, le=7, description="1 is Monday; needs both days")] = None,
    answering: Annotated[str | None, Query(max_length=100, description="A unit that has them, or did them")] = None,
    milestone: Annotated[
        str | None, Query(max_length=100, description="Only where this one was reached on site, or missed")
    ] = None,
    kept: Annotated[bool, Query(description="Only where that milestone was reached in time")] = False,
) -> Facts:
    """Read all of them.

    Raises:
        RequestError: 422 for an hour or a day of the week without days.
    """
    for name, value in (("hour", hour), ("weekday", weekday)):
        if value is not None and period is None:
            raise RequestError(422, "invalid", f"{name}: needs reported_from and reported_to")
    return Facts(
        period,
        hour,
        area,
        direct,
        None if grade is None else grade.value,
        None if source is None else source.value,
        had_unit,
        late_turn,
        late,
        false_alarm,
        reworked,
        extended,
        appeal,
        reached,
        weekday,
        due,
        cell,
        count,
        answering,
        milestone,
        kept,
    )


AskedFacts = Annotated[Facts, Depends(asked_facts)]
