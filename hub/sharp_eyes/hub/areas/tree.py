"""Paths in the area tree. ``covers``, ``within`` and :class:`Ground` are the only places that decide who sees what."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when an area lies where it lay when the hub first kept its tree: ever since."""


def covers(node: str, path: str) -> bool:
    """Whether ``path`` is ``node`` or lies below it."""
    return path == node or path.startswith(node + "/")


class _Below(FunctionElement[bool]):
    """Whether a path lies below a node, said so that an index over paths answers it.

    PostgreSQL turns LIKE into a range of an index with ``varchar_pattern_ops``, whatever its collation; SQLite, which
    compares byte by byte, is given the range itself.
    """

    name = "below"
    inherit_cache = True
    type = Boolean()


@compiles(_Below, "postgresql")
def _like(element: _Below, compiler: SQLCompiler, **how: Any) -> str:
    column, _, _, pattern = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} LIKE {pattern}"


@compiles(_Below, "sqlite")
def _between(element: _Below, compiler: SQLCompiler, **how: Any) -> str:
    column, first, end, _ = (compiler.process(one, **how) for one in element.clauses)
    return f"({column} >= {first} AND {column} < {end})"


def within(column: InstrumentedAttribute[str], node: str) -> ColumnElement[bool]:
    """Give the same as a condition for a query: the column's path is ``node`` or lies below it."""
    pattern = re.sub(r"([\\%_])", r"\\\1", node) + "/%"
    # "0" is the sign that follows the slash
    return or_(column == node, _Below(column, literal(node + "/"), literal(node + "0"), literal(pattern)))


def parent(path: str) -> str:
    """Path one level up; empty for the root."""
    return path.rpartition("/")[0]


def last_part(path: str) -> str:
    """What an area adds to its parent's path."""
    return path.rpartition("/")[2]


def moved(path: str, moves: dict[str, str]) -> str:
    """Where a path lies once areas have moved: by the nearest of them at or above it."""
    at = path
    while at:
        if at in moves:
            return moves[at] + path[len(at) :]
        at = parent(at)
    return path


@dataclass(frozen=True, slots=True)
class Stay:
    """An area lay at a path from one moment until another; ``until`` is None where it lies there now."""

    area: str
    path: str
    since: datetime = BEGINNING
    until: datetime | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Whether it lay there at a moment; None is now."""
        if moment is None:
            return self.until is None
        return self.since <= moment and (self.until is None or moment <= self.until)


@dataclass(frozen=True, slots=True)
class Ground:
    """An area as somebody sees it: what lies in it now, and of the past what lay in it then.

    An area that was renamed or moved takes open cases along; what has ended keeps the path of its day. ``stays`` are
    the paths that the area itself has had; where it is empty the area has lain at ``path`` ever since.
    """

    path: str
    stays: tuple[Stay, ...] = ()

    def covers(self, path: str, moment: datetime | None) -> bool:
        """Whether ``path``, as it was written at a moment (None: as it is now), lies in the area."""
        if not self.stays:
            return covers(self.path, path)
        return any(stay.holds(moment) and covers(stay.path, path) for stay in self.stays)

    def path_since(self, moment: datetime) -> str | None:
        """The one path at which the area has lain since before a moment; None where there are several."""
        if not self.stays:
            return self.path
        lately = [stay for stay in self.stays if stay.until is None or stay.until >= moment]
        return lately[0].path if len(lately) == 1 and lately[0].since <= moment else None

    def within(
        self,
        column: InstrumentedAttribute[str],
        moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    ) -> ColumnElement[bool]:
        """Give the same as a condition for a query; a moment that is null is now."""
        if not self.stays:
            return within(column, self.path)
        return or_(*(_lay_within(stay, column, moment) for stay in self.stays))


def _lay_within(
    stay: Stay, column: InstrumentedAttribute[str], moment: InstrumentedAttribute[object]
) -> ColumnElement[bool]:
    conditions = [within(column, stay.path)]
    if stay.until is None:
        if stay.since != BEGINNING:
            conditions.append(or_(moment.is_(None), moment >= stay.since))
    else:
        conditions += [moment >= stay.since, moment <= stay.until]
    return and_(*conditions)
