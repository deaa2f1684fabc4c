"""What cannot be in a city pack's notices: roles that there are none of."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sharp_eyes.configuration import Contradiction
from sharp_eyes.hub.areas.notice_rules import LADDER, RESPONSIBLE, UNIT
from sharp_eyes.hub.lifecycle.roles import Role


def notice_faults(raw: Mapping[str, Any], own_roles: Collection[str]) -> Iterator[Contradiction]:
    """Say which rules tell a role that is neither built in nor the pack's own."""
    notices = raw.get("notices")
    rules = notices.get("rules") if isinstance(notices, Mapping) else None
    known = {*Role, *own_roles, UNIT, RESPONSIBLE, LADDER}
    for place, rule in enumerate(rules if isinstance(rules, list | tuple) else ()):
        told = rule.get("tell") if isinstance(rule, Mapping) else None
        for number, role in enumerate(told if isinstance(told, list | tuple) else ()):
            if isinstance(role, str) and role not in known:
                where = ("notices", "rules", place, "tell", number)
                yield where, f"role {role!r} is none; there are {', '.join(sorted(known))}"
