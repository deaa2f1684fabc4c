"""A city pack's file as it was read, before its values are checked: what of it can be read as rows and keys at all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel


def plain(given: Any) -> Mapping[Any, Any]:
    """What can be read as keys and values; nothing where it cannot, which is said elsewhere."""
    if isinstance(given, BaseModel):
        return dict(given)
    return given if isinstance(given, Mapping) else {}


def listed(given: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a list with their positions."""
    rows = given if isinstance(given, Sequence) and not isinstance(given, str) else ()
    return ((place, plain(row)) for place, row in enumerate(rows))


def named(given: Any, key: str = "id") -> Iterator[tuple[int, str]]:
    """What rows are called, with their positions; what is no text is said elsewhere."""
    return ((place, row[key]) for place, row in listed(given) if isinstance(row.get(key), str))


def twice(given: Any, key: str = "id") -> Iterator[tuple[int, str | int]]:
    """What stands in a second row too, and where."""
    seen: set[str | int] = set()
    for place, row in listed(given):
        value = row.get(key)
        if isinstance(value, str | int):
            if value in seen:
                yield place, value
            seen.add(value)


def texts(given: Any) -> list[str]:
    """The texts of a list."""
    return [one for one in given if isinstance(one, str)] if isinstance(given, list | tuple) else []
