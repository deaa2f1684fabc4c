"""Video decoded by a device that may fail or drift; then the processor takes over, within the same group."""

import logging
import time
from collections.abc import Callable

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.snap.decode_device import DEVICE_ERRORS, DecodeDevice, Decoding, SkipFrame
from sharp_eyes.edge.snap.orientation import said_by
from sharp_eyes.edge.snap.statistics import StreamStatistics

LEAST_PSNR = 40.0
"""Decibels between a device's picture and the processor's: decoders of a standard agree to the bit, scaling rounds."""

EXAMINE_EVERY = 60.0
"""Seconds between two keyframes that the processor decodes too."""

MOST_KEPT = 16 * 1024**2
"""Bytes of a group kept for the processor to take over; of a larger one, what is left is given up."""

SILENT = 32
"""Packets after which there must have been a picture."""

COMPARED = (640, 360)
"""Pixels at which pictures are compared: about what a detector sees."""

_log = logging.getLogger(__name__)


class GuardedDecoding:
    """Decodes on a device until that fails, gives nothing, or gives other pictures than the processor.

    The first keyframe and one a minute are decoded by the processor, too, and compared. A packet that the processor
    cannot decode either is the stream's fault, not the device's. Once the processor has taken over it stays for this
    camera, over its reconnects, until the gateway starts again.

    Args:
        stream: whose packets come.
        device: decodes them.
        statistics: of the camera; its ``device_fault`` says what happened.
        camera: for the log.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        stream: VideoStream,
        device: DecodeDevice,
        statistics: StreamStatistics,
        camera: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exact: Decoding = stream.codec_context
        self._name = device.name
        self._statistics = statistics
        self._camera = camera
        self._clock = clock
        self._skip_frame: SkipFrame = "DEFAULT"
        self._group: list[Packet[VideoStream]] = []  # from the keyframe on that was shown last, or the one before
        self._group_bytes = 0
        self._given: set[int | None] = set()  # stamps of its pictures that came out
        self._keyframe: Packet[VideoStream] | None = None  # went in and has not come out yet
        self._unanswered = 0  # packets since the latest picture
        self._examined: float | None = None
        self._examining: Packet[VideoStream] | None = None
        self._device: Decoding | None = None
        if statistics.device_fault:
            return
        try:
            self._device = device.open(stream)
        except DEVICE_ERRORS as error:
            self._give_up(f"cannot be opened ({_said(error)})")

    @property
    def skip_frame(self) -> SkipFrame:
        """Which frames are left out, as in FFmpeg."""
        return self._skip_frame

    @skip_frame.setter
    def skip_frame(self, value: SkipFrame) -> None:
        self._skip_frame = self._exact.skip_frame = value
        if self._device is not None:
            self._device.skip_frame = value

    def flush_buffers(self) -> None:
        """Forget what was decoded so far."""
        self._forget()
        (self._device or self._exact).flush_buffers()

    def decode(self, packet: "Packet[VideoStream] | None" = None) -> list[VideoFrame]:
        """The pictures that are ready after this packet; None: all that are left.

        Raises:
            FFmpegError: the packet cannot be decoded.
        """
        if self._device is None:
            return self._exact.decode(packet)
        if packet is not None:
            self._keep(packet)
        try:
            frames = self._device.decode(packet)
        except DEVICE_ERRORS as error:
            return self._judge(packet, f"failed ({_said(error)})", error)
        self._unanswered = 0 if frames else self._unanswered + 1
        silent = not frames and (not self._given if packet is None else self._unanswered >= SILENT)
        problem = "gave no picture" if silent and self._group else self._examine(frames)
        if problem:
            return self._judge(packet, problem, None)
        for frame in frames:
            self._note(frame.pts)
        return frames

    def _forget(self) -> None:
        self._group, self._group_bytes = [], 0
        self._given.clear()
        self._unanswered = 0
        self._examining = None
        self._keyframe = None

    def _note(self, stamp: int | None) -> None:
        """A picture came out; with a keyframe's all before it have: they are needed no more."""
        self._given.add(stamp)
        if self._keyframe is not None and stamp == self._keyframe.pts:
            self._group = self._group[self._group.index(self._keyframe) :]
            self._group_bytes = sum(one.size for one in self._group)
            self._given = {stamp}
            self._keyframe = None

    def _keep(self, packet: "Packet[VideoStream]") -> None:
        if packet.is_keyframe:
            self._keyframe = packet
            if self._examined is None or self._clock() - self._examined >= EXAMINE_EVERY:
                self._examining = packet
        elif not self._group:
            return  # it was too large to keep
        self._group.append(packet)
        self._group_bytes += packet.size
        if self._group_bytes > MOST_KEPT:
            self._group, self._group_bytes, self._keyframe = [], 0, None

    def _examine(self, frames: list[VideoFrame]) -> str:
        """Compare the keyframe's picture with the processor's, if one is due; '', or what is wrong with it."""
        keyframe = self._examining
        ours = next((frame for frame in frames if keyframe is not None and frame.pts == keyframe.pts), None)
        if keyframe is None or ours is None:
            return ""
        self._examining, self._examined = None, self._clock()
        try:
            theirs = [*self._exact.decode(keyframe), *self._exact.decode(None)]
        except DEVICE_ERRORS:
            return ""  # the stream's fault
        finally:
            self._exact.flush_buffers()
        if not theirs:
            return ""
        if (ours.width, ours.height) != (theirs[0].width, theirs[0].height):
            return f"gives {ours.width} x {ours.height} pixels instead of {theirs[0].width} x {theirs[0].height}"
        if said_by(ours) != said_by(theirs[0]):
            return "loses how the picture is turned"
        agreement = psnr(small(ours), small(theirs[0]))
        return "" if agreement >= LEAST_PSNR else f"gives another picture than the processor ({agreement:.0f} dB)"

    def _judge(self, packet: "Packet[VideoStream] | None", problem: str, error: Exception | None) -> list[VideoFrame]:
        """Let the processor decode the group so far: where it can, the device is given up."""
        frames: list[VideoFrame] = []
        fault = None
        try:
            for kept in self._group:
                frames += self._exact.decode(kept)
            if packet is None and self._group:
                frames += self._exact.decode(None)
        except DEVICE_ERRORS as own:
            fault = own
        torn = fault is not None or not self._group or any(frame.is_corrupt for frame in frames)
        if torn or (error is None and not frames):
            self._exact.flush_buffers()
            if error is not None:
                raise error
            return []
        self._give_up(problem)
        return [frame for frame in frames if frame.pts not in self._given]

    def _give_up(self, problem: str) -> None:
        self._device = None
        self._statistics.device_fault = (
            f"video decoding by {self._name} {problem}; the processor decodes until the gateway starts again"
        )
        _log.error("camera %s: %s", self._camera, self._statistics.device_fault)


def small(frame: VideoFrame) -> Picture:
    """The picture as it is compared: BGR, scaled as for a detector."""
    converted = VideoReformatter().reformat(frame, *COMPARED, "bgr24", interpolation="AREA", threads=1)
    return np.asarray(converted.to_ndarray(), np.uint8)


def psnr(ours: Picture, theirs: Picture) -> float:
    """Peak signal-to-noise ratio of two pictures of one size, decibels; 100 where they are the same."""
    error = float(np.mean((ours.astype(np.float32) - theirs.astype(np.float32)) ** 2))
    return min(100.0, 10 * float(np.log10(255.0**2 / error))) if error > 0 else 100.0


def _said(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
