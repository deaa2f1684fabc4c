"""Kinds of places and things, each with the facts that are kept of it, as a city pack says them."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Literal

from pydantic import Field

from sharp_eyes.configuration import Settings
from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.contract.base import Identifier
from sharp_eyes.hub.areas.raw_rows import listed, twice
from sharp_eyes.hub.areas.row_error import RowError
from sharp_eyes.hub.areas.text import Text

Fact = str | int | float | bool
"""What one fact of a place is."""

_LONGEST = 200
_YES, _NO = frozenset({"true", "yes", "1", "是", "有"}), frozenset({"false", "no", "0", "否", "无"})


class FactField(Settings):
    """One fact that is kept of places of a kind."""

    id: Identifier = Field(title="Identifier; the column of a file")
    name: Text
    type: Literal["count", "number", "text", "yes_no"] = Field("text", title="What it is: a count has no fractions")
    unit: str = Field("", title="What a number is measured in, such as 'm' or 'mm'", max_length=20)
    required: bool = Field(False, title="No place of the kind is kept without it")
    households: bool = Field(False, title="It counts households; for counts alone")

    def read(self, given: object) -> Fact:
        """Take a value as it stands in a request or in a cell of a file.

        Raises:
            ValueError: it is none of the field's type; says what would be.
        """
        match self.type:
            case "count":
                return _count(given)
            case "number":
                return _number(given)
            case "yes_no":
                return _yes_no(given)
            case _:
                return _text(given)


class PlaceKind(Settings):
    """A kind of place or thing, such as buildings or hydrants."""

    id: Identifier = Field(title="Identifier")
    name: Text
    fields: tuple[FactField, ...] = Field((), title="Facts that are kept of each")

    def read_facts(self, given: Mapping[str, object]) -> tuple[dict[str, Fact], list[RowError]]:
        """Take the facts of a place, and say what is wrong with them; an empty one is none."""
        known = {field.id: field for field in self.fields}
        known_words = f"there are {', '.join(known)}" if known else "there is none"
        facts: dict[str, Fact] = {}
        faults = [
            RowError("unknown_fact", f"{name!r} is no fact of {self.id}; {known_words}", fact=name)
            for name, value in given.items()
            if name not in known and not _is_empty(value)
        ]
        for name, field in known.items():
            value = given.get(name)
            if _is_empty(value):
                if field.required:
                    faults.append(RowError("fact_missing", f"{name!r} is missing; every {self.id} has one", fact=name))
                continue
            try:
                facts[name] = field.read(value)
            except ValueError as error:
                faults.append(RowError(f"no_{field.type}", f"{name!r}: {error}", fact=name, value=value))
        return facts, faults


def place_kind_faults(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say what does not fit together among the kinds of places, with its place."""
    for place, name in twice(raw.get("place_kinds")):
        yield ("place_kinds", place, "id"), Said("twice", f"kind of place {name!r} stands twice", name=name)
    for place, kind in listed(raw.get("place_kinds")):
        for number, name in twice(kind.get("fields")):
            words = f"fact {name!r} of {kind.get('id')!r} stands twice"
            yield ("place_kinds", place, "fields", number, "id"), Said("twice", words, name=name)
        for number, field in listed(kind.get("fields")):
            where = ("place_kinds", place, "fields", number)
            if field.get("households") is True and field.get("type") != "count":
                yield (*where, "households"), Said("households_count", "households are counted: say 'type: count'")


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _count(given: object) -> int:
    number = _number(given)
    if number < 0 or number != int(number):
        raise ValueError(f"{given!r} is no count; give a whole number from 0 on")
    return int(number)


def _number(given: object) -> float:
    try:
        number = float(given) if isinstance(given, (str, int, float)) and not isinstance(given, bool) else float("nan")
    except (ValueError, OverflowError):
        number = float("nan")
    if not isfinite(number) or abs(number) > 1e12:
        raise ValueError(f"{given!r} is no number")
    return number


def _yes_no(given: object) -> bool:
    word = str(given).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"{given!r} is neither yes nor no; give true or false")


def _text(given: object) -> str:
    text = str(given).strip()
    if len(text) > _LONGEST or "\0" in text:
        raise ValueError(f"give at most {_LONGEST} characters")
    return text
