"""When to say again what still holds: at once, and then at growing distances."""

import time
from collections.abc import Callable

FIRST_SECONDS = 60.0
LONGEST_SECONDS = 3600.0


class Reminder:
    """Tells whether a line about a lasting trouble is due: now, after a minute, two, four … at most an hour apart."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``: seconds, monotonic."""
        self._clock = clock
        self._since: float | None = None
        self._next = 0.0
        self._distance = FIRST_SECONDS

    @property
    def lasts(self) -> float:
        """Seconds since the trouble was first seen; 0 while there is none."""
        return 0.0 if self._since is None else self._clock() - self._since

    def is_due(self) -> bool:
        """Note that the trouble is there; whether it is to be said now."""
        now = self._clock()
        if self._since is None:
            self._since, self._next, self._distance = now, now, FIRST_SECONDS
        if now < self._next:
            return False
        if now > self._since:
            self._distance = min(2 * self._distance, LONGEST_SECONDS)
        self._next = now + self._distance
        return True

    def over(self) -> bool:
        """Note that it is over; whether there was any."""
        was, self._since = self._since is not None, None
        return was
