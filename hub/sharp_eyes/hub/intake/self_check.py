"""Sees whether messages still come through: a broker that takes messages and keeps none looks connected.

That happens after the broker's disk was full: it latches the error. So every few seconds the hub sends a durable
message to itself. When nothing durable has come for a while the hub is deaf, and somebody must mend the broker.
"""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from sharp_eyes.configuration.reminder import Reminder

_LOG = logging.getLogger(__name__)

INTERVAL_SECONDS = 5.0
PATIENCE_SECONDS = 20.0
FIRST_MEND_SECONDS = 30.0
LONGEST_MEND_SECONDS = 300.0


class Line(Protocol):
    """The connection to the broker."""

    @property
    def heard_at(self) -> float:
        """Monotonic second at which a durable message last came through."""

    def send_to_self(self) -> None:
        """Send a durable message to oneself."""


class SelfCheck:
    """Decides whether the hub is deaf, and has it mended at growing distances. ``tick`` belongs to one thread."""

    def __init__(
        self,
        line: Line,
        is_behind: Callable[[], bool],
        mend: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``is_behind``: whether the hub itself holds up the line; silence proves nothing then.

        ``mend`` does what can be done, and says in words what that was.
        """
        self._line = line
        self._is_behind = is_behind
        self._mend = mend
        self._clock = clock
        self._since = clock()
        self._deaf_since: float | None = None
        self._next_mend = 0.0
        self._distance = FIRST_MEND_SECONDS
        self.mends = 0
        """How often something was mended since messages last came through."""
        self._reminder = Reminder(clock)

    @property
    def is_hearing(self) -> bool:
        """Whether messages come through, as far as is known."""
        return self._deaf_since is None

    @property
    def silence(self) -> float:
        """Seconds since a durable message came through; the hub sends itself one every few seconds."""
        return self._clock() - max(self._line.heard_at, self._since)

    def tick(self) -> None:
        """Look once; call it every :data:`INTERVAL_SECONDS`."""
        now = self._clock()
        if self._is_behind():
            self._since = now
        heard = max(self._line.heard_at, self._since)
        if now - heard < PATIENCE_SECONDS:
            self._note_hearing(now)
        else:
            self._note_deaf(now)
        self._line.send_to_self()

    def _note_hearing(self, now: float) -> None:
        if self._deaf_since is not None and self._line.heard_at > self._deaf_since:
            _LOG.warning("messages come through again, after %.0f s", now - self._deaf_since)
            self._deaf_since, self._distance, self.mends = None, FIRST_MEND_SECONDS, 0
            self._reminder.over()

    def _note_deaf(self, now: float) -> None:
        if self._deaf_since is None:
            self._deaf_since, self._next_mend = now, now
        if now < self._next_mend:
            return
        done = self._mend()
        if done:
            self._next_mend = now + self._distance
            self._distance = min(2 * self._distance, LONGEST_MEND_SECONDS)
            self.mends += 1
        if self._reminder.is_due() or done:
            _LOG.error("no message comes through the broker for %.0f s: %s", now - self._line.heard_at, done or _WAITS)


_WAITS = "its disk has no room, or it is not ours to mend; free room for it or restart it"
