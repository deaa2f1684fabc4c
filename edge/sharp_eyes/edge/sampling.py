"""Which frames of a camera are analysed: one an interval, by the frames' own timestamps."""

SAME_MOMENT = 1e-3
"""Seconds by which a frame may come early and still be due: timestamps are rounded."""


class Sampler:
    """Says which frames are due, by their timestamps: one an interval, in step with the first."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._next: float | None = None
        self._last = 0.0

    def due(self, time: float) -> bool:
        """Whether a frame of this time is to be looked at. A clock that was set back starts anew."""
        return self._next is None or time >= self._next - SAME_MOMENT or time < self._last - SAME_MOMENT

    def expedite(self, interval: float) -> None:
        """Let the next frame be due so many seconds after the latest look, if it were not sooner."""
        if self._next is not None:
            self._next = min(self._next, self._last + interval)

    def taken(self, time: float) -> None:
        """Take note of the time of a frame that is being looked at."""
        if self._next is None or not 0 <= time - self._next + SAME_MOMENT < self._interval:
            self._next = time
        # On step, the average pace is kept even where frames never come at exactly the right time.
        self._next += self._interval
        self._last = time
