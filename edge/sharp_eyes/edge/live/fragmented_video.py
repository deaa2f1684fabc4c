"""What goes over the line: a camera's packets as notes and pieces of one growing file."""

from sharp_eyes.contract.video import Piece, VideoBegins, ZoneShape
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.snap.fragments import FragmentWriter, media_type
from sharp_eyes.edge.snap.packet_feed import Fed, Shift
from sharp_eyes.edge.snap.ring import EncodedPacket, Template

_BACK = 0.5
"""Seconds by which a camera's times may go back before its file begins anew."""


class UnplayableError(ValueError):
    """Browsers have no name for how the camera encodes."""


class FragmentedVideo:
    """Turns what a camera sends into what is sent on.

    What the budget does not allow is left out up to the next keyframe; the picture before stands meanwhile.
    """

    def __init__(self, zones: tuple[ZoneShape, ...], budget: ByteBudget) -> None:
        self._zones = zones
        self._budget = budget
        self._template: Template | None = None
        self._writer: FragmentWriter | None = None
        self._media_type = ""
        self._last_time = 0.0
        self._skips = False

    def take(self, item: Fed) -> list[VideoBegins | bytes]:
        """Take in what came from the camera; give what is to be said, a piece behind the byte of its kind.

        Raises:
            UnplayableError: no browser plays it.
            FFmpegError, ValueError: no file can be made of it.
        """
        if isinstance(item, Template):
            self._template, self._writer = item, None
            return []
        if isinstance(item, Shift):
            return self._shift(item.seconds)
        return self._packet(item)

    def _shift(self, seconds: float) -> list[VideoBegins | bytes]:
        if self._writer is None:
            return []
        self._writer.shift(seconds)
        self._last_time += seconds
        return [self._note(self._writer)] if self._media_type else []

    def _packet(self, packet: EncodedPacket) -> list[VideoBegins | bytes]:
        if self._skips and not packet.keyframe:
            return []
        self._skips = not self._budget.spend(len(packet.data))
        if self._skips:
            return []
        if packet.keyframe and packet.decode_time < self._last_time - _BACK:
            self._writer = None
        if self._writer is None:
            if self._template is None or not packet.keyframe:
                return []
            self._writer = FragmentWriter(self._template, packet)
        self._last_time = packet.decode_time
        said: list[VideoBegins | bytes] = []
        for kind, piece in self._writer.add(packet):
            if kind is Piece.BEGINNING:
                named = media_type(piece)
                if named is None:
                    raise UnplayableError
                self._media_type = named
                said.append(self._note(self._writer))
            said.append(bytes([kind]) + piece)
        return said

    def _note(self, writer: FragmentWriter) -> VideoBegins:
        return VideoBegins(media_type=self._media_type, epoch=writer.epoch, zones=self._zones)
