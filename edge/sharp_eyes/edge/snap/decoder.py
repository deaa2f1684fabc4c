"""Packets in, pictures out, at the mode asked for; broken video is counted and left out."""

import threading
from collections.abc import Callable, Iterable, Iterator

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.snap.decode_device import Decoding
from sharp_eyes.edge.snap.decode_mode import DecodeMode, Demand
from sharp_eyes.edge.snap.orientation import Orientation
from sharp_eyes.edge.snap.statistics import StreamStatistics

MOST_HELD = 16 * 1024**2
"""Bytes of packets held until somebody wants a picture; beyond it they are decoded to keep the memory bounded."""


class Decoder:
    """Decodes one stream from its first keyframe on.

    After a packet that cannot be decoded nothing is given until the next keyframe, because what refers to
    a torn picture shows smears that a detector would take for real.

    With a demand, packets are only held until a picture is wanted; then those of its group up to it are decoded, and
    it alone is given. A group in which nobody wants a picture costs nothing.

    Args:
        stream: whose packets come.
        mode: what may be decoded.
        demand: says which pictures are wanted; None: all that the mode gives.
        moment_of: gives the time of a picture, as the demand counts.
        decoding: decodes the packets; the stream's own codec context where None.
    """

    def __init__(
        self,
        stream: VideoStream,
        mode: DecodeMode,
        statistics: StreamStatistics,
        demand: Demand | None = None,
        moment_of: Callable[[VideoFrame], float] = lambda frame: frame.time or 0.0,
        decoding: Decoding | None = None,
    ) -> None:
        self._context: Decoding = decoding or stream.codec_context
        self._statistics = statistics
        self._mode = mode
        self._demand = demand
        self._moment_of = moment_of
        self._waiting = True
        self._held: list[Packet[VideoStream]] = []  # not yet decoded, from a keyframe or from where the decoder stands
        self._held_bytes = 0
        self._catching = False  # a picture is wanted and has not come out yet
        self._given = False  # any picture since the stream was opened
        self._keyframe_alone = True  # of this group at most the keyframe was decoded
        self._was_alone = True  # … and of the one before
        self._keyframe_stamp: int | None = None

    def feed(self, packet: "Packet[VideoStream]", moment: float = 0.0) -> list[VideoFrame]:
        """Return the pictures that are ready after this packet, in the order they are shown.

        Args:
            packet: the next one of the stream.
            moment: when it is shown, as the demand counts.
        """
        wanted = self._is_wanted(moment, packet.is_keyframe)
        if packet.is_keyframe:
            self._begin_group(packet)
        elif self._waiting or self._mode == "keyframes":
            return []
        self._hold(packet)
        self._catching = self._catching or wanted
        if not self._catching and self._held_bytes <= MOST_HELD:
            return []
        # A keyframe is taken out at once where the frames after it are not needed; else it would come only with them.
        alone = packet.is_keyframe and (self._mode == "keyframes" or (self._demand is not None and self._was_alone))
        try:
            frames: Iterable[VideoFrame] = self._decode_held()
            if alone:
                frames = list(frames)
                if self._mode == "keyframes" or not frames:
                    frames += self._drain()
                    self._hold(packet)
            chosen = self._chosen(self._whole(frames))
        except av.error.FFmpegError:
            self._give_up_group()
            return []
        self._keyframe_alone = self._keyframe_alone and packet.is_keyframe
        return chosen

    def finish(self) -> list[VideoFrame]:
        """Return the pictures still inside at the end of the stream."""
        try:
            return self._chosen(self._whole(self._drain()))
        except av.error.FFmpegError:
            self._give_up_group()
            return []

    def _is_wanted(self, moment: float, keyframe: bool) -> bool:
        """Whether somebody wants it; the first picture of a stream shows that it can be watched at all."""
        return self._demand is None or self._demand(moment, keyframe) or not self._given

    def _begin_group(self, packet: "Packet[VideoStream]") -> None:
        if self._held:  # what was held is not needed any more, and the decoder has not seen it
            self._context.flush_buffers()
        self._release()
        self._waiting = self._catching = False
        self._was_alone, self._keyframe_alone = self._keyframe_alone, True
        self._keyframe_stamp = packet.pts
        self._context.skip_frame = "NONREF" if self._mode == "nonreference" else "DEFAULT"

    def _hold(self, packet: "Packet[VideoStream]") -> None:
        self._held.append(packet)
        self._held_bytes += packet.size

    def _release(self) -> None:
        self._held.clear()
        self._held_bytes = 0

    def _decode_held(self) -> Iterator[VideoFrame]:
        """One after the other: a decoder keeps a buffer, 3 MB at 1080p, for each picture that was there at once."""
        packets = list(self._held)
        self._release()
        self._statistics.fed += len(packets)
        for packet in packets:
            yield from self._context.decode(packet)

    def _drain(self) -> list[VideoFrame]:
        """Take out what is inside, and let the decoder begin anew."""
        frames = self._context.decode(None)
        self._context.flush_buffers()
        return frames

    def _chosen(self, frames: Iterable[VideoFrame]) -> list[VideoFrame]:
        """Those that are wanted: one for each time that somebody asked; the others are decoded and let go."""
        if self._demand is None:
            return list(frames)
        chosen = []
        for frame in frames:
            keyframe = frame.key_frame or (frame.pts is not None and frame.pts == self._keyframe_stamp)
            if self._catching and self._is_wanted(self._moment_of(frame), bool(keyframe)):
                self._catching, self._given = False, True
                chosen = [frame]
        return chosen

    def _whole(self, frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
        for frame in frames:
            if frame.is_corrupt:
                self._give_up_group()
                return
            yield frame

    def _give_up_group(self) -> None:
        self._statistics.count_broken()
        self._context.flush_buffers()
        self._release()
        self._waiting, self._catching = True, False


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
