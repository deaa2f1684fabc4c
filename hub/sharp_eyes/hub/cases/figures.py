"""Figures of the cases of a period, beside those of as many days just before.

Each is counted by the facts by which the list finds the cases behind it (``cases/facts.py``). Days whose sums are made
(``cases/daily_figures.py``) are read from these, all else is counted from the cases (``cases/day_sums.py``); what the
present moment alone makes late is asked of the open ones.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, distinct, func, or_, select
from sqlalchemy.orm import aliased

from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.daily_figures import Kept, kept_sums, lies_in
from sharp_eyes.hub.cases.day_sums import QUARTER, Slots, Sums, count_sums, seconds_of_none
from sharp_eyes.hub.cases.facts import DAY, HOUR, Basis, Facts, Period, Stage, is_past
from sharp_eyes.hub.cases.milestone_sums import count_milestones
from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.lifecycle.model import AppealState
from sharp_eyes.hub.store.case_tables import Case, CaseClock
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_CAMERAS = 20


@dataclass(slots=True)
class Count:
    """How many cases, of how many; in the period and in the one before."""

    now: int = 0
    of: int = 0
    before: int = 0
    before_of: int = 0

    def add(self, is_now: bool, count: int, of: int) -> None:
        """Add to one of the two periods."""
        if is_now:
            self.now, self.of = self.now + count, self.of + of
        else:
            self.before, self.before_of = self.before + count, self.before_of + of


@dataclass(frozen=True, slots=True)
class Place:
    """An area of the figures: a path with all below it, or ``direct``: without."""

    area: str
    direct: bool


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """A camera of a gateway."""

    gateway: str
    camera: str


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took from the report, in seconds: of how many cases, their median, what nine of ten kept."""

    count: int
    median: float | None
    p90: float | None


@dataclass(slots=True)
class Figures:
    """All figures. The lists by day and by hour have a row for each, also where nothing came."""

    total: Count = field(default_factory=Count)
    states: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    scenes: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    grades: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    sources: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    days: list[Count] = field(default_factory=list)
    hours: list[Count] = field(default_factory=list)
    late: Count = field(default_factory=Count)
    late_by_area: dict[Place, Count] = field(default_factory=lambda: defaultdict(Count))
    late_by_unit: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    times: dict[Stage, tuple[Spread, Spread]] = field(default_factory=dict)
    false: Count = field(default_factory=Count)
    false_by_camera: dict[CameraPlace, Count] = field(default_factory=dict)
    false_by_scene: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    reworked: Count = field(default_factory=Count)
    extended: Count = field(default_factory=Count)
    appeals: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    milestones: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))


def count_figures(work: UnitOfWork, scope: Scope, only: CaseFilter) -> Figures:
    """Count all figures of the cases that somebody may see, of a filter with a period."""
    period = only.facts.period
    if period is None:
        raise ValueError("figures are of a period")
    both = Period(period.before.first, period.last)
    asked = replace(only, facts=replace(only.facts, period=both))
    conditions = matching(work, scope, asked)
    is_now = (Case.reported_at >= period.bounds(work.city.zone)[0]).label("is_now")
    found = Figures()
    tally = _Tally(work.city.zone, period, only.facts.area or scope.area, only.facts.had_unit, found)
    rest = _add_kept(work, scope, only, conditions, is_now, both, tally)
    tally.add_slots(count_sums(work, rest, is_now, by_area=False))
    _count_passed(work, conditions, is_now, tally)
    _count_cameras(work, conditions, is_now, found)
    for milestone, now, kept, settled in count_milestones(work, conditions, is_now):
        found.milestones[milestone].add(now, kept, settled)
    tally.finish()
    return found


def _add_kept(
    work: UnitOfWork,
    scope: Scope,
    only: CaseFilter,
    conditions: Sequence[ColumnElement[bool]],
    is_now: ColumnElement[bool],
    both: Period,
    tally: "_Tally",
) -> Sequence[ColumnElement[bool]]:
    """Add what days' sums tell; return the conditions of the cases that are left to be counted."""
    zone = work.city.zone
    area = scope.ground.path_since(both.bounds(zone)[0])
    if only != CaseFilter(scene=only.scene, facts=Facts(only.facts.period, area=only.facts.area)) or scope.unit:
        return conditions
    if area is None or not covers(area, asked := only.facts.area or area):
        return conditions
    kept = kept_sums(work, asked, both)
    if kept is None:
        return conditions
    tally.add_kept(kept, only.scene)
    left = or_(
        Case.reported_at >= Period(kept.until, both.last).bounds(zone)[0], lies_in(kept.stale, Basis.REPORTED, zone)
    )
    return [*conditions, left]


class _Tally:
    """Adds sums up to figures."""

    def __init__(self, zone: ZoneInfo, period: Period, asked: str, unit: str | None, found: Figures) -> None:
        self._zone = zone
        self._period = period
        self._asked = asked
        self._unit = unit
        self._found = found
        self._arrivals: Counter[int] = Counter()
        self._times: dict[tuple[str, bool], array[int]] = defaultdict(seconds_of_none)

    def add_slots(self, slots: Slots) -> None:
        """Add what was counted from cases; slots say whether they are of the period or of the one before."""
        for (is_now, area), sums in slots.items():
            self._add(bool(is_now), sums, None)
            for _scene, (count, late) in sums.late().items():
                self._found.late_by_area[place_below(self._asked, area)].add(bool(is_now), late, count)

    def add_kept(self, kept: Kept, scene: str | None) -> None:
        """Add sums of days, of all scenes or of one."""
        for day, sums in kept.sums.items():
            self._add(day >= self._period.first, sums, scene)
        self._add_places(kept, scene)

    def _add_places(self, kept: Kept, scene: str | None) -> None:
        """Add what came late to the places right below, and what is left to the area itself."""
        by_area = self._found.late_by_area
        own = Place(self._asked, direct=True)
        for (area, day), late in kept.late.items():
            is_now = day >= self._period.first
            for count, of in _of_scene(late, scene):
                by_area[Place(area, direct=False)].add(is_now, of, count)
                by_area[own].add(is_now, -of, -count)
        for (day, area), sums in kept.gone.items():
            is_now = day >= self._period.first
            for count, of in _of_scene(sums.late(), scene):
                by_area[place_below(self._asked, area)].add(is_now, -of, -count)
                by_area[own].add(is_now, of, count)
        for day, sums in kept.sums.items():
            for count, of in _of_scene(sums.late(), scene):
                by_area[own].add(day >= self._period.first, of, count)

    def add_passed(self, is_now: bool, scene: str | None, area: str, count: int) -> None:
        """Add cases whose deadline is behind them, though no line of their logs tells so yet."""
        self._found.late.add(is_now, count, 0)
        self._found.late_by_area[place_below(self._asked, area)].add(is_now, count, 0)

    def add_passed_turns(self, is_now: bool, unit: str, count: int) -> None:
        """The same of a unit's turns."""
        if self._unit in (None, unit):
            self._found.late_by_unit[unit].add(is_now, count, 0)

    def finish(self) -> None:
        """Work out what needs all of them."""
        found = self._found
        _count_arrivals(self._arrivals, self._zone, self._period, found)
        for stage in Stage:
            now, before = (sorted(self._times[stage.value, is_now]) for is_now in (True, False))
            found.times[stage] = (_spread(now), _spread(before))
        for place in [place for place, count in found.late_by_area.items() if not count.of + count.before_of]:
            del found.late_by_area[place]

    def _add(self, is_now: bool, sums: Sums, only: str | None) -> None:
        for (scene, grade, state, source), counts in sums.kinds.items():
            if only in (None, scene):
                _add_kind(self._found, is_now, state, scene, grade, source, *counts)
        for (scene, unit), (count, late) in sums.units.items():
            if count and only in (None, scene) and self._unit in (None, unit):
                self._found.late_by_unit[unit].add(is_now, late, count)
        for (scene, quarter), (count,) in sums.arrivals.items():
            if only in (None, scene):
                self._arrivals[quarter] += count
        for (scene, stage), seconds in sums.times.items():
            if only in (None, scene):
                self._times[stage, is_now] += seconds


def _of_scene(late: Mapping[str, Sequence[int]], scene: str | None) -> Iterator[Sequence[int]]:
    return (counts for name, counts in late.items() if scene in (None, name))


def _add_kind(
    found: Figures,
    is_now: bool,
    state: str,
    scene: str | None,
    grade: str,
    source: str,
    count: int,
    late: int,
    false: int,
    reworked: int,
    handled: int,
    extended: int,
    *appeals: int,
) -> None:
    if not count:
        return
    for to in (found.total, found.states[state], found.grades[grade], found.sources[source]):
        to.add(is_now, count, count)
    found.late.add(is_now, late, count)
    found.false.add(is_now, false, count)
    found.reworked.add(is_now, reworked, handled)
    found.extended.add(is_now, extended, count)
    if scene is not None:
        found.scenes[scene].add(is_now, count, count)
        found.false_by_scene[scene].add(is_now, false, count)
    for appeal, number in zip(AppealState, appeals, strict=True):
        found.appeals[appeal.value].add(is_now, number, sum(appeals))


def place_below(asked: str, path: str) -> Place:
    """Which row of the areas below ``asked`` a case's path belongs to; an area of the past is a row of its own."""
    if path == asked or not covers(asked, path):
        return Place(path, direct=True)
    below = path[len(asked) + 1 :].partition("/")[0]
    return Place(f"{asked}/{below}", direct=False)


def _count_cameras(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], is_now: ColumnElement[bool], found: Figures
) -> None:
    """Count the cameras that were wrong most often, and of how many cases."""
    here = (
        is_now,
        func.coalesce(Case.gateway, "").label("gateway_name"),
        func.coalesce(Case.camera, "").label("camera_name"),
    )
    query = select(*here, func.count()).where(*conditions, Case.camera.is_not(None)).group_by(*here)
    counts: dict[CameraPlace, Count] = defaultdict(Count)
    for now, gateway, camera, count in work.session.execute(query.where(Case.false_alarm.is_(True))):
        counts[CameraPlace(gateway, camera)].add(now, count, 0)
    worst = sorted(counts.items(), key=lambda one: (-one[1].now, -one[1].before, one[0].gateway, one[0].camera))
    found.false_by_camera = dict(worst[:MOST_CAMERAS])
    theirs = Case.camera.in_({place.camera for place in found.false_by_camera})
    for now, gateway, camera, count in work.session.execute(query.where(theirs)):
        wrong = found.false_by_camera.get(CameraPlace(gateway, camera))
        if wrong is not None:
            wrong.add(now, 0, count)


def _count_passed(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], is_now: ColumnElement[bool], tally: _Tally
) -> None:
    """Count what became late without anybody's doing: only open cases can, and soon a line of their logs tells so."""
    here = (is_now, Case.scene, Case.area)
    passed = Case.ended_at.is_(None), Case.late_since.is_(None), is_past(work.now)
    query = select(*here, func.count()).where(*conditions, *passed).group_by(*here)
    for row in work.session.execute(query):
        tally.add_passed(*row)
    told = aliased(CaseClock)
    is_told = select(told.case_id).where(told.case_id == CaseClock.case_id, told.unit == CaseClock.unit)
    is_told = is_told.where(told.late_since.is_not(None))
    columns = (is_now, CaseClock.unit)
    turns = select(*columns, func.count(distinct(Case.id))).join(Case, Case.id == CaseClock.case_id)
    of_turns = CaseClock.unit != "", CaseClock.due_at <= work.now, CaseClock.late_since.is_(None)
    turns = turns.where(*conditions, *of_turns, Case.ended_at.is_(None), ~is_told.exists()).group_by(*columns)
    for of_period, unit, count in work.session.execute(turns):
        tally.add_passed_turns(of_period, unit, count)


def _count_arrivals(came: Mapping[int, int], zone: ZoneInfo, period: Period, found: Figures) -> None:
    """Count by day and hour of the city's clocks; ``came``: cases by quarters of an hour since 1970."""
    found.days = [Count() for _ in range(period.days)]
    found.hours = [Count() for _ in range(DAY // HOUR)]
    for quarter, count in came.items():
        local = datetime.fromtimestamp(quarter * QUARTER, zone)
        day = (local.date() - period.first).days
        found.days[day if day >= 0 else day + period.days].add(day >= 0, count, count)
        found.hours[local.hour].add(day >= 0, count, count)


def _spread(taken: Sequence[int]) -> Spread:
    if not taken:
        return Spread(0, None, None)
    return Spread(len(taken), _quantile(taken, 0.5), _quantile(taken, 0.9))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share of the others lie, interpolated between two (type 7 of Hyndman and Fan)."""
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
