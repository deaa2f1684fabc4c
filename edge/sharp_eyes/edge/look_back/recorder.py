"""Writes a camera's packets to disk as they come, on a thread of its own: a slow or full disk makes no reader wait."""

import errno
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import av

from sharp_eyes.contract.video import Piece
from sharp_eyes.edge.look_back.shelf import Shelf
from sharp_eyes.edge.snap.fragments import FragmentWriter
from sharp_eyes.edge.snap.packet_feed import Fed, PacketFeed, Shift
from sharp_eyes.edge.snap.ring import EncodedPacket, PacketRing, Template

SEGMENT_SECONDS = 2.0
"""A file ends at the first keyframe after so long."""

_GAP = 3.0
"""Seconds without a packet that are shown as a gap."""

_BACK = 0.5
"""Seconds by which times may go back within a file."""

_MAX_WAITING = 16 * 1024**2
"""Bytes that may wait for the disk; beyond, whole groups of pictures are left out."""

_STEP = 0.25
_TRIM_EVERY = 5.0
_PATIENCE = 30.0
"""Seconds after which a disk that took nothing is tried again."""

_log = logging.getLogger(__name__)


class Recorder:
    """Follows one camera's packets into its shelf, until it is stopped.

    Args:
        ring_of: the packets of the best stream that is there now.
    """

    def __init__(self, camera: str, shelf: Shelf, ring_of: Callable[[], PacketRing]) -> None:
        self._camera = camera
        self._shelf = shelf
        self._ring_of = ring_of
        self._feed = PacketFeed(_MAX_WAITING)
        self._followed: PacketRing | None = None
        self._stop = threading.Event()
        self._template: Template | None = None
        self._file: _GrowingFile | None = None
        self._rests_until = float("-inf")
        self._next_trim = float("-inf")
        self.notice = ""
        """What people should know of it; empty where all is well."""
        self._thread = threading.Thread(target=self._run, name=f"look-back-{camera}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the last file."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._follow()
            self._take_all(_STEP)
            self._trim()
        if self._followed is not None:
            self._followed.unfollow(self._feed)
        self._take_all(0)
        self._attempt(self._close)

    def _take_all(self, timeout: float) -> None:
        for item in self._feed.take(timeout):
            self._attempt(partial(self._take, item))

    def _follow(self) -> None:
        """Main stream or substream: what is lost is left, and taken again when it is back."""
        ring = self._ring_of()
        if ring is self._followed:
            return
        if self._followed is not None:
            self._followed.unfollow(self._feed)
        self._followed = ring
        ring.follow(self._feed)

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (av.error.FFmpegError, ValueError) as error:
            self._rest(f"no file can be made of its packets: {error}")
        except OSError as error:
            self._fail(error)

    def _take(self, item: Fed) -> None:
        if isinstance(item, Template):
            self._close()
            self._template = item
        elif isinstance(item, Shift):
            self._close()  # what was recorded keeps its times, as the events of then do
        elif time.monotonic() >= self._rests_until:
            self._packet(item)

    def _packet(self, packet: EncodedPacket) -> None:
        if self._file is not None:
            self._end_where_due(self._file, packet)
        if self._file is None:
            if not packet.keyframe or self._template is None or not self._trim(at_once=True):
                return
            self._file = _GrowingFile(self._shelf, self._template, packet)
        self._file.add(packet)
        self.notice = ""

    def _end_where_due(self, file: "_GrowingFile", packet: EncodedPacket) -> None:
        if file.size > self._shelf.largest or not -_BACK <= packet.decode_time - file.last <= _GAP:
            self._close()
        elif packet.keyframe and packet.decode_time - file.start >= SEGMENT_SECONDS:
            self._close(packet.decode_time)

    def _close(self, end: float | None = None) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close(end)

    def _trim(self, *, at_once: bool = False) -> bool:
        now = time.monotonic()
        if not at_once and now < self._next_trim:
            return True
        self._next_trim = now + _TRIM_EVERY
        if self._shelf.trim():
            return True
        self._rest("the disk is too full (look_back.reserve_bytes)")
        return False

    def _fail(self, error: OSError) -> None:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            self._shelf.give_way()
        self._rest(f"the disk takes nothing: {error.strerror}")

    def _rest(self, why: str) -> None:
        if not self.notice:
            _log.warning("camera %s: its video is not kept for looking back: %s", self._camera, why)
        self.notice = f"look back: video is not kept: {why}"
        self._rests_until = time.monotonic() + _PATIENCE
        file, self._file = self._file, None
        with suppress(OSError):
            if file is not None:
                file.end()


class _GrowingFile:
    """The file in hand; it is written packet by packet, so that a death costs the last one."""

    def __init__(self, shelf: Shelf, template: Template, first: EncodedPacket) -> None:
        self._shelf = shelf
        self._writer = FragmentWriter(template, first)
        self.start = self.last = first.decode_time
        self.size = 0
        self._descriptor = shelf.begin(self.start)

    def add(self, packet: EncodedPacket) -> None:
        self._write(self._writer.add(packet))
        self.last = max(self.last, packet.decode_time)
        self._shelf.grow(self.last, self.size)

    def close(self, end: float | None) -> None:
        """``end``: when the next file begins; None where that is not known.

        Raises:
            OSError, FFmpegError: its end cannot be written; it is ended as far as it has come.
        """
        try:
            self._write(self._writer.finish())
        finally:
            self.end(end)

    def end(self, end: float | None = None) -> None:
        """End it as far as it has come."""
        os.close(self._descriptor)
        self._shelf.grow(self.last, self.size)
        self._shelf.end(self.last if end is None else end)

    def _write(self, pieces: Sequence[tuple[Piece, bytes]]) -> None:
        for _, piece in pieces:
            left = memoryview(piece)
            while left:
                done = os.write(self._descriptor, left)
                left = left[done:]
                self.size += done
