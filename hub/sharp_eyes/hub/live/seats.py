"""Seats for video: given out by an ordinary request, and each taken by one WebSocket."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

SEAT_SECONDS = 30.0
"""How long a seat waits for whom it was given to."""


class Owned(Protocol):
    """A seat is somebody's."""

    @property
    def owner(self) -> str:
        """Account that it was given to."""


Seat = TypeVar("Seat", bound=Owned)


class Seats(Generic[Seat]):
    """Who was let in and has not come yet. Safe to use from many threads.

    Args:
        room: how many may be in at once, whoever waits included.
        each: how many of them one person may have, so that nobody takes all.
    """

    def __init__(self, room: int, each: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._room, self._each = room, each
        self._inside: Counter[str] = Counter()
        self._monotonic = monotonic
        self._waiting: dict[str, tuple[float, Seat]] = {}
        self._lock = threading.Lock()

    def give(self, seat: Seat) -> str | None:
        """Make a ticket that opens one WebSocket; None where as many are in as may, in all or of this person."""
        now = self._monotonic()
        with self._lock:
            self._waiting = {ticket: one for ticket, one in self._waiting.items() if one[0] > now}
            waiting = Counter(one.owner for _, one in self._waiting.values())
            taken = self._inside + waiting
            if taken.total() >= self._room or taken[seat.owner] >= self._each:
                return None
            ticket = secrets.token_urlsafe(24)
            self._waiting[ticket] = (now + SEAT_SECONDS, seat)
            return ticket

    def take(self, ticket: str) -> Seat | None:
        """Use a ticket up; None where it is not known or too old."""
        with self._lock:
            found = self._waiting.pop(ticket, None)
        return found[1] if found is not None and found[0] > self._monotonic() else None

    @contextmanager
    def inside(self, seat: Seat) -> Iterator[None]:
        """Count somebody in for as long as the context lasts."""
        with self._lock:
            self._inside[seat.owner] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= Counter([seat.owner])
