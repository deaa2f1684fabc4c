"""One person who watches a camera: what waits for their line, of which a slow one loses whole groups of pictures."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from sharp_eyes.contract.video import Piece, VideoBegins, VideoLook, VideoNote
from sharp_eyes.hub.areas.tree import covers

MAX_WAITING = 12 * 1024**2
"""Bytes that may wait for one viewer."""

MAX_LATE = 1.0
"""Seconds for which something may wait when a keyframe comes: what is older is dropped then, or a slow line would show
what was long ago, and ever longer."""


class Viewer:
    """Belongs to one event loop.

    Args:
        area: what they see; a camera outside of it is not theirs.
    """

    def __init__(self, area: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._area = area
        self._monotonic = monotonic
        self._waiting: deque[tuple[float, bytes | str]] = deque()
        self._bytes = 0
        self._skips = False
        self._came = asyncio.Event()
        self._ended = False

    def sees(self, area: str | None) -> bool:
        """Whether a camera that lies there now is theirs to watch; None: there is no such camera."""
        return area is not None and covers(self._area, area)

    def offer(self, said: bytes | VideoNote) -> None:
        """Let something wait for them."""
        if isinstance(said, bytes):
            self._offer_piece(said)
        elif not (isinstance(said, VideoLook) and self._skips):
            self._wait(said.model_dump_json())

    def end(self) -> None:
        """Let them go after what waits."""
        self._ended = True
        self._came.set()

    async def next(self) -> bytes | str | None:
        """What is to be sent next; None at the end."""
        while not self._waiting:
            if self._ended:
                return None
            self._came.clear()
            await self._came.wait()
        _, said = self._waiting.popleft()
        self._bytes -= len(said)
        return said

    def _offer_piece(self, piece: bytes) -> None:
        kind = piece[0]
        if kind == Piece.PICTURE:
            self._drop({Piece.PICTURE})  # only the latest counts
        if kind != Piece.BEGINNING and self._bytes + len(piece) > MAX_WAITING:
            self._drop({Piece.KEYFRAME, Piece.FRAGMENT})
            self._skips = True
        if kind == Piece.KEYFRAME and self._waiting and self._monotonic() - self._waiting[0][0] > MAX_LATE:
            self._drop({Piece.KEYFRAME, Piece.FRAGMENT})
        if self._skips and kind == Piece.FRAGMENT:
            return
        if kind == Piece.KEYFRAME:
            self._skips = False
        self._wait(piece)

    def _drop(self, kinds: set[Piece]) -> None:
        """Keep what says how to go on."""
        self._waiting = deque(one for one in self._waiting if isinstance(one[1], str) or one[1][0] not in kinds)
        self._bytes = sum(len(said) for _, said in self._waiting)

    def _wait(self, said: bytes | str) -> None:
        self._waiting.append((self._monotonic(), said))
        self._bytes += len(said)
        self._came.set()


class Opening:
    """What somebody who comes later must be told first: how the video is encoded, and all since the last keyframe."""

    def __init__(self) -> None:
        self._begins: VideoBegins | None = None
        self._beginning = b""
        self._group: list[bytes] = []
        self._bytes = 0
        self._picture: list[bytes] = []

    def note(self, said: bytes | VideoNote) -> None:
        """Take note of what is said to all."""
        if isinstance(said, VideoBegins):
            self._begins = said
        elif isinstance(said, bytes):
            self._note_piece(said)

    def tell(self, viewer: Viewer) -> None:
        """Tell a viewer who has just come."""
        if self._begins is None:
            return
        viewer.offer(self._begins)
        for piece in (self._beginning, *self._group) if self._beginning else self._picture:
            viewer.offer(piece)

    def _note_piece(self, piece: bytes) -> None:
        if piece[0] == Piece.PICTURE:
            self._picture = [piece]
            return
        if piece[0] == Piece.BEGINNING:
            self._beginning, self._group, self._bytes = piece, [], 0
            return
        if piece[0] == Piece.KEYFRAME:
            self._group, self._bytes = [], 0
        elif not self._group:
            return
        self._bytes += len(piece)
        if self._bytes > MAX_WAITING // 2:  # a camera with rare keyframes: who comes later waits for the next
            self._group = []
            return
        self._group.append(piece)
