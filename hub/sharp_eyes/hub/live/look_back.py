"""People who look back at a case's surroundings in time: one line from the gateway for each of them."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sharp_eyes.contract.command import LookBack
from sharp_eyes.contract.video import VideoNote, VideoRefused, VideoWanted
from sharp_eyes.hub.broadcast import Access
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.live.relay import ASK_EVERY, PATIENCE, Asking
from sharp_eyes.hub.live.seats import Seats

_MOST_WAITING = 4
"""Messages that may wait for a page; then the gateway waits."""


@dataclass(frozen=True, slots=True)
class PastSeat:
    """Somebody's leave to look back from one case, checked when it was given.

    Attributes:
        owner: account that it was given to.
        since, until: nothing outside of these is shown.
        note: writes down that they look; may block.
    """

    case_id: int
    gateway: str
    camera: str
    since: datetime
    until: datetime
    owner: str
    scope: Scope
    access: Access
    note: Callable[[], None]


class Visit:
    """One person and one gateway's line. Belongs to one event loop."""

    def __init__(self, seat: PastSeat, asking: Asking) -> None:
        self.ticket = secrets.token_urlsafe(24)
        self.ended = asyncio.Event()
        """Whether the gateway is to end its line."""
        self.gateway = seat.gateway
        self._seat = seat
        self._asking = asking
        self._for_page: asyncio.Queue[bytes | str | None] = asyncio.Queue(_MOST_WAITING)
        self._wish: VideoWanted | None = None
        self._wished = asyncio.Event()
        self._connected, self._broken = asyncio.Event(), asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._ask())

    def connect(self) -> None:
        """The gateway has opened its line; its ticket is used up."""
        self.ticket = secrets.token_urlsafe(24)
        self._connected.set()

    def disconnect(self) -> None:
        """The gateway's line has ended, and with it the visit; the page comes again."""
        self._broken.set()

    async def until_broken(self) -> None:
        """Wait for the end of the gateway's line."""
        await self._broken.wait()

    async def offer(self, said: bytes | VideoNote) -> None:
        """Let something wait for the page; waits until there is room."""
        await self._for_page.put(said if isinstance(said, bytes) else said.model_dump_json())
        if isinstance(said, VideoRefused):
            await self._for_page.put(None)

    async def next(self) -> bytes | str | None:
        """What the page is to be sent next; None at the end."""
        return await self._for_page.get()

    def wish(self, wanted: VideoWanted) -> None:
        """The page wants something; of several wishes the last one counts."""
        self._wish = wanted
        self._wished.set()

    async def wished(self) -> VideoWanted:
        """What the gateway is to be told next."""
        while self._wish is None:
            self._wished.clear()
            await self._wished.wait()
        wanted, self._wish = self._wish, None
        return wanted

    def end(self) -> None:
        """Let the gateway go."""
        self.ended.set()
        self._task.cancel()

    async def _ask(self) -> None:
        """Ask the gateway until it answers; one of an earlier version never does."""
        seat = self._seat
        for _ in range(int(PATIENCE / ASK_EVERY)):
            request = self._asking.line(self.ticket)
            command = LookBack(camera=seat.camera, since=seat.since, until=seat.until, video=request)
            self._asking.watch(seat.gateway, command)
            try:
                async with asyncio.timeout(ASK_EVERY):
                    await self._connected.wait()
                    return
            except TimeoutError:
                continue
        await self.offer(VideoRefused(reason="no_video"))


class LookBackDesk:
    """Seats may be given from any thread; all else belongs to the web server's event loop."""

    def __init__(self, asking: Asking, most: int, each: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``each``: how many of them one person may have."""
        self._asking = asking
        self.seats: Seats[PastSeat] = Seats(most, each, monotonic)
        self._visits: set[Visit] = set()

    @property
    def viewers(self) -> int:
        """How many look back."""
        return len(self._visits)

    @contextmanager
    def visiting(self, seat: PastSeat) -> Iterator[Visit]:
        """Look back for as long as the context lasts."""
        visit = Visit(seat, self._asking)
        self._visits.add(visit)
        try:
            with self.seats.inside(seat):
                yield visit
        finally:
            self._visits.discard(visit)
            visit.end()

    def expected(self, ticket: str) -> Visit | None:
        """The visit that waits for the gateway with this ticket."""
        for visit in self._visits:
            if secrets.compare_digest(visit.ticket.encode(), ticket.encode()):
                return visit
        return None
