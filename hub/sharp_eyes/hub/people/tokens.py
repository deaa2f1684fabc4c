"""API tokens: what machines come in with. Each has a role, an area and an end; only its hash is kept."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.broadcast import Standing
from sharp_eyes.hub.errors import FieldError, SettingsError
from sharp_eyes.hub.people.placement import check_placement
from sharp_eyes.hub.store.tables import ApiToken
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_TOUCH = timedelta(minutes=1)
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a new token is to be. ``area``: the whole city where None; ``unit``: for roles that belong to one."""

    name: str
    role: str
    area: str | None
    unit: str | None
    expires_at: datetime


def make_token(work: UnitOfWork, by: Origin, wish: TokenWish, most_days: int) -> tuple[ApiToken, str]:
    """Make a token; returns its row and its text, which is shown only now.

    Raises:
        SettingsError: name, role, area or unit does not fit, or its end is past or further than ``most_days`` away.
    """
    name = wish.name.strip()
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise SettingsError(f"a token's name says what it is for, in 1 to {_LONGEST_NAME} characters")
    path = check_placement(work.city, wish.role, wish.area, wish.unit)
    if not work.now < wish.expires_at <= work.now + timedelta(days=most_days):
        message = f"a token ends within {most_days} days, as sessions.token_days says, and not before now"
        raise FieldError(message, "expires_at", "late", days=most_days)
    prefix = f"se_{secrets.token_hex(4)}"
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiToken(prefix=prefix, token_hash=_hash(text), name=name, role=wish.role, area=path, unit=wish.unit)
    row.made_by, row.made_at, row.expires_at = by.actor, work.now, wish.expires_at
    work.session.add(row)
    work.session.flush()
    detail = {"prefix": prefix, "role": row.role, "unit": row.unit, "until": row.expires_at.isoformat()}
    record(work.session, work.now, by, Action.TOKEN_ADDED, area=path, subject=name, **detail)
    return row, text


def revoke_token(work: UnitOfWork, by: Origin, row: ApiToken) -> None:
    """End a token before its time; one that has ended stays as it is."""
    if not is_live(row, work.now):
        return
    row.revoked_at, row.revoked_by = work.now, by.actor
    record(work.session, work.now, by, Action.TOKEN_REVOKED, area=row.area, subject=row.name, prefix=row.prefix)


def find_token(session: Session, text: str) -> ApiToken | None:
    """Find a token by its text, whether or not it has ended."""
    return session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(text)))


def live_token_called(work: UnitOfWork, called: str) -> ApiToken:
    """Find a live token by its prefix or its name.

    Raises:
        SettingsError: there is none, or several have the name.
    """
    called_so = or_(ApiToken.prefix == called, ApiToken.name == called)
    found = list(work.session.scalars(select(ApiToken).where(called_so, _live(work.now)).order_by(ApiToken.id)))
    if not found:
        raise SettingsError(f"there is no token {called!r} that still holds; 'token list' shows all")
    if len(found) > 1:
        each = ", ".join(row.prefix for row in found)
        raise SettingsError(f"{len(found)} tokens are called {called!r}; say which by its prefix: {each}")
    return found[0]


def tokens_in(session: Session, area: str, now: datetime, *, over: bool) -> Sequence[ApiToken]:
    """List the tokens of an area, the latest first; ``over``: those that have ended too."""
    query = select(ApiToken).where(within(ApiToken.area, area)).order_by(ApiToken.id.desc())
    return session.scalars(query if over else query.where(_live(now))).all()


def is_live(row: ApiToken, now: datetime) -> bool:
    """Whether a token still holds."""
    return row.revoked_at is None and now < row.expires_at


def actor_of(row: ApiToken) -> str:
    """What a token is called in logs; no account has a name like this, and no other token has the same."""
    return f"token:{row.name}/{row.prefix}"


def is_note_due(row: ApiToken, now: datetime, address: str) -> bool:
    """Whether the last use is old enough, or came from elsewhere, to be written down anew."""
    return row.last_used_at is None or now - row.last_used_at >= _TOUCH or row.last_used_address != address


def note_use(session: Session, row_id: int, now: datetime, address: str) -> None:
    """Write down when and from where a token was used."""
    row = session.get(ApiToken, row_id)
    if row is not None:
        row.last_used_at, row.last_used_address = now, address[:200]


def live_tokens(session: Session, prefixes: Collection[str], now: datetime) -> dict[str, Standing]:
    """Tell which of these tokens still hold, and their area."""
    rows = session.scalars(select(ApiToken).where(ApiToken.prefix.in_(prefixes), _live(now)))
    return {row.prefix: (row.area, None) for row in rows}


def _live(now: datetime) -> ColumnElement[bool]:
    return ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > now)


def _hash(text: str) -> str:
    """A plain sum will do: a token has 256 random bits, which nobody guesses, however fast."""
    return hashlib.sha256(text.encode()).hexdigest()
