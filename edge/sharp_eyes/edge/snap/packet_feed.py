"""Packets on their way from a camera's reader to somebody slower, who never makes the reader wait."""

import threading
from collections import deque
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
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._items: deque[Fed] = deque()
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
            if self._bytes + len(packet.data) > self._max_bytes and self._bytes:
                self._items = deque(item for item in self._items if not isinstance(item, EncodedPacket))
                self._bytes, self._skips = 0, True
            if self._skips and not packet.keyframe:
                return
            self._skips = False
            self._bytes += len(packet.data)
            self._items.append(packet)
            self._came.notify()

    def take(self, timeout: float) -> list[Fed]:
        """All that waits, in order; empty where nothing has come for ``timeout`` seconds."""
        with self._came:
            self._came.wait_for(lambda: self._items, timeout)
            taken = list(self._items)
            self._items.clear()
            self._bytes = 0
            return taken

    def _put(self, item: Fed) -> None:
        with self._came:
            self._items.append(item)
            self._came.notify()
