"""Reads a stream for some seconds and says what it is: codec, size, rate, keyframes, and one picture."""

import time
from dataclasses import dataclass, field
from statistics import median

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.settings import RtspSource
from sharp_eyes.edge.snap.address import masked
from sharp_eyes.edge.snap.decoder import Pixels
from sharp_eyes.edge.snap.opening import interrupted_reason, open_rtsp, video_stream
from sharp_eyes.edge.snap.orientation import Turning

LONGEST = 12.0
"""Seconds a stream is watched at most; a keyframe that comes less often is too rare for us anyway."""

KEYFRAMES = 3
"""Keyframes that are waited for: two intervals show whether they are even."""

LEAST = 2.0
"""Seconds a stream is watched at least, for its rate."""


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What a stream turned out to be.

    Attributes:
        codec: FFmpeg's name, such as ``h264``.
        width, height: as shown, in pixels.
        frame_rate: pictures a second.
        keyframe_intervals: seconds between the keyframes seen, up to two.
        watched: seconds for which it was watched.
        kilobits: per second, mean.
        picture: the first one.
    """

    codec: str
    width: int
    height: int
    frame_rate: float
    keyframe_intervals: tuple[float, ...]
    watched: float
    kilobits: float
    picture: Picture = field(repr=False)

    @property
    def keyframe_interval(self) -> float | None:
        """The longest interval seen; None where no second keyframe came."""
        return max(self.keyframe_intervals, default=None)


def check_stream(source: RtspSource) -> StreamReport:
    """Watch a stream for two keyframe intervals, :data:`LONGEST` at most.

    Raises:
        SourceError: names the address without its login and says why it cannot be read.
    """
    watching = _Watching()
    with open_rtsp(source) as container:
        try:
            watching.watch(container)
        except av.error.FFmpegError as error:
            reason = interrupted_reason(error, watching.silent_for, source.timeout)
            raise SourceError(f"{masked(source.url)} {reason}") from None
        shown = watching.shown
        if shown is None:
            raise SourceError(
                f"{masked(source.url)} sent no picture that can be decoded in {watching.watched:.0f} s; "
                "set the camera's codec to H.264 and its I-frame interval to 1 s"
            )
        stream = container.streams.video[0]
        aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
        pixels = Pixels(shown, Turning().of(shown, aspect))
        return StreamReport(
            codec=stream.codec_context.name,
            width=pixels.width,
            height=pixels.height,
            frame_rate=watching.frame_rate,
            keyframe_intervals=watching.intervals,
            watched=watching.watched,
            kilobits=watching.received * 8 / 1000 / max(watching.watched, 1e-3),
            picture=pixels.scaled(pixels.width, pixels.height),
        )


class _Watching:
    """Counts a stream's packets by their own timestamps, or by their arrival where those say nothing."""

    def __init__(self) -> None:
        self.shown: VideoFrame | None = None
        self.received = 0
        self._stamps: list[float | None] = []
        self._keyframes: list[int] = []
        self._first = self._latest = time.monotonic()

    def watch(self, container: InputContainer) -> None:
        """Take in packets until enough was seen."""
        stream = video_stream(container)
        base = float(stream.time_base or 0)
        for packet in container.demux(stream):
            if not packet.size:
                continue
            self._latest = time.monotonic()
            if not self._stamps:
                self._first = self._latest
            stamp = packet.dts if packet.dts is not None else packet.pts
            self._stamps.append(None if stamp is None else stamp * base)
            self.received += packet.size
            if packet.is_keyframe:
                self._keyframes.append(len(self._stamps) - 1)
                if self.shown is None:
                    self.shown = _decoded(packet)
            if self._enough():
                return

    @property
    def silent_for(self) -> float:
        """Seconds since the latest packet."""
        return time.monotonic() - self._latest

    @property
    def watched(self) -> float:
        """Seconds from the first packet to the latest."""
        return self._latest - self._first

    @property
    def frame_rate(self) -> float:
        """Pictures a second by the stream's own clock, since the first seconds come in a burst."""
        return 1 / self._step if self._step else 0.0

    @property
    def intervals(self) -> tuple[float, ...]:
        """Seconds between keyframes."""
        pairs = zip(self._keyframes, self._keyframes[1:], strict=False)
        return tuple(self._span(start, end) for start, end in pairs)

    @property
    def _step(self) -> float:
        """Seconds from one packet to the next, the usual ones; by their arrival where the stamps say nothing."""
        pairs = zip(self._stamps, self._stamps[1:], strict=False)
        steps = [after - before for before, after in pairs if before is not None and after is not None]
        usual = median(steps) if steps else 0.0
        return usual if usual > 0 else self.watched / max(1, len(self._stamps) - 1)

    def _span(self, start: int, end: int) -> float:
        """Seconds between two packets: by their stamps, or by their number where those are missing or jump."""
        first, last = self._stamps[start], self._stamps[end]
        by_number = (end - start) * self._step
        if first is None or last is None:
            return by_number
        return last - first if by_number / 2 < last - first < 2 * LONGEST else by_number

    def _enough(self) -> bool:
        complete = len(self._keyframes) >= KEYFRAMES and self.shown is not None and self.watched >= LEAST
        return complete or self.watched >= LONGEST


def _decoded(packet: "Packet[VideoStream]") -> VideoFrame | None:
    """The picture of a keyframe, at once; None where it cannot be decoded."""
    context = packet.stream.codec_context
    try:
        frames = [*packet.decode(), *context.decode(None)]
        context.flush_buffers()
    except av.error.FFmpegError:
        return None
    return next((frame for frame in frames if isinstance(frame, VideoFrame) and not frame.is_corrupt), None)
