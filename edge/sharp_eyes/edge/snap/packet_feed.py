"""Packets on their way from a camera's reader to somebody slower, who never makes the reader wait."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sharp_eyes.edge.snap.ring import EncodedPacket, Template


@dataclass(frozen=True, slots=True)
class Shift:
    """The camera's clock was set by so many seconds."""

    seconds: float


Fed = Template | EncodedPacket | Shift


class PacketFeed:
    """A bounded queue that follows a ring. Where it is full, all packets in it are dropped; it goes on at a keyframe.

    Args:
        max_bytes: of packets that may wait.
        max_late: seconds for which something may wait when a keyframe comes; then the packets before that are dropped
            too. Without it all that fits waits.
    """

    def __init__(
        self, max_bytes: int, max_late: float = math.inf, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_bytes = max_bytes
        self._max_late = max_late
        self._monotonic = monotonic
        self._items: deque[tuple[float, Fed]] = deque()
        self._bytes = 0
        self._skips = False
        self._came = threading.Condition()

    def begin(self, template: Template) -> None:
        """See :class:`Follower`."""
        self._put(template)

    def shift(self, seconds: float) -> None:
        """See :class:`Follower`."""
        self._put(Shift(seconds))

    def add(self, packet: EncodedPacket) -> None:
        """See :class:`Follower`."""
        with self._came:
            full = self._bytes + len(packet.data) > self._max_bytes and self._bytes
            if full or (packet.keyframe and self._is_late()):
                self._items = deque(item for item in self._items if not isinstance(item[1], EncodedPacket))
                self._bytes, self._skips = 0, True
            if self._skips and not packet.keyframe:
                return
            self._skips = False
            self._bytes += len(packet.data)
            self._items.append((self._monotonic(), packet))
            self._came.notify()

    def take(self, timeout: float) -> list[Fed]:
        """All that waits, in order; empty where nothing has come for ``timeout`` seconds."""
        with self._came:
            self._came.wait_for(lambda: self._items, timeout)
            taken = [item for _, item in self._items]
            self._items.clear()
            self._bytes = 0
            return taken

    def take_next(self, timeout: float) -> Fed | None:
        """What waits longest, for who may be held up by it; None where nothing has come for ``timeout`` seconds."""
        with self._came:
            self._came.wait_for(lambda: self._items, timeout)
            if not self._items:
                return None
            _, item = self._items.popleft()
            self._bytes -= len(item.data) if isinstance(item, EncodedPacket) else 0
            return item

    def _is_late(self) -> bool:
        return bool(self._items) and self._monotonic() - self._items[0][0] > self._max_late

    def _put(self, item: Fed) -> None:
        with self._came:
            self._items.append((self._monotonic(), item))
            self._came.notify()
