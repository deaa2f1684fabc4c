"""What the tier of whoever acts may decide of a case by itself (民呼我应); the rest is passed up."""

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.tiers import BOUND, Tier, level_of, tier_above, tier_of
from sharp_eyes.hub.lifecycle.acts import SENDING, Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import ForbiddenMoveError, IllegalMoveError, MissingInputError
from sharp_eyes.hub.lifecycle.model import CaseState


def check_power(city: CityPack, state: CaseState, subject: str | None, actor: Actor, move: Move, given: Given) -> None:
    """Refuse a person's move that is beyond their tier.

    Raises:
        ForbiddenMoveError: ``beyond_power``, ``passed_up``.
    """
    tier = _tier(city, actor)
    if tier is None or move not in BOUND:
        return
    above = _passed_to(city, state)
    if above is not None and tier.level > above.level:
        raise ForbiddenMoveError("passed_up", f"it was passed up to the {above.name.en}, who decides now")
    powers = tier.powers_for(move, subject, state.grade)
    if powers is None:
        return
    wanted = set(given.to) if move in SENDING else set()
    if not any(not power.units or wanted <= set(power.units) for power in powers):
        to = f" to {', '.join(sorted(wanted))}" if wanted else ""
        raise ForbiddenMoveError("beyond_power", f"the {tier.name.en} may not {move} this by itself{to}; pass it up")


def may_decide(city: CityPack, state: CaseState, subject: str | None, actor: Actor, move: Move) -> bool:
    """Whether a person's tier may make a move at all, whomever it sends; of what is not bound, it may."""
    tier = _tier(city, actor)
    if move is Move.PASS_UP:
        return tier is not None and _next(city, state, tier) is not None
    if tier is None or move not in BOUND:
        return True
    above = _passed_to(city, state)
    if above is not None and tier.level > above.level:
        return False
    return tier.powers_for(move, subject, state.grade) != ()


def units_to_send(city: CityPack, state: CaseState, subject: str | None, actor: Actor, move: Move) -> list[str]:
    """The units that a person's tier may send; empty where it may send any."""
    tier = _tier(city, actor)
    powers = None if tier is None or move not in SENDING else tier.powers_for(move, subject, state.grade)
    if powers is None or any(not power.units for power in powers):
        return []
    return list(dict.fromkeys(unit for power in powers for unit in power.units))


def passed_up(city: CityPack, state: CaseState, actor: Actor) -> tuple[str, int, tuple[str, ...]]:
    """Say to which tier a person passes a case up, how many levels above the case's area it lies, and who is told.

    Raises:
        IllegalMoveError: ``no_tier_above``.
    """
    tier = _tier(city, actor)
    above = None if tier is None else _next(city, state, tier)
    if above is None:
        raise IllegalMoveError("no_tier_above", "there is no tier above to which it could be passed up")
    return above.id, max(1, level_of(state.area) - above.level), above.told


def group_of(city: CityPack, given: Given) -> tuple[str, ...]:
    """The units of the response group that a case is handed to, the lead first.

    Raises:
        MissingInputError: ``unknown_group``.
    """
    group = city.group(given.group)
    if group is None:
        known = ", ".join(one.id for one in city.response_groups) or "none"
        raise MissingInputError("unknown_group", f"group {given.group!r} is not in the city pack; there are {known}")
    return group.members


def _tier(city: CityPack, actor: Actor) -> Tier | None:
    return tier_of(city.tiers, actor.area) if actor.kind is ActorKind.PERSON and actor.area else None


def _passed_to(city: CityPack, state: CaseState) -> Tier | None:
    return next((one for one in city.tiers if one.id == state.passed_to), None)


def _next(city: CityPack, state: CaseState, tier: Tier) -> Tier | None:
    """The tier above; none for those below the one that has it already."""
    has_it = _passed_to(city, state)
    if has_it is not None and tier.level > has_it.level:
        return None
    return tier_above(city.tiers, tier)
