"""Replays a recording through the same rooms as a live camera: the same one gives the same events, to the byte."""

import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.pipeline import CameraPipeline, Processed
from sharp_eyes.edge.replay.annotate import AnnotatedVideo
from sharp_eyes.edge.settings import CameraSettings, FileSource, RtspSource, Source
from sharp_eyes.edge.snap.decode_mode import DecodeMode
from sharp_eyes.edge.snap.sources import look_through, read_frames


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """What a replay did.

    Attributes:
        frames: how many the recording has, as far as it was replayed; decoded are only those that somebody needs.
        looks: how many of them were looked at.
        seconds: the recording's own time, first frame to last.
        stopped: ended by Ctrl-C before its end.
    """

    frames: int
    looks: int
    seconds: float
    events: tuple[SceneEvent, ...]
    stopped: bool = False


OnFrame = Callable[[Frame, Processed], None]


def replay(
    gateway: str,
    camera: CameraSettings,
    detectors: Detectors,
    events: IO[str],
    video: Path | None = None,
    start_time: float | None = None,
    on_frame: OnFrame | None = None,
    seconds: float | None = None,
    passed: Callable[[], None] | None = None,
) -> ReplaySummary:
    """Run a recording as fast as it goes, or a camera as it comes. Ctrl-C ends it; what was seen is kept.

    Args:
        gateway, camera: as in ``gateway.yaml``.
        detectors: shared by all replays of a process.
        events: gets one CloudEvent a line, as a gateway would send it.
        video: gets the picture with zones, tracks and events drawn in; None writes none.
        start_time: timestamp of the first frame, seconds since the epoch; by default the clip's own creation time.
        on_frame: called after every frame that somebody needs (a video needs all), with how the scenes stand.
        seconds: the most to take in, by the frames' own time; None for all of it.
        passed: called at every frame, decoded or not.

    Raises:
        SourceError: when the recording cannot be read, or the camera breaks off before anything was done.
        ConfigError: when a scene's settings are wrong.
    """
    pipeline = CameraPipeline.for_recording(gateway, camera, detectors)
    found: list[SceneEvent] = []
    looks = 0
    tracks: Tracks | None = None
    stopped = False
    course = _Course(seconds, passed)
    with AnnotatedVideo(video, camera, pipeline.scenes) as drawing:
        reading = _reading(camera, None if video is not None else pipeline, course, start_time)
        try:
            for frame in reading:
                done = pipeline.process(frame, readings=on_frame is not None)
                if done.tracks is not None:
                    looks += 1
                    tracks = done.tracks
                _write(events, gateway, done.events)
                found += done.events
                drawing.add(frame, tracks, done.events)
                if on_frame is not None:
                    on_frame(frame, done)
        except KeyboardInterrupt:
            stopped = True
        except SourceError:
            # A camera that breaks off has been seen until then; a recording that cannot be read is an error.
            if not (isinstance(camera.source, RtspSource) and course.frames):
                raise
            stopped = True
        finally:
            reading.close()
    return ReplaySummary(course.frames, looks, course.last - course.first, tuple(found), stopped)


class _Course:
    """How far a replay has come.

    Args:
        seconds: the most to take in.
        passed: called at every frame.
    """

    def __init__(self, seconds: float | None, passed: Callable[[], None] | None) -> None:
        self.frames = 0
        self.first = self.last = 0.0
        self.over = threading.Event()
        self._seconds = seconds
        self._passed = passed

    def take(self, time: float) -> bool:
        """Take in a frame; whether it still belongs to the replay."""
        if self.over.is_set():
            return False
        self.first, self.last = time if self.frames == 0 else self.first, time
        self.frames += 1
        if self._passed is not None:
            self._passed()
        if self._seconds is not None and time - self.first >= self._seconds:
            self.over.set()
        return True


def _reading(
    camera: CameraSettings, pipeline: CameraPipeline | None, course: _Course, start_time: float | None
) -> Generator[Frame, None, None]:
    """The frames that the pipeline wants; all of them without one, and where a camera or its settings ask for it."""
    mode: DecodeMode = "all" if camera.decode == "auto" else camera.decode
    source = camera.source
    if isinstance(source, FileSource) and mode == "all" and pipeline is not None:

        def wants(time: float, keyframe: bool) -> bool:
            return course.take(time) and pipeline.wants(time, keyframe)

        yield from look_through(source, camera.id, wants, start_time=start_time, stop=course.over)
        return
    for frame in read_frames(_as_it_goes(source), camera.id, mode, start_time=start_time, stop=course.over):
        if course.take(frame.time):
            yield frame


def _as_it_goes(source: Source) -> Source:
    return source if isinstance(source, RtspSource) else source.model_copy(update={"pace": "fast", "loop": False})


def _write(events: IO[str], gateway: str, said: Sequence[SceneEvent]) -> None:
    for event in said:
        events.write(wrap(gateway, event).model_dump_json() + "\n")
