"""Pretended devices that decode video: really decoded by the processor, and wrong where a test wants it."""

from collections.abc import Callable

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sharp_eyes.edge.snap.decode_device import Decoding, SkipFrame


class PretendedDevice:
    """Decodes as the processor does; ``spoil`` may change what it gives, or raise.

    Args:
        spoil: gets the number of the packet, from 0 over all openings, and the frames that are ready after it.
        closed: it cannot be opened.

    Attributes:
        packets: that it was given.
    """

    name = "pretended"

    def __init__(
        self, spoil: Callable[[int, list[VideoFrame]], list[VideoFrame]] | None = None, closed: bool = False
    ) -> None:
        self.spoil = spoil or (lambda _number, frames: frames)
        self.closed = closed
        self.packets = 0

    def open(self, stream: VideoStream) -> Decoding:
        if self.closed:
            raise av.error.PermissionError(1, "Operation not permitted")
        context = av.CodecContext.create(stream.codec_context.name, "r")
        assert isinstance(context, VideoCodecContext)
        context.extradata = stream.codec_context.extradata
        context.thread_count = 1
        return _Context(self, context)


class _Context:
    def __init__(self, device: PretendedDevice, context: VideoCodecContext) -> None:
        self._device, self._context = device, context
        self.skip_frame: SkipFrame = "DEFAULT"

    def decode(self, packet: "Packet[VideoStream] | None" = None) -> list[VideoFrame]:
        self._context.skip_frame = self.skip_frame
        self._device.packets += packet is not None
        frames = self._context.decode(packet)
        return self._device.spoil(self._device.packets - 1, frames)

    def flush_buffers(self) -> None:
        self._context.flush_buffers()


def fails_from(packet: int) -> Callable[[int, list[VideoFrame]], list[VideoFrame]]:
    """The driver gives up at a packet and answers nothing but errors from then on."""

    def spoil(number: int, frames: list[VideoFrame]) -> list[VideoFrame]:
        if number >= packet:
            raise av.error.ExternalError(542398533, "Generic error in an external library")
        return frames

    return spoil


def drifts_from(packet: int) -> Callable[[int, list[VideoFrame]], list[VideoFrame]]:
    """From a packet on all pictures are darker than they should be."""

    def spoil(number: int, frames: list[VideoFrame]) -> list[VideoFrame]:
        return [_darker(frame) for frame in frames] if number >= packet else frames

    return spoil


def mute_from(packet: int) -> Callable[[int, list[VideoFrame]], list[VideoFrame]]:
    """From a packet on no picture comes out, and no error either."""
    return lambda number, frames: [] if number >= packet else frames


def _darker(frame: VideoFrame) -> VideoFrame:
    made = VideoFrame.from_ndarray(np.asarray(frame.to_ndarray(format="yuv420p") * 0.9, np.uint8), format="yuv420p")
    made.pts, made.time_base = frame.pts, frame.time_base
    return made
