"""Replays a recording through the same rooms as a live camera: the same one gives the same events, to the byte."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.annotate import AnnotatedVideo
from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Pace
from sharp_eyes.edge.extract.tracker import Tracker
from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.scenes.engine import CameraScenes, Reading
from sharp_eyes.edge.settings import CameraSettings, RtspSource, Source
from sharp_eyes.edge.snap.sources import read_frames


@dataclass(frozen=True, slots=True)
class Summary:
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one frame: the tracks where it was looked at, what the scenes say, and how they stand if asked."""

    tracks: Tracks | None
    events: tuple[SceneEvent, ...]
    readings: tuple[Reading, ...] = ()


OnFrame = Callable[[Frame, Seen], None]


class Eyes:
    """Detectors, tracker and scenes of one camera, driven frame by frame on the caller's thread.

    Attributes:
        scenes: of the camera.
        tracker: of the camera; whoever shows one clip under several settings may let them share one.
    """

    def __init__(self, gateway: str, camera: CameraSettings, detectors: Detectors, readings: bool = False) -> None:
        """Build the camera's scenes and open the detectors they need; ``readings``: say how they stand at each look.

        Raises:
            ConfigError: when a scene's settings are wrong, or the camera has none.
        """
        self.scenes = CameraScenes(gateway, camera, detectors.note_of, detectors.classes)
        if not self.scenes.scenes:
            raise ConfigError(f"camera {camera.id} has no scenes; nothing could ever be seen")
        detectors.serve(camera.id, self.scenes.classes, self.scenes.ground)
        self._detectors = detectors
        self._readings = readings
        self.tracker = Tracker(detectors.thresholds)
        self._pace = Pace(self.scenes.interval) if self.scenes.interval else None

    def see(self, frame: Frame) -> Seen:
        """Take in a frame: scenes that need every one get it, the others a look if one is due by its timestamp."""
        events = self.scenes.watch(frame)
        if self._pace is None or not self._pace.due(frame.time):
            return Seen(None, tuple(events))
        self._pace.looked(frame.time)
        detections = self._detectors.detect([frame])[0]
        tracks = self.tracker.update(frame.time, detections, frame.width, frame.height)
        ground = cache(lambda: self._detectors.segment(frame))
        events += self.scenes.look(frame, tracks, ground)
        readings = self.scenes.readings(frame, tracks, ground) if self._readings else []
        return Seen(tracks, tuple(events), tuple(readings))


def replay(
    gateway: str,
    camera: CameraSettings,
    detectors: Detectors,
    events: IO[str],
    video: Path | None = None,
    start_time: float | None = None,
    on_frame: OnFrame | None = None,
    seconds: float | None = None,
) -> Summary:
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
        SourceError: when the recording cannot be read, or the camera breaks off before anything was seen.
        ConfigError: when a scene's settings are wrong.
    """
    eyes = Eyes(gateway, camera, detectors, readings=on_frame is not None)
    found: list[SceneEvent] = []
    frames = looks = 0
    first = last = 0.0
    tracks: Tracks | None = None
    stopped = False
    with AnnotatedVideo(video, camera, eyes.scenes) as drawing:
        pace = "all" if camera.decode == "auto" else camera.decode
        reading = read_frames(_as_it_goes(camera.source), camera.id, pace, start_time=start_time)
        try:
            for frame in reading:
                seen = eyes.see(frame)
                if seen.tracks is not None:
                    looks += 1
                    tracks = seen.tracks
                _write(events, gateway, seen.events)
                found += seen.events
                drawing.add(frame, tracks, seen.events)
                first = frame.time if frames == 0 else first
                last = frame.time
                frames += 1
                if on_frame is not None:
                    on_frame(frame, seen)
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
    return Summary(frames, looks, last - first, tuple(found), stopped)


def _as_it_goes(source: Source) -> Source:
    return source if isinstance(source, RtspSource) else source.model_copy(update={"pace": "fast", "loop": False})


def _write(events: IO[str], gateway: str, said: Sequence[SceneEvent]) -> None:
    for event in said:
        events.write(wrap(gateway, event).model_dump_json() + "\n")
