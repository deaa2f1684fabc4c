"""Sums of cases that can be added to and taken from each other, so that days and areas give figures of any period.

They are counted by the same facts as lists are (``cases/facts.py``). What alone depends on the present moment is left
out: deadlines that have passed and of which no line of a log tells yet (``cases/figures.py`` counts these).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, distinct, func, literal_column, or_, select
from sqlalchemy import case as one_of
from sqlalchemy.orm import aliased

from sharp_eyes.hub.cases.day_spots import Spots
from sharp_eyes.hub.cases.facts import Stage, moment_of, times, was_late_turn
from sharp_eyes.hub.cases.outcomes import Outcomes, add_counts
from sharp_eyes.hub.lifecycle.model import AppealState, State
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.seconds import seconds_of
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

QUARTER = 900
"""Seconds; everywhere clocks differ from UTC by so many, or a multiple."""

_STAGES = tuple(stage.value for stage in Stage)
_AT_ONCE = 5000
Scene = str | None
Counts = list[int]
ANY: ColumnElement[Any] = literal_column("''")
"""Where cases are not told apart."""

_REWORKED = times("reworks") > 0
_MARKS = (
    Case.late_since.is_not(None),
    Case.false_alarm.is_(True),
    _REWORKED,
    or_(_REWORKED, Case.handled_at.is_not(None)),
    times("extensions") > 0,
    *(Case.appeal == state.value for state in AppealState),
)


def seconds_of_none() -> "array[int]":
    """Seconds of no case yet; there may be very many."""
    return array("i")


@dataclass(slots=True)
class Sums:
    """What is known of some cases.

    Attributes:
        kinds: by scene, grade, state and source: how many, late, false, reworked, handled at all, extended, and by
            appeal.
        units: by scene and unit: cases that it had, and those in which it was late.
        arrivals: by scene and quarter of an hour since 1970.
        times: by scene and stage: seconds from the report of each case, in no order.
        outcomes: what became of them, which is kept beside the rest and not in :meth:`dump`; ``spots``: where and when
            they came, likewise.
    """

    kinds: dict[tuple[Scene, str, str, str], Counts] = field(default_factory=dict)
    units: dict[tuple[Scene, str], Counts] = field(default_factory=dict)
    arrivals: dict[tuple[Scene, int], Counts] = field(default_factory=dict)
    times: dict[tuple[Scene, str], "array[int]"] = field(default_factory=lambda: defaultdict(seconds_of_none))
    outcomes: Outcomes = field(default_factory=Outcomes)
    spots: Spots = field(default_factory=Spots)

    def add(self, other: "Sums") -> None:
        """Add those of other cases."""
        self._count(other, 1)
        for key, seconds in other.times.items():
            self.times[key] += seconds

    def take(self, other: "Sums") -> None:
        """Take away those of some of these cases."""
        self._count(other, -1)
        for key, seconds in other.times.items():
            left = self.times[key]
            for one in seconds:
                left.remove(one)

    def _count(self, other: "Sums", sign: int) -> None:
        add_counts(self.kinds, other.kinds, sign)
        add_counts(self.units, other.units, sign)
        add_counts(self.arrivals, other.arrivals, sign)
        self.outcomes.add(other.outcomes, sign)
        self.spots.add(other.spots, sign)

    def late(self) -> dict[str, Counts]:
        """Cases and late ones by scene; of no scene under an empty name."""
        found: dict[str, Counts] = {}
        for (scene, *_), (count, late, *_) in self.kinds.items():
            if count:
                known = found.setdefault(scene or "", [0, 0])
                known[0] += count
                known[1] += late
        return found

    def dump(self) -> dict[str, Any]:
        """Give them as JSON; times in order, each as its distance from the one before."""
        return {
            "kinds": list(_rows(self.kinds)),
            "units": list(_rows(self.units)),
            "arrivals": list(_rows(self.arrivals)),
            "times": [[*key, *_distances(sorted(seconds))] for key, seconds in self.times.items() if seconds],
        }

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Sums":
        """Read what :meth:`dump` gave."""
        found = cls(
            {(row[0], row[1], row[2], row[3]): row[4:] for row in stored["kinds"]},
            {(row[0], row[1]): row[2:] for row in stored["units"]},
            {(row[0], row[1]): row[2:] for row in stored["arrivals"]},
        )
        for scene, stage, *distances in stored["times"]:
            found.times[scene, stage] = array("i", accumulate(distances))
        return found


def _rows(counted: Mapping[Any, Counts]) -> Iterator[list[Any]]:
    return ([*key, *counts] for key, counts in counted.items() if any(counts))


def _distances(ordered: Sequence[int]) -> Iterator[int]:
    before = 0
    for one in ordered:
        yield one - before
        before = one


Slots = dict[tuple[Any, str], Sums]
"""Sums by slot and area."""


def count_sums(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], slot: ColumnElement[Any], *, by_area: bool
) -> Slots:
    """Count cases; ``slot``: what else they are told apart by.

    ``by_area``: all sums of each area of its own; otherwise only the kinds are, and the rest stands at no area.
    """
    found: Slots = defaultdict(Sums)
    here = (slot, Case.area if by_area else ANY, Case.scene)
    _count_kinds(work, conditions, (slot, Case.area), found)
    _count_turns(work, conditions, here, found)
    _count_moments(work, conditions, here, found)
    return found


def _told_apart(columns: Sequence[Any]) -> list[Any]:
    return [column for column in columns if column is not ANY]


def _count_kinds(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], here: Sequence[Any], found: Slots
) -> None:
    kinds = (*here, Case.scene, Case.grade, Case.state, Case.source)
    marked = [func.sum(one_of((mark, 1), else_=0)) for mark in _MARKS]
    query = select(*kinds, func.count(), *marked).where(*conditions).group_by(*_told_apart(kinds))
    for slot, area, scene, grade, state, source, *counts in work.session.execute(query):
        found[slot, area].kinds[scene, grade, state, source] = list(map(int, counts))


def _count_turns(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], here: Sequence[Any], found: Slots
) -> None:
    """Count the cases that each unit had, and those with a turn in which it was late."""
    turn = aliased(Assignment)  # the conditions may ask for turns of their own
    columns = (*here, turn.unit)
    turns = select(*columns, func.count(distinct(Case.id))).join(Case, Case.id == turn.case_id).where(*conditions)
    turns = turns.group_by(*_told_apart(columns))
    for place, query in enumerate((turns, turns.where(Case.late_since.is_not(None), was_late_turn(turn)))):
        rows: Sequence[Any] = work.session.execute(query).all()
        for slot, area, scene, unit, count in rows:
            found[slot, area].units.setdefault((scene, unit), [0, 0])[place] = count


def _count_moments(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], here: Sequence[Any], found: Slots
) -> None:
    """Note when each case came, and how long it took until each stage."""
    ended = one_of((Case.state == State.CLOSED.value, Case.ended_at))
    moments = [ended if stage is Stage.CLOSED else moment_of(stage) for stage in Stage]
    seconds = map(seconds_of, (Case.reported_at, *moments))
    # One row a case: without the session's own handling of each, and never all of them in memory.
    query = select(*here, *seconds).where(*conditions).execution_options(yield_per=_AT_ONCE)
    for slot, area, scene, reported, *reached in work.session.connection().execute(query):
        sums = found[slot, area]
        sums.arrivals.setdefault((scene, reported // QUARTER), [0])[0] += 1
        for stage, moment in zip(_STAGES, reached, strict=True):
            if moment is not None:
                sums.times[scene, stage].append(moment - reported)
