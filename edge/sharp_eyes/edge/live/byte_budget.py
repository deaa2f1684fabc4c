"""How many bytes may leave in a second, for all who watch together."""

import threading
import time
from collections.abc import Callable

_SAVED = 4.0
"""Seconds whose bytes may go at once: a keyframe is many times a packet."""


class ByteBudget:
    """Bytes a second, shared. Safe to use from many threads."""

    def __init__(self, bytes_per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = bytes_per_second
        self._monotonic = monotonic
        self._left = bytes_per_second * _SAVED
        self._at = monotonic()
        self._lock = threading.Lock()

    @property
    def most(self) -> int:
        """Bytes that may go at once."""
        return int(self._rate * _SAVED)

    def spend(self, size: int) -> bool:
        """Whether so many bytes may go now; they count as sent then."""
        with self._lock:
            now = self._monotonic()
            self._left = min(self._rate * _SAVED, self._left + (now - self._at) * self._rate)
            self._at = now
            if size > self._left:
                return False
            self._left -= size
            return True
