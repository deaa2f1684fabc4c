"""Accounts: who may sign in, with which role, for which area and unit."""

import re
import threading
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.password_rules import check_password
from sharp_eyes.hub.store.tables import Account, LoginSession

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_HASHER = PasswordHasher()
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
    role: Role,
    area: str | None = None,
    unit: str | None = None,
    display_name: str = "",
    language: str = "zh",
) -> Account:
    """Make an account; the area is the whole city where none is given.

    Raises:
        SettingsError: a name, area or unit does not fit, or the password is too weak.
    """
    if not _USERNAME.fullmatch(username):
        raise SettingsError(f"user name {username!r}: use lower-case letters, digits, '.', '-' and '_'")
    if session.scalar(select(Account.id).where(Account.username == username)) is not None:
        raise SettingsError(f"user {username!r} exists already; 'user password' changes the password")
    path = area or city.root
    if city.area(path) is None:
        raise SettingsError(f"area {path!r} is not in the city pack")
    if role is Role.HANDLER and unit is None:
        raise SettingsError("a handler belongs to a unit; name it with --unit")
    if unit is not None and city.unit(unit) is None:
        known = ", ".join(known.id for known in city.units)
        raise SettingsError(f"unit {unit!r} is not in the city pack; it has {known}")
    if language not in {"zh", "en"}:
        raise SettingsError(f"language {language!r}: use zh or en")
    check_password(password, (username, display_name))
    account = Account(
        username=username,
        display_name=display_name or username,
        password_hash=hash_password(password),
        role=role.value,
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


def units_with_people(session: Session) -> set[str]:
    """Units of the handlers who may sign in."""
    found = session.scalars(select(Account.unit).where(Account.role == Role.HANDLER, Account.disabled.is_(False)))
    return {unit for unit in found if unit is not None}


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
    role: Role | None = None,
    area: str | None = None,
    unit: str | None = None,
    display_name: str | None = None,
) -> Account:
    """Change what is given and leave the rest; another role, area or unit ends the account's sessions.

    Raises:
        SettingsError: there is no such account, or an area or unit does not fit.
    """
    account = find_account(session, username)
    new_role = Role(account.role) if role is None else role
    new_unit = account.unit if unit is None else unit
    if area is not None and city.area(area) is None:
        raise SettingsError(f"area {area!r} is not in the city pack")
    if new_role is Role.HANDLER and new_unit is None:
        raise SettingsError("a handler belongs to a unit; name it with --unit")
    if unit is not None and city.unit(unit) is None:
        known = ", ".join(known.id for known in city.units)
        raise SettingsError(f"unit {unit!r} is not in the city pack; it has {known}")
    # A unit belongs to a handler; whoever becomes something else leaves it.
    account.role, account.unit = new_role.value, new_unit if new_role is Role.HANDLER or unit is not None else None
    account.area = area or account.area
    account.display_name = display_name or account.display_name
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    return account


def hash_password(password: str) -> str:
    """Hash with argon2id."""
    return _HASHER.hash(password)


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
