"""What became of cases, as counts that can be added to and taken from each other, for any formula of facts.

Cases of which the same facts are so are counted together, under the set of these facts as bits of a number. So every
side of every figure, whatever a pack says it is, is a sum of whole counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy import case as one_of
from sqlalchemy.orm import InstrumentedAttribute

from sharp_eyes.hub.areas.figure_facts import Count, Fact
from sharp_eyes.hub.cases.facts import FACTS, answers_for
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.seconds import seconds_of
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Counts = list[int]
"""How many cases, and the seconds that all of them took: from dispatch until a unit answered, and until handled."""

Column = ColumnElement[Any] | InstrumentedAttribute[Any]

_BITS = {fact: 1 << place for place, fact in enumerate(Fact)}
_KINDS, _UNITS = 3, 4
"""How long a key is: scene, source and facts; for units scene, source, unit and facts."""


def bits_of(facts: Iterable[Fact]) -> int:
    """Give facts as bits."""
    return sum(_BITS[fact] for fact in facts)


def count_of(counted: Mapping[int, Sequence[int]], count: Count) -> int:
    """Count the cases of a side of a figure."""
    any_of, none_of = bits_of(count.any_of), bits_of(count.none_of)
    return sum(counts[0] for bits, counts in counted.items() if bits & any_of and not bits & none_of)


@dataclass(slots=True)
class Outcomes:
    """What became of some cases.

    Attributes:
        kinds: by scene, source and facts.
        units: by scene, source, unit that answers for them, and facts.
    """

    kinds: dict[tuple[Any, ...], Counts] = field(default_factory=dict)
    units: dict[tuple[Any, ...], Counts] = field(default_factory=dict)

    def add(self, other: "Outcomes", sign: int = 1) -> None:
        """Add those of other cases; with ``sign`` -1 take away those of some of these."""
        add_counts(self.kinds, other.kinds, sign)
        add_counts(self.units, other.units, sign)


def add_counts(to: dict[Any, Counts], other: Mapping[Any, Sequence[int]], sign: int = 1) -> None:
    """Add counts to those of the same keys."""
    for key, counts in other.items():
        known = to.get(key)
        if known is None:
            to[key] = [sign * one for one in counts]
        else:
            for place, one in enumerate(counts):
                known[place] += sign * one


def dump_counts(counted: Mapping[tuple[Any, ...], Counts]) -> list[Any]:
    """Give counts as JSON can hold them."""
    return [[*key, *counts] for key, counts in counted.items() if any(counts)]


def load_kinds(rows: Sequence[Sequence[Any]]) -> dict[tuple[Any, ...], Counts]:
    """Read what :func:`dump_counts` gave of kinds."""
    return {tuple(row[:_KINDS]): list(row[_KINDS:]) for row in rows}


def load_units(rows: Sequence[Sequence[Any]]) -> dict[tuple[Any, ...], Counts]:
    """Read what :func:`dump_counts` gave of units."""
    return {tuple(row[:_UNITS]): list(row[_UNITS:]) for row in rows}


def count_outcomes(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], *apart: Column
) -> dict[tuple[Any, ...], Outcomes]:
    """Count cases, told apart by columns."""
    found: dict[tuple[Any, ...], Outcomes] = defaultdict(Outcomes)
    place = len(apart)
    for key, counts in count_kinds(work, conditions, *apart).items():
        found[key[:place]].kinds[key[place:]] = counts
    # Asked of these cases alone: of all turns there are, the database would sort every one first.
    turns = select(Assignment.case_id, Assignment.unit).join(Case, Case.id == Assignment.case_id)
    turn = turns.where(*conditions, answers_for(Assignment)).distinct().subquery()
    keys = (*apart, Case.scene, Case.source, turn.c.unit, _FACTS)
    query = select(*keys, *_SUMS).join(turn, turn.c.case_id == Case.id).group_by(*keys)
    for key, counts in _counted(work, query):
        found[key[:place]].units[key[place:]] = counts
    return found


def count_kinds(
    work: UnitOfWork, conditions: Sequence[ColumnElement[bool]], *apart: Column
) -> dict[tuple[Any, ...], Counts]:
    """Count cases, told apart by columns, scene, source and facts."""
    keys = (*apart, Case.scene, Case.source, _FACTS)
    return dict(_counted(work, select(*keys, *_SUMS).where(*conditions).group_by(*keys)))


def _counted(work: UnitOfWork, query: Select[Any]) -> Iterator[tuple[tuple[Any, ...], Counts]]:
    for *key, count, answered, handled in work.session.execute(query):
        yield tuple(key), [count, int(answered or 0), int(handled or 0)]


_FACTS: ColumnElement[int] = reduce(add, (one_of((FACTS[fact], bit), else_=0) for fact, bit in _BITS.items()))
_SUMS = (
    func.count(),
    func.sum(seconds_of(Case.responded_at) - seconds_of(Case.dispatched_at)),
    func.sum(seconds_of(Case.handled_at) - seconds_of(Case.dispatched_at)),
)
