"""Counts what a bound held back, by gateway: it was not acknowledged, so the gateway's outbox keeps and repeats it."""

import threading
from collections import Counter

from sharp_eyes.hub.intake.dropped_messages import DroppedMessages


class HeldBack:
    """Counts by gateway and bound since the hub's start. Safe to use from many threads."""

    def __init__(self, dropped: DroppedMessages) -> None:
        self._dropped = dropped
        self._counts: dict[str, Counter[str]] = {}
        self._lock = threading.Lock()

    def note(self, bound: str, gateway: str, detail: str, count: int = 1) -> None:
        """Count messages of a registered gateway; the log says it without being flooded."""
        self._dropped.note(bound, gateway, detail)
        with self._lock:
            self._counts.setdefault(gateway, Counter())[bound] += count

    @property
    def bounds(self) -> set[str]:
        """All bounds that have held something back."""
        with self._lock:
            return {bound for counts in self._counts.values() for bound in counts}

    def counts(self, gateway: str) -> dict[str, int]:
        """Give a gateway's counts by bound."""
        with self._lock:
            return dict(self._counts.get(gateway, ()))
