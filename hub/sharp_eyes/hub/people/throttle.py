"""The brake on guessing passwords and codes, one for all hubs on a database.

Wrong passwords count for an account *and* the address they come from, and for the address alone: a stranger who
guesses at a named operator stops themselves, never the operator. Attempts from before the clock was set back count as
made now: nobody waits for the hour that comes twice, and nobody is let in by it.
"""

import hashlib
import math
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from sharp_eyes.configuration.addresses import subscriber_of
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.live_tables import SignInAttempt

_CODE_WINDOWS = 15
"""Wrong codes of a second factor count for longer: there are only a million of them, and only who has the password
comes so far."""

_REPORT_WINDOW = timedelta(hours=1)

_CLOCKS_APART = timedelta(seconds=5)
"""By how much another hub's clock may be ahead."""

_LOCK = 420845
"""First half of PostgreSQL's advisory locks of attempts; a key's hash is the other."""

_Key = tuple[str, ...]


class LoginThrottle:
    """Counts wrong passwords and says who must wait. Safe to use from many threads, while no transaction is open."""

    def __init__(self, settings: SessionSettings, database: Database, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock

    def begin(self, username: str, address: str) -> None:
        """Count an attempt as wrong until it proves right.

        Raises:
            RequestError: 429 where too many wrong passwords came lately.
        """
        pair, alone = _keys(username, address)
        self._count(((pair, self._settings.attempts), (alone, self._settings.attempts_per_address)))

    def succeeded(self, username: str, address: str) -> None:
        """Forget this account's wrong passwords from there; the attempt does not count against the address either."""
        pair, alone = _keys(username, address)
        right = [_hashed(pair), _hashed(("code", username))]
        with self._database.write() as session:
            session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(right)))
            _take_back(session, alone)

    def withdraw(self, username: str, address: str) -> None:
        """Take one attempt back that was neither right nor wrong."""
        with self._database.write() as session:
            for key in _keys(username, address):
                _take_back(session, key)

    def begin_code(self, username: str) -> None:
        """Count a code of a second factor as wrong until the sign-in succeeds, wherever it comes from.

        Raises:
            RequestError: 429.
        """
        self._count(((("code", username), self._settings.attempts),))

    def begin_token(self, address: str) -> None:
        """Count a wrong API token for its address alone: it names no account.

        Raises:
            RequestError: 429.
        """
        self._count(((("address", subscriber_of(address)), self._settings.attempts_per_address),))

    def begin_provider(self, address: str) -> None:
        """Count somebody who is sent to the sign-in provider, until they come back as one of ours.

        Raises:
            RequestError: 429.
        """
        self._count(((("provider", subscriber_of(address)), self._settings.attempts_per_address),))

    def check_report(self, address: str, limit: int) -> None:
        """Refuse an address that has sent ``limit`` reports without an account within the hour.

        Raises:
            RequestError: 429.
        """
        with self._database.read() as session:
            self._check(session, ((("report", subscriber_of(address)), limit),))

    def begin_report(self, address: str, limit: int) -> None:
        """Count one of those.

        Raises:
            RequestError: 429.
        """
        self._count(((("report", subscriber_of(address)), limit),))

    def came_back(self, address: str) -> None:
        """Take one of those back."""
        with self._database.write() as session:
            _take_back(session, ("provider", subscriber_of(address)))

    def forget_old(self, session: Session) -> None:
        """Delete attempts that count no more."""
        longest = max(timedelta(seconds=self._settings.wait_seconds * _CODE_WINDOWS), _REPORT_WINDOW)
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < self._clock() - longest))

    def _count(self, limits: tuple[tuple[_Key, int], ...]) -> None:
        ahead = SignInAttempt.at > self._clock() + _CLOCKS_APART
        with self._database.read() as session:  # a flood of guesses must not hold up those who write
            is_set_back = session.scalar(select(SignInAttempt.id).where(ahead).limit(1)) is not None
            if not is_set_back:
                self._check(session, limits)
        if is_set_back:
            with self._database.write() as session:
                session.execute(update(SignInAttempt).where(ahead).values(at=self._clock()))
        with self._database.write() as session:
            for key, _ in limits:
                _hold(session, key)
            self._check(session, limits)
            session.add_all(SignInAttempt(key=_hashed(key), at=self._clock()) for key, _ in limits)

    def _check(self, session: Session, limits: tuple[tuple[_Key, int], ...]) -> None:
        now = self._clock()
        for key, limit in limits:
            window = self._window(key)
            query = select(SignInAttempt.at).where(SignInAttempt.key == _hashed(key), SignInAttempt.at > now - window)
            at = session.scalar(query.order_by(SignInAttempt.at.desc()).offset(limit - 1).limit(1))
            if at is not None:
                seconds = max(1, math.ceil((window - (now - at)).total_seconds()))
                message = f"too many wrong passwords, tokens or attempts; wait {seconds} seconds"
                raise RequestError(429, "too_many_attempts", message, retry_after=seconds)

    def _window(self, key: _Key) -> timedelta:
        if key[0] == "report":
            return _REPORT_WINDOW
        return timedelta(seconds=self._settings.wait_seconds * (_CODE_WINDOWS if key[0] == "code" else 1))


def _hold(session: Session, key: _Key) -> None:
    """Let attempts under one key come in turn; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        half = int.from_bytes(hashlib.sha256("\n".join(key).encode()).digest()[:4], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:lock, :half)"), {"lock": _LOCK, "half": half})


def _take_back(session: Session, key: _Key) -> None:
    latest = select(SignInAttempt.id).where(SignInAttempt.key == _hashed(key)).order_by(SignInAttempt.id.desc())
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == latest.limit(1).scalar_subquery()))


def _hashed(key: _Key) -> str:
    return hashlib.sha256("\n".join(key).encode()).hexdigest()


def _keys(username: str, address: str) -> tuple[_Key, _Key]:
    place = subscriber_of(address)
    return ("account", username, place), ("address", place)
