"""What cannot be among a city pack's checklists: one twice, kinds of premises and of reports that are not there."""

from collections.abc import Iterator, Mapping
from typing import Any

from sharp_eyes.configuration import Contradiction
from sharp_eyes.hub.areas.clock_faults import reminds_too_early
from sharp_eyes.hub.areas.raw_rows import listed, plain
from sharp_eyes.hub.clocks.clock import ClockKind

_Kinds = Mapping[Any, Mapping[str, Any]]


def checklist_faults(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Say what does not fit together among kinds of premises and checklists, with its place."""
    yield from _premises_kinds(raw)
    known = [row.get("id") for _, row in listed(raw.get("premises_kinds"))]
    kinds = {row.get("id"): row for _, row in listed(raw.get("kinds"))}
    seen: set[object] = set()
    for place, row in listed(raw.get("checklists")):
        premises = row.get("premises")
        if isinstance(premises, str) and premises not in known:
            message = f"{premises!r} is not among 'premises_kinds'; there are {_named(known)}"
            yield ("checklists", place, "premises"), message
        elif premises in seen:
            yield ("checklists", place, "premises"), f"premises of kind {premises!r} have two checklists; keep one"
        seen.add(premises)
        yield from _items(place, row, str(premises), kinds)
        yield from _early_reminders(place, row, kinds, plain(raw.get("clocks")))


def _premises_kinds(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    seen: set[object] = set()
    for place, row in listed(raw.get("premises_kinds")):
        name = row.get("id")
        if name in seen:
            yield ("premises_kinds", place, "id"), f"kind of premises {name!r} stands twice"
        seen.add(name)


def _items(place: int, row: Mapping[str, Any], premises: str, kinds: _Kinds) -> Iterator[Contradiction]:
    seen: set[object] = set()
    for number, item in listed(row.get("items")):
        where = ("checklists", place, "items", number)
        name, kind = item.get("id"), item.get("kind")
        if name in seen:
            yield (*where, "id"), f"checklist of {premises}: item {name!r} stands twice"
        seen.add(name)
        if isinstance(kind, str) and kind not in kinds:
            message = f"checklist of {premises}, item {name!r}: {kind!r} is not among 'kinds'; there are "
            yield (*where, "kind"), message + _named(list(kinds))


def _early_reminders(
    place: int, row: Mapping[str, Any], kinds: _Kinds, city: Mapping[str, Any]
) -> Iterator[Contradiction]:
    """Limits of items that are shorter than the time at which their kind's clocks, or the city's, remind."""
    for number, item in listed(row.get("items")):
        rules = [rule for _, rule in listed(plain(kinds.get(item.get("kind"))).get("rules"))]
        clocks = [{**city, **plain(rule.get("limits"))} for rule in rules or [{}]]
        said = (
            reminds_too_early(plain(one.get(kind)), item.get("limit"))
            for one in clocks
            for kind in (ClockKind.HANDLE, ClockKind.UNIT)
        )
        words = next(filter(None, said), None)
        if words is not None:
            yield ("checklists", place, "items", number, "limit"), words


def _named(known: list[Any]) -> str:
    return ", ".join(str(one) for one in known if one) or "none"
