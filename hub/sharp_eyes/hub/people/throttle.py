"""The brake on guessing passwords."""

import math
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.settings import SessionSettings

_TRACKED = 10_000


class LoginThrottle:
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
