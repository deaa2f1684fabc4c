"""Sign-in: sessions with an idle and an absolute end, and the brake on guessing."""

import hashlib
import math
import secrets
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.people.accounts import password_fits
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.tables import Account, SignIn

_TOUCH = timedelta(minutes=1)
_TRACKED = 10_000


class Throttle:
    """Counts wrong passwords per account and per address, in memory, and says who must wait."""

    def __init__(self, settings: SessionSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._failures: dict[tuple[str, str], deque[datetime]] = {}
        self._lock = threading.Lock()

    def begin(self, username: str, address: str) -> None:
        """Count an attempt as wrong until it proves right.

        Raises:
            RequestError: 429 where too many wrong passwords came lately.
        """
        with self._lock:
            limits = self._limits(username, address)
            for key, limit in limits:
                failures = self._recent(key)
                if len(failures) >= limit:
                    wait = self._window - (self._clock() - failures[-limit])
                    seconds = max(1, math.ceil(wait.total_seconds()))
                    message = f"too many wrong passwords; wait {seconds} seconds"
                    raise RequestError(429, "too_many_attempts", message, retry_after=seconds)
            if len(self._failures) > _TRACKED:
                self._forget_old()
            for key, _ in limits:
                self._failures.setdefault(key, deque(maxlen=1000)).append(self._clock())

    def succeeded(self, username: str, address: str) -> None:
        """Forget an account's wrong passwords; the attempt does not count against the address either."""
        with self._lock:
            self._failures.pop(("account", username), None)
            attempts = self._failures.get(("address", address))
            if attempts:
                attempts.pop()

    @property
    def _window(self) -> timedelta:
        return timedelta(seconds=self._settings.wait_seconds)

    def _limits(self, username: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
        return (
            (("account", username), self._settings.attempts),
            (("address", address), self._settings.attempts_per_address),
        )

    def _recent(self, key: tuple[str, str]) -> deque[datetime]:
        failures = self._failures.get(key, deque())
        while failures and self._clock() - failures[0] >= self._window:
            failures.popleft()
        return failures

    def _forget_old(self) -> None:
        for key in [key for key in self._failures if not self._recent(key)]:
            del self._failures[key]


def check(session: Session, username: str, password: str) -> Account | None:
    """Find the account that name and password belong to; slow on purpose, so no lock may be held."""
    account = session.scalar(select(Account).where(Account.username == username))
    return account if password_fits(account, password) else None


def begin_session(session: Session, account: Account, now: datetime) -> str:
    """Start a session and return its token, which only the person's browser keeps."""
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_hash=_hash(token), account_id=account.id, created_at=now, last_seen_at=now))
    return token


def find(session: Session, token: str) -> SignIn | None:
    """Find the session of a token, whether or not it has ended."""
    return session.scalar(select(SignIn).where(SignIn.token_hash == _hash(token)))


def is_live(row: SignIn, settings: SessionSettings, now: datetime) -> bool:
    """Whether a session still holds: neither idle nor in all too long, and the account not disabled."""
    idle = now - row.last_seen_at < timedelta(minutes=settings.idle_minutes)
    young = now - row.created_at < timedelta(minutes=settings.absolute_minutes)
    return idle and young and not row.account.disabled


def wants_touch(row: SignIn, now: datetime) -> bool:
    """Whether the last use is old enough to be written down anew."""
    return now - row.last_seen_at >= _TOUCH


def touch(session: Session, row_id: int, now: datetime) -> None:
    """Write down that a session was used."""
    row = session.get(SignIn, row_id)
    if row is not None:
        row.last_seen_at = now


def sign_out(session: Session, token: str) -> None:
    """End a session."""
    session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def forget_ended(session: Session, settings: SessionSettings, now: datetime) -> None:
    """Delete sessions that ended a day ago or more; until then they are told that they expired."""
    day = timedelta(days=1)
    session.execute(
        delete(SignIn).where(
            (SignIn.created_at < now - timedelta(minutes=settings.absolute_minutes) - day)
            | (SignIn.last_seen_at < now - timedelta(minutes=settings.idle_minutes) - day)
        )
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
