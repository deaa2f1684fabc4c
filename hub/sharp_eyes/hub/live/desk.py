"""Who watches which camera: seats that are handed out by one request, and taken by one WebSocket each."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sharp_eyes.hub.broadcast import Access
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.live.relay import Asking, CameraStream, Relay
from sharp_eyes.hub.live.seats import Seats
from sharp_eyes.hub.live.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's leave to watch, checked when it was given; what they came in with ends it.

    Attributes:
        owner: account that it was given to.
        note: writes down that they watch; may block.
    """

    which: CameraStream
    owner: str
    scope: Scope
    access: Access
    note: Callable[[], None]


class LiveDesk:
    """Seats may be given from any thread; all else belongs to the web server's event loop."""

    def __init__(
        self, asking: Asking, max_viewers: int, each: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """``each``: how many of them one person may be."""
        self._asking = asking
        self._seats: Seats[Seat] = Seats(max_viewers, each, monotonic)
        self._relays: dict[CameraStream, Relay] = {}

    @property
    def viewers(self) -> int:
        """How many watch, all cameras together."""
        return sum(relay.viewers for relay in list(self._relays.values()))

    @property
    def streams(self) -> int:
        """How many cameras are watched."""
        return len(self._relays)

    def give_seat(self, seat: Seat) -> str | None:
        """Make a ticket that opens one WebSocket; None where as many watch as may."""
        return self._seats.give(seat)

    def take_seat(self, ticket: str) -> Seat | None:
        """Use a ticket up; None where it is not known or too old."""
        return self._seats.take(ticket)

    @contextmanager
    def watching(self, seat: Seat) -> Iterator[Viewer]:
        """Watch for as long as the context lasts; who comes first has the gateway asked, who goes last ends it."""
        relay = self._relays.get(seat.which)
        if relay is None:
            relay = self._relays[seat.which] = Relay(seat.which, self._asking, self._forget)
        viewer = Viewer(seat.scope.area)
        relay.join(viewer)
        try:
            with self._seats.inside(seat):
                yield viewer
        finally:
            relay.leave(viewer)

    def expected(self, ticket: str) -> Relay | None:
        """The relay that waits for the gateway with this ticket."""
        for relay in self._relays.values():
            if secrets.compare_digest(relay.ticket.encode(), ticket.encode()):
                return relay
        return None

    def _forget(self, relay: Relay) -> None:
        if self._relays.get(relay.which) is relay:
            del self._relays[relay.which]
