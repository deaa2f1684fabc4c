"""What cannot be in a city pack: rows that stand twice, or that name what is not there.

Everything here looks at the file as it was read, before its values are checked, so that one run says all that is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.checklist_faults import checklist_faults
from sharp_eyes.hub.areas.clock_faults import clock_faults
from sharp_eyes.hub.areas.device_faults import device_faults
from sharp_eyes.hub.areas.figure_facts import figure_faults
from sharp_eyes.hub.areas.kind_faults import kind_faults
from sharp_eyes.hub.areas.notice_faults import notice_faults
from sharp_eyes.hub.areas.outward_settings import outward_faults
from sharp_eyes.hub.areas.place_kinds import place_kind_faults
from sharp_eyes.hub.areas.raw_rows import texts
from sharp_eyes.hub.areas.tier_faults import tier_faults
from sharp_eyes.hub.areas.tree import parent
from sharp_eyes.hub.clocks.time_zone import wrong_zone
from sharp_eyes.hub.lifecycle.acts import JUDGING

_Row = tuple[int, Mapping[str, Any]]


def faults(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say what does not fit together in a city pack, with its place."""
    yield from wrong_zone(raw)
    yield from notice_faults(raw, {name for _, name in _named(raw, "roles", "id")})
    yield from _tree(raw)
    yield from _twice(raw, "units", "unit", "id")
    yield from _twice(raw, "categories", "category", "scene")
    yield from _missing_categories(raw)
    yield from _rules(raw)
    yield from kind_faults(raw)
    yield from outward_faults(raw)
    yield from figure_faults(raw)
    yield from checklist_faults(raw)
    yield from device_faults(raw, {name for _, name in _named(raw, "roles", "id")})
    yield from place_kind_faults(raw)
    yield from _drafts(raw)
    yield from _false_alarms(raw)
    yield from clock_faults(raw)
    yield from tier_faults(raw, {name for _, name in _named(raw, "roles", "id")})


def _rows(raw: Mapping[str, Any], section: str) -> list[_Row]:
    """The rows that can be read at all, with their positions."""
    found = raw.get(section)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    plain = [(place, dict(row) if isinstance(row, BaseModel) else row) for place, row in enumerate(found)]
    return [(place, row) for place, row in plain if isinstance(row, Mapping)]


def _named(raw: Mapping[str, Any], section: str, key: str) -> list[tuple[int, str]]:
    return [(place, row[key]) for place, row in _rows(raw, section) if isinstance(row.get(key), str)]


def _twice(raw: Mapping[str, Any], section: str, what: str, key: str) -> Iterator[SaidAt]:
    seen: set[str] = set()
    for place, name in _named(raw, section, key):
        if name in seen:
            yield (section, place, key), Said("twice", f"{what} {str(name)!r} stands twice", what=what, name=name)
        seen.add(name)


def _tree(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    yield from _twice(raw, "areas", "area", "path")
    yield from _area_ids(raw)
    named = _named(raw, "areas", "path")
    paths = {path for _, path in named}
    for place, path in named:
        if place == 0 and "/" in path:
            words = f"the first area is the root and has one level, not {path!r}"
            yield ("areas", 0, "path"), Said("root_deep", words, path=path)
        elif place > 0 and parent(path) not in paths:
            words = f"area {path!r} has no parent {parent(path)!r} in the tree"
            yield ("areas", place, "path"), Said("no_parent", words, path=path, parent=parent(path))


def _area_ids(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    seen: set[str] = set()
    for place, row in _rows(raw, "areas"):
        path, given = row.get("path"), row.get("id")
        identity = given or (path.replace("/", ".") if isinstance(path, str) else None)
        if not isinstance(identity, str):
            continue
        # Two rows without an id have one path, which is said elsewhere.
        if identity in seen and (given or not _twice_at(raw, path)):
            said = "" if given else f" (of {path!r}, which names none): give this one another"
            words = f"area id {identity!r} stands twice{said}"
            yield ("areas", place, "id"), Said("id_twice", words, id=identity)
        seen.add(identity)


def _twice_at(raw: Mapping[str, Any], path: object) -> bool:
    return sum(1 for _, other in _named(raw, "areas", "path") if other == path) > 1


def _missing_categories(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    missing = set(SceneName) - {name for _, name in _named(raw, "categories", "scene")}
    if missing and isinstance(raw.get("categories"), Sequence):
        listed = ", ".join(sorted(missing))
        yield ("categories",), Said("no_category", f"no row for {listed}", scenes=listed)


def _rules(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    areas = [path for _, path in _named(raw, "areas", "path")]
    units = {name for _, name in _named(raw, "units", "id")}
    seen: set[tuple[str, str]] = set()
    for place, row in _rows(raw, "rules"):
        scene, area, unit = row.get("scene"), row.get("area"), row.get("unit")
        if areas and isinstance(area, str) and area not in areas:
            yield ("rules", place, "area"), _rule(scene, "rule_area", f"area {area!r} is not in the tree", path=area)
        if units and isinstance(unit, str) and unit not in units:
            yield ("rules", place, "unit"), _unknown_unit(scene, unit)
        if row.get("dispatch") == "auto" and unit is None and row.get("send") is None:
            yield ("rules", place, "dispatch"), _rule(scene, "rule_nobody", "'dispatch: auto' needs a unit or 'send'")
        together = row.get("together")
        for number, other in enumerate(together if isinstance(together, list | tuple) else ()):
            if units and isinstance(other, str) and other not in units:
                yield ("rules", place, "together", number), _unknown_unit(scene, other)
        yield from _send(place, row, units)
        if isinstance(scene, str) and areas:
            key = (str(scene), area if isinstance(area, str) else areas[0])
            if key in seen:
                words = f"rule '{key[0]} in {key[1]}' stands twice"
                yield ("rules", place), Said("rule_twice", words, scene=key[0], area=key[1])
            seen.add(key)


def _send(place: int, row: Mapping[str, Any], known: set[str]) -> Iterator[SaidAt]:
    """Units to choose from that are not there, stand twice, or stand beside a unit that is always sent."""
    given, scene = row.get("send"), row.get("scene")
    send = dict(given) if isinstance(given, BaseModel) else given
    if not isinstance(send, Mapping):
        return
    if row.get("unit") is not None:
        words = "'unit' and 'send' both say who is sent; leave one out"
        yield ("rules", place, "send"), _rule(scene, "rule_both", words)
    named = send.get("units")
    units = [one for one in named if isinstance(one, str)] if isinstance(named, list | tuple) else []
    for number, unit in enumerate(units):
        where = ("rules", place, "send", "units", number)
        if known and unit not in known:
            yield where, _unknown_unit(scene, unit)
        elif unit in units[:number]:
            yield where, _rule(scene, "rule_unit_twice", f"unit {unit!r} stands twice", unit=unit)


def _rule(scene: object, code: str, words: str, **values: object) -> Said:
    return Said(code, f"rule for {scene}: {words}", scene=scene, **values)


def _unknown_unit(scene: object, unit: str) -> Said:
    return _rule(scene, "rule_unit", f"unit {unit!r} is not among the units", unit=unit)


def _drafts(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Drafts of moves that need a reason, and have none or one that the pack does not list."""
    for place, rule in _rows(raw, "rules"):
        given = rule.get("when_gone")
        draft = dict(given) if isinstance(given, BaseModel) else given
        if not isinstance(draft, Mapping) or draft.get("move") == "handle":
            continue
        move, reason = draft.get("move"), draft.get("reason")
        known = [str(row.get("code")) for _, row in _rows(raw, "reasons") if move in texts(row.get("moves"))]
        where = ("rules", place, "when_gone", "reason")
        if not reason:
            words = f"{move!r} needs a reason" + (f"; there are {', '.join(known)}" if known else "")
            yield where, Said("reason_missing", words, move=move)
        elif known and reason not in known:
            listed = ", ".join(known)
            words = f"{reason!r} is no reason for {move!r}; there are {listed}"
            yield where, Said("unknown_reason", words, reason=reason, move=move, known=listed)


def _false_alarms(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Reasons that say that a camera was wrong, of moves that do not say it."""
    for place, row in _rows(raw, "reasons"):
        given = row.get("moves")
        moves = {str(move) for move in given} if isinstance(given, list | tuple) else set(JUDGING)
        if row.get("false_alarm") is True and moves.isdisjoint(JUDGING):
            ways = " or ".join(JUDGING)
            words = f"reason {row.get('code')!r}: a false alarm is said by {ways} alone"
            yield ("reasons", place, "false_alarm"), Said("no_judging", words, reason=row.get("code"))
