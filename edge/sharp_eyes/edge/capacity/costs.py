"""What things cost on this machine, in seconds of the processor: decoding, the networks, the scenes."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import av

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.settings import CameraSettings, FileSource
from sharp_eyes.edge.snap.opening import open_file, video_stream
from sharp_eyes.edge.snap.sources import read_frames

LOOKS = 6
FRAMES = 20
LONGEST = 300
"""Frames of a clip that are decoded at most."""
HAND_OVER = 3e-3
"""Seconds that a look takes beside all that is measured here: two threads that wake each other, live pictures."""


@dataclass(slots=True)
class Stopwatch:
    """Times of one thing done several times: of the processor, all threads together, and by the clock."""

    processor: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take the time of what is done within."""
        start, worked = time.perf_counter(), time.process_time()
        yield
        self.clock.append(time.perf_counter() - start)
        self.processor.append(time.process_time() - worked)


@dataclass(frozen=True, slots=True)
class DecodingCost:
    """Of a stream.

    Attributes:
        packet: to take one packet from the container.
        keyframe, frame: to decode one, and one of those between.
        rate: frames a second.
        pixels: of a frame.
    """

    packet: float
    keyframe: float
    frame: float
    rate: float
    pixels: int

    def of(self, pixels: int) -> "DecodingCost":
        """The same for a stream of another size."""
        ratio = pixels / self.pixels
        return DecodingCost(self.packet, self.keyframe * ratio, self.frame * ratio, self.rate, pixels)


@dataclass(frozen=True, slots=True)
class LookCost:
    """Of the scenes of one camera.

    Attributes:
        network: of a look, in the networks.
        scenes: of a look, in tracker and scenes.
        every_frame: of a frame, in the scenes that need every one.
        lasts: for how long a look occupies its thread.
    """

    network: float
    scenes: float
    every_frame: float
    lasts: float

    @property
    def look(self) -> float:
        """All of a look."""
        return self.network + self.scenes + HAND_OVER


def decoding_cost(clip: Path) -> DecodingCost:
    """Decode a clip, frame by frame.

    Raises:
        SourceError: it cannot be read, or has not one whole group of pictures.
    """
    taking, keyframes, others = Stopwatch(), Stopwatch(), Stopwatch()
    try:
        with open_file(FileSource(path=clip)) as container:
            stream = video_stream(container)
            rate = float(stream.average_rate or 25)
            packets = container.demux(stream)
            for _ in range(LONGEST):
                with taking.running():
                    packet = next(packets, None)
                if packet is None:
                    break
                if packet.size:
                    with (keyframes if packet.is_keyframe else others).running():
                        packet.decode()
            pixels = stream.codec_context.width * stream.codec_context.height
    except av.error.FFmpegError as error:
        raise SourceError(f"{clip}: cannot be decoded: {error}") from error
    if not keyframes.processor or not pixels:
        raise SourceError(f"{clip}: has no keyframe in its first {LONGEST} frames; name another clip with --clip")
    frame = _mean(others.processor) if others.processor else median(keyframes.processor)
    return DecodingCost(_mean(taking.processor), max(median(keyframes.processor), frame), frame, rate, pixels)


def look_cost(
    pipeline: CameraPipeline, detectors: Detectors, frames: Sequence[Frame], *, by_clock: bool = False
) -> LookCost:
    """Let one camera look at frames, as a gateway would.

    ``by_clock``: a look lasts as long as the clock says, since a device may compute it; else as the processor worked,
    which other load on the machine does not change.

    Raises:
        ModelError: a network fails.
    """
    looking, judging, watching = Stopwatch(), Stopwatch(), Stopwatch()
    if pipeline.plan is not None:
        step = max(1.0, pipeline.scenes.interval or 1.0)
        for number in range(LOOKS + 1):
            frame = at(frames[number % len(frames)], 1000.0 + number * step)
            with looking.running():
                found = detectors.detect([frame])[0]
            with judging.running():
                pipeline.on_detections(frame, found)
    if pipeline.scenes.every_frame:
        for number in range(FRAMES):
            with watching.running():
                pipeline.on_frame(at(frames[number % len(frames)], 1000.0 + number / 25))
    # The first one warms up.
    network, scenes = _mean(looking.processor[1:]), _mean(judging.processor[1:])
    lasts = _mean(looking.clock[1:]) + _mean(judging.clock[1:]) if by_clock else network + scenes
    return LookCost(network, scenes, _mean(watching.processor[1:]), lasts)


def frames_of(clip: Path, camera: CameraSettings, count: int = FRAMES) -> list[Frame]:
    """The first frames of a clip, decoded.

    Raises:
        SourceError: it has none.
    """
    frames: list[Frame] = []
    for frame in read_frames(FileSource(path=clip, pace="fast"), camera.id, "all"):
        frames.append(frame)
        if len(frames) == count:
            break
    return frames


def at(frame: Frame, moment: float) -> Frame:
    """The same picture at another time."""
    return Frame("capacity", moment, frame.index, frame.width, frame.height, True, False, frame.scaled)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
