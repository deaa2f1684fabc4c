"""What cannot be among a city pack's kinds of reports: one twice, a scene's name, areas and units not there."""

from collections.abc import Iterator, Mapping
from typing import Any

from sharp_eyes.configuration import Contradiction
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.raw_rows import listed

_Place = tuple[str | int, ...]


def kind_faults(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Say what does not fit together among the kinds of reports, with its place."""
    areas = {row.get("path") for _, row in listed(raw.get("areas"))}
    units = {row.get("id") for _, row in listed(raw.get("units"))}
    seen: set[object] = set()
    for place, kind in listed(raw.get("kinds")):
        name = kind.get("id")
        if name in seen:
            yield ("kinds", place, "id"), f"kind {name!r} stands twice"
        seen.add(name)
        if isinstance(name, str) and name in set(SceneName):
            yield ("kinds", place, "id"), f"{name!r} is a scene; give the kind another name, and say 'scene: {name}'"
        yield from _milestones(("kinds", place, "milestones"), str(name), kind)
        for number, rule in listed(kind.get("rules")):
            yield from _rule(("kinds", place, "rules", number), str(name), rule, areas, units)


def _milestones(where: _Place, kind: str, row: Mapping[str, Any]) -> Iterator[Contradiction]:
    seen: set[object] = set()
    for number, milestone in listed(row.get("milestones")):
        if milestone.get("id") in seen:
            yield (*where, number, "id"), f"kind {kind!r}: milestone {milestone.get('id')!r} stands twice"
        seen.add(milestone.get("id"))


def _rule(
    where: _Place, kind: str, rule: Mapping[str, Any], areas: set[Any], units: set[Any]
) -> Iterator[Contradiction]:
    area = rule.get("area")
    if areas and isinstance(area, str) and area not in areas:
        yield (*where, "area"), f"rule for {kind}: area {area!r} is not in the tree"
    if rule.get("dispatch") == "auto" and rule.get("unit") is None and rule.get("send") is None:
        yield (*where, "dispatch"), f"rule for {kind}: 'dispatch: auto' needs a unit or 'send'"
    for unit in (rule.get("unit"), *(rule.get("together") or ())):
        if units and isinstance(unit, str) and unit not in units:
            yield where, f"rule for {kind}: unit {unit!r} is not among the units"
