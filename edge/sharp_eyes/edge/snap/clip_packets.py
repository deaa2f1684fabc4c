"""Brings a stream's packets into the ring, and tells it how they are encoded.

Some cameras say nothing of that before their first keyframe, some change it while they send, and some say it once
and never again. What stands in the stream is believed; what was said when the stream was opened is only a beginning.
"""

import io
import logging

import av
from av.video.stream import VideoStream

from sharp_eyes.edge.snap.parameter_sets import parameter_sets
from sharp_eyes.edge.snap.ring import PacketRing

_log = logging.getLogger(__name__)


class ClipPackets:
    """One stream's way into the ring."""

    def __init__(self, stream: VideoStream, ring: PacketRing | None, camera: str) -> None:
        context = stream.codec_context
        self._ring = ring
        self._camera = camera
        self._codec = context.name
        header = bytes(context.extradata or b"")
        self._known = parameter_sets(self._codec, header)
        # Recordings in MP4 or Matroska write lengths before units; such a length can look like a start code.
        self._may_tell = self._codec in ("h264", "hevc") and (not header or header.startswith(b"\0\0"))
        in_stream = self._may_tell and not header
        self._begun = bool(context.width) and not in_stream
        if self._begun:
            self._begin(stream)

    def add(self, data: bytes, time: float, decode_time: float, keyframe: bool) -> None:
        """Take in a packet; see :meth:`PacketRing.add`."""
        if self._ring is None:
            return
        if keyframe and self._may_tell:
            self._look_at(data)
        if self._begun and self._ring is not None:
            self._ring.add(data, time, decode_time, keyframe)

    def shift(self, seconds: float) -> None:
        """The clock was set by so much."""
        if self._ring is not None:
            self._ring.shift(seconds)

    def _look_at(self, keyframe: bytes) -> None:
        """Begin anew where a keyframe brings other parameter sets, or the first ones."""
        found = parameter_sets(self._codec, keyframe)
        if (found and found != self._known) or (self._known and not self._begun):
            self._known = found or self._known
            whole = keyframe if found else self._known + keyframe
            # The picture itself tells how it is encoded, as a recording that holds nothing else would.
            try:
                with av.open(io.BytesIO(whole), "r", format=self._codec) as alone:
                    stream = alone.streams.video[0]
                    self._begun = bool(stream.codec_context.width)
                    if self._begun:
                        self._begin(stream)
            except (av.error.FFmpegError, IndexError):
                self._begun = False

    def _begin(self, stream: VideoStream) -> None:
        if self._ring is None:
            return
        try:
            self._ring.begin(stream, self._known)
        except ValueError as error:
            _log.warning("camera %s: no clips until it is opened again: %s", self._camera, error)
            self._ring = None
