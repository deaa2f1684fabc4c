"""Packets as a fragmented MP4 that a browser plays while it grows (ISO/IEC 14496-12), without re-encoding."""

from fractions import Fraction

import av

from sharp_eyes.contract.video import Piece
from sharp_eyes.edge.snap.ring import TICKS, EncodedPacket, Template

_FLAGS = "frag_every_frame+delay_moov+default_base_moof+skip_trailer"
"""A fragment a packet, so that none waits for a group; the index at the front is written with the first of them."""


class FragmentWriter:
    """Makes fragments of the packets of one encoding, the first of which is a keyframe.

    A packet comes out when the next one has come, which says for how long it is shown.

    Attributes:
        epoch: seconds since the Unix epoch at time 0 of the file.

    Raises:
        ValueError: an MP4 file cannot hold video of this kind.
    """

    def __init__(self, template: Template, first: EncodedPacket) -> None:
        self.epoch = first.decode_time
        self._head = template.parameters if template.parameters not in first.data else b""
        self._sink = _Sink()
        self._container = av.open(
            self._sink, "w", format="mp4", options={"movflags": _FLAGS, "flush_packets": "1"}, buffer_size=1 << 16
        )
        self._stream = template.add_to(self._container)
        self._stream.time_base = Fraction(1, TICKS)
        self._last_decode = -1
        self._held: EncodedPacket | None = None
        self._begun = False

    def shift(self, seconds: float) -> None:
        """The clock was set by so much: the file's own time goes on."""
        self.epoch += seconds

    def add(self, item: EncodedPacket) -> list[tuple[Piece, bytes]]:
        """Take in a packet; give the fragment of the one before, and before the first fragment the file's beginning.

        Raises:
            FFmpegError: no file can be made of the camera's packets.
        """
        decode = max(round((item.decode_time - self.epoch) * TICKS), self._last_decode + 1)
        self._last_decode = decode
        packet = av.Packet(self._head + item.data)
        self._head = b""
        packet.dts = decode
        packet.pts = max(round((item.time - self.epoch) * TICKS), decode)
        packet.time_base = Fraction(1, TICKS)
        packet.is_keyframe = item.keyframe
        packet.stream = self._stream
        self._container.mux(packet)
        before, self._held = self._held, item
        return [] if before is None else self._written(before)

    def finish(self) -> list[tuple[Piece, bytes]]:
        """Give the last packet's fragment; no more follow.

        Raises:
            FFmpegError: no file can be made of the camera's packets.
        """
        self._container.close()
        before, self._held = self._held, None
        return [] if before is None else self._written(before)

    def _written(self, before: EncodedPacket) -> list[tuple[Piece, bytes]]:
        written = self._sink.take()
        if not written:
            return []
        kind = Piece.KEYFRAME if before.keyframe else Piece.FRAGMENT
        if self._begun:
            return [(kind, written)]
        self._begun = True
        start = written.index(b"moof") - 4
        return [(Piece.BEGINNING, written[:start]), (kind, written[start:])]


def media_type(beginning: bytes) -> str | None:
    """The media type with its codec (RFC 6381) of a file's beginning; None where browsers have no name for it."""
    if (place := beginning.find(b"avcC")) >= 0:
        profile, constraints, level = beginning[place + 5 : place + 8]
        return f'video/mp4; codecs="avc1.{profile:02x}{constraints:02x}{level:02x}"'
    if (place := beginning.find(b"hvcC")) >= 0:
        return f'video/mp4; codecs="hvc1.{_hevc_profile(beginning[place + 4 : place + 17])}"'
    return None


def _hevc_profile(record: bytes) -> str:
    """Profile, tier and level as ISO/IEC 14496-15 (annex E) writes them."""
    space = ("", "A", "B", "C")[record[1] >> 6]
    compatible = int(f"{int.from_bytes(record[2:6], 'big'):032b}"[::-1], 2)
    tier = "H" if record[1] & 32 else "L"
    constraints = record[6:12].rstrip(b"\0")
    parts = [f"{space}{record[1] & 31}", f"{compatible:X}", f"{tier}{record[12]}", *(f"{one:X}" for one in constraints)]
    return ".".join(parts)


class _Sink:
    """What libavformat writes to; there is no way back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        written = b"".join(self._parts)
        self._parts.clear()
        return written
