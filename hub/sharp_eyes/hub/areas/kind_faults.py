"""What cannot be among a city pack's kinds of reports: one twice, a scene's name, areas and units not there."""

from collections.abc import Iterator, Mapping
from typing import Any

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.raw_rows import listed, named, texts, twice

_Place = tuple[str | int, ...]


def kind_faults(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say what does not fit together among the kinds of reports, with its place."""
    areas = {path for _, path in named(raw.get("areas"), "path")}
    units = {unit for _, unit in named(raw.get("units"))}
    for place, again in twice(raw.get("kinds")):
        yield ("kinds", place, "id"), Said("twice", f"kind {again!r} stands twice", name=again)
    for place, kind in listed(raw.get("kinds")):
        name = kind.get("id")
        if isinstance(name, str) and name in set(SceneName):
            words = f"{name!r} is a scene; give the kind another name, and say 'scene: {name}'"
            yield ("kinds", place, "id"), Said("kind_is_scene", words, scene=name)
        yield from _milestones(("kinds", place, "milestones"), str(name), kind)
        for number, rule in listed(kind.get("rules")):
            yield from _rule(("kinds", place, "rules", number), str(name), rule, areas, units)


def _milestones(where: _Place, kind: str, row: Mapping[str, Any]) -> Iterator[SaidAt]:
    for number, name in twice(row.get("milestones")):
        yield (*where, number, "id"), Said("twice", f"kind {kind!r}: milestone {name!r} stands twice", name=name)


def _rule(where: _Place, kind: str, rule: Mapping[str, Any], areas: set[str], units: set[str]) -> Iterator[SaidAt]:
    area = rule.get("area")
    if areas and isinstance(area, str) and area not in areas:
        yield (*where, "area"), _of_rule(kind, "rule_area", f"area {area!r} is not in the tree", path=area)
    if rule.get("dispatch") == "auto" and rule.get("unit") is None and rule.get("send") is None:
        yield (*where, "dispatch"), _of_rule(kind, "rule_nobody", "'dispatch: auto' needs a unit or 'send'")
    for unit in (rule.get("unit"), *texts(rule.get("together"))):
        if units and isinstance(unit, str) and unit not in units:
            yield where, _of_rule(kind, "rule_unit", f"unit {unit!r} is not among the units", unit=unit)


def _of_rule(kind: str, code: str, words: str, **values: object) -> Said:
    return Said(code, f"rule for {kind}: {words}", scene=kind, **values)
