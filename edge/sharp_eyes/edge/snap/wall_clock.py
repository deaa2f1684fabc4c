"""The wall clock as a camera's frames follow it, and what is to be said when it was set."""

import logging
import threading
import time
from datetime import datetime

from sharp_eyes.contract.backports import UTC

STEP = 1.0
"""Seconds; a clock set by less is only kept right."""

LARGEST_SLEW = 10.0
"""Seconds; a clock set back by less is met by going at half the pace, so that no time comes twice."""

DOUBT = 3600.0
"""Seconds after a step during which events say that their clock was doubtful."""

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No gateway of ours ran before: a clock that says so was never set."""

_log = logging.getLogger(__name__)


class WallClock:
    """The wall clock, read through the monotonic one, so that every setting of it is noticed. Safe from any thread.

    Set forward, it is followed at once. Set back by little, it is met slowly. Set back by more, it is followed in one
    step, as a break in the video: frame times that ran ahead instead would be wrong for as long as the gateway runs.

    Attributes:
        moved: seconds by which the times given so far were moved, in all.
        stepped: those of them that came in steps.
    """

    def __init__(self) -> None:
        self.moved = 0.0
        self.stepped = 0.0
        self._lock = threading.Lock()
        self._epoch: float | None = None
        self._asked = 0.0
        self._last_step: tuple[float, float] | None = None

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        with self._lock:
            steady = time.monotonic()
            epoch = time.time() - steady
            if self._epoch is None:
                self._epoch = epoch
            self._epoch += self._move(epoch - self._epoch, steady)
            self._asked = steady
            return self._epoch + steady

    @property
    def doubt(self) -> str:
        """Why times are doubtful now; empty where they are not."""
        now = self.time()
        if now < EARLIEST.timestamp():
            return f"the gateway's clock was never set: it says {_day(now)}; give it a time server"
        with self._lock:
            step = self._last_step
        if step is None or time.monotonic() - step[1] > DOUBT:
            return ""
        return f"the gateway's clock was {_said(step[0])}; times from before were wrong by that"

    def _move(self, off: float, steady: float) -> float:
        """Seconds to move by now; the clock is off by ``off``."""
        if -LARGEST_SLEW <= off < 0:
            move = max(off, (self._asked - steady) / 2)
        else:
            move = off
            if abs(off) > STEP:
                self._note_step(off, steady)
        self.moved += move
        return move

    def _note_step(self, off: float, steady: float) -> None:
        self.stepped += off
        self._last_step = off, steady
        _log.warning("the gateway's clock was %s and is followed; check its time server and battery", _said(off))


wall = WallClock()
"""One for all cameras of a process, so that they agree."""


def _said(step: float) -> str:
    return f"set {'forward' if step > 0 else 'back'} by {abs(step):.0f} s"


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
