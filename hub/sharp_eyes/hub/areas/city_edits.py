"""A city pack with other areas, units, rules or calendar. Pure: each function gives a whole pack that was checked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.configuration.said import Said
from sharp_eyes.hub.areas.city_pack import Area, CityPack, Course, Rule, Unit
from sharp_eyes.hub.areas.geometry import cut, joined
from sharp_eyes.hub.areas.pack_reading import Fault, faults_of
from sharp_eyes.hub.areas.tree import covers, moved
from sharp_eyes.hub.errors import CityError


def with_areas(pack: CityPack, areas: Iterable[Area]) -> CityPack:
    """Give the pack with these areas in place of its own; its rules follow the ids of theirs.

    Raises:
        CityError: it does not fit together: an area without a parent, twice the same path or id, a rule without ground.
    """
    after = tuple(_sound(area) for area in areas)
    moves = moves_between(pack.areas, after)
    return _checked(pack, areas=after, **_with_rules_moved(pack, moves))


def with_area_changed(pack: CityPack, area: Area, **changes: Any) -> CityPack:
    """Give the pack with one area changed; with another path all below it goes along.

    Raises:
        CityError: it does not fit together.
    """
    after = area.model_copy(update={**changes, "id": area.identity})
    moves = {area.path: after.path}
    # Ids are kept before paths change: without one it would be made of the new path.
    others = (one.model_copy(update={"id": one.identity, "path": moved(one.path, moves)}) for one in pack.areas)
    return with_areas(pack, (after if one.identity == area.identity else one for one in others))


def without_area(pack: CityPack, area: Area) -> CityPack:
    """Give the pack without an area.

    Raises:
        CityError: something of the pack lies in it or below.
    """
    return with_areas(pack, (one for one in pack.areas if one.identity != area.identity))


def with_areas_merged(pack: CityPack, area: Area, into: Area) -> CityPack:
    """Give the pack with an area gone into another: its ground, its rules and what lies below it are the other's.

    Raises:
        CityError: it does not fit together: both have a rule for one scene, or an area of the same name below.
    """
    if covers(area.path, into.path):
        words = f"area {into.identity} lies below {area.identity}, which cannot go into it; merge it upwards"
        raise _refused("merge_down", words, area=area.identity, into=into.identity)
    moves = {area.path: into.path}
    outline = into.geometry or area.geometry
    if into.geometry is not None and area.geometry is not None:
        outline = joined(into.geometry, area.geometry)
    kept = [one.model_copy(update={"id": one.identity}) for one in pack.areas if one.identity != area.identity]
    areas = (
        one.model_copy(update={"geometry": outline})
        if one.identity == into.identity and outline is not None
        else one.model_copy(update={"path": moved(one.path, moves)})
        for one in kept
    )
    return _checked(pack, areas=tuple(_sound(one) for one in areas), **_with_rules_moved(pack, moves))


def with_area_split(pack: CityPack, area: Area, part: Area) -> CityPack:
    """Give the pack with a part of an area's ground as an area of its own; ``part.geometry`` may reach beyond it.

    Raises:
        CityError: one of the two has no ground, or the new one does not fit together with the others.
    """
    if area.geometry is None or part.geometry is None:
        words = f"area {area.identity} has no outline; draw one before it is split"
        raise _refused("no_outline", words, area=area.identity)
    pieces = cut(area.geometry, part.geometry)
    if len(pieces) < 2:
        words = f"that line leaves all of area {area.identity} on one side; draw it through the area"
        raise _refused("one_side", words, area=area.identity)
    inside, rest = pieces
    others = (one.model_copy(update={"geometry": rest}) if one is area else one for one in pack.areas)
    return with_areas(pack, (*others, part.model_copy(update={"geometry": inside})))


def with_branch(pack: CityPack, top: str, wished: Sequence[Area]) -> CityPack:
    """Give the pack with these areas in place of all that lie at ``top`` or below; the others stay as they are.

    Raises:
        CityError: it does not fit together.
    """
    theirs = {area.identity: area for area in wished}
    kept = [theirs.pop(one.identity, None) if covers(top, one.path) else one for one in pack.areas]
    return with_areas(pack, [*(one for one in kept if one is not None), *theirs.values()])


def with_units(pack: CityPack, units: Iterable[Unit]) -> CityPack:
    """Give the pack with these units in place of its own.

    Raises:
        CityError: it does not fit together: twice the same id, none at all, a rule that sends to one that is gone.
    """
    return _checked(pack, units=tuple(units))


def with_rules(pack: CityPack, rules: Iterable[Rule]) -> CityPack:
    """Give the pack with these rules in place of its own.

    Raises:
        CityError: it does not fit together: two for one scene and area, an area or unit that there is none of.
    """
    return _checked(pack, rules=tuple(rules))


def with_calendar(pack: CityPack, calendar: Mapping[str, Any]) -> CityPack:
    """Give the pack with this working calendar in place of its own.

    Raises:
        CityError: its days or hours contradict each other; each fault says where.
    """
    return _checked(pack, calendar=dict(calendar))


def moves_between(before: Iterable[Area], after: Iterable[Area]) -> dict[str, str]:
    """Tell which areas lie elsewhere: the new path by the old one."""
    paths = {area.identity: area.path for area in after}
    return {area.path: paths[area.identity] for area in before if paths.get(area.identity, area.path) != area.path}


def made_area(**given: Any) -> Area:
    """Make an area.

    Raises:
        CityError: its id or path is none, such as one that is too deep.
    """
    try:
        return Area.model_validate(given)
    except ValidationError as error:
        raise CityError(f"area {given.get('path')!r}: {explain(error)}", _said(error)) from error


_Ruled = TypeVar("_Ruled", bound=Course)


def _with_rules_moved(pack: CityPack, moves: dict[str, str]) -> dict[str, Any]:
    """The pack's rules, of scenes and of kinds, where their areas lie now."""
    kinds = (kind.model_copy(update={"rules": _moved_rules(kind.rules, moves)}) for kind in pack.kinds)
    changed: dict[str, Any] = {"rules": _moved_rules(pack.rules, moves)}
    return changed | ({"kinds": tuple(kinds)} if pack.kinds else {})


def _moved_rules(rules: Iterable[_Ruled], moves: dict[str, str]) -> tuple[_Ruled, ...]:
    return tuple(
        rule if rule.area is None else rule.model_copy(update={"area": moved(rule.area, moves)}) for rule in rules
    )


def _sound(area: Area) -> Area:
    """An area with its id written down, and its path looked at: another one may have made it too deep."""
    return made_area(**{name: getattr(area, name) for name in area.model_fields_set} | {"id": area.identity})


def _refused(code: str, words: str, **values: str) -> CityError:
    return CityError(words, [Fault.of(Said(code, words, **values)).said])


def _checked(pack: CityPack, **changes: Any) -> CityPack:
    given = {name: getattr(pack, name) for name in pack.model_fields_set} | changes
    try:
        return CityPack.model_validate(given)
    except ValidationError as error:
        raise CityError(explain(error), _said(error)) from error


def _said(error: ValidationError) -> list[dict[str, object]]:
    return [one.said for one in faults_of(error)]
