"""Replays a recording through the same rooms as a live camera: the same one gives the same events, to the byte."""

from collections.abc import Callable, Sequence
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
from sharp_eyes.edge.settings import CameraSettings, RtspSource, Source
from sharp_eyes.edge.snap.decode_mode import DecodeMode
from sharp_eyes.edge.snap.sources import read_frames


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """What a replay did.

    Attributes:
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
) -> ReplaySummary:
    """Run a recording as fast as it goes, or a camera as it comes. Ctrl-C ends it; what was seen is kept.

    Args:
        gateway, camera: as in ``gateway.yaml``.
        detectors: shared by all replays of a process.
        events: gets one CloudEvent a line, as a gateway would send it.
        video: gets the picture with zones, tracks and events drawn in; None writes none.
        start_time: timestamp of the first frame, seconds since the epoch; by default the clip's own creation time.
        on_frame: called after every frame, with how the scenes stand.
        seconds: the most to take in, by the frames' own time; None for all of it.

    Raises:
        SourceError: when the recording cannot be read, or the camera breaks off before anything was done.
        ConfigError: when a scene's settings are wrong.
    """
    pipeline = CameraPipeline.for_recording(gateway, camera, detectors)
    found: list[SceneEvent] = []
    frames = looks = 0
    first = last = 0.0
    tracks: Tracks | None = None
    stopped = False
    with AnnotatedVideo(video, camera, pipeline.scenes) as drawing:
        mode: DecodeMode = "all" if camera.decode == "auto" else camera.decode
        reading = read_frames(_as_it_goes(camera.source), camera.id, mode, start_time=start_time)
        try:
            for frame in reading:
                done = pipeline.process(frame, readings=on_frame is not None)
                if done.tracks is not None:
                    looks += 1
                    tracks = done.tracks
                _write(events, gateway, done.events)
                found += done.events
                drawing.add(frame, tracks, done.events)
                first = frame.time if frames == 0 else first
                last = frame.time
                frames += 1
                if on_frame is not None:
                    on_frame(frame, done)
                if seconds is not None and last - first >= seconds:
                    break
        except KeyboardInterrupt:
            stopped = True
        except SourceError:
            # A camera that breaks off has been seen until then; a recording that cannot be read is an error.
            if not (isinstance(camera.source, RtspSource) and frames):
                raise
            stopped = True
        finally:
            reading.close()
    return ReplaySummary(frames, looks, last - first, tuple(found), stopped)


def _as_it_goes(source: Source) -> Source:
    return source if isinstance(source, RtspSource) else source.model_copy(update={"pace": "fast", "loop": False})


def _write(events: IO[str], gateway: str, said: Sequence[SceneEvent]) -> None:
    for event in said:
        events.write(wrap(gateway, event).model_dump_json() + "\n")
