"""One opened container: packets go into the ring, and those the mode asks for become frames."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.packet_motion import PacketMotion
from sharp_eyes.edge.snap.clip_packets import ClipPackets
from sharp_eyes.edge.snap.decode_device import DecodeDevice, Decoding
from sharp_eyes.edge.snap.decode_mode import DecodeMode, Demand
from sharp_eyes.edge.snap.decoder import Decoder, Pixels
from sharp_eyes.edge.snap.guarded_decoding import GuardedDecoding
from sharp_eyes.edge.snap.opening import video_stream
from sharp_eyes.edge.snap.orientation import Turning
from sharp_eyes.edge.snap.recording_decoder import RecordingDecoder
from sharp_eyes.edge.snap.ring import PacketRing
from sharp_eyes.edge.snap.stamps import StampWatch
from sharp_eyes.edge.snap.statistics import StreamStatistics
from sharp_eyes.edge.snap.timeline import ArrivalTimeline, Timeline

USUAL_RATE = Fraction(25)
"""Frames per second where a stream does not say."""

SHORTEST_DURATION = 0.002
"""Seconds; a stream that says its pictures are shown for less does not know."""

REORDERING = 0.25
"""Seconds a picture is usually shown after it is decoded, at most."""

FAULTS_IN_A_ROW = 50
"""Unreadable places in a file, one after another, from which the rest of it is given up."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What belongs to a camera and not to one connection.

    Attributes:
        device: decodes the stream beside the processor; None: the processor alone.
        motion: is told the size of every packet.
        in_order: it is a recording, and the demand is asked for each picture once, in the order they are shown.
    """

    camera: str
    mode: DecodeMode
    demand: Demand | None
    ring: PacketRing | None
    stop: threading.Event
    statistics: StreamStatistics
    device: DecodeDevice | None = None
    motion: PacketMotion | None = None
    in_order: bool = False


class VideoRun:
    """Reads one container from its first packet to its last.

    Args:
        patience: seconds after which the run ends if not one picture could be decoded.

    Attributes:
        decoded: frames given.
        out_of_patience: whether the run ended because no picture came.
    """

    def __init__(
        self, container: InputContainer, context: ReadContext, timeline: Timeline, patience: float | None = None
    ) -> None:
        self._container = container
        self._context = context
        self._timeline = timeline
        self._patience = patience
        self._stream = video_stream(container)
        self._base = self._stream.time_base or 1 / USUAL_RATE
        rate = self._stream.average_rate or USUAL_RATE
        self._usual_step = max(1, round(1 / rate / self._base))
        by_arrival = isinstance(timeline, ArrivalTimeline)
        self._stamps = StampWatch(float(self._base), self._usual_step, by_arrival)
        self._next_stamp: int | None = None
        self._packets = 0
        self._opened = self._last_packet = time.monotonic()
        self._decoder = Decoder(
            self._stream, context.mode, context.statistics, context.demand, self._moment_of, self._decoding()
        )
        self._in_order = (
            RecordingDecoder(self._stream, context.statistics, context.demand, timeline.next_frame)
            if context.in_order and context.demand is not None
            else None
        )
        self._turning = Turning()
        self._clips = ClipPackets(self._stream, context.ring, context.camera)
        self.decoded = 0
        self.out_of_patience = False

    def _decoding(self) -> Decoding:
        context = self._context
        if context.device is None:
            return self._stream.codec_context
        return GuardedDecoding(self._stream, context.device, context.statistics, context.camera)

    @property
    def silent_for(self) -> float:
        """Seconds since the latest packet."""
        return time.monotonic() - self._last_packet

    def frames(self) -> Iterator[Frame]:
        """Give the frames up to the end, or until told to stop.

        Raises:
            FFmpegError: a packet could not be read; the iteration may be begun anew.
        """
        for packet in self._container.demux(self._stream):
            self._last_packet = time.monotonic()
            if self._context.stop.is_set() or self._is_out_of_patience():
                return
            if packet.size:
                yield from self._fed(packet, self._take_in(packet))
        yield from self._fed(None)

    def packets(self) -> Iterator[None]:
        """Take in the packets up to the end, or until told to stop, and decode none.

        Raises:
            FFmpegError: a packet could not be read.
        """
        for packet in self._container.demux(self._stream):
            self._last_packet = time.monotonic()
            if self._context.stop.is_set():
                return
            if packet.size:
                self._take_in(packet)
                yield

    def frames_past_faults(self) -> Iterator[Frame]:
        """Give the frames of a recording; what cannot be read is counted and left out."""
        faults = 0
        while faults < FAULTS_IN_A_ROW:
            packets_before = self._packets
            try:
                yield from self.frames()
            except av.error.FFmpegError as error:
                self._context.statistics.count_broken()
                faults = faults + 1 if self._packets == packets_before else 1
                reason = error.strerror
            else:
                return
        _log.warning(
            "camera %s: the recording cannot be read on (%s); the rest is left out",
            self._context.camera,
            reason,
        )

    def _is_out_of_patience(self) -> bool:
        if self._patience is None or self.decoded:
            return False
        self.out_of_patience = time.monotonic() - self._opened > self._patience
        return self.out_of_patience

    def _take_in(self, packet: "Packet[VideoStream]") -> float:
        """Bring a packet into timeline, counts and ring; returns when it is shown."""
        self._complete(packet)
        decode_time, shown = self._seconds(packet.dts), self._seconds(packet.pts)
        origin = shown if self._stream.start_time is None else self._seconds(self._stream.start_time)
        if self._timeline.packet(decode_time, shown, self._seconds(packet.duration), origin):
            self._context.statistics.gap = True
        if self._timeline.stepped:
            self._clips.shift(self._timeline.stepped)
        self._packets += 1
        moment = self._timeline.at(shown)
        if packet.is_keyframe:
            self._context.statistics.count_keyframe(moment)
        if self._context.motion is not None:
            self._context.motion.see(moment, packet.size, packet.is_keyframe)
        if self._context.ring is not None:
            self._clips.add(bytes(packet), moment, self._timeline.at(decode_time), packet.is_keyframe)
        return moment

    def _complete(self, packet: "Packet[VideoStream]") -> None:
        """Fill in what the stream does not say, from the packet before and the usual rate."""
        self._mend_stamp(packet)
        duration = packet.duration or 0
        if self._seconds(duration) < SHORTEST_DURATION:
            duration = self._usual_step
        packet.duration = duration
        if packet.dts is None:
            packet.dts = self._expected_stamp(packet.pts)
        if packet.pts is None:
            packet.pts = packet.dts
        self._next_stamp = packet.dts + duration

    def _mend_stamp(self, packet: "Packet[VideoStream]") -> None:
        stamp = self._stamps.next(packet.dts if packet.pts is None else packet.pts)
        statistics = self._context.statistics
        if self._stamps.stuck:
            packet.pts = packet.dts = stamp
        if self._stamps.stuck and not statistics.stuck:
            _log.warning(
                "camera %s: its timestamps stand still; pictures are timed by their arrival", self._context.camera
            )
        statistics.stuck = self._stamps.stuck

    def _expected_stamp(self, shown: int | None) -> int:
        """When a packet is decoded that says at most when it is shown: in its turn, unless that is far off."""
        if shown is None:
            return self._next_stamp or 0
        if self._next_stamp is None or abs(self._seconds(shown - self._next_stamp)) > REORDERING:
            return shown
        return min(shown, self._next_stamp)

    def _seconds(self, stamp: int | None) -> float:
        # Divided as whole numbers: the same to the bit as by fractions, which take ten times as long, at every packet.
        return (stamp or 0) * self._base.numerator / self._base.denominator

    def _moment_of(self, picture: VideoFrame) -> float:
        return self._timeline.at(self._seconds(picture.dts if picture.pts is None else picture.pts))

    def _fed(self, packet: "Packet[VideoStream] | None", moment: float = 0.0) -> Iterator[Frame]:
        """What the decoder gives after this packet; None: after the last one."""
        if self._in_order is not None:
            shown = self._in_order.finish() if packet is None else self._in_order.feed(packet, moment)
            yield from (self._frame(picture, time_shown) for picture, time_shown in shown)
        else:
            yield from self._framed(self._decoder.finish() if packet is None else self._decoder.feed(packet, moment))

    def _framed(self, pictures: list[VideoFrame]) -> Iterator[Frame]:
        for picture in pictures:
            stamp = picture.dts if picture.pts is None else picture.pts
            yield self._frame(picture, self._timeline.frame(None if stamp is None else self._seconds(stamp)))

    def _frame(self, picture: VideoFrame, moment: float) -> Frame:
        statistics = self._context.statistics
        aspect = self._stream.sample_aspect_ratio or self._stream.codec_context.sample_aspect_ratio
        pixels = Pixels(picture, self._turning.of(picture, aspect))
        if self._context.ring is not None:
            self._context.ring.turned = self._turning.held
        frame = Frame(
            camera=self._context.camera,
            time=moment,
            index=statistics.decoded,
            width=pixels.width,
            height=pixels.height,
            keyframe=picture.key_frame,
            after_gap=statistics.gap,
            scaled=pixels.scaled,
        )
        statistics.count_frame(moment)
        self.decoded += 1
        return frame
