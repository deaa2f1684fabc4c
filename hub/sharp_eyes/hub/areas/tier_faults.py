"""What cannot be among a city pack's tiers and response groups: one twice, kinds or units that are not there."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.raw_rows import listed, named, texts, twice
from sharp_eyes.hub.lifecycle.roles import BUILT_IN

_Place = tuple[str | int, ...]


def tier_faults(raw: Mapping[str, Any], own_roles: Collection[str]) -> Iterator[SaidAt]:
    """Say what does not fit together among tiers and response groups, with its place."""
    units = {unit for _, unit in named(raw.get("units"))}
    kinds = {*SceneName, *(kind for _, kind in named(raw.get("kinds")))}
    roles = {*BUILT_IN, *own_roles}
    for key, section in (("id", "tiers"), ("level", "tiers"), ("id", "response_groups")):
        for place, value in twice(raw.get(section), key):
            yield (section, place, key), Said("twice", f"{key} {value!r} stands twice", name=value)
    for place, tier in listed(raw.get("tiers")):
        yield from _known(("tiers", place, "told"), "role", tier.get("told"), roles)
        for number, power in listed(tier.get("powers")):
            where = ("tiers", place, "powers", number)
            yield from _known((*where, "kinds"), "kind", power.get("kinds"), kinds)
            yield from _known((*where, "units"), "unit", power.get("units"), units)
    for place, group in listed(raw.get("response_groups")):
        members = [group.get("lead"), *texts(group.get("units"))]
        yield from _known(("response_groups", place, "units"), "unit", members, units)


def _known(where: _Place, what: str, given: Any, known: Collection[str]) -> Iterator[SaidAt]:
    for one in texts(given):
        if one not in known:
            yield where, Said("not_in_pack", f"{what} {one!r} is not in the city pack", thing=what, name=one)
