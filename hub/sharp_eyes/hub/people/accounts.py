"""Accounts: who may sign in, with which role, for which area and unit."""

import re
import threading
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.errors import FieldError, SettingsError
from sharp_eyes.hub.people.password_rules import check_password
from sharp_eyes.hub.people.placement import check_placement, needs_unit
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.tables import Account, LoginSession

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_HASHER = PasswordHasher()
_QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
# Each check takes 64 MiB for a moment; a crowd of them must not take all memory.
_CHECKING = threading.BoundedSemaphore(2)
# Checked for unknown names too, so that an unknown name takes as long as a wrong password.
# Written down, for hashing it anew would cost every command that is started.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$+A4Tw1VIeQ0Czlk07/2/5w$sjj4hOFxEI5Wew0DqoQUw7O5sdeYg3Dl68gquXdieOY"


def add_account(
    session: Session,
    city: CityPack,
    now: datetime,
    *,
    username: str,
    password: str,
    role: str,
    area: str | None = None,
    unit: str | None = None,
    display_name: str = "",
    language: str = "zh",
    password_hash: str | None = None,
) -> Account:
    """Make an account; the area is the whole city where none is given.

    ``password_hash``: of the password, where it was hashed otherwise than :func:`hash_password` does.

    Raises:
        SettingsError: a name, role, area or unit does not fit, or the password is too weak.
    """
    if not _USERNAME.fullmatch(username):
        raise SettingsError(f"user name {username!r}: use lower-case letters, digits, '.', '-' and '_'")
    if session.scalar(select(Account.id).where(Account.username == username)) is not None:
        raise FieldError(f"user {username!r} exists already; 'user password' changes the password", "username", "taken")
    path = check_placement(city, role, area, unit)
    if language not in {"zh", "en"}:
        raise SettingsError(f"language {language!r}: use zh or en")
    check_password(password, (username, display_name))
    account = Account(
        username=username,
        display_name=display_name or username,
        password_hash=password_hash or hash_password(password),
        role=str(role),
        area=path,
        unit=unit,
        language=language,
        disabled=False,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def set_password(session: Session, username: str, password: str) -> Account:
    """Change a password and end all of that account's sessions.

    Raises:
        SettingsError: there is no such account, or the password is too weak.
    """
    account = find_account(session, username)
    check_password(password, (username, account.display_name))
    account.password_hash = hash_password(password)
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    return account


def units_with_people(session: Session, city: CityPack) -> set[str]:
    """Units for which somebody may sign in: a handler, or whoever has another role that belongs to a unit."""
    return {account.unit for account in _unit_people(session, city) if account.unit is not None}


def cases_left_alone(session: Session, city: CityPack, username: str) -> list[str]:
    """Numbers of the open cases of a person's unit, where nobody else may sign in for it; the oldest first."""
    people = _unit_people(session, city)
    units = {one.unit for one in people if one.username == username}
    lost = units - {one.unit for one in people if one.username != username}
    open_turns = select(Assignment.case_id).where(Assignment.unit.in_(lost), Assignment.until.is_(None))
    return list(session.scalars(select(Case.number).where(Case.id.in_(open_turns)).order_by(Case.id)))


def _unit_people(session: Session, city: CityPack) -> list[Account]:
    found = session.scalars(select(Account).where(Account.unit.is_not(None), Account.disabled.is_(False)))
    return [account for account in found if needs_unit(city, account.role)]


def set_disabled(session: Session, username: str, *, disabled: bool) -> Account:
    """Lock an account out, which also ends its sessions, or let it in again.

    Raises:
        SettingsError: there is no such account.
    """
    account = find_account(session, username)
    account.disabled = disabled
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    return account


def change_account(
    session: Session,
    city: CityPack,
    username: str,
    *,
    role: str | None = None,
    area: str | None = None,
    unit: str | None = None,
    display_name: str | None = None,
) -> Account:
    """Change what is given and leave the rest; another role, area or unit ends the account's sessions.

    Raises:
        SettingsError: there is no such account, or a role, area or unit does not fit.
    """
    account = find_account(session, username)
    new_role = account.role if role is None else str(role)
    # A unit belongs to a handler; whoever becomes something else leaves it.
    kept = account.unit if role is None or needs_unit(city, new_role) else None
    new_unit = kept if unit is None else unit
    new_area = area or account.area
    if role is not None or area is not None or unit is not None:
        check_placement(city, new_role, new_area, new_unit)
    account.role, account.unit, account.area = new_role, new_unit, new_area
    account.display_name = display_name or account.display_name
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    return account


def hash_password(password: str) -> str:
    """Hash with argon2id."""
    return _HASHER.hash(password)


def hash_drawn(password: str) -> str:
    """Hash 128 bits that were drawn at random, which no guess meets however quick it is: at little cost."""
    return _QUICK_HASHER.hash(password)


def password_fits(account: Account | None, password: str) -> bool:
    """Whether the password is the account's; takes as long when there is no account."""
    try:
        with _CHECKING:
            _HASHER.verify(_NOBODY if account is None else account.password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
    return account is not None and not account.disabled


def find_account(session: Session, username: str) -> Account:
    """Find an account by its name.

    Raises:
        SettingsError: there is none.
    """
    account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        raise SettingsError(f"there is no user {username!r}; 'user list' shows all")
    return account
