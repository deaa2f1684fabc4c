"""What another city pack would leave without ground: accounts, gateways and open cases that name what it lacks."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from sharp_eyes.configuration.said import Said
from sharp_eyes.hub.areas.city_edits import moves_between
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.calendar_effect import effect_on_open_cases, year_needed
from sharp_eyes.hub.cases.calendars import known_otherwise
from sharp_eyes.hub.lifecycle.roles import BUILT_IN
from sharp_eyes.hub.store.case_tables import Assignment, Case, CaseClock
from sharp_eyes.hub.store.sponsor_tables import Sponsor
from sharp_eyes.hub.store.tables import Account, ApiToken, Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook


def lost_with(work: UnitOfWork, pack: CityPack) -> Iterator[Said]:
    """Say what in the database the pack has no word for, one sentence each; empty where it can take over."""
    moving = moves_between(work.city.areas, pack.areas)
    areas, units = {*moving, *(area.path for area in pack.areas)}, {unit.id for unit in pack.units}
    live, here = Account.disabled.is_(False), Gateway.removed_at.is_(None)
    for path, count in _counted(work, Account.area, areas, live):
        rest = f"{count} accounts see it; 'user change NAME --area …' binds them to another"
        yield _missing("lost_accounts", "area", path, count, rest)
    for path, count in _counted(work, Gateway.area, areas, here):
        yield _missing("lost_gateways", "area", path, count, f"{count} gateways stand in it")
    for path, count in _counted(work, Case.area, areas, Case.ended_at.is_(None)):
        yield _missing("lost_cases", "area", path, count, f"{count} open cases lie in it")
    roles = {*BUILT_IN, *(one.id for one in pack.roles)}
    for role, count in _counted(work, Account.role, roles, live):
        rest = f"{count} accounts have it; 'user change NAME --role …' gives them another"
        yield _missing("lost_accounts", "role", role, count, rest)
    for unit, count in _counted(work, Account.unit, units, live):
        yield _missing("lost_accounts", "unit", unit, count, f"{count} accounts belong to it")
    for unit, count in _counted(work, Assignment.unit, units, Assignment.until.is_(None)):
        rest = f"it has {count} open cases; withdraw or reassign them first"
        yield _missing("lost_turns", "unit", unit, count, rest)
    yield from _tokens_lost(work, areas, units, roles)
    for what, column, known in (("area", Webhook.area, areas), ("unit", Webhook.unit, units)):
        for value, count in _counted(work, column, known, true()):
            rest = f"{count} webhooks have it; 'webhook remove' ends them"
            yield _missing("lost_webhooks", what, value, count, rest)
    yield from _sponsors_lost(work, areas, units)
    yield from _calendar_lost(work, pack)


def _calendar_lost(work: UnitOfWork, pack: CityPack) -> Iterator[Said]:
    """A version that has been another calendar's, or years that open cases need."""
    if pack.calendar is None:
        return
    if known_otherwise(work, pack.calendar):
        version = pack.calendar.version
        words = (
            f"calendar.version {version!r} has set limits with other days or hours; "
            "give the changed calendar a new version"
        )
        yield Said("calendar_version", words, version=version)
    others = CaseClock.calendar != pack.calendar.version, CaseClock.stopped_at.is_(None)
    following = select(CaseClock.case_id).join(Case).where(Case.ended_at.is_(None), *others).limit(1)
    if work.session.scalar(following) is not None:
        stuck = effect_on_open_cases(work, pack.calendar).stuck
        if stuck:
            yield year_needed(stuck)


def _missing(code: str, what: str, name: str, count: int, rest: str) -> Said:
    return Said(code, f"{what} {name!r} is missing: {rest}", thing=what, name=name, n=count)


def _sponsors_lost(work: UnitOfWork, areas: set[str], units: set[str]) -> Iterator[Said]:
    holds = or_(Sponsor.until.is_(None), Sponsor.until > work.now)
    for what, column, known in (("area", Sponsor.area, areas), ("unit", Sponsor.unit, units)):
        for value, count in _counted(work, column, known, holds):
            rest = f"{count} sponsors have it; end them in the register first"
            yield _missing("lost_sponsors", what, value, count, rest)


def _tokens_lost(work: UnitOfWork, areas: set[str], units: set[str], roles: set[str]) -> Iterator[Said]:
    holds = ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > work.now)
    columns = (("area", ApiToken.area, areas), ("role", ApiToken.role, roles), ("unit", ApiToken.unit, units))
    for what, column, known in columns:
        for value, count in _counted(work, column, known, holds):
            rest = f"{count} API tokens have it; 'token revoke' ends them"
            yield _missing("lost_tokens", what, value, count, rest)


def _counted(
    work: UnitOfWork, column: InstrumentedAttribute[Any], known: set[str], only: ColumnElement[bool]
) -> Sequence[tuple[str, int]]:
    """Values of a column that are not known, and how many rows have them."""
    query = select(column, func.count()).where(only, column.is_not(None)).group_by(column).order_by(column)
    return [(value, count) for value, count in work.session.execute(query) if value not in known]
