"""How a gateway keeps up: what was worst lately, and how much of the time it was busy."""

from collections.abc import Callable

WINDOW = 30.0
"""Seconds of a half of the time that counts as lately: between one and two of them."""


class RecentWorst:
    """The largest of the values of the last half to whole minute; two numbers, however many there are."""

    def __init__(self) -> None:
        self._worst = [0.0, 0.0]
        self._window = 0

    def add(self, now: float, value: float) -> None:
        """Take in a value of this moment, in monotonic seconds."""
        self._turn(now)
        self._worst[1] = max(self._worst[1], value)

    def value(self, now: float) -> float:
        """The largest; 0 where none was above it."""
        self._turn(now)
        return max(self._worst)

    def _turn(self, now: float) -> None:
        window = int(now // WINDOW)
        if window == self._window:
            return
        self._worst = [self._worst[1] if window == self._window + 1 else 0.0, 0.0]
        self._window = window


class BusyShare:
    """Share of the time that workers worked in the last half to whole minute.

    Args:
        workers: how many there are.
        clock: monotonic seconds.
    """

    def __init__(self, workers: int, clock: Callable[[], float]) -> None:
        self._workers = workers
        self._clock = clock
        self._since = [clock(), clock()]
        self._worked = [0.0, 0.0]

    def add(self, seconds: float) -> None:
        """A worker worked for so long until now."""
        self._turn()
        self._worked[1] += seconds

    def value(self) -> float:
        """The share, 0 to 1."""
        self._turn()
        passed = self._clock() - self._since[0]
        return min(1.0, sum(self._worked) / (passed * self._workers)) if passed > 0 else 0.0

    def _turn(self) -> None:
        now = self._clock()
        passed = now - self._since[1]
        if passed >= WINDOW:
            long_ago = passed >= 2 * WINDOW
            self._since = [now - WINDOW if long_ago else self._since[1], now]
            self._worked = [0.0 if long_ago else self._worked[1], 0.0]
