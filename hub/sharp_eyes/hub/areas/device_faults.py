"""What cannot be among a city pack's kinds of devices: one twice, what is not there, calls that never come."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sharp_eyes.configuration import Contradiction
from sharp_eyes.hub.areas.raw_rows import listed, plain
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle.roles import Role

_Place = tuple[str | int, ...]


def device_faults(raw: Mapping[str, Any], own_roles: Collection[str]) -> Iterator[Contradiction]:
    """Say what does not fit together among the kinds of devices, with its place."""
    kinds = {kind.get("id"): kind for _, kind in listed(raw.get("kinds"))}
    units = {row.get("id") for _, row in listed(raw.get("units"))}
    roles = {*Role, *own_roles}
    seen: set[object] = set()
    for place, device in listed(raw.get("device_kinds")):
        name, report = device.get("id"), device.get("report")
        if name in seen:
            yield ("device_kinds", place, "id"), f"kind of device {name!r} stands twice"
        seen.add(name)
        if isinstance(report, str) and report not in kinds:
            yield ("device_kinds", place, "report"), f"kind of report {report!r} is not among 'kinds'"
        call = plain(device.get("call"))
        if call:
            where = ("device_kinds", place, "call")
            yield from _call(where, call, units, roles)
            if report in kinds:
                yield from _never_called(where, call.get("unit"), str(report), kinds[report])
        if _working(device.get("silent")):
            yield ("device_kinds", place, "silent"), "a device knows no working hours; say hours or calendar days"


def _call(where: _Place, call: Mapping[str, Any], units: set[Any], roles: set[str]) -> Iterator[Contradiction]:
    unit, role = call.get("unit"), call.get("role")
    if units and isinstance(unit, str) and unit not in units:
        yield (*where, "unit"), f"unit {unit!r} is not among the units"
    if isinstance(role, str) and role not in roles:
        yield (*where, "role"), f"role {role!r} is none; there are {', '.join(sorted(roles))}"
    if _working(call.get("every")):
        yield (*where, "every"), "an alarm does not wait for working hours; say minutes"


def _working(given: Any) -> bool:
    return "working" in (given if isinstance(given, str) else str(given)) if isinstance(given, str | Limit) else False


def _never_called(where: _Place, unit: Any, report: str, kind: Mapping[str, Any]) -> Iterator[Contradiction]:
    """People are called for a unit that has the case: so the rules must send it, everywhere, without waiting."""
    rules = [rule for _, rule in listed(kind.get("rules"))]
    sends = [rule.get("unit") == unit or unit in (rule.get("together") or ()) for rule in rules]
    by_itself = [rule.get("file") == "auto" and rule.get("dispatch") == "auto" for rule in rules]
    everywhere = any(rule.get("area") is None for rule in rules)
    if isinstance(unit, str) and not (everywhere and all(sends) and all(by_itself)):
        yield (
            (*where, "unit"),
            f"nobody would be called: kind {report!r} needs a rule without an area, and each of its rules "
            f"'file: auto', 'dispatch: auto' and unit {unit!r}, as 'unit' or among 'together'",
        )
