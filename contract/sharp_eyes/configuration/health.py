"""Which part of a program is ill, since when, and why: looked at every few seconds, kept for whoever asks."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

_log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Seconds between two looks."""


class PartState(str, Enum):
    """How a part is; the later ones are the graver ones."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """What one look at a part found.

    Attributes:
        reason: a word that says why it is not ok, which docs/deployer.md explains; empty where it is.
        amount: what the reason is measured by: seconds, bytes, or how many.
    """

    state: PartState = PartState.OK
    reason: str = ""
    amount: int | None = None


WELL = Finding()
UNKNOWN = Finding(PartState.DEGRADED, "unknown")
"""It cannot be looked at now, since another part does not answer."""


@dataclass(frozen=True)
class Part:
    """A part as it is, and since when it has been in this state."""

    name: str
    finding: Finding
    since: datetime


class HealthWatch:
    """Looks at all parts and remembers since when each has been as it is. Safe to use from many threads.

    Args:
        looks: by the name of its part, each gives what it finds.
        vital: the part without which nothing goes on.
        clock: tells the time.
        passing: errors by which a look says that it cannot be made now.
    """

    def __init__(
        self,
        looks: Mapping[str, Callable[[], Finding]],
        vital: str,
        clock: Callable[[], datetime],
        passing: tuple[type[Exception], ...] = (),
    ) -> None:
        self._looks = looks
        self._vital = vital
        self._clock = clock
        self._passing = passing
        self._parts: dict[str, Part] = {}
        self._lock = threading.Lock()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts as of the latest look; none before the first."""
        return tuple(self._parts.values())

    @property
    def state(self) -> PartState:
        """The whole: failed where the vital part is, degraded where any is ill."""
        states = {part.name: part.finding.state for part in self.parts}
        if states.get(self._vital) is PartState.FAILED:
            return PartState.FAILED
        return PartState.OK if all(one is PartState.OK for one in states.values()) else PartState.DEGRADED

    def told(self) -> dict[str, Any]:
        """The whole and its parts as JSON's own types."""
        parts = [
            {
                "name": part.name,
                "state": part.finding.state.value,
                "since": part.since.isoformat(),
                "reason": part.finding.reason,
                "amount": part.finding.amount,
            }
            for part in self.parts
        ]
        return {"status": self.state.value, "parts": parts}

    def look(self) -> None:
        """Look at all parts now."""
        with self._lock:
            for name, look in self._looks.items():
                self._note(name, self._found(look))

    def _found(self, look: Callable[[], Finding]) -> Finding:
        try:
            return look()
        except self._passing:
            return UNKNOWN

    def _note(self, name: str, found: Finding) -> None:
        before = self._parts.get(name)
        since = self._clock() if before is None or before.finding.state is not found.state else before.since
        self._parts[name] = Part(name, found, since)
        known = WELL if before is None else before.finding
        if (known.state, known.reason) == (found.state, found.reason):
            return
        level = logging.INFO if found.state is PartState.OK else logging.WARNING
        why = f" ({found.reason})" if found.reason else ""
        _log.log(level, "health: %s is %s%s", name, found.state.value, why)
