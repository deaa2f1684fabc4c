"""What cannot be among a city pack's kinds of devices: one twice, what is not there, calls that never come."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.hub.areas.raw_rows import listed, named, plain, texts, twice
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle.roles import Role

_Place = tuple[str | int, ...]


def device_faults(raw: Mapping[str, Any], own_roles: Collection[str]) -> Iterator[SaidAt]:
    """Say what does not fit together among the kinds of devices, with its place."""
    kinds = {kind["id"]: kind for _, kind in listed(raw.get("kinds")) if isinstance(kind.get("id"), str)}
    units = {unit for _, unit in named(raw.get("units"))}
    roles = {*Role, *own_roles}
    for place, name in twice(raw.get("device_kinds")):
        yield ("device_kinds", place, "id"), Said("twice", f"kind of device {name!r} stands twice", name=name)
    for place, device in listed(raw.get("device_kinds")):
        report = device.get("report")
        if isinstance(report, str) and report not in kinds:
            known = ", ".join(kinds) or "none"
            words = f"kind of report {report!r} is not among 'kinds'; there are {known}"
            yield ("device_kinds", place, "report"), Said("unknown_report", words, kind=report, known=known)
        call = plain(device.get("call"))
        if call:
            where = ("device_kinds", place, "call")
            yield from _call(where, call, units, roles)
            if isinstance(report, str) and report in kinds:
                yield from _never_called(where, call.get("unit"), report, kinds[report])
        if _working(device.get("silent")):
            words = "a device knows no working hours; say hours or calendar days"
            yield ("device_kinds", place, "silent"), Said("device_hours", words)


def _call(where: _Place, call: Mapping[str, Any], units: set[str], roles: set[str]) -> Iterator[SaidAt]:
    unit, role = call.get("unit"), call.get("role")
    if units and isinstance(unit, str) and unit not in units:
        words = f"unit {unit!r} is not among the units"
        yield (*where, "unit"), Said("not_in_pack", words, thing="unit", name=unit)
    if isinstance(role, str) and role not in roles:
        known = ", ".join(sorted(roles))
        yield (
            (*where, "role"),
            Said("unknown_role", f"role {role!r} is none; there are {known}", role=role, known=known),
        )
    if _working(call.get("every")):
        yield (*where, "every"), Said("alarm_hours", "an alarm does not wait for working hours; say minutes")


def _working(given: Any) -> bool:
    return "working" in (given if isinstance(given, str) else str(given)) if isinstance(given, str | Limit) else False


def _never_called(where: _Place, unit: Any, report: str, kind: Mapping[str, Any]) -> Iterator[SaidAt]:
    """People are called for a unit that has the case: so the rules must send it, everywhere, without waiting."""
    rules = [rule for _, rule in listed(kind.get("rules"))]
    sends = [unit in (rule.get("unit"), *texts(rule.get("together"))) for rule in rules]
    by_itself = [rule.get("file") == "auto" and rule.get("dispatch") == "auto" for rule in rules]
    everywhere = any(rule.get("area") is None for rule in rules)
    if isinstance(unit, str) and not (everywhere and all(sends) and all(by_itself)):
        words = (
            f"nobody would be called: kind {report!r} needs a rule without an area, and each of its rules "
            f"'file: auto', 'dispatch: auto' and unit {unit!r}, as 'unit' or among 'together'"
        )
        yield (*where, "unit"), Said("nobody_called", words, kind=report, unit=unit)
