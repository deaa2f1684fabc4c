"""The office's report on a month, a quarter or a year: what formulas count, by area, unit, scene, source and camera.

Days whose sums are made are read from these, the rest is counted from the cases by the same facts
(``cases/outcomes.py``). ``cases/office_figures.py`` makes figures of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, literal_column, or_, select, tuple_

from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.calendar_period import CalendarPeriod
from sharp_eyes.hub.cases.daily_figures import Place, lies_in, made_days
from sharp_eyes.hub.cases.facts import Basis, Facts, Period, falls_in
from sharp_eyes.hub.cases.figures import CameraPlace, place_below
from sharp_eyes.hub.cases.figures import Place as AreaRow
from sharp_eyes.hub.cases.outcomes import add_counts, count_kinds, count_outcomes, load_kinds, load_units
from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.figure_tables import DailyFigure
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_CAMERAS = 100
_LONGEST_LIMIT = timedelta(days=400)
"""A case that ended before its deadline ended no longer before it."""


class By(StrEnum):
    """By what the rows of a report are told apart."""

    AREA = "area"
    UNIT = "unit"
    SCENE = "scene"
    SOURCE = "source"
    CAMERA = "camera"


Key = tuple[By | None, Any]
"""A row: by what, and which; ``(None, None)`` is all of them."""

Counted = dict[int, list[int]]
"""Counts by facts, as in ``cases/outcomes.py``."""

Sides = dict[tuple[bool, Basis], Counted]
"""What a row counts: of the period or of the one before, by which day of a case."""

ALL: Key = (None, None)


@dataclass(slots=True)
class OfficeReport:
    """What each row counts."""

    rows: dict[Key, Sides] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))

    def add(self, key: Key, side: tuple[bool, Basis], bits: int, counts: Sequence[int], sign: int = 1) -> None:
        """Add counts of cases of which the same facts are so."""
        add_counts(self.rows[key][side], {bits: counts}, sign)


def count_report(
    work: UnitOfWork, scope: Scope, only: CaseFilter, period: CalendarPeriod, by: Collection[By]
) -> OfficeReport:
    """Count the cases that somebody may see; ``only``: a scene, and as facts an area, a source, a unit that answers."""
    found = OfficeReport()
    for basis in Basis:
        tally = _Tally(found, basis, period, by, only, only.facts.area or scope.area)
        rest = _add_kept(work, scope, only, tally)
        is_now = (basis.moment >= period.whole.bounds(work.city.zone)[0]).label("is_now")
        if rest is not None:
            conditions = [*matching(work, scope, only), rest]
            for (now, area), outcomes in count_outcomes(work, conditions, is_now, Case.area).items():
                tally.add_kinds(bool(now), outcomes.kinds, area)
                tally.add_units(bool(now), outcomes.units)
        if By.CAMERA in by:
            whole = [*matching(work, scope, only), tally.falls_in(work), Case.camera.is_not(None)]
            tally.add_cameras(count_kinds(work, whole, is_now, Case.gateway, Case.camera))
    return found


def _add_kept(work: UnitOfWork, scope: Scope, only: CaseFilter, tally: "_Tally") -> ColumnElement[bool] | None:
    """Add what days' sums tell; give the condition of the cases that are left to be counted, if any are."""
    zone = work.city.zone
    both = tally.both
    if not sums_hold(work, scope, only, both):
        return tally.falls_in(work)
    made = made_days(work, tally.basis, tally.area, both)
    if made is None:
        return tally.falls_in(work)
    last, stale = made
    for kind, where, day, kinds, units in _read(work, tally, last, stale):
        tally.add_day(kind, where, day, kinds, units or ())
    left = [lies_in(stale, tally.basis, zone)] if stale else []
    if last < both.last:
        left.append(falls_in(tally.basis, Period(last + timedelta(days=1), both.last), zone))
    return or_(*left) if left else None


def sums_hold(work: UnitOfWork, scope: Scope, only: CaseFilter, period: Period) -> bool:
    """Whether days' sums tell what is asked for: by area, scene and source, of what was somebody's all the time."""
    told = Facts(only.facts.period, area=only.facts.area, source=only.facts.source)
    if scope.unit or only != CaseFilter(scene=only.scene, facts=told):
        return False
    theirs = scope.ground.path_since(period.bounds(work.city.zone)[0] - _LONGEST_LIMIT)
    return theirs is not None and covers(theirs, only.facts.area or scope.area)


_WHOLE, _ROW, _GONE = range(3)


def _read(work: UnitOfWork, tally: "_Tally", last: date, stale: set[Place]) -> Iterator[Any]:
    """Read all rows in one statement, so that they are of one moment."""
    row, days = DailyFigure, (DailyFigure.basis == tally.basis.value, DailyFigure.day.between(tally.both.first, last))
    held = row.area, row.day, row.outcomes
    whole = select(literal_column(str(_WHOLE)), *held, row.unit_outcomes).where(row.area == tally.area, ~row.direct)
    parts = [whole.where(*days)]
    if By.AREA in tally.by:
        each = select(literal_column(str(_ROW)), *held, literal_column("NULL"))
        parts += [
            each.where(row.parent == tally.area, ~row.direct, *days),
            each.where(row.area == tally.area, row.direct, *days),
        ]
    if stale:
        places = tuple_(row.area, row.day).in_([(where, day) for day, where in sorted(stale)])
        parts.append(select(literal_column(str(_GONE)), *held, row.unit_outcomes).where(row.direct, places, *days))
    first, *others = parts
    return iter(work.session.execute(first.union_all(*others)).all())


@dataclass(slots=True)
class _Tally:
    """Adds counts of one basis up to the rows of a report."""

    found: OfficeReport
    basis: Basis
    period: CalendarPeriod
    by: Collection[By]
    only: CaseFilter
    area: str

    @property
    def both(self) -> Period:
        """The period and the one before."""
        return Period(self.period.before.first, self.period.until)

    def falls_in(self, work: UnitOfWork) -> ColumnElement[bool]:
        """Whether a case falls into one of the two."""
        return falls_in(self.basis, self.both, work.city.zone)

    def add_day(self, kind: int, where: str, day: date, kinds: Sequence[Any], units: Sequence[Any]) -> None:
        """Add a day's sums as they are kept, or take away those of a place that are no longer right."""
        is_now, sign = day >= self.period.whole.first, -1 if kind == _GONE else 1
        counted = load_kinds(kinds)
        if kind != _ROW:
            self.add_kinds(is_now, counted, None, sign)
            self.add_units(is_now, load_units(units), sign)
        if kind != _WHOLE:
            self._add_area(is_now, counted, where, sign)

    def add_kinds(
        self, is_now: bool, kinds: Mapping[tuple[Any, ...], Sequence[int]], area: str | None, sign: int = 1
    ) -> None:
        """Add counts by scene, source and facts; ``area``: of cases that lie there and not below."""
        side = is_now, self.basis
        for scene, source, bits, counts in self._asked(kinds):
            self.found.add(ALL, side, bits, counts, sign)
            if By.SCENE in self.by and scene is not None:
                self.found.add((By.SCENE, scene), side, bits, counts, sign)
            if By.SOURCE in self.by:
                self.found.add((By.SOURCE, source), side, bits, counts, sign)
        if area is not None:
            self._add_area(is_now, kinds, area, sign)

    def _add_area(self, is_now: bool, kinds: Mapping[tuple[Any, ...], Sequence[int]], path: str, sign: int) -> None:
        if By.AREA not in self.by:
            return
        row: AreaRow = place_below(self.area, path)
        for _scene, _source, bits, counts in self._asked(kinds):
            self.found.add((By.AREA, row), (is_now, self.basis), bits, counts, sign)

    def _asked(self, kinds: Mapping[tuple[Any, ...], Sequence[int]]) -> Iterator[tuple[Any, Any, int, Sequence[int]]]:
        scene, source = self.only.scene, self.only.facts.source
        for (of_scene, of_source, bits), counts in kinds.items():
            if scene in (None, of_scene) and source in (None, of_source):
                yield of_scene, of_source, bits, counts

    def add_units(self, is_now: bool, units: Mapping[tuple[Any, ...], Sequence[int]], sign: int = 1) -> None:
        """Add counts by scene, source, unit and facts."""
        if By.UNIT not in self.by:
            return
        scene, source, unit = self.only.scene, self.only.facts.source, self.only.facts.answering
        for (of_scene, of_source, of_unit, bits), counts in units.items():
            if scene in (None, of_scene) and source in (None, of_source) and unit in (None, of_unit):
                self.found.add((By.UNIT, of_unit), (is_now, self.basis), bits, counts, sign)

    def add_cameras(self, counted: Mapping[tuple[Any, ...], Sequence[int]]) -> None:
        """Add counts by period, gateway, camera, scene, source and facts, of the cameras with most cases."""
        for (is_now, gateway, camera, _scene, _source, bits), counts in counted.items():
            key = (By.CAMERA, CameraPlace(gateway or "", camera))
            self.found.add(key, (bool(is_now), self.basis), bits, counts)
