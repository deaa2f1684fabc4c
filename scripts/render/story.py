"""What makes a clip: camera, light, things that move, zones, events, length and finish.

A story is a module of `scripts.render.stories` with a `STORY`. It says nothing about how frames are rendered
(`clip`) or boxes are found (`labels`).
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import sensor
from .actors import Actor
from .camera import Camera

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]
Ground = Sequence[tuple[float, float, float]]  # corners in metres
LONGEST_SHADOW = 12.0


@dataclass(frozen=True)
class Sun:
    """Direction of sunlight: elevation and azimuth in degrees, as in `world.sky`."""

    elevation: float
    azimuth: float

    def shadow(self, points: Array) -> Array:
        """Points (N, 3) thrown onto the ground along the rays."""
        reach = points[:, 2] / math.tan(math.radians(self.elevation))
        turn = math.radians(self.azimuth)
        return np.stack(
            [points[:, 0] - np.sin(turn) * reach, points[:, 1] - np.cos(turn) * reach, np.zeros(len(points))], axis=1
        )


@dataclass(frozen=True)
class Lamp:
    """A point of light at a place in metres; beyond `reach` metres its shadows are too faint to see."""

    x: float
    y: float
    z: float
    reach: float = 14.0

    def shadow(self, points: Array) -> Array:
        """Points (N, 3) thrown onto the ground, at most `LONGEST_SHADOW` metres away; (0, 3) out of reach."""
        offset = points - np.array([self.x, self.y, self.z])
        if float(np.hypot(offset[:, 0], offset[:, 1]).min()) > self.reach:
            return np.zeros((0, 3))
        drop = np.maximum(self.z - points[:, 2], 0.3)
        run = offset[:, :2] * (np.maximum(points[:, 2], 0.0) / drop)[:, None]
        length = np.maximum(np.hypot(run[:, 0], run[:, 1]), 1e-9)
        run *= np.minimum(1.0, LONGEST_SHADOW / length)[:, None]
        return np.concatenate([points[:, :2] + run, np.zeros((len(points), 1))], axis=1)


@dataclass(frozen=True)
class Mirror:
    """Wet ground: things are seen in it upside down, fainter the higher they are."""

    share: float = 0.7

    def shadow(self, points: Array) -> Array:
        """Points (N, 3) under the ground, the lower `share` of them in full."""
        return np.asarray(points * np.array([1.0, 1.0, -self.share]))


@dataclass(frozen=True)
class Moment:
    """One frame to finish: its time, a random source of its own, the actors where they are then, the camera."""

    index: int
    seconds: float
    random: np.random.Generator
    actors: Sequence[Actor]
    camera: Camera


@dataclass(frozen=True)
class Take:
    """What the events of a story are found from: frames with boxes, actors, zones in shares of the picture."""

    story: Story
    actors: Sequence[Actor]
    frames: Sequence[dict[str, Any]]
    zones: Mapping[str, dict[str, Any]]


def daylight(picture: Picture, moment: Moment) -> Picture:
    """The plain finish: soft lens, sensor noise, clock."""
    return sensor.time_stamp(sensor.noise(sensor.lens(picture), moment.random), moment.seconds)


@dataclass(frozen=True)
class Story:
    """A clip's script.

    Attributes:
        name: of the clip's files.
        set_up: builds scene and light; gives the actors in the order of their numbers, which begin at 1.
        events: finds what is expected (and what must raise no alarm) from the finished ground truth.
        zones: corners on the ground by name.
        lights: what throws shadows (or mirror images) that move with the actors.
        finish: makes a rendered frame what the camera would send.
        duration: seconds.
        probes: rays to a thing that tell which share of it is seen.
        steady: whether the visible share of what does not move is kept from frame to frame, or probed anew.
        folder: where the clip and its truth belong.
    """

    name: str
    seed: int
    duration: float
    camera: Camera
    set_up: Callable[[], list[Actor]]
    events: Callable[[Take], list[dict[str, Any]]]
    zones: Mapping[str, Ground] = field(default_factory=dict)
    lights: Sequence[Sun | Lamp | Mirror] = ()
    finish: Callable[[Picture, Moment], Picture] = daylight
    fps: int = 8
    samples: int = 4
    still_samples: int = 32
    probes: int = 160
    steady: bool = True
    folder: Path = Path("media/suite")

    @property
    def frames(self) -> int:
        """How many frames the clip has."""
        return round(self.duration * self.fps)


def names() -> list[str]:
    """Names of all stories."""
    package = importlib.import_module(f"{__package__}.stories")
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_"))


def load(name: str) -> Story:
    """The story of that name.

    Raises:
        KeyError: there is none.
    """
    if name not in names():
        raise KeyError(f"no story {name!r}; there are {', '.join(names())}")
    story: Story = importlib.import_module(f"{__package__}.stories.{name}").STORY
    return story
