"""When a stream that broke off is tried again, and when the log says so: one that comes and goes floods neither."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from sharp_eyes.configuration.reminder import Reminder

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
"""Seconds before the first and between later tries; doubled each time, with chance."""

BRIEF, STEADY = 10.0, 60.0
"""Seconds that a stream lasted: up to the first it was as good as not there, beyond the second it begins anew."""

CALM = 3600.0
"""Seconds that it lasted after which its next loss is said at once again."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss, or one more try that failed.

    Attributes:
        delay: seconds until the next try.
        is_due: whether the log is to say it.
        often: how often it happened since the log said it last; empty where that was the first time.
    """

    delay: float
    is_due: bool
    often: str


class Losses:
    """Of one stream, for one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``: seconds, monotonic."""
        self._clock = clock
        self._came: float | None = None
        self._attempts = 0
        self._trouble = Reminder(clock)
        self._times, self._since = 0, clock()
        self._is_told = True

    def came(self) -> bool:
        """Note that the stream is there; whether the log is to say it: where a loss was said, and at the beginning."""
        if self._came is None:
            self._came = self._clock()
        told, self._is_told = self._is_told, False
        return told

    def broke_off(self) -> Loss:
        """Note that it is not there, or no more."""
        now = self._clock()
        lasted, self._came = 0.0 if self._came is None else now - self._came, None
        if lasted > CALM:
            self._trouble.over()
        self._times += 1
        due, often = self._trouble.is_due(), ""
        if due:
            if self._times > 1:
                often = f" ({self._times} times in {now - self._since:.0f} s)"
            self._is_told, self._times, self._since = True, 0, now
        return Loss(self._delay(lasted), due, often)

    def _delay(self, lasted: float) -> float:
        self._attempts = 0 if lasted > STEADY else self._attempts + 1
        longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(self._attempts, 10))
        if lasted > BRIEF:
            longest = min(longest, lasted)  # it is watched for half of the time at least
        # Scattered, so that a street of cameras does not call in one instant.
        return random.uniform(longest / 2, longest)
