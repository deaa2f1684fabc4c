"""Where and when cases come most: by cells of the ground, and by hours of the week."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, literal_column, or_, select, true, tuple_

from sharp_eyes.hub.cases.cells import Cell
from sharp_eyes.hub.cases.daily_figures import lies_in, made_days
from sharp_eyes.hub.cases.day_spots import UNPLACED, Spots, count_spots
from sharp_eyes.hub.cases.facts import Basis, Facts, Period, falls_in
from sharp_eyes.hub.cases.office_report import sums_hold
from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.figure_tables import DailyFigure
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

HOURS_OF_WEEK = 7 * 24


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A cell with many cases: how many, of which scenes or kinds, and of the latest one where it is."""

    cell: Cell
    count: int
    subjects: Sequence[tuple[str | None, int]]
    place: str
    area: str
    gateway: str | None
    camera: str | None


@dataclass(frozen=True, slots=True)
class HotSpots:
    """``hours``: cases by hour of the week from Monday on; ``unplaced``: those of which nobody knows where they are."""

    hours: Sequence[int]
    spots: Sequence[HotSpot]
    unplaced: int


def count_hot_spots(work: UnitOfWork, scope: Scope, only: CaseFilter, most: int) -> HotSpots:
    """Count the cases that somebody may see, of a filter with a period: from sums of days as far as these tell."""
    period = only.facts.period
    if period is None:
        raise ValueError("hot spots are of a period")
    found = Spots()
    rest = _add_kept(work, scope, only, period, found)
    if rest is not None:
        for counted in count_spots(work, [*matching(work, scope, only), rest], period).values():
            found.add(counted)
    by_hour: Counter[int] = Counter()
    counts: dict[int, Counter[str | None]] = defaultdict(Counter)
    for (scene, source), numbers in found.hours.items():
        if _is_asked(only, scene, source):
            by_hour.update(numbers)
    for (scene, source, subject), numbers in found.cells.items():
        if _is_asked(only, scene, source):
            for number, count in numbers.items():
                if count:
                    counts[number][subject] += count
    unplaced = counts.pop(UNPLACED, Counter()).total()
    worst = sorted(counts, key=lambda number: (-counts[number].total(), number))[:most]
    spots = [_spot(work, scope, only, Cell.of_number(number), counts[number]) for number in worst]
    return HotSpots([by_hour[hour] for hour in range(HOURS_OF_WEEK)], spots, unplaced)


def _is_asked(only: CaseFilter, scene: str | None, source: str) -> bool:
    return only.scene in (None, scene) and only.facts.source in (None, source)


def _add_kept(
    work: UnitOfWork, scope: Scope, only: CaseFilter, period: Period, found: Spots
) -> ColumnElement[bool] | None:
    """Add what days' sums tell; give the condition of the cases that are left to be counted, if any are."""
    area = only.facts.area or scope.area
    made = made_days(work, Basis.REPORTED, area, period) if sums_hold(work, scope, only, period) else None
    if made is None:
        return true()
    last, stale = made
    row, days = DailyFigure, (DailyFigure.basis == Basis.REPORTED.value, DailyFigure.day.between(period.first, last))
    whole = select(literal_column("1"), row.spots).where(row.area == area, ~row.direct, *days)
    places = tuple_(row.area, row.day).in_([(where, day) for day, where in sorted(stale)])
    gone = select(literal_column("-1"), row.spots).where(row.direct, places, *days)
    # One statement, so that all rows are of one moment.
    for sign, spots in work.session.execute(whole.union_all(gone) if stale else whole):
        found.add_stored(spots, sign)
    zone = work.city.zone
    left = [lies_in(stale, Basis.REPORTED, zone)] if stale else []
    if last < period.last:
        left.append(falls_in(Basis.REPORTED, Period(last + timedelta(days=1), period.last), zone))
    return or_(*left) if left else None


def _spot(work: UnitOfWork, scope: Scope, only: CaseFilter, cell: Cell, counts: Counter[str | None]) -> HotSpot:
    facts = only.facts
    inside = CaseFilter(scene=only.scene, facts=Facts(facts.period, area=facts.area, source=facts.source, cell=cell))
    columns = Case.place, Case.area, Case.gateway, Case.camera
    latest = select(*columns).where(*matching(work, scope, inside)).order_by(Case.id.desc()).limit(1)
    subjects = sorted(counts.items(), key=lambda one: (-one[1], one[0] or ""))
    return HotSpot(cell, counts.total(), subjects, *work.session.execute(latest).one())
