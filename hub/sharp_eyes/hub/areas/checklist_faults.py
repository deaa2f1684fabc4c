"""What cannot be among a city pack's checklists: one twice, kinds of premises and of reports that are not there."""

from collections.abc import Iterator, Mapping
from typing import Any

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.hub.areas.clock_faults import reminds_too_early
from sharp_eyes.hub.areas.raw_rows import listed, named, plain, twice
from sharp_eyes.hub.clocks.clock import ClockKind

_Kinds = Mapping[str, Mapping[str, Any]]


def checklist_faults(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say what does not fit together among kinds of premises and checklists, with its place."""
    yield from _premises_kinds(raw)
    known = [name for _, name in named(raw.get("premises_kinds"))]
    kinds = {row["id"]: row for _, row in listed(raw.get("kinds")) if isinstance(row.get("id"), str)}
    again = dict(twice(raw.get("checklists"), "premises"))
    for place, row in listed(raw.get("checklists")):
        premises = row.get("premises")
        if isinstance(premises, str) and premises not in known:
            words = f"{premises!r} is not among 'premises_kinds'; there are {_named(known)}"
            yield ("checklists", place, "premises"), Said("unknown_premises", words, kind=premises, known=_named(known))
        elif place in again:
            words = f"premises of kind {premises!r} have two checklists; keep one"
            yield ("checklists", place, "premises"), Said("two_checklists", words, kind=premises)
        yield from _items(place, row, str(premises), kinds)
        yield from _early_reminders(place, row, kinds, plain(raw.get("clocks")))


def _premises_kinds(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    for place, name in twice(raw.get("premises_kinds")):
        yield ("premises_kinds", place, "id"), Said("twice", f"kind of premises {name!r} stands twice", name=name)


def _items(place: int, row: Mapping[str, Any], premises: str, kinds: _Kinds) -> Iterator[SaidAt]:
    for number, again in twice(row.get("items")):
        where = ("checklists", place, "items", number, "id")
        yield where, Said("twice", f"checklist of {premises}: item {again!r} stands twice", name=again)
    for number, item in listed(row.get("items")):
        name, kind = item.get("id"), item.get("kind")
        if isinstance(kind, str) and kind not in kinds:
            known = _named(list(kinds))
            words = f"checklist of {premises}, item {name!r}: {kind!r} is not among 'kinds'; there are {known}"
            yield ("checklists", place, "items", number, "kind"), Said("unknown_report", words, kind=kind, known=known)


def _early_reminders(place: int, row: Mapping[str, Any], kinds: _Kinds, city: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Limits of items that are shorter than the time at which their kind's clocks, or the city's, remind."""
    for number, item in listed(row.get("items")):
        rules = [rule for _, rule in listed(kinds.get(str(item.get("kind")), {}).get("rules"))]
        clocks = [{**city, **plain(rule.get("limits"))} for rule in rules or [{}]]
        said = (
            reminds_too_early(plain(one.get(kind)), item.get("limit"))
            for one in clocks
            for kind in (ClockKind.HANDLE, ClockKind.UNIT)
        )
        words = next(filter(None, said), None)
        if words is not None:
            yield ("checklists", place, "items", number, "limit"), words


def _named(known: list[str]) -> str:
    return ", ".join(known) or "none"
