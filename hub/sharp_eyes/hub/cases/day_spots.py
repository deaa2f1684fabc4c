"""Where and when cases came, as counts that can be added to and taken from each other: the parts of hot spots."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select

from sharp_eyes.hub.cases.cells import Cell
from sharp_eyes.hub.cases.facts import Period, local_hour_of_week
from sharp_eyes.hub.cases.outcomes import Column
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

UNPLACED = -1
"""In the place of a cell's number, where nobody knows where a case is."""

_HOURS, _CELLS = 2, 3
"""How long a key is."""

Numbers = dict[int, int]
"""How many, by a number."""

Counted = dict[tuple[Any, ...], Numbers]


@dataclass(slots=True)
class Spots:
    """Where and when some cases came.

    Attributes:
        hours: by scene and source: cases by hour of the week, 0 to 167 from Monday on.
        cells: by scene, source and subject (the kind, else the scene): cases by number of a cell, or ``UNPLACED``.
    """

    hours: Counted = field(default_factory=lambda: defaultdict(dict))
    cells: Counted = field(default_factory=lambda: defaultdict(dict))

    def add(self, other: "Spots", sign: int = 1) -> None:
        """Add those of other cases; with ``sign`` -1 take away those of some of these."""
        for to, theirs in ((self.hours, other.hours), (self.cells, other.cells)):
            for key, numbers in theirs.items():
                _add(to[key], numbers.items(), sign)

    def add_stored(self, stored: Mapping[str, Any], sign: int = 1) -> None:
        """Add what :meth:`dump` gave of other cases, or take it away."""
        for to, rows, length in ((self.hours, stored["hours"], _HOURS), (self.cells, stored["cells"], _CELLS)):
            for row in rows:
                _add(to[tuple(row[:length])], zip(row[length::2], row[length + 1 :: 2], strict=True), sign)

    def dump(self) -> dict[str, Any]:
        """Give them as JSON: rows of a key, then numbers and counts in turn."""
        return {"hours": list(_rows(self.hours)), "cells": list(_rows(self.cells))}


def _add(to: Numbers, counts: Iterable[tuple[int, int]], sign: int) -> None:
    for number, count in counts:
        to[number] = to.get(number, 0) + sign * count


def _rows(counted: Counted) -> Iterator[list[Any]]:
    for key, numbers in counted.items():
        counts = [part for number, count in numbers.items() if count for part in (number, count)]
        if counts:
            yield [*key, *counts]


def count_spots(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], period: Period, *apart: Column
) -> dict[tuple[Any, ...], Spots]:
    """Count cases of a period, told apart by columns."""
    found: dict[tuple[Any, ...], Spots] = defaultdict(Spots)
    place = len(apart)
    keys = (*apart, Case.scene, Case.source, local_hour_of_week(work.city.zone, period))
    for *key, hour, count in work.session.execute(select(*keys, func.count()).where(*conditions).group_by(*keys)):
        found[tuple(key[:place])].hours[tuple(key[place:])][hour] = count
    subject = func.coalesce(Case.kind, Case.scene)
    keys = (*apart, Case.scene, Case.source, subject, Case.latitude, Case.longitude)
    for *key, latitude, longitude, count in work.session.execute(
        select(*keys, func.count()).where(*conditions).group_by(*keys)
    ):
        unplaced = latitude is None or longitude is None
        number = UNPLACED if unplaced else Cell.at(latitude, longitude).number
        _add(found[tuple(key[:place])].cells[tuple(key[place:])], [(number, count)], 1)
    return found
