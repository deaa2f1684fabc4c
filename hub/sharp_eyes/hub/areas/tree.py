"""Paths in the area tree. ``covers`` and ``within`` are the only places that decide who sees what."""

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def covers(node: str, path: str) -> bool:
    """Whether ``path`` is ``node`` or lies below it."""
    return path == node or path.startswith(node + "/")


def within(column: InstrumentedAttribute[str], node: str) -> ColumnElement[bool]:
    """Give the same as a condition for a query: the column's path is ``node`` or lies below it."""
    return or_(column == node, column.startswith(node + "/", autoescape=True))


def parent(path: str) -> str:
    """Path one level up; empty for the root."""
    return path.rpartition("/")[0]
