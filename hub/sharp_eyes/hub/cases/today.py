"""Figures of today until now, beside what is usual on this weekday until this time of day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select

from sharp_eyes.hub.cases.facts import Period
from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_WEEKS = 8
_FEWEST = 2
"""Weeks of which a median says what is usual."""
_LONGEST = timedelta(days=90)
"""What was reported longer before those weeks and ended in them is left out."""

_MOMENTS: Sequence[tuple[Any, Sequence[ColumnElement[bool]]]] = (
    (Case.reported_at, ()),
    (Case.handled_at, ()),
    (Case.ended_at, (Case.state == State.CLOSED.value,)),
)


@dataclass(frozen=True, slots=True)
class Usual:
    """How many today until now; the median of the weekdays before, none where too few of them are known."""

    today: int
    usual: float | None


@dataclass(frozen=True, slots=True)
class Today:
    """What came, was handled and was closed today; ``weeks``: of how many weekdays what is usual was taken."""

    reported: Usual
    handled: Usual
    closed: Usual
    weeks: int


def count_today(work: UnitOfWork, scope: Scope) -> Today:
    """Count what somebody may see of today and of the same weekdays before, each from midnight to this time of day."""
    spans = list(_spans(work))
    conditions = matching(work, scope, CaseFilter())
    lately = Case.reported_at >= spans[-1][0] - _LONGEST
    # Each by the index of its moment: a few days among all.
    counts = [
        select(func.count()).select_from(Case).where(moment >= begins, moment < ends, *also, lately, *conditions)
        for moment, also in _MOMENTS
        for begins, ends in spans
    ]
    row = work.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    first = work.session.scalar(select(func.min(Case.reported_at)).where(*conditions))
    weeks = sum(first is not None and first <= begins for begins, _ in spans[1:])

    def usual(place: int) -> Usual:
        counts = list(map(int, row[place * len(spans) : (place + 1) * len(spans)]))
        return Usual(counts[0], median(counts[1 : 1 + weeks]) if weeks >= _FEWEST else None)

    return Today(usual(0), usual(1), usual(2), weeks)


def _spans(work: UnitOfWork) -> Sequence[tuple[datetime, datetime]]:
    """Today from midnight until now by the city's clocks, and the same weekday of each week before."""
    local = work.now.astimezone(work.city.zone)
    found = []
    for week in range(_WEEKS + 1):
        day = local.date() - timedelta(weeks=week)
        begins, _ = Period(day, day).bounds(work.city.zone)
        ends = datetime.combine(day, local.time(), work.city.zone).astimezone(UTC)
        found.append((begins, max(begins, ends) if week else work.now + timedelta(microseconds=1)))
    return found
