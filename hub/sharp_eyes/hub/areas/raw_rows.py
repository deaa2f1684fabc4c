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
