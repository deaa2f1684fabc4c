"""One camera's stream: asked for while somebody watches, given to all who do, and ended when nobody does."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.contract.command import LookBack, Watch
from sharp_eyes.contract.video import VideoNote, VideoRefused, VideoRequest
from sharp_eyes.hub.live.viewer import Opening, Viewer

TERM = 20.0
"""Seconds for which a gateway sends pictures often besides, after it was asked."""

ASK_EVERY = 2.0
"""Seconds after which it is asked again while it has not answered."""

PATIENCE = 10.0
"""Seconds until viewers are told that no video comes; a gateway of an earlier version never answers."""

LOOK_EVERY = 5.0
"""Seconds between two looks whether those who watch may still."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CameraStream:
    """Which stream of which camera, and how it comes."""

    gateway: str
    camera: str
    stream: Literal["main", "sub"]
    form: Literal["packets", "pictures"] = "packets"


@dataclass(frozen=True, slots=True)
class Asking:
    """How a relay reaches the rest of the hub.

    Attributes:
        watch: tells a gateway, by the broker.
        line: the request with a ticket, and where the hub's web server listens, for gateways that know no better.
        area_of: where a camera lies now, None where there is no such; may block.
    """

    watch: Callable[[str, Watch | LookBack], None]
    line: Callable[[str], VideoRequest]
    area_of: Callable[[str, str], str | None]


class Relay:
    """Belongs to one event loop.

    Args:
        over: called when the last viewer has gone or the stream cannot be had.
    """

    def __init__(self, which: CameraStream, asking: Asking, over: Callable[["Relay"], None]) -> None:
        self.which = which
        self.ticket = secrets.token_urlsafe(24)
        self.ended = asyncio.Event()
        """Whether the gateway is to end its stream."""
        self._asking = asking
        self._over = over
        self._viewers: set[Viewer] = set()
        self._opening = Opening()
        self._connected = False
        self._task = asyncio.get_running_loop().create_task(self._keep())

    @property
    def viewers(self) -> int:
        """How many watch."""
        return len(self._viewers)

    def join(self, viewer: Viewer) -> None:
        """Somebody comes."""
        self._viewers.add(viewer)
        self._opening.tell(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Somebody goes; with the last one the stream ends."""
        self._viewers.discard(viewer)
        if not self._viewers:
            self.end()

    def connect(self) -> None:
        """The gateway has opened its line; its ticket is used up."""
        self._connected = True
        self.ticket = secrets.token_urlsafe(24)

    def disconnect(self) -> None:
        """The gateway's line has ended; it is asked anew while somebody watches."""
        self._connected = False
        self._opening = Opening()

    def take(self, said: bytes | VideoNote) -> None:
        """Give what the gateway says to all who watch."""
        self._opening.note(said)
        for viewer in self._viewers:
            viewer.offer(said)
        if isinstance(said, VideoRefused):
            self.end()

    def end(self) -> None:
        """Let everybody go, and the gateway."""
        if self.ended.is_set():
            return
        self.ended.set()
        self._task.cancel()
        for viewer in self._viewers:
            viewer.end()
        self._over(self)

    async def _keep(self) -> None:
        """Ask the gateway until it answers, and see to it that nobody watches who may not any more."""
        waited = since_look = 0.0
        while True:
            if not self._connected:
                if waited >= PATIENCE:
                    self.take(VideoRefused(reason="no_video"))
                    return
                wanted = {"stream": self.which.stream, "form": self.which.form}
                request = self._asking.line(self.ticket).model_copy(update=wanted)
                watch = Watch(camera=self.which.camera, seconds=TERM, video=request)
                self._asking.watch(self.which.gateway, watch)
            waited = 0.0 if self._connected else waited + ASK_EVERY
            await asyncio.sleep(ASK_EVERY)
            since_look += ASK_EVERY
            if since_look >= LOOK_EVERY:
                since_look = 0.0
                await self._let_go()

    async def _let_go(self) -> None:
        try:
            area = await asyncio.to_thread(self._asking.area_of, self.which.gateway, self.which.camera)
        except SQLAlchemyError as error:  # they go on until it can be asked again
            _LOG.warning("whether camera %s may still be watched cannot be asked: %s", self.which.camera, error)
            return
        for viewer in [one for one in self._viewers if not one.sees(area)]:
            viewer.end()
