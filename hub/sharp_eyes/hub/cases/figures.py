"""Figures of the cases of a period, beside those of as many days just before.

Each is counted by the facts by which the list finds the cases behind it (``cases/facts.py``). The counts come from one
pass over the period's cases, grouped by all that they are asked for; what units did and how long things took from one
more each.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, distinct, func, or_, select
from sqlalchemy import case as one_of
from sqlalchemy.orm import aliased

from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.facts import DAY, HOUR, Facts, Period, Stage, is_late, late_turn, moment_of, times
from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.lifecycle.model import AppealState, State
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.seconds import seconds_of
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_CAMERAS = 20
_QUARTER = 900
"""Seconds; everywhere clocks differ from UTC by so many, or a multiple."""


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
    _count_kinds(work, conditions, is_now, only.facts.area or scope.area, found)
    _count_cameras(work, conditions, is_now, found)
    _count_turns(work, conditions, is_now, only.facts, found)
    _count_moments(work, conditions, period, found)
    return found


def _count_kinds(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], is_now: ColumnElement[bool], area: str, found: Figures
) -> None:
    kinds = (is_now, Case.state, Case.scene, Case.grade, Case.source, Case.area)
    reworked = times("reworks") > 0
    marks = (
        is_late(work.now),
        Case.false_alarm.is_(True),
        reworked,
        or_(reworked, Case.handled_at.is_not(None)),
        times("extensions") > 0,
        *(Case.appeal == state.value for state in AppealState),
    )
    marked = [func.sum(one_of((mark, 1), else_=0)) for mark in marks]
    for row in work.session.execute(select(*kinds, func.count(), *marked).where(*conditions).group_by(*kinds)):
        _add_kind(found, area, *row)


def _add_kind(
    found: Figures,
    asked: str,
    is_now: bool,
    state: str,
    scene: str | None,
    grade: str,
    source: str,
    area: str,
    count: int,
    late: int,
    false: int,
    reworked: int,
    handled: int,
    extended: int,
    *appeals: int,
) -> None:
    for to in (found.total, found.states[state], found.grades[grade], found.sources[source]):
        to.add(is_now, count, count)
    for to in (found.late, found.late_by_area[_place(asked, area)]):
        to.add(is_now, late, count)
    found.false.add(is_now, false, count)
    found.reworked.add(is_now, reworked, handled)
    found.extended.add(is_now, extended, count)
    if scene is not None:
        found.scenes[scene].add(is_now, count, count)
        found.false_by_scene[scene].add(is_now, false, count)
    for appeal, number in zip(AppealState, appeals, strict=True):
        found.appeals[appeal.value].add(is_now, number, sum(appeals))


def _place(asked: str, path: str) -> Place:
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
    for now, gateway, camera, count in work.session.execute(query.where(Case.false_alarm)):
        counts[CameraPlace(gateway, camera)].add(now, count, 0)
    worst = sorted(counts.items(), key=lambda one: (-one[1].now, -one[1].before, one[0].gateway, one[0].camera))
    found.false_by_camera = dict(worst[:MOST_CAMERAS])
    theirs = Case.camera.in_({place.camera for place in found.false_by_camera})
    for now, gateway, camera, count in work.session.execute(query.where(theirs)):
        wrong = found.false_by_camera.get(CameraPlace(gateway, camera))
        if wrong is not None:
            wrong.add(now, 0, count)


def _count_turns(
    work: UnitOfWork,
    conditions: Sequence[ColumnElement[bool]],
    is_now: ColumnElement[bool],
    facts: Facts,
    found: Figures,
) -> None:
    """Count the cases that each unit had, and those with a turn in which it was late."""
    turn = aliased(Assignment)  # the conditions ask for turns of their own
    here = (is_now, turn.unit)
    turns = select(*here, func.count(distinct(Case.id))).join(Case, Case.id == turn.case_id)
    turns = turns.where(*conditions).group_by(*here)
    if facts.had_unit is not None:
        turns = turns.where(turn.unit == facts.had_unit)
    may_be = or_(Case.late_since.is_not(None), Case.ended_at.is_(None))
    late = turns.where(may_be, late_turn(turn, work.now))
    for now, unit, count in work.session.execute(turns):
        found.late_by_unit[unit].add(now, 0, count)
    for now, unit, count in work.session.execute(late):
        found.late_by_unit[unit].add(now, count, 0)


def _count_moments(work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], period: Period, found: Figures) -> None:
    """Count arrivals by day and hour, and measure how long cases took."""
    ended = one_of((Case.state == State.CLOSED.value, Case.ended_at))
    moments = [ended if stage is Stage.CLOSED else moment_of(stage) for stage in Stage]
    seconds = map(seconds_of, (Case.reported_at, *moments))
    # One row a case: without the session's own handling of each.
    rows = work.session.connection().execute(select(*seconds).where(*conditions)).all()
    _count_arrivals(Counter(row[0] // _QUARTER for row in rows), work.city.zone, period, found)
    begins = period.bounds(work.city.zone)[0].timestamp()
    now = [row for row in rows if row[0] >= begins]
    before = [row for row in rows if row[0] < begins]
    for place, stage in enumerate(Stage, start=1):
        found.times[stage] = (_spread(now, place), _spread(before, place))


def _count_arrivals(came: Mapping[int, int], zone: ZoneInfo, period: Period, found: Figures) -> None:
    """Count by day and hour of the city's clocks; ``came``: cases by quarters of an hour since 1970."""
    found.days = [Count() for _ in range(period.days)]
    found.hours = [Count() for _ in range(DAY // HOUR)]
    for quarter, count in came.items():
        local = datetime.fromtimestamp(quarter * _QUARTER, zone)
        day = (local.date() - period.first).days
        found.days[day if day >= 0 else day + period.days].add(day >= 0, count, count)
        found.hours[local.hour].add(day >= 0, count, count)


def _spread(rows: Sequence[Any], place: int) -> Spread:
    taken = sorted([row[place] - row[0] for row in rows if row[place] is not None])
    if not taken:
        return Spread(0, None, None)
    return Spread(len(taken), _quantile(taken, 0.5), _quantile(taken, 0.9))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share of the others lie, interpolated between two (type 7 of Hyndman and Fan)."""
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
