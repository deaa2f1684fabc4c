"""What cannot be among a city pack's tiers and response groups: one twice, kinds or units that are not there."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sharp_eyes.configuration import Contradiction
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.raw_rows import listed
from sharp_eyes.hub.lifecycle.roles import BUILT_IN

_Place = tuple[str | int, ...]


def tier_faults(raw: Mapping[str, Any], own_roles: Collection[str]) -> Iterator[Contradiction]:
    """Say what does not fit together among tiers and response groups, with its place."""
    units = {row.get("id") for _, row in listed(raw.get("units"))}
    kinds = {*SceneName, *(row.get("id") for _, row in listed(raw.get("kinds")))}
    roles = {*BUILT_IN, *own_roles}
    for key, section in (("id", "tiers"), ("level", "tiers"), ("id", "response_groups")):
        yield from _twice(raw, section, key)
    for place, tier in listed(raw.get("tiers")):
        yield from _known(("tiers", place, "told"), "role", tier.get("told"), roles)
        for number, power in listed(tier.get("powers")):
            where = ("tiers", place, "powers", number)
            yield from _known((*where, "kinds"), "kind", power.get("kinds"), kinds)
            yield from _known((*where, "units"), "unit", power.get("units"), units)
    for place, group in listed(raw.get("response_groups")):
        yield from _known(
            ("response_groups", place, "units"), "unit", [group.get("lead"), *(group.get("units") or ())], units
        )


def _twice(raw: Mapping[str, Any], section: str, key: str) -> Iterator[Contradiction]:
    seen: set[object] = set()
    for place, row in listed(raw.get(section)):
        value = row.get(key)
        if value in seen:
            yield (section, place, key), f"{key} {value!r} stands twice"
        seen.add(value)


def _known(where: _Place, what: str, named: Any, known: Collection[object]) -> Iterator[Contradiction]:
    for one in named if isinstance(named, list | tuple) else ():
        if isinstance(one, str) and one not in known:
            yield where, f"{what} {one!r} is not in the city pack"
