"""The brake on guessing passwords and codes.

Wrong passwords count for an account *and* the address they come from, and for the address alone: a stranger who
guesses at a named operator stops themselves, never the operator. Time is monotonic, so that a clock that is set
back makes nobody wait.
"""

import ipaddress
import math
import threading
import time
from collections import deque
from collections.abc import Callable

from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.settings import SessionSettings

_TRACKED = 10_000
_CODE_WINDOWS = 15
"""Wrong codes of a second factor count for longer: there are only a million of them, and only who has the password
comes so far."""

_Key = tuple[str, ...]


class LoginThrottle:
    """Counts wrong passwords in memory and says who must wait. Safe to use from many threads."""

    def __init__(self, settings: SessionSettings, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds that never go back."""
        self._settings = settings
        self._clock = clock
        self._failures: dict[_Key, deque[float]] = {}
        self._lock = threading.Lock()

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
        with self._lock:
            self._failures.pop(pair, None)
            self._failures.pop(("code", username), None)
            self._take_back(alone)

    def withdraw(self, username: str, address: str) -> None:
        """Take one attempt back that was neither right nor wrong."""
        with self._lock:
            for key in _keys(username, address):
                self._take_back(key)

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
        self._count(((("address", _place(address)), self._settings.attempts_per_address),))

    def begin_provider(self, address: str) -> None:
        """Count somebody who is sent to the sign-in provider, until they come back as one of ours.

        Raises:
            RequestError: 429.
        """
        self._count(((("provider", _place(address)), self._settings.attempts_per_address),))

    def came_back(self, address: str) -> None:
        """Take one of those back."""
        with self._lock:
            self._take_back(("provider", _place(address)))

    def _count(self, limits: tuple[tuple[_Key, int], ...]) -> None:
        with self._lock:
            now = self._clock()
            for key, limit in limits:
                failures = self._recent(key, now)
                if len(failures) >= limit:
                    seconds = max(1, math.ceil(self._window(key) - (now - failures[-limit])))
                    message = f"too many wrong passwords, tokens or attempts; wait {seconds} seconds"
                    raise RequestError(429, "too_many_attempts", message, retry_after=seconds)
            if len(self._failures) > _TRACKED:
                self._forget_old(now)
            for key, _ in limits:
                self._failures.setdefault(key, deque(maxlen=1000)).append(now)

    def _take_back(self, key: _Key) -> None:
        attempts = self._failures.get(key)
        if attempts:
            attempts.pop()

    def _window(self, key: _Key) -> float:
        return self._settings.wait_seconds * (_CODE_WINDOWS if key[0] == "code" else 1)

    def _recent(self, key: _Key, now: float) -> deque[float]:
        failures = self._failures.get(key, deque())
        while failures and now - failures[0] >= self._window(key):
            failures.popleft()
        return failures

    def _forget_old(self, now: float) -> None:
        for key in [key for key in self._failures if not self._recent(key, now)]:
            del self._failures[key]


def _keys(username: str, address: str) -> tuple[_Key, _Key]:
    place = _place(address)
    return ("account", username, place), ("address", place)


def _place(address: str) -> str:
    """An address, or of IPv6 the network that one subscriber has: they can take any address in it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
