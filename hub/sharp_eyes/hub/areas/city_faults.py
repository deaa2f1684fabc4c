"""What cannot be in a city pack: rows that stand twice, or that name what is not there.

Everything here looks at the file as it was read, before its values are checked, so that one run says all that is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel

from sharp_eyes.configuration import Contradiction
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.tree import parent

_Row = tuple[int, Mapping[str, Any]]


def faults(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Say what does not fit together in a city pack, with its place."""
    yield from _time_zone(raw)
    yield from _tree(raw)
    yield from _twice(raw, "units", "unit", "id")
    yield from _twice(raw, "categories", "category", "scene")
    yield from _missing_categories(raw)
    yield from _rules(raw)


def _rows(raw: Mapping[str, Any], section: str) -> list[_Row]:
    """The rows that can be read at all, with their positions."""
    found = raw.get(section)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    plain = [(place, dict(row) if isinstance(row, BaseModel) else row) for place, row in enumerate(found)]
    return [(place, row) for place, row in plain if isinstance(row, Mapping)]


def _named(raw: Mapping[str, Any], section: str, key: str) -> list[tuple[int, str]]:
    return [(place, row[key]) for place, row in _rows(raw, section) if isinstance(row.get(key), str)]


def _time_zone(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    zone = raw.get("timezone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield ("timezone",), f"timezone {zone!r} is unknown; give one such as 'Asia/Shanghai'"


def _twice(raw: Mapping[str, Any], section: str, what: str, key: str) -> Iterator[Contradiction]:
    seen: set[str] = set()
    for place, name in _named(raw, section, key):
        if name in seen:
            yield (section, place, key), f"{what} {str(name)!r} stands twice"
        seen.add(name)


def _tree(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    yield from _twice(raw, "areas", "area", "path")
    named = _named(raw, "areas", "path")
    paths = {path for _, path in named}
    for place, path in named:
        if place == 0 and "/" in path:
            yield ("areas", 0, "path"), f"the first area is the root and has one level, not {path!r}"
        elif place > 0 and parent(path) not in paths:
            yield ("areas", place, "path"), f"area {path!r} has no parent {parent(path)!r} in the tree"


def _missing_categories(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    missing = set(SceneName) - {name for _, name in _named(raw, "categories", "scene")}
    if missing and isinstance(raw.get("categories"), Sequence):
        yield ("categories",), f"no row for {', '.join(sorted(missing))}"


def _rules(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    areas = [path for _, path in _named(raw, "areas", "path")]
    units = {name for _, name in _named(raw, "units", "id")}
    seen: set[tuple[str, str]] = set()
    for place, row in _rows(raw, "rules"):
        scene, area, unit = row.get("scene"), row.get("area"), row.get("unit")
        if areas and isinstance(area, str) and area not in areas:
            yield ("rules", place, "area"), f"rule for {scene}: area {area!r} is not in the tree"
        if units and isinstance(unit, str) and unit not in units:
            yield ("rules", place, "unit"), f"rule for {scene}: unit {unit!r} is not among the units"
        if row.get("dispatch") == "auto" and unit is None:
            yield ("rules", place, "dispatch"), f"rule for {scene}: 'dispatch: auto' needs a unit"
        if isinstance(scene, str) and areas:
            key = (str(scene), area if isinstance(area, str) else areas[0])
            if key in seen:
                yield ("rules", place), f"rule '{key[0]} in {key[1]}' stands twice"
            seen.add(key)
