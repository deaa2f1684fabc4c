"""The files of kept video: each plays by itself and says in its name what it holds, so that nothing need be repaired.

``<sequence>-<from>-<until>.mp4``, times in microseconds since the Unix epoch as they held when it was recorded; the one
that still grows has no end in its name. A fragmented MP4 whose writer was killed plays up to its last whole fragment.
"""

import io
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av

from sharp_eyes.edge.snap.ring import EncodedPacket, Template

_NAME = re.compile(r"(\d{10})-(\d{1,17})(?:-(\d{1,17}))?\.mp4")
_CHUNK = 256 * 1024
"""Bytes from which fragments are given away together."""
_MICRO = 1_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Segment:
    """One file.

    Attributes:
        sequence: counts the camera's files, whatever its clock says.
        start, end: seconds since the Unix epoch; ``start`` is at the file's time 0.
        size: bytes.
    """

    path: Path
    sequence: int
    start: float
    end: float
    size: int


def growing_name(sequence: int, start: float) -> str:
    """The name of a file that is being written."""
    return f"{sequence:010d}-{round(start * _MICRO)}.mp4"


def whole_name(sequence: int, start: float, end: float) -> str:
    """Its name from its end on."""
    return f"{sequence:010d}-{round(start * _MICRO)}-{round(end * _MICRO)}.mp4"


def found_in(folder: Path) -> list[Segment]:
    """The files that are there, in the order in which they were recorded. One that a killed gateway left gets its end.

    What holds no whole fragment is removed.
    """
    found = []
    for path in folder.glob("*.mp4") if folder.is_dir() else ():
        try:
            segment = _segment(path)
        except OSError as error:
            _log.warning("%s: %s", path, error)
            continue
        found += [] if segment is None else [segment]
    return sorted(found, key=lambda segment: segment.sequence)


def _segment(path: Path) -> Segment | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    sequence, start = int(match[1]), int(match[2]) / _MICRO
    if match[3] is not None:
        return Segment(path, sequence, start, int(match[3]) / _MICRO, path.stat().st_size)
    end = start + _length(path)
    if end <= start:
        path.unlink()
        return None
    whole = path.rename(path.with_name(whole_name(sequence, start, end)))
    return Segment(whole, sequence, start, end, whole.stat().st_size)


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """A file's beginning (``ftyp`` and ``moov``), then its whole fragments, several at once.

    Raises:
        OSError: it cannot be read.
    """
    waiting, whole, begun = bytearray(), 0, False
    for kind, box in _boxes(file):
        if kind == b"moof" and not begun:
            begun = True
            yield bytes(waiting)
            waiting.clear()
        waiting += box
        if kind == b"mdat" and begun:
            whole = len(waiting)
            if whole >= _CHUNK:
                yield bytes(waiting)
                waiting.clear()
                whole = 0
    if whole:
        yield bytes(waiting[:whole])


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a file (ISO/IEC 14496-12) that are there as a whole."""
    while len(head := file.read(8)) == 8:
        size = int.from_bytes(head[:4], "big") - 8
        body = file.read(size) if size >= 0 else b""
        if size < 0 or len(body) < size:
            return
        yield head[4:], head + body


def read_packets(file: BinaryIO) -> tuple[Template, list[EncodedPacket]]:
    """How a file is encoded, and its packets with their times in the file.

    Raises:
        OSError: it cannot be read.
        FFmpegError, ValueError: nothing whole is in it.
    """
    with av.open(io.BytesIO(b"".join(pieces_of(file))), "r", format="mp4") as container:
        if not container.streams.video:
            raise ValueError("it holds no video")
        stream = container.streams.video[0]
        base = float(stream.time_base or 0)
        packets = [
            EncodedPacket(bytes(one), (one.pts or 0) * base, (one.dts or 0) * base, bool(one.is_keyframe))
            for one in container.demux(stream)
            if one.size
        ]
        return Template(stream, b""), packets


def _length(path: Path) -> float:
    """Seconds of a file; 0 where nothing whole is in it."""
    try:
        with path.open("rb") as file:
            _, packets = read_packets(file)
    except (av.error.FFmpegError, ValueError):
        return 0.0
    return packets[-1].decode_time + _step(packets) if packets else 0.0


def _step(packets: Sequence[EncodedPacket]) -> float:
    return (packets[-1].decode_time - packets[0].decode_time) / max(1, len(packets) - 1)
