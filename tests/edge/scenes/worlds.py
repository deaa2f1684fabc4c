"""Small made-up worlds for the scenes: tracks as a tracker would give them, look by look."""

from collections.abc import Iterable, Sequence
from typing import Any

from sharp_eyes.contract.event import ModelNote, SceneEvent
from sharp_eyes.edge.frame import Track, Tracks
from sharp_eyes.edge.scenes.base import Observation, Scene
from sharp_eyes.edge.scenes.catalogue import build, parse_settings
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.stationary import PatchOf

WIDTH, HEIGHT = 1000, 1000
LEFT_HALF = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]


def note(object_class: str | None) -> ModelNote | None:
    """A note of a model that was measured on cars only."""
    if object_class is None:
        return None
    return ModelNote(name="test", version="1", measured_on_real=object_class == "car")


def scene_of(**settings: Any) -> Scene[Any]:
    """A scene from its settings as they stand in YAML."""
    return build(parse_settings("cam", 0, settings), Origin("gw", "cam", note))


def track(identity: int, box: Rectangle, name: str = "car", first_seen: float = 0.0, score: float = 0.8) -> Track:
    """A track; ``box`` in shares of the picture."""
    x1, y1, x2, y2 = box
    pixels = (x1 * WIDTH, y1 * HEIGHT, x2 * WIDTH, y2 * HEIGHT)
    return Track(identity, name, score, pixels, first_seen)


def at(x: float, y: float, size: float = 0.1) -> Rectangle:
    """A box of this size whose bottom centre is at x, y."""
    return x - size / 2, y - size, x + size / 2, y


class Camera:
    """Feeds looks to a scene and keeps what it said."""

    def __init__(self, scene: Scene[Any], start: float = 1000.0) -> None:
        self.scene = scene
        self.clock = Clock()
        self.time = start
        self.events: list[SceneEvent] = []

    def view(self, tracks: Iterable[Track], patch_of: PatchOf | None = None) -> Observation:
        """One look at the camera's present time."""
        return Observation(Tracks(self.time, WIDTH, HEIGHT, tuple(tracks)), self.clock, patch_of)

    def look(self, tracks: Iterable[Track], step: float = 1.0, patch_of: PatchOf | None = None) -> list[SceneEvent]:
        """Look once, then let time pass."""
        self.clock.advance(self.time)
        said = self.scene.observe(self.view(tracks, patch_of))
        self.events += said
        self.time += step
        return said

    def watch(self, tracks: Sequence[Track], seconds: float, step: float = 1.0) -> list[SceneEvent]:
        """Look at the same thing again and again."""
        said: list[SceneEvent] = []
        end = self.time + seconds
        while self.time < end - 1e-9:
            said += self.look(tracks, step)
        return said

    @property
    def phases(self) -> list[str]:
        """The phases of all messages so far."""
        return [event.phase.value for event in self.events]
