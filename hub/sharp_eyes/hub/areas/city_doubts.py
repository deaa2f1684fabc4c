"""What a city pack may say but hardly means: rules that never act, that switch others off, units without people.

A doubt does not keep a hub from starting; ``city check`` and the hub's log say it.
"""

from collections.abc import Collection, Iterator

from sharp_eyes.hub.areas.city_pack import CityPack, Rule
from sharp_eyes.hub.areas.tree import covers

_AUTOMATIC = ("file", "dispatch", "look_again", "close", "fail")


def doubts(city: CityPack) -> Iterator[str]:
    """Say what the pack hardly means, one sentence each, with what to do."""
    for place, rule in enumerate(city.rules):
        where = f"rules.{place}, {rule.scene} in {rule.area or city.root}"
        yield from (f"{where}: {words}" for words in _own_doubts(rule))
        wider = _wider(city, rule)
        if wider is not None:
            yield from (f"{where}: {words}" for words in _switched_off(rule, wider, wider.area or city.root))


def units_without_people(city: CityPack, with_people: Collection[str]) -> Iterator[str]:
    """Say which units cases are sent to although nobody can sign in for them.

    ``with_people``: units of the handlers who may sign in.
    """
    for unit in city.units:
        if unit.id in with_people:
            continue
        scenes = sorted({what for what, rule in city.courses if unit.id in rule.units})
        sent = f"; the rules send it {', '.join(scenes)}" if scenes else ""
        yield (
            f"unit {unit.id}: nobody can sign in for it{sent}; make an account: "
            f"sharp-eyes-hub user add NAME --role handler --unit {unit.id}"
        )


def units_without_roster(city: CityPack, with_shifts: Collection[str]) -> Iterator[str]:
    """Say which units are sent by duty roster alone although nobody is ever on theirs.

    ``with_shifts``: units for which somebody is on duty now or later.
    """
    for place, rule in enumerate(city.rules):
        if rule.send is None or not rule.send.on_duty or rule.dispatch == "manual":
            continue
        missing = [unit for unit in rule.send.units if unit not in with_shifts]
        if missing:
            whose = "; its cases are left to the shift lead" if len(missing) == len(rule.send.units) else ""
            yield (
                f"rules.{place}, {rule.scene} in {rule.area or city.root}: sends only who is on duty, and the roster "
                f"has nobody for {', '.join(missing)}{whose}; 'sharp-eyes-hub duty import', or say 'on_duty: false'"
            )


def _own_doubts(rule: Rule) -> Iterator[str]:
    if rule.dispatch == "auto" and rule.file == "manual":
        yield "'dispatch: auto' without 'file: auto' sends nobody until a person has filed the case; say both"
    if rule.on_event_closed == "reject_unfiled" and rule.file == "auto":
        yield "'on_event_closed: reject_unfiled' never acts with 'file: auto', which files every case; leave one out"
    if rule.limit_minutes is not None and not rule.units:
        yield "'limit_minutes' without a 'unit': say who has to keep the limit"
    if rule.send is not None and rule.dispatch == "manual":
        yield "'send' without 'dispatch: auto' never acts: people send whom they choose; say 'auto', or name a 'unit'"


def _wider(city: CityPack, rule: Rule) -> Rule | None:
    """The rule that would hold in this rule's area if it were not there."""
    if rule.area is None:
        return None
    others = [
        other
        for other in city.rules
        if other is not rule and other.scene is rule.scene and covers(other.area or city.root, rule.area)
    ]
    return max(others, key=lambda other: len(other.area or ""), default=None)


def _switched_off(rule: Rule, wider: Rule, area: str) -> Iterator[str]:
    """Where a rule leaves out what the wider one does by itself; one that says 'manual' means it."""
    lost = [
        key
        for key in _AUTOMATIC
        if getattr(wider, key) == "auto" and getattr(rule, key) == "manual" and key not in rule.model_fields_set
    ]
    if lost:
        yield (
            f"switches off {', '.join(lost)}, which the rule of {area} does by itself: a rule takes nothing over from "
            "the one above it; repeat 'auto' here, or say 'manual' if it is meant"
        )
    gone = ["unit"] if wider.units and not rule.units else []
    gone += ["limit_minutes"] if wider.limit_minutes is not None and rule.limit_minutes is None else []
    if gone:
        yield f"has no {' and no '.join(gone)}, though the rule of {area} has; repeat it here"
