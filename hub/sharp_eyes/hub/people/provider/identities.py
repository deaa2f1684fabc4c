"""Whose account somebody has whom the provider vouched for: by the subject, once linked, and by nothing else then."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sharp_eyes.hub.areas.area_history import AreaHistory
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError, SettingsError
from sharp_eyes.hub.oidc_settings import GroupSettings, OidcSettings
from sharp_eyes.hub.people.accounts import add_account, change_account
from sharp_eyes.hub.people.placement import check_placement
from sharp_eyes.hub.people.provider.proved import Proved
from sharp_eyes.hub.store.people_tables import ProviderIdentity
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LONGEST_EXPECTED = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_REFUSED = 403


@dataclass(frozen=True, slots=True)
class Linking:
    """Whom linking concerns: the provider's issuer, and who does it from where."""

    issuer: str
    by: Origin


def account_of(work: UnitOfWork, settings: OidcSettings, proved: Proved, address: str) -> Account:
    """Find the account of somebody, link or make it where the settings allow it, and place them by their groups.

    Raises:
        RequestError: 403 with a code that says why not: ``provider_unknown``, ``provider_locked``,
            ``provider_no_group``, ``provider_second_factor``, ``provider_name_taken``, ``provider_misplaced``.
    """
    place = _place_of(settings, proved.claims)
    account = _linked(work, proved) or _expected(work, settings, proved, address)
    if account is None and settings.create and place is not None:
        account = _made(work, settings, proved, place, address)
    if account is None:
        raise RequestError(_REFUSED, "provider_unknown", "nobody here is linked to this identity; ask an administrator")
    if account.disabled:
        raise RequestError(_REFUSED, "provider_locked", f"the account {account.username} is locked")
    if account.totp_confirmed and not proved.second_factor:
        message = "this account has a second factor here, and the provider asked for none; sign in with the password"
        raise RequestError(_REFUSED, "provider_second_factor", message)
    if place is not None:
        _put(work, account, place, Origin(account.username, address))
    return account


def link(work: UnitOfWork, how: Linking, account: Account, subject: str) -> None:
    """Link an account with who its owner is at the provider; an earlier link gives way.

    Raises:
        RequestError: 409 ``provider_linked_elsewhere``.
    """
    other = _find(work, how.issuer, subject)
    if other is not None and other.account_id != account.id:
        message = "this identity is linked with another account; an administrator can end that"
        raise RequestError(409, "provider_linked_elsewhere", message)
    row = _of_account(work, how.issuer, account.id) or _new(work, how, account)
    row.subject, row.expected, row.linked_at = subject, None, work.now
    work.session.flush()
    _record(work, how.by, Action.PROVIDER_LINKED, account, subject=subject)


def expect(work: UnitOfWork, how: Linking, account: Account, value: str) -> None:
    """Say by which mail address or name the owner of an account is known the first time; an earlier link ends.

    Raises:
        SettingsError: it is empty or too long, or expected for another account.
    """
    wanted = _plain(value)
    if not 0 < len(wanted) <= _LONGEST_EXPECTED or not wanted.isprintable():
        raise SettingsError(f"what the provider says of {account.username} has 1 to {_LONGEST_EXPECTED} characters")
    taken = select(ProviderIdentity).where(ProviderIdentity.issuer == how.issuer, ProviderIdentity.expected == wanted)
    other = work.session.scalar(taken)
    if other is not None and other.account_id != account.id:
        raise SettingsError(f"{wanted!r} is expected for user {other.account.username!r} already")
    row = _of_account(work, how.issuer, account.id) or _new(work, how, account)
    row.subject, row.expected, row.linked_at = None, wanted, None
    row.made_by, row.made_at = how.by.actor, work.now
    work.session.flush()
    _record(work, how.by, Action.PROVIDER_EXPECTED, account, expected=wanted)


def unlink(work: UnitOfWork, how: Linking, account: Account) -> bool:
    """End what links an account with the provider, or what is expected; False where there was nothing."""
    row = _of_account(work, how.issuer, account.id)
    if row is None:
        return False
    work.session.delete(row)
    work.session.flush()
    _record(work, how.by, Action.PROVIDER_UNLINKED, account)
    return True


def identity_of(work: UnitOfWork, issuer: str, account: int) -> ProviderIdentity | None:
    """Find what links an account with the provider, or what is expected."""
    return _of_account(work, issuer, account)


def check_groups(settings: OidcSettings, city: CityPack, areas: AreaHistory) -> None:
    """See that the city pack has the roles, areas and units that groups are given.

    Raises:
        SettingsError: names the group.
    """
    for one in settings.groups:
        try:
            check_placement(city, one.role, one.area and areas.present(one.area), one.unit)
        except SettingsError as error:
            raise SettingsError(f"oidc.groups, {one.group!r}: {error}") from error


def _linked(work: UnitOfWork, proved: Proved) -> Account | None:
    row = _find(work, proved.issuer, proved.subject)
    return None if row is None else row.account


def _expected(work: UnitOfWork, settings: OidcSettings, proved: Proved, address: str) -> Account | None:
    claim = settings.link_claim
    value = None if claim is None else proved.claims.get(claim)
    if not isinstance(value, str) or not value.strip():
        return None
    # An address that somebody merely typed in at the provider proves nothing.
    if claim == "email" and proved.claims.get("email_verified") is not True:
        return None
    query = select(ProviderIdentity).where(
        ProviderIdentity.issuer == proved.issuer,
        ProviderIdentity.expected == _plain(value),
        ProviderIdentity.subject.is_(None),
    )
    row = work.session.scalar(query.with_for_update(of=ProviderIdentity))
    if row is None or row.account.disabled:
        return None
    row.subject, row.expected, row.linked_at = proved.subject, None, work.now
    origin = Origin(row.account.username, address)
    _record(work, origin, Action.PROVIDER_LINKED, row.account, subject=proved.subject, claim=claim)
    return row.account


def _made(work: UnitOfWork, settings: OidcSettings, proved: Proved, place: GroupSettings, address: str) -> Account:
    said = proved.claims.get(settings.username_claim)
    name = said.strip().lower() if isinstance(said, str) else ""
    if not _NAME.fullmatch(name):
        message = f"the provider's {settings.username_claim} is no user name here; an administrator makes the account"
        raise RequestError(_REFUSED, "provider_name_taken", message)
    if work.session.scalar(select(Account.id).where(Account.username == name)) is not None:
        # Never taken over: that the names are alike does not say that the people are.
        message = f"there is another user {name!r} here; an administrator links the two, if they are one"
        raise RequestError(_REFUSED, "provider_name_taken", message)
    display, locale = proved.claims.get("name"), proved.claims.get("locale")
    try:
        account = add_account(
            work.session,
            work.city,
            work.now,
            username=name,
            password=secrets.token_urlsafe(32),  # that nobody knows; an administrator may give another
            role=place.role,
            area=_area(work, place),
            unit=place.unit,
            display_name=display.strip()[:100] if isinstance(display, str) else "",
            language="en" if isinstance(locale, str) and not locale.lower().startswith("zh") else "zh",
        )
    except SettingsError as error:
        raise RequestError(_REFUSED, "provider_misplaced", str(error)) from error
    how = Linking(proved.issuer, Origin(name, address))
    detail = {"role": account.role, "unit": account.unit, "group": place.group}
    _record(work, how.by, Action.ACCOUNT_ADDED, account, **detail)
    link(work, how, account, proved.subject)
    return account


def _place_of(settings: OidcSettings, claims: Mapping[str, Any]) -> GroupSettings | None:
    """What somebody is by their groups; None where the settings leave that to administrators.

    Raises:
        RequestError: 403 ``provider_no_group``.
    """
    if not settings.groups:
        return None
    theirs = _groups(claims, settings.groups_claim)
    for one in settings.groups:
        if one.group in theirs:
            return one
    raise RequestError(_REFUSED, "provider_no_group", "none of your groups at the provider has a role here")


def _groups(claims: Mapping[str, Any], claim: str) -> set[str]:
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    every = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return {one for one in every if isinstance(one, str)}


def _put(work: UnitOfWork, account: Account, place: GroupSettings, by: Origin) -> None:
    area = _area(work, place) or work.city.root
    if (account.role, account.area, account.unit) == (place.role, area, place.unit):
        return
    try:
        check_placement(work.city, place.role, area, place.unit)
        change_account(work.session, work.city, account.username, role=place.role, area=area, unit=place.unit)
    except SettingsError as error:
        raise RequestError(_REFUSED, "provider_misplaced", f"{error}; an administrator mends oidc.groups") from error
    account.unit = place.unit
    _record(work, by, Action.ACCOUNT_CHANGED, account, role=place.role, unit=place.unit, group=place.group)


def _area(work: UnitOfWork, place: GroupSettings) -> str | None:
    """Where the area lies now that the settings name by its id, or by a path that it has or had."""
    return place.area and work.areas.present(place.area)


def _find(work: UnitOfWork, issuer: str, subject: str) -> ProviderIdentity | None:
    query = select(ProviderIdentity).where(ProviderIdentity.issuer == issuer, ProviderIdentity.subject == subject)
    return work.session.scalar(query)


def _of_account(work: UnitOfWork, issuer: str, account: int) -> ProviderIdentity | None:
    query = select(ProviderIdentity).where(ProviderIdentity.issuer == issuer, ProviderIdentity.account_id == account)
    return work.session.scalar(query)


def _new(work: UnitOfWork, how: Linking, account: Account) -> ProviderIdentity:
    row = ProviderIdentity(account_id=account.id, issuer=how.issuer, made_by=how.by.actor, made_at=work.now)
    work.session.add(row)
    return row


def _plain(value: str) -> str:
    return value.strip().casefold()


def _record(work: UnitOfWork, by: Origin, action: Action, account: Account, **detail: Any) -> None:
    said = {"subject_there" if name == "subject" else name: value for name, value in detail.items()}
    record(work.session, work.now, by, action, area=account.area, subject=account.username, **said)
