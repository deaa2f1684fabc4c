"""Time as the camera's own frames tell it, and dwells that survive gaps.

Two rules make a dwell honest. What was not watched is not counted beyond a limit, so a lost camera cannot make
a parked car out of two passing ones. And absence begins with the first look that misses the object, not with the
last that saw it, so a gap in the video never counts as absence.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sharp_eyes.edge.scenes.state import StateCodec

MAX_STEP = 30.0
"""Seconds between two looks that count as watched at most, where looks are wanted more often than that."""


STEP = 1.0
"""Seconds by which a timestamp must go back for the camera's clock to count as set."""


class Clock:
    """Watched time of one camera, driven by the timestamps of the frames looked at."""

    def __init__(self, max_step: float = MAX_STEP) -> None:
        """``max_step``: seconds between two looks that count at most."""
        self._max_step = max_step
        self.time = 0.0
        self.watched = 0.0
        self._started = False

    def advance(self, time: float) -> None:
        """Go on to a frame's timestamp (seconds); a timestamp that does not advance counts nothing.

        One that goes back is that of a clock which was set, and is followed.
        """
        if self._started and time > self.time:
            self.watched += min(time - self.time, self._max_step)
        if not self._started or time > self.time or time < self.time - STEP:
            self.time = time
        self._started = True

    def since(self, watched: float) -> float:
        """Watched seconds since a moment of :attr:`watched`; see :func:`apart`."""
        return apart(watched, self.watched)

    def dump_state(self) -> dict[str, Any]:
        """Where the clock stands, as JSON can hold it; every remembered dwell is measured on it."""
        return {"time": self.time, "watched": self.watched} if self._started else {}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`dump_state` gave: the time between counts as a gap in the video does."""
        kept = _CODEC.load(state, "clock") if state else None
        if kept is not None:
            self.time, self.watched, self._started = kept["time"], kept["watched"], True


def apart(first: float, second: float) -> float:
    """Seconds from one moment of watched time to another, to the millisecond.

    A dwell is often a whole number of looks. A live camera's times follow the wall clock by some microseconds, which
    must not decide whether the last of those looks still counts.
    """
    return round(second - first, 3)


_CODEC: StateCodec[dict[str, float]] = StateCodec(dict[Literal["time", "watched"], float])


@dataclass(slots=True)
class Dwell:
    """How long something has been so, on a camera's watched time.

    Attributes:
        since: timestamp of the first sighting, seconds since the epoch.
        last: timestamp of the latest sighting.
    """

    since: float
    last: float
    _since_watched: float
    _last_watched: float
    _missed_from: float | None = None

    @classmethod
    def start(cls, clock: Clock) -> "Dwell":
        """Begin with a sighting now."""
        return cls(clock.time, clock.time, clock.watched, clock.watched)

    @classmethod
    def ago(cls, seconds: float, clock: Clock) -> "Dwell":
        """Begin with a sighting that many watched seconds ago that goes on now."""
        return cls(clock.time - seconds, clock.time, clock.watched - seconds, clock.watched)

    def again(self, clock: Clock, not_before: "Dwell | None" = None) -> "Dwell":
        """A dwell that began with this one, but not before the latest sighting of another, and is seen now."""
        begin = (self._since_watched, self.since)
        if not_before is not None:
            begin = max(begin, (not_before._last_watched, not_before.last))
        return Dwell(begin[1], clock.time, begin[0], clock.watched)

    @property
    def began(self) -> float:
        """The clock's watched seconds at the first sighting."""
        return self._since_watched

    @property
    def seen(self) -> float:
        """The clock's watched seconds at the latest sighting."""
        return self._last_watched

    @property
    def seconds(self) -> float:
        """Watched seconds from the first to the latest sighting."""
        return apart(self._since_watched, self._last_watched)

    @property
    def missed(self) -> bool:
        """Whether the latest look missed it."""
        return self._missed_from is not None

    def see(self, clock: Clock) -> None:
        """Count a sighting now."""
        self.last, self._last_watched, self._missed_from = clock.time, clock.watched, None

    def miss(self, clock: Clock) -> float:
        """Count a look that did not see it; returns for how long all looks have missed it, in watched seconds."""
        if self._missed_from is None:
            self._missed_from = clock.watched
        return clock.since(self._missed_from)
