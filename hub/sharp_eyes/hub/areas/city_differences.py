"""How two city packs differ, part by part, for somebody who decides whether one takes the other's place. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sharp_eyes.hub.areas.city_pack import Area, CityPack, Rule
from sharp_eyes.hub.areas.text import Text


@dataclass(frozen=True, slots=True)
class Named:
    """One of a list: its id, for a rule its scene and area, and its name where it has one."""

    id: str
    name: Text | None


@dataclass(frozen=True, slots=True)
class PartDifference:
    """A part of the pack that is another. Of one that is no list of things the three are empty."""

    part: str
    added: tuple[Named, ...] = ()
    changed: tuple[Named, ...] = ()
    removed: tuple[Named, ...] = ()


def differences(before: CityPack, after: CityPack) -> Iterator[PartDifference]:
    """Name the parts that differ, in the pack's order."""
    for part in CityPack.model_fields:
        was, now = getattr(before, part), getattr(after, part)
        if was == now:
            continue
        if not _is_list(was) or not _is_list(now):
            yield PartDifference(part)
            continue
        old, new = _by_key(was), _by_key(now)
        changed = [key for key in new if key in old and not _same(old[key], new[key])]
        added, removed = [key for key in new if key not in old], [key for key in old if key not in new]
        if added or changed or removed or _order_counts(part):
            yield PartDifference(part, _named(new, added), _named(new, changed), _named(old, removed))


def _order_counts(part: str) -> bool:
    return part == "tiers"


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, BaseModel) and _key(one) for one in value)


def _key(one: BaseModel) -> str:
    if isinstance(one, Area):
        return one.identity
    if isinstance(one, Rule):
        return " ".join(filter(None, (one.scene.value, one.area)))
    given = (getattr(one, name, None) for name in ("id", "scene", "code", "premises"))
    return next((str(value) for value in given if value is not None), "")


def _same(one: BaseModel, other: BaseModel) -> bool:
    """Whether two say the same; an area's id may be written down or follow from its path."""
    if isinstance(one, Area) and isinstance(other, Area):
        return one.model_copy(update={"id": one.identity}) == other.model_copy(update={"id": other.identity})
    return one == other


def _by_key(rows: Iterable[BaseModel]) -> dict[str, BaseModel]:
    return {_key(one): one for one in rows}


def _named(rows: Mapping[str, BaseModel], keys: Iterable[str]) -> tuple[Named, ...]:
    return tuple(Named(key, getattr(rows[key], "name", None)) for key in keys)
