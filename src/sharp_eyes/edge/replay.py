"""Replays a recorded clip through the same rooms as a live camera: the same clip gives the same events, to the byte."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.annotate import AnnotatedVideo
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Pace
from sharp_eyes.edge.extract.tracker import Tracker
from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.scenes.engine import CameraScenes
from sharp_eyes.edge.settings import CameraSettings, FileSource
from sharp_eyes.edge.snap.sources import read_frames

Progress = Callable[[Frame], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a replay did. ``seconds`` is the clip's own time, first frame to last."""

    frames: int
    looks: int
    seconds: float
    events: tuple[SceneEvent, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one frame: the tracks where it was looked at, and what the scenes say."""

    tracks: Tracks | None
    events: tuple[SceneEvent, ...]


class Eyes:
    """Detectors, tracker and scenes of one camera, driven frame by frame on the caller's thread.

    Attributes:
        scenes: of the camera.
        tracker: of the camera; whoever shows one clip under several settings may let them share one.
    """

    def __init__(self, gateway: str, camera: CameraSettings, detectors: Detectors) -> None:
        """Build the camera's scenes and open the detectors they need.

        Raises:
            ConfigError: when a scene's settings are wrong, or the camera has none.
        """
        self.scenes = CameraScenes(gateway, camera, detectors.note_of, detectors.classes)
        if not self.scenes.scenes:
            raise ConfigError(f"camera {camera.id} has no scenes; nothing could ever be seen")
        detectors.serve(camera.id, self.scenes.classes, self.scenes.ground)
        self._detectors = detectors
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
        events += self.scenes.look(frame, tracks, lambda: self._detectors.segment(frame))
        return Seen(tracks, tuple(events))


def replay(
    gateway: str,
    camera: CameraSettings,
    detectors: Detectors,
    events: IO[str],
    video: Path | None = None,
    start_time: float | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Run a clip as fast as it goes.

    Args:
        gateway, camera: as in ``gateway.yaml``; the camera's source must be a file.
        detectors: shared by all replays of a process.
        events: gets one CloudEvent a line, as a gateway would send it.
        video: gets the clip with zones, tracks and events drawn in; None writes none.
        start_time: timestamp of the first frame, seconds since the epoch; by default the clip's own creation time.
        progress: called after every frame.

    Raises:
        SourceError: when the clip cannot be read.
        ConfigError: when a scene's settings are wrong.
    """
    if not isinstance(camera.source, FileSource):
        raise ConfigError(f"camera {camera.id}: only a file can be replayed, its source is {camera.source.kind}")
    source = camera.source.model_copy(update={"pace": "fast", "loop": False})
    eyes = Eyes(gateway, camera, detectors)
    pace = "all" if camera.decode == "auto" else camera.decode
    found: list[SceneEvent] = []
    frames = looks = 0
    first = last = 0.0
    tracks: Tracks | None = None
    with AnnotatedVideo(video, camera, eyes.scenes) as drawing:
        for frame in read_frames(source, camera.id, pace, start_time=start_time):
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
            if progress is not None:
                progress(frame)
    return Summary(frames, looks, last - first, tuple(found))


def _write(events: IO[str], gateway: str, said: Sequence[SceneEvent]) -> None:
    for event in said:
        events.write(wrap(gateway, event).model_dump_json() + "\n")
