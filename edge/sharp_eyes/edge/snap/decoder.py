"""Packets in, pictures out, at the mode asked for; broken video is counted and left out."""

import threading

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.snap.decode_mode import DecodeModeSelector
from sharp_eyes.edge.snap.orientation import Orientation
from sharp_eyes.edge.snap.statistics import StreamStatistics


class Decoder:
    """Decodes one stream from its first keyframe on.

    After a packet that cannot be decoded nothing is given until the next keyframe, because what refers to
    a torn picture shows smears that a detector would take for real.
    """

    def __init__(self, stream: VideoStream, mode: DecodeModeSelector, statistics: StreamStatistics) -> None:
        self._context = stream.codec_context
        self._selector = mode
        self._statistics = statistics
        self._mode = mode.at_keyframe()
        self._waiting = True

    def feed(self, packet: "Packet[VideoStream]") -> list[VideoFrame]:
        """Return the pictures that are ready after this packet, in the order they are shown."""
        if packet.is_keyframe:
            self._mode = self._selector.at_keyframe()
            self._waiting = False
            self._context.skip_frame = "NONREF" if self._mode == "nonreference" else "DEFAULT"
        elif self._waiting or self._mode == "keyframes":
            return []
        try:
            frames = packet.decode()
            if self._mode == "keyframes":
                frames += self._drain()
        except av.error.FFmpegError:
            self._give_up_group()
            return []
        return self._whole(frames)

    def finish(self) -> list[VideoFrame]:
        """Return the pictures still inside at the end of the stream."""
        try:
            return self._whole(self._drain())
        except av.error.FFmpegError:
            self._give_up_group()
            return []

    def _drain(self) -> list[VideoFrame]:
        """Take a keyframe out at once; else it would come only with the packets that are left out."""
        frames = self._context.decode(None)
        self._context.flush_buffers()
        return frames

    def _whole(self, frames: list[VideoFrame]) -> list[VideoFrame]:
        for index, frame in enumerate(frames):
            if frame.is_corrupt:
                self._give_up_group()
                return frames[:index]
        return frames

    def _give_up_group(self) -> None:
        self._statistics.count_broken()
        self._context.flush_buffers()
        self._waiting = True


class Pixels:
    """The picture of one decoded frame, upright and converted when asked for, from any thread.

    Attributes:
        width, height: as shown, in pixels.
    """

    def __init__(self, frame: VideoFrame, orientation: Orientation) -> None:
        self._frame = frame
        self._orientation = orientation
        self.width, self.height = orientation.size(frame.width, frame.height)
        # A conversion writes into the frame's colour fields for its duration: one at a time.
        self._lock = threading.Lock()

    def scaled(self, width: int, height: int) -> Picture:
        """Return height x width x 3 BGR, scaled and converted in one step from the decoder's planes."""
        stored = (height, width) if self._orientation.swapped else (width, height)
        with self._lock:
            converted = VideoReformatter().reformat(self._frame, *stored, "bgr24", interpolation="AREA", threads=1)
            return self._orientation.turned(np.asarray(converted.to_ndarray(), dtype=np.uint8))
