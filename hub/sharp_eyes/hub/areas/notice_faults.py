"""What cannot be in a city pack where it says who is told: roles that there are none of."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.hub.areas.notice_rules import CALLED, LADDER, RESPONSIBLE, UNIT
from sharp_eyes.hub.areas.raw_rows import listed, plain
from sharp_eyes.hub.lifecycle.roles import Role

_Place = tuple[str | int, ...]


def notice_faults(raw: Mapping[str, Any], own_roles: Collection[str]) -> Iterator[SaidAt]:
    """Say which notice rules and ladders tell a role that is neither built in nor the pack's own."""
    roles = {*Role, *own_roles}
    notices = plain(raw.get("notices"))
    for place, rule in listed(notices.get("rules")):
        yield from _unknown(rule, ("notices", "rules", place), {*roles, UNIT, RESPONSIBLE, LADDER, CALLED})
    yield from _ladders(raw.get("clocks"), ("clocks",), roles)
    for place, rule in listed(raw.get("rules")):
        yield from _ladders(rule.get("limits"), ("rules", place, "limits"), roles)


def _ladders(clocks: Any, place: _Place, roles: Collection[str]) -> Iterator[SaidAt]:
    for kind, clock in plain(clocks).items():
        for number, step in listed(plain(clock).get("ladder")):
            yield from _unknown(step, (*place, str(kind), "ladder", number), roles)


def _unknown(row: Mapping[str, Any], place: _Place, known: Collection[str]) -> Iterator[SaidAt]:
    roles = ", ".join(sorted(known))
    told = row.get("tell")
    for number, role in enumerate(told if isinstance(told, list | tuple) else ()):
        if isinstance(role, str) and role not in known:
            words = f"role {role!r} is none; there are {roles}"
            yield (*place, "tell", number), Said("unknown_role", words, role=role, known=roles)
