"""Which part of the hub is ill, since when, and why: looked at every few seconds, kept for whoever asks."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.hub.errors import StoreError

_LOG = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
"""Seconds between two looks."""


class PartState(StrEnum):
    """How a part is. The order is that of their gravity."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


class PartName(StrEnum):
    """What a hub is made of, as far as it can be ill by itself."""

    DATABASE = "database"
    BROKER = "broker"
    INTAKE = "intake"
    EVIDENCE = "evidence"
    DISK = "disk"
    NOTICES = "notices"
    TIMERS = "timers"
    CLOCKS = "clocks"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at a part found.

    Attributes:
        reason: a word that says why it is not ok, which the page and docs/deployer.md explain; empty where it is.
        amount: what the reason is measured by: seconds, bytes, or how many.
    """

    state: PartState = PartState.OK
    reason: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it is, and since when it has been in this state."""

    name: PartName
    finding: Finding
    since: datetime


WELL = Finding()
UNKNOWN = Finding(PartState.DEGRADED, "unknown")
"""It cannot be looked at while the database does not answer."""


class HealthWatch:
    """Looks at all parts and remembers since when each has been as it is. Safe to use from many threads."""

    def __init__(self, looks: Mapping[PartName, Callable[[], Finding]], clock: Callable[[], datetime]) -> None:
        """``looks``: each gives what it finds; one that raises a database's or a store's error gives UNKNOWN."""
        self._looks = looks
        self._clock = clock
        self._parts: dict[PartName, Part] = {}
        self._lock = threading.Lock()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts as of the latest look; none before the first."""
        return tuple(self._parts.values())

    @property
    def state(self) -> PartState:
        """The whole: failed where the database is, without which nothing goes on; degraded where anything is ill."""
        states = {part.name: part.finding.state for part in self.parts}
        if states.get(PartName.DATABASE) is PartState.FAILED:
            return PartState.FAILED
        return PartState.OK if all(one is PartState.OK for one in states.values()) else PartState.DEGRADED

    def told(self) -> dict[str, Any]:
        """The whole and its parts as JSON's own types."""
        parts = [
            {
                "name": part.name,
                "state": part.finding.state,
                "since": part.since.isoformat(),
                "reason": part.finding.reason,
                "amount": part.finding.amount,
            }
            for part in self.parts
        ]
        return {"status": self.state, "parts": parts}

    def look(self) -> tuple[Part, ...]:
        """Look at all parts now."""
        with self._lock:
            for name, look in self._looks.items():
                self._note(name, _found(look))
        return self.parts

    def _note(self, name: PartName, found: Finding) -> None:
        before = self._parts.get(name)
        known = WELL if before is None else before.finding
        same = before is not None and (known.state, known.reason) == (found.state, found.reason)
        since = before.since if before is not None and known.state is found.state else self._clock()
        self._parts[name] = Part(name, found, since)
        if same or (before is None and found.state is PartState.OK):
            return
        level = logging.INFO if found.state is PartState.OK else logging.WARNING
        why = f" ({found.reason})" if found.reason else ""
        _LOG.log(level, "health: %s is %s%s", name, found.state, why)


def _found(look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (SQLAlchemyError, StoreError):
        return UNKNOWN
