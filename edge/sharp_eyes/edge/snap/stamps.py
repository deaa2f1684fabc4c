"""Timestamps that stand still: cameras whose encoder forgot its clock send all pictures with the same one."""

import time
from collections.abc import Callable

STUCK = 10
"""Packets with the same timestamp, one after another, that are no pictures of one moment any more."""


class StampWatch:
    """Gives packets the timestamps of their stream, and those of their arrival where the stream's stand still.

    Args:
        tick: seconds in one unit of a timestamp.
        usual_step: units between two pictures; recordings, which arrive as fast as they are read, go by it.
        by_arrival: whether packets arrive as the clock goes.
        monotonic: seconds of a clock that nobody sets.

    Attributes:
        stuck: whether the stream's timestamps stand still.
    """

    def __init__(
        self,
        tick: float,
        usual_step: int,
        by_arrival: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stuck = False
        self._tick, self._usual_step, self._by_arrival, self._monotonic = tick, usual_step, by_arrival, monotonic
        self._last: int | None = None
        self._same = 0
        self._arrivals = [0.0, 0.0]
        self._given = 0

    def next(self, stamp: int | None) -> int | None:
        """What stands for the next packet's timestamp; ``stamp`` itself while it goes on."""
        self._arrivals = [self._arrivals[1], self._monotonic()]
        if stamp is None or stamp != self._last:
            self._last, self._same, self.stuck = stamp, 0, False
            self._given = stamp or 0
            return stamp
        self._same += 1
        if self._same < STUCK:
            return stamp
        self.stuck = True
        passed = round((self._arrivals[1] - self._arrivals[0]) / self._tick) if self._by_arrival else self._usual_step
        self._given += max(1, passed)
        return self._given
