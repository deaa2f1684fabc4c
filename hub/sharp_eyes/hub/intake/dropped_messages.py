"""Counts what was dropped, by reason, and logs it without flooding the log."""

import logging
import threading
import time
from collections import Counter

_LOG = logging.getLogger(__name__)
_LOG_EVERY_SECONDS = 10.0


class DroppedMessages:
    """Counts of dropped messages by reason. Safe to use from many threads."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._logged: dict[str, float] = {}
        self._silent: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, reason: str, gateway: str, detail: str) -> None:
        """Count one; at most one line in ten seconds is logged for a reason and gateway."""
        key = f"{reason} {gateway}"
        with self._lock:
            self._counts[reason] += 1
            now = time.monotonic()
            if now - self._logged.get(key, -_LOG_EVERY_SECONDS) < _LOG_EVERY_SECONDS:
                self._silent[key] += 1
                return
            if len(self._logged) > 1000:
                self._logged.clear()
            self._logged[key] = now
            skipped = self._silent.pop(key, 0)
        more = f" (and {skipped} more like it)" if skipped else ""
        _LOG.warning("message from %s dropped, %s: %.300s%s", gateway, reason, detail, more)

    def counts(self) -> dict[str, int]:
        """Give all counts since the start, by reason."""
        with self._lock:
            return dict(self._counts)
