"""Keeps a log from growing without end: a line that comes too often is counted instead of written."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

BURST = 20
"""Lines of one kind that are written within a window."""

WINDOW_SECONDS = 10.0
_KINDS = 1000


@dataclass(slots=True)
class _Kind:
    began: float
    written: int = 0
    left_out: int = 0


class LogThrottle(logging.Filter):
    """Lets at most :data:`BURST` lines of a kind through in ten seconds; the next one says how many were left out.

    A kind is a logger, a level and a message before its values are filled in, so a flood of one kind of line does
    not silence the others. Add it to a handler, so that it sees the lines of every logger.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: dict[tuple[str, int, str], _Kind] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the record; adds the count of those left out before it."""
        key = (record.name, record.levelno, str(record.msg)[:200])
        now = self._clock()
        with self._lock:
            kind = self._kinds.get(key)
            left_out = 0
            if kind is None or now - kind.began >= WINDOW_SECONDS:
                left_out = 0 if kind is None else kind.left_out
                if kind is None and len(self._kinds) >= _KINDS:
                    self._kinds.clear()
                kind = self._kinds[key] = _Kind(now)
            if kind.written >= BURST:
                kind.left_out += 1
                return False
            kind.written += 1
        if left_out:
            record.msg = f"{record.getMessage()} (and {left_out} more lines of this kind)"
            record.args = None
        return True


def throttle_root_log() -> None:
    """Throttle everything that is logged; call it once, after the handlers are there."""
    throttle = LogThrottle()
    for handler in logging.getLogger().handlers:
        handler.addFilter(throttle)
