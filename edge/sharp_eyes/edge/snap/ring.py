"""The last seconds of a camera as it sent them, from which clips are cut without re-encoding."""

import io
import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from sharp_eyes.edge.snap.orientation import UPRIGHT, Orientation

TICKS = 90_000
"""Ticks a second inside a clip."""

MAX_BYTES = 128 * 1024**2
"""A ring never grows beyond this, even where a camera sends keyframes once in minutes."""

HEADER_BYTES = 16_384
HEADER_BYTES_PER_PACKET = 48
"""Room for the index at the front of a clip: at most 8 + 8 + 4 + 12 + 4 + 4 bytes a packet, and the rest."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EncodedClip:
    """A piece of video, exactly as the camera encoded it.

    Attributes:
        data: an MP4 file whose index comes first.
        start, end: what it really covers, seconds since the Unix epoch.
        turned: how its pictures are shown that say nothing of it; what they follow on in the stream may have said it.
    """

    data: bytes
    start: float
    end: float
    turned: Orientation = UPRIGHT


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """A packet as it came; times in seconds since the Unix epoch."""

    data: bytes
    time: float
    decode_time: float
    keyframe: bool


class Follower(Protocol):
    """Is told all that happens to a ring, on the thread that adds and under the ring's lock: it must be quick."""

    def begin(self, template: "Template") -> None:
        """Packets that follow are encoded so."""

    def add(self, packet: EncodedPacket) -> None:
        """A packet came; the first one is a keyframe."""

    def shift(self, seconds: float) -> None:
        """The clock was set: packets that follow have times of the new one."""


class PacketRing:
    """Keeps the packets of the last ``seconds``, and what comes before them back to a keyframe.

    One thread adds, any thread may cut.

    Attributes:
        turned: how the pictures of these packets are shown, as far as they have been decoded.
    """

    def __init__(self, seconds: float, max_bytes: int = MAX_BYTES) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._packets: deque[EncodedPacket] = deque()
        self._keyframes: deque[float] = deque()
        self._bytes = 0
        self._template: Template | None = None
        self._followers: list[Follower] = []
        self.turned = UPRIGHT

    def follow(self, follower: Follower) -> None:
        """Tell of all that comes from now on, after what has come since the last keyframe."""
        with self._lock:
            self._followers.append(follower)
            if self._template is not None:
                follower.begin(self._template)
                for packet in _last_group(self._packets):
                    follower.add(packet)

    def unfollow(self, follower: Follower) -> None:
        """Tell no more; safe to call twice."""
        with self._lock:
            self._followers = [one for one in self._followers if one is not follower]

    def begin(self, stream: VideoStream, parameters: bytes = b"") -> None:
        """Take note of how the packets that follow are encoded; other packets kept so far are dropped.

        Args:
            stream: where they come from.
            parameters: its parameter sets, where they are known apart; see :func:`parameter_sets`.

        Raises:
            ValueError: an MP4 file cannot hold video of this kind.
        """
        template = Template(stream, parameters)
        with self._lock:
            same = self._template is not None and self._template.key == template.key
            if not same:
                self._clear()
            self._template = template
            for follower in () if same else self._followers:
                follower.begin(template)

    def add(self, data: bytes, time: float, decode_time: float, keyframe: bool) -> None:
        """Keep a packet.

        Args:
            data: the packet as it came.
            time: when it is shown, seconds since the Unix epoch.
            decode_time: when it is decoded; not later than ``time``.
            keyframe: whether it can be decoded alone.
        """
        with self._lock:
            if not self._packets and not keyframe:
                return
            packet = EncodedPacket(data, time, decode_time, keyframe)
            self._packets.append(packet)
            self._bytes += len(data)
            if keyframe:
                self._keyframes.append(time)
            self._trim(time)
            for follower in self._followers:
                follower.add(packet)

    def shift(self, seconds: float) -> None:
        """The clock was set: what is kept has these times now."""
        with self._lock:
            self._packets = deque(
                EncodedPacket(one.data, one.time + seconds, one.decode_time + seconds, one.keyframe)
                for one in self._packets
            )
            self._keyframes = deque(moment + seconds for moment in self._keyframes)
            for follower in self._followers:
                follower.shift(seconds)

    def cut(self, start: float, end: float) -> EncodedClip | None:
        """Cut a clip that covers ``start`` to ``end`` as far as the ring reaches.

        It begins at the last keyframe at or before ``start``, because nothing else can be decoded.

        Returns:
            The clip, or None where no packet lies in the interval, or (with a warning) the camera's
            packets are such that no file can be made of them.
        """
        with self._lock:
            packets = tuple(self._packets)
            template = self._template
        chosen = choose_packets(packets, start, end)
        if template is None or not chosen:
            return None
        try:
            return replace(make_clip(template, chosen), turned=self.turned)
        except av.error.FFmpegError as error:
            _log.warning("no clip can be cut from %d packets: %s", len(chosen), error.strerror)
            return None

    @property
    def span(self) -> tuple[float, float] | None:
        """Times of the first and the last packet kept; None while empty."""
        with self._lock:
            if not self._packets:
                return None
            return self._packets[0].time, self._packets[-1].time

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels, as encoded; None before it is known."""
        with self._lock:
            return None if self._template is None else (self._template.key[2], self._template.key[3])

    def _trim(self, newest: float) -> None:
        while len(self._keyframes) > 1 and (
            self._keyframes[1] <= newest - self._seconds or self._bytes > self._max_bytes
        ):
            self._drop_first_group()
        if self._bytes > self._max_bytes:
            self._clear()

    def _drop_first_group(self) -> None:
        self._keyframes.popleft()
        self._bytes -= len(self._packets.popleft().data)
        while self._packets and not self._packets[0].keyframe:
            self._bytes -= len(self._packets.popleft().data)

    def _clear(self) -> None:
        self._packets.clear()
        self._keyframes.clear()
        self._bytes = 0


def _last_group(packets: Sequence[EncodedPacket]) -> list[EncodedPacket]:
    group: list[EncodedPacket] = []
    for packet in reversed(packets):
        group.append(packet)
        if packet.keyframe:
            return group[::-1]
    return []


class Template:
    """How a stream is encoded, kept apart from its connection, which may be closed long before a cut.

    Attributes:
        key: streams with the same one can be in one clip.
        parameters: what a clip's first packet must begin with, unless it does so already.
    """

    def __init__(self, stream: VideoStream, parameters: bytes) -> None:
        context = stream.codec_context
        self.key = (context.name, parameters or context.extradata, context.width, context.height)
        self.parameters = parameters
        # A container that is never written holds a copy of the stream's parameters.
        self._holder = av.open(io.BytesIO(), "w", format="mp4")
        self._stream = self._holder.add_stream_from_template(stream, opaque=True)

    def add_to(self, container: OutputContainer) -> VideoStream:
        """Add a stream to a clip."""
        stream = container.add_stream_from_template(self._stream, opaque=True)
        if stream.codec_context.name == "hevc":
            stream.codec_context.codec_tag = "hvc1"  # Apple's players take no other
        return stream


def choose_packets(packets: tuple[EncodedPacket, ...], start: float, end: float) -> tuple[EncodedPacket, ...]:
    """The packets of a clip: from the last keyframe at or before ``start`` to ``end``; none where none fits."""
    first = 0
    last = -1
    for index, packet in enumerate(packets):
        if packet.keyframe and packet.time <= start:
            first = index
        if packet.time <= end:
            last = index
    chosen = packets[first : last + 1]
    return chosen if any(packet.time >= start for packet in chosen) else ()


def make_clip(template: Template, packets: tuple[EncodedPacket, ...]) -> EncodedClip:
    """Make one file of packets of one encoding, the first of which is a keyframe.

    Raises:
        FFmpegError: they are such that none can be made.
    """
    buffer = io.BytesIO()
    zero = packets[0].decode_time
    room = HEADER_BYTES + HEADER_BYTES_PER_PACKET * len(packets)
    with av.open(buffer, "w", format="mp4", options={"moov_size": str(room)}) as container:
        stream = template.add_to(container)
        stream.time_base = Fraction(1, TICKS)
        last_decode = -1
        head = template.parameters if template.parameters not in packets[0].data else b""
        for item in packets:
            decode = max(round((item.decode_time - zero) * TICKS), last_decode + 1)
            last_decode = decode
            packet = av.Packet(head + item.data)
            head = b""
            packet.dts = decode
            packet.pts = max(round((item.time - zero) * TICKS), decode)
            packet.time_base = Fraction(1, TICKS)
            packet.is_keyframe = item.keyframe
            packet.stream = stream
            container.mux(packet)
    times = [packet.time for packet in packets]
    step = (packets[-1].decode_time - zero) / max(1, len(packets) - 1)
    return EncodedClip(buffer.getvalue(), packets[0].time, max(times) + step)
