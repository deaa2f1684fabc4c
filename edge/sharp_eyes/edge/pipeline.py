"""From frame to event at one camera: detections, tracks, scenes, events. There is one such way, and this is it.

The running gateway, ``replay``, ``evaluate events`` and the tests all go through :class:`CameraPipeline`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from typing_extensions import Self

from sharp_eyes.contract.event import SceneEvent, SceneName
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.tracker import Tracker
from sharp_eyes.edge.frame import Detections, Frame, Segmentation, Tracks
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.sampling import LookPlan
from sharp_eyes.edge.scenes.base import Finding
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes, Feed, ZoneReading
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.second_look import SecondLook
from sharp_eyes.edge.settings import CameraSettings, FolderSource


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came of one frame that went through the detectors.

    Attributes:
        events: what the scenes say, in their order.
        ground: segments the ground in this frame, once however often it is asked.
    """

    frame: Frame
    tracks: Tracks
    events: tuple[SceneEvent, ...]
    ground: Callable[[], Segmentation]


@dataclass(frozen=True, slots=True)
class Processed:
    """What came of one frame.

    Attributes:
        events: what the scenes say: those that need every frame first.
        analysis: None where none was due.
        readings: how the scenes stand in their zones, where that was asked for and there is an analysis.
    """

    events: tuple[SceneEvent, ...]
    analysis: Analysis | None = None
    readings: tuple[ZoneReading, ...] = ()

    @property
    def tracks(self) -> Tracks | None:
        """The tracks; None where the frame was not analysed."""
        return None if self.analysis is None else self.analysis.tracks


class CameraPipeline:
    """Detectors, tracker and scenes of one camera.

    A caller with one thread drives it with :meth:`process`. The gateway, whose cameras share the detectors on a thread
    of their own, puts each frame through ``masker.watched``, and calls :meth:`on_frame` from the camera's thread and
    :meth:`on_detections` from the detectors'.

    Attributes:
        scenes: of the camera.
        second_look: at what is about to become an event.
        masker: grey over what nobody looks at, and over what must not leave the gateway.
        plan: when it is looked at next; None where no scene looks.
        tracker: of the camera; whoever plays one clip under several settings may let them share one.
    """

    def __init__(self, gateway: str, camera: CameraSettings, detectors: Detectors) -> None:
        """Build the camera's scenes and open the detectors they need.

        Raises:
            ConfigError: when a scene's settings are wrong.
            ModelError: when a network cannot be opened.
        """
        self.second_look = SecondLook(camera.id, detectors)
        verify = self.second_look.bears_out
        self.scenes = CameraScenes(gateway, camera, detectors.note_of, detectors.classes, verify)
        self.second_look.serve(self.scenes.verified_classes)
        self.tracker = Tracker(detectors.thresholds)
        self._detectors = detectors
        self.masker = Masker(camera.id, camera.privacy, detectors)
        region = self.scenes.region if camera.crop == "zones" else None
        detectors.serve(camera.id, self.scenes.classes, self.scenes.ground, camera.tiles, region)
        self.plan = LookPlan(self.scenes.interval) if self.scenes.interval else None
        self._looked = 0.0

    @classmethod
    def for_recording(cls, gateway: str, camera: CameraSettings, detectors: Detectors) -> Self:
        """Make one for a recording, which is played for its events alone.

        Raises:
            ConfigError: also when the camera has no scenes.
            ModelError: when a network cannot be opened.
        """
        if not camera.scenes:
            raise ConfigError(f"camera {camera.id} has no scenes; nothing could ever be seen")
        return cls(gateway, camera, detectors)

    def process(self, frame: Frame, readings: bool = False) -> Processed:
        """Take in a frame and analyse it if that is due by its timestamp; ``readings``: say how the scenes stand."""
        frame = self.masker.watched(frame)
        events = self.on_frame(frame)
        if self.plan is None:
            return Processed(tuple(events))
        self.plan.see(frame.time, frame.keyframe)
        if not self.plan.wants(frame.time, frame.keyframe):
            return Processed(tuple(events))
        self.plan.taken(frame.time)
        analysis = self.on_detections(frame, self._detectors.detect([frame])[0])
        stand = self.scenes.readings(frame, analysis.tracks, analysis.ground) if readings else []
        return Processed((*events, *analysis.events), analysis, tuple(stand))

    def wants(self, time: float, keyframe: bool) -> bool:
        """Whether :meth:`process` would do anything with the frame of this time; asked in the order they are shown."""
        if self.scenes.every_frame:
            return True
        if self.plan is None:
            return False
        self.plan.see(time, keyframe)
        return self.plan.wants(time, keyframe)

    def on_frame(self, frame: Frame) -> list[SceneEvent]:
        """Give a decoded frame to the scenes that need every one."""
        return self.scenes.observe_frame(frame)

    def on_detections(self, frame: Frame, detections: Detections) -> Analysis:
        """Track what was detected in a frame and give it to the scenes whose turn it is."""
        tracks = self.tracker.update(frame.time, detections, frame.width, frame.height)
        self.second_look.take(frame, tracks)
        ground = cache(lambda: self._detectors.segment(frame))
        events = self.scenes.observe(frame, tracks, ground)
        if self.plan is not None:
            arrived = any(track.first_seen >= self._looked for track in tracks.items)
            self.plan.wish(frame.time, self.scenes.next_looks, self.scenes.calm, arrived)
            self._looked = frame.time
        return Analysis(frame, tracks, tuple(events), ground)

    def check(self, analysis: Analysis, scene: SceneName, zone: str, box: Rectangle | None) -> Finding:
        """Ask one scene whether its condition holds in an analysed frame.

        Raises:
            KeyError: when the camera has no such scene or zone.
        """
        return self.scenes.check(scene, zone, box, analysis.frame, analysis.tracks, analysis.ground)


def close_remembered(gateway: str, camera: str, feed: Feed, text: str) -> list[SceneEvent]:
    """Close what a camera that is watched no more had open; ``text`` is what its scenes remembered."""
    # A camera without scenes: all that was open belongs to scenes that are watched no more.
    settings = CameraSettings(id=camera, source=FolderSource(path=Path()))
    return CameraScenes(gateway, settings, lambda _class: None, ()).load_state(feed, text)


def check_camera(gateway: str, camera: CameraSettings, detectors: Detectors) -> None:
    """See that a camera could work with its settings; nothing is opened or changed.

    Raises:
        ConfigError: when a scene's settings are wrong.
    """
    CameraScenes(gateway, camera, detectors.note_of, detectors.classes)
