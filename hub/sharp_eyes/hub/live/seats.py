"""Seats for video: given out by an ordinary request, and each taken by one WebSocket."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

SEAT_SECONDS = 30.0
"""How long a seat waits for whom it was given to."""

Seat = TypeVar("Seat")


class Seats(Generic[Seat]):
    """Who was let in and has not come yet. Safe to use from many threads.

    Args:
        room: how many may be in at once, whoever waits included.
        inside: how many are.
    """

    def __init__(self, room: int, inside: Callable[[], int], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._room = room
        self._inside = inside
        self._monotonic = monotonic
        self._waiting: dict[str, tuple[float, Seat]] = {}
        self._lock = threading.Lock()

    def give(self, seat: Seat) -> str | None:
        """Make a ticket that opens one WebSocket; None where as many are in as may."""
        now = self._monotonic()
        with self._lock:
            self._waiting = {ticket: one for ticket, one in self._waiting.items() if one[0] > now}
            if self._inside() + len(self._waiting) >= self._room:
                return None
            ticket = secrets.token_urlsafe(24)
            self._waiting[ticket] = (now + SEAT_SECONDS, seat)
            return ticket

    def take(self, ticket: str) -> Seat | None:
        """Use a ticket up; None where it is not known or too old."""
        with self._lock:
            found = self._waiting.pop(ticket, None)
        return found[1] if found is not None and found[0] > self._monotonic() else None
