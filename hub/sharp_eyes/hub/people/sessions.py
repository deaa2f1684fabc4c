"""Sessions of signed-in people, with an idle and an absolute end."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sharp_eyes.hub.broadcast import Standing
from sharp_eyes.hub.people.accounts import password_fits
from sharp_eyes.hub.people.acting import principal_of
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.tables import Account, LoginSession

_TOUCH = timedelta(minutes=1)


def authenticate(session: Session, username: str, password: str) -> Account | None:
    """Find the account that name and password belong to; slow on purpose, so no lock may be held."""
    account = session.scalar(select(Account).where(Account.username == username))
    return account if password_fits(account, password) else None


def begin_session(
    session: Session,
    account: Account,
    now: datetime,
    address: str = "",
    browser: str = "",
    *,
    second_factor: bool = False,
) -> str:
    """Start a session and return its token, which only the person's browser keeps.

    ``address`` and ``browser``, as the browser calls itself, are for the person's own list. ``second_factor``: the
    provider by whom somebody came asked for one.
    """
    token = secrets.token_urlsafe(32)
    row = LoginSession(token_hash=_hash(token), account_id=account.id, created_at=now, last_seen_at=now)
    row.address, row.browser, row.second_factor = address[:200], browser[:200], second_factor
    session.add(row)
    return token


def find_session(session: Session, token: str) -> LoginSession | None:
    """Find the session of a token, whether or not it has ended."""
    return session.scalar(select(LoginSession).where(LoginSession.token_hash == _hash(token)))


def is_live(row: LoginSession, settings: SessionSettings, now: datetime) -> bool:
    """Whether a session still holds: neither idle nor in all too long, and the account not disabled."""
    idle = now - row.last_seen_at < timedelta(minutes=settings.idle_minutes)
    young = now - row.created_at < timedelta(minutes=settings.absolute_minutes)
    return idle and young and not row.account.disabled


def is_touch_due(row: LoginSession, now: datetime) -> bool:
    """Whether the last use is old enough to be written down anew."""
    return now - row.last_seen_at >= _TOUCH


def touch(session: Session, row_id: int, now: datetime) -> None:
    """Write down that a session was used."""
    row = session.get(LoginSession, row_id)
    if row is not None:
        row.last_seen_at = now


def sessions_of(session: Session, account_id: int, settings: SessionSettings, now: datetime) -> list[LoginSession]:
    """List an account's sessions that still hold, the latest first."""
    rows = session.scalars(
        select(LoginSession).where(LoginSession.account_id == account_id).order_by(LoginSession.id.desc())
    )
    return [row for row in rows if is_live(row, settings, now)]


def end_session(session: Session, row_id: int) -> None:
    """End a session."""
    session.execute(delete(LoginSession).where(LoginSession.id == row_id))


def end_sessions_of(session: Session, account_id: int, keep: int | None = None) -> None:
    """End all sessions of an account but one."""
    these = LoginSession.account_id == account_id
    session.execute(delete(LoginSession).where(these if keep is None else these & (LoginSession.id != keep)))


def live_sessions(
    session: Session, ids: Collection[int], settings: SessionSettings, now: datetime
) -> dict[int, Standing]:
    """Tell which of these sessions still hold, and where their person stands: their own area, or another's."""
    rows = session.scalars(select(LoginSession).where(LoginSession.id.in_(ids)))
    found: dict[int, Standing] = {}
    for row in rows:
        if is_live(row, settings, now):
            principal = principal_of(session, row, now)
            found[row.id] = (row.account.area, None) if principal is None else (principal.area, principal.username)
    return found


def delete_ended_sessions(session: Session, settings: SessionSettings, now: datetime) -> None:
    """Delete sessions that ended a day ago or more; until then they are told that they expired."""
    day = timedelta(days=1)
    session.execute(
        delete(LoginSession).where(
            (LoginSession.created_at < now - timedelta(minutes=settings.absolute_minutes) - day)
            | (LoginSession.last_seen_at < now - timedelta(minutes=settings.idle_minutes) - day)
        )
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
