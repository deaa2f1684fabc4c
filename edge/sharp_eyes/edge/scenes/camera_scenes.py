"""All scenes of one camera, driven look by look."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.contract.event import SceneEvent, SceneName
from sharp_eyes.contract.video import MAX_ZONES
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.frame import Frame, Picture, Segmentation, Tracks
from sharp_eyes.edge.sampling import NextLook, Sampler
from sharp_eyes.edge.scenes.base import Finding, FrameScene, Observation, Scene, SceneSettings
from sharp_eyes.edge.scenes.calibration import parse_calibration
from sharp_eyes.edge.scenes.catalogue import SCENES, build, parse_settings
from sharp_eyes.edge.scenes.clock import MAX_STEP, Clock
from sharp_eyes.edge.scenes.event_lifecycle import EventLifecycle, NoteOf, Origin, Verify
from sharp_eyes.edge.scenes.geometry import Rectangle, clipped
from sharp_eyes.edge.scenes.state import part
from sharp_eyes.edge.scenes.stationary import AppearancePatch, PatchOf
from sharp_eyes.edge.settings import CameraSettings

_PATCH_WIDTH = 320
ROOM, ROOM_ABOVE = 0.06, 0.12
"""Shares of the picture's sides that are looked at around the zones, and above them."""
SLOW = 1.0
"""Seconds between two looks from which a scene is a slow one."""


log = logging.getLogger(__name__)

SegmentGround = Callable[[], Segmentation]
"""Segments the ground in the frame at hand; gives the same again when asked again."""

Feed = Literal["looks", "frames"]
"""The way a scene gets what it sees; each has a thread of its own."""

FEEDS: tuple[Feed, ...] = ("looks", "frames")


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """How one scene's zone stood in one look."""

    scene: SceneName
    zone: str
    finding: Finding


class CameraScenes:
    """The scenes of one camera.

    Looks come from one thread and frames from another, and no scene takes both; what is remembered may be asked
    for by either.
    """

    def __init__(
        self,
        gateway: str,
        camera: CameraSettings,
        note_of: NoteOf,
        classes: Sequence[str],
        verify: Verify | None = None,
    ) -> None:
        """Check the settings and build the scenes; ``classes`` are those the detector knows.

        ``verify`` looks a second time at what is about to become an event; see :class:`Origin`.

        Raises:
            ConfigError: names the camera, the scene and the key.
        """
        check_cameras([camera])
        self._origin = origin = Origin(gateway, camera.id, note_of, verify)
        self._calibration = parse_calibration(camera.id, camera.calibration)
        self.scenes: list[Scene[Any]] = []
        for position, raw in enumerate(camera.scenes):
            settings = parse_settings(camera.id, position, raw)
            scene = build(settings, origin)
            _check_classes(camera.id, position, scene, classes)
            self.scenes.append(scene)
        self._check_tiles(camera)
        self._watching = [scene for scene in self.scenes if isinstance(scene, FrameScene)]
        self._looking = [(scene, Sampler(scene.needs.interval)) for scene in self.scenes if scene not in self._watching]
        self._turn: list[tuple[Scene[Any], Sampler]] = []
        self._wishes: dict[int, list[NextLook]] = {}
        # A scene that looks every few minutes watches all the time between.
        self._clock = Clock(max(MAX_STEP, 1.5 * (self.interval or 0.0)))
        self._frame_clock = Clock()

    def _check_tiles(self, camera: CameraSettings) -> None:
        """Tiles cost several looks: they are for scenes that look once a second or less often."""
        fast = [scene for scene in self.scenes if not isinstance(scene, FrameScene) and scene.needs.interval < SLOW]
        if camera.tiles > 1 and fast:
            named = ", ".join(f"{scene.name} looks every {scene.needs.interval:g} s" for scene in fast)
            raise ConfigError(
                f"camera {camera.id}: tiles: {camera.tiles} is for scenes that look every {SLOW:g} s or less often; "
                f"{named}: raise its look_interval, or give it a camera entry of its own without tiles"
            )

    @property
    def interval(self) -> float | None:
        """Seconds between looks that satisfies every scene; None where no scene looks."""
        return min((scene.needs.interval for scene, _ in self._looking), default=None)

    @property
    def steady_pace(self) -> bool:
        """Whether it is looked at in the same pace whatever is seen."""
        return all(scene.pace.steady for scene, _ in self._looking)

    @property
    def patience(self) -> float | None:
        """Seconds from one look to the next for which all scenes wait for a keyframe; None where no scene looks."""
        return min((scene.pace.patience for scene, _ in self._looking), default=None)

    @property
    def next_looks(self) -> list[NextLook]:
        """When further looks can change what the scenes say."""
        return [look for wishes in self._wishes.values() for look in wishes]

    @property
    def calm(self) -> bool:
        """Whether all scenes saw nothing that moves, so that their next looks may wait until something does."""
        return bool(self._wishes) and all(any(look.still for look in wishes) for wishes in self._wishes.values())

    @property
    def every_frame(self) -> bool:
        """Whether a scene needs every decoded frame."""
        return bool(self._watching)

    @property
    def doubts(self) -> dict[str, int]:
        """How many looks the scenes did not trust, by scene and reason."""
        return {f"{scene.name}: {why}": count for scene in self.scenes for why, count in scene.doubts.items()}

    @property
    def hindrances(self) -> str:
        """What keeps scenes from judging at present, with their names; empty where nothing does."""
        found: dict[str, list[str]] = {}
        for scene in self.scenes:
            if scene.hindrance:
                found.setdefault(scene.hindrance, []).append(scene.name)
        return "; ".join(f"{', '.join(names)}: {why}" for why, names in found.items())

    @property
    def ground(self) -> bool:
        """Whether a scene needs the ground segmented."""
        return any(scene.needs.ground for scene in self.scenes)

    @property
    def classes(self) -> frozenset[str]:
        """Classes that any of the scenes needs."""
        return frozenset(name for scene in self.scenes for name in scene.needs.classes)

    @property
    def region(self) -> Rectangle | None:
        """The part of the picture that the detectors must see for the scenes' zones and lines, in shares.

        With room for what stands at their edge, most of it above, since things stand on the ground by their feet. None:
        all of it, since a scene watches without a zone, or none looks.
        """
        corners: list[tuple[float, float]] = []
        for scene in (one for one in self.scenes if one.needs.classes):
            shapes = [zone.polygon for zone in getattr(scene.settings, "zones", ())]
            shapes += [line.line for line in getattr(scene.settings, "lines", ())]
            if not shapes:
                return None
            corners += [(float(x), float(y)) for shape in shapes for x, y in shape]
        if not corners:
            return None
        across, down = zip(*corners, strict=True)
        left, right = min(across) - ROOM, max(across) + ROOM
        return clipped((left, min(down) - ROOM_ABOVE, right, max(down) + ROOM))

    @property
    def verified_classes(self) -> frozenset[str]:
        """Classes of the scenes that want a second look."""
        return frozenset(name for scene in self.scenes if scene.settings.verify for name in scene.needs.classes)

    def observe(self, frame: Frame, tracks: Tracks, ground: SegmentGround | None = None) -> list[SceneEvent]:
        """Let every scene whose turn it is take in one look; returns their messages in the order of the scenes.

        ``ground`` is asked only if a scene wants it.
        """
        self._clock.advance(frame.time)
        observation = self._observation(frame, tracks, ground)
        self._turn = [(scene, sampler) for scene, sampler in self._looking if sampler.due(frame.time)]
        events = []
        for scene, sampler in self._turn:
            sampler.taken(frame.time)
            events += scene.observe(observation)
            self._wishes[id(scene)] = scene.next_looks(self._clock)
        return events

    def readings(self, frame: Frame, tracks: Tracks, ground: SegmentGround | None = None) -> list[ZoneReading]:
        """What each scene whose turn it was in this look measures in each zone, for those who want to see how it
        stands against its limits.
        """
        observation = self._observation(frame, tracks, ground)
        return [
            ZoneReading(scene.name, zone, scene.check(zone, None, observation))
            for scene, _ in self._turn
            for zone in _zones_of(scene.settings)
        ]

    def observe_frame(self, frame: Frame) -> list[SceneEvent]:
        """Let the scenes that need every frame take in one."""
        if not self._watching:
            return []
        self._frame_clock.advance(frame.time)
        return [event for scene in self._watching for event in scene.observe_frame(frame, self._frame_clock)]

    def check(
        self,
        name: SceneName,
        zone: str,
        box: Rectangle | None,
        frame: Frame,
        tracks: Tracks,
        ground: SegmentGround | None = None,
    ) -> Finding:
        """Ask one scene whether its condition holds in this one look.

        Raises:
            KeyError: when this camera has no such scene or zone.
        """
        found: Finding = self._scene(name, zone).check(zone, box, self._observation(frame, tracks, ground))
        return found

    def reference(self, name: SceneName, zone: str) -> Frame | None:
        """The picture that one scene compares a zone with, for the evidence 'before'.

        Raises:
            KeyError: when this camera has no such scene or zone.
        """
        return self._scene(name, zone).reference(zone)

    def dump_state(self, feed: Feed) -> str:
        """Everything that a restart must not lose, as JSON: what the looks left behind, or what the frames did."""
        clock, scenes = self._on(feed)
        kept = {key: scene.dump_state() for key, scene in _keyed(scenes).items()}
        return json.dumps({"clock": clock.dump_state(), "scenes": kept}, separators=(",", ":"))

    def load_state(self, feed: Feed, text: str) -> list[SceneEvent]:
        """Go on from what :meth:`dump_state` gave; returns the closing of events whose scene is not watched any more.

        What cannot be read is dropped with a line in the log.
        """
        clock, scenes = self._on(feed)
        try:
            state = json.loads(text)
        except ValueError as error:
            log.warning("camera %s: what was remembered is no JSON and is dropped: %s", self._origin.camera, error)
            return []
        clock.load_state(part(state, "clock"))
        kept, watched = part(state, "scenes"), _keyed(scenes)
        for key in kept.keys() & watched.keys():
            watched[key].load_state(part(kept, key))
        return [event for key in sorted(kept.keys() - watched.keys()) for event in self._end(key, kept[key], clock)]

    def _on(self, feed: Feed) -> tuple[Clock, list[Scene[Any]]]:
        if feed == "frames":
            return self._frame_clock, list(self._watching)
        return self._clock, [scene for scene, _ in self._looking]

    def _end(self, key: str, state: Any, clock: Clock) -> list[SceneEvent]:
        """Close what a scene had open that the settings no longer hold."""
        name = key.partition("/")[0]
        if name not in SCENES or not isinstance(state, dict):
            return []
        lifecycle = EventLifecycle(SceneName(name), self._origin, update_interval=0, clear_after=0)
        lifecycle.load_state(state.get("open", []), set())
        return lifecycle.step([], clock)

    def _scene(self, name: SceneName, zone: str) -> Scene[Any]:
        for scene in self.scenes:
            if scene.name is name and zone in _zones_of(scene.settings):
                return scene
        raise KeyError(zone)

    def _observation(self, frame: Frame, tracks: Tracks, ground: SegmentGround | None) -> Observation:
        return Observation(tracks, self._clock, _patches_in(frame), frame, ground, self._calibration)


def _keyed(scenes: Sequence[Scene[Any]]) -> dict[str, Scene[Any]]:
    """Scenes by name and number among those of the same name: what is remembered survives others' coming and going."""
    keyed: dict[str, Scene[Any]] = {}
    for scene in scenes:
        number = sum(other.partition("/")[0] == scene.name for other in keyed)
        keyed[f"{scene.name}/{number}"] = scene
    return keyed


def _zones_of(settings: SceneSettings) -> list[str]:
    return [item.id for item in (*getattr(settings, "zones", ()), *getattr(settings, "lines", ()))]


def check_cameras(cameras: Sequence[CameraSettings]) -> None:
    """Check calibration and scenes of cameras, before a model is loaded.

    Raises:
        ConfigError: says everything that is wrong, each with its camera, scene and key.
    """
    wrong = [words for camera in cameras for words in _wrong_in(camera.id, camera.calibration, camera.scenes)]
    if wrong:
        raise ConfigError("\n".join(wrong))


def wrong_scenes(raw: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with calibration and scenes of the cameras of a settings file that is not checked yet."""
    cameras = raw.get("cameras")
    for place, camera in enumerate(cameras if isinstance(cameras, list) else ()):
        if not isinstance(camera, dict):
            continue
        calibration, scenes = camera.get("calibration"), camera.get("scenes")
        yield from _wrong_in(
            str(camera.get("id", place))[:80],
            calibration if isinstance(calibration, dict) else None,
            [scene for scene in scenes if isinstance(scene, dict)] if isinstance(scenes, list) else [],
        )


def _wrong_in(camera: str, calibration: dict[str, Any] | None, scenes: Sequence[dict[str, Any]]) -> Iterator[str]:
    try:
        parse_calibration(camera, calibration)
    except ConfigError as error:
        yield str(error)
    seen: set[tuple[str, str]] = set()
    for position, raw in enumerate(scenes):
        try:
            settings = parse_settings(camera, position, raw)
        except ConfigError as error:
            yield str(error)
            continue
        for zone in _zones_of(settings):
            if (settings.scene, zone) in seen:
                yield f"camera {camera}: zone {zone!r} of {settings.scene} stands twice; give each its own id"
            seen.add((settings.scene, zone))
    if len(seen) > MAX_ZONES:
        yield f"camera {camera}: {len(seen)} zones and lines are too many; a camera may have {MAX_ZONES}"


def _check_classes(camera: str, position: int, scene: Scene[Any], classes: Sequence[str]) -> None:
    unknown = [name for name in scene.needs.classes if name not in classes]
    if unknown:
        raise ConfigError(
            f"camera {camera}, scenes.{position} ({scene.name}): the model does not know "
            f"{', '.join(unknown)}; it knows {', '.join(classes)}"
        )


def _patches_in(frame: Frame) -> PatchOf:
    """Give the coarse look of parts of a frame; the small picture is made once, and only if asked for."""
    small: list[Picture] = []

    def patch_of(box: Rectangle) -> AppearancePatch:
        if not small:
            height = max(2, round(_PATCH_WIDTH * frame.height / frame.width / 2) * 2)
            small.append(frame.picture(_PATCH_WIDTH, height))
        rows, columns = small[0].shape[:2]
        x1, y1, x2, y2 = clipped(box)
        left, top = min(int(x1 * columns), columns - 1), min(int(y1 * rows), rows - 1)
        part = small[0][top : max(round(y2 * rows), top + 1), left : max(round(x2 * columns), left + 1)]
        coarse = cv2.resize(part, (4, 4), interpolation=cv2.INTER_AREA)
        patch: npt.NDArray[np.float32] = np.asarray(coarse, np.float32) / np.float32(255)
        return patch

    return patch_of
