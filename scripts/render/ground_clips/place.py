"""A place of the clips: every state of it stands in one scene and is shown or hidden; its light and wetness."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import bpy
import numpy as np
from numpy.typing import NDArray
from scripts.render.camera import Camera
from scripts.render.ground.fields import Sheet
from scripts.render.ground.graph import set_control
from scripts.render.ground.light import set_light
from scripts.render.ground.plan import Strip
from scripts.render.ground.surfaces import earth, foliage, make_surfaces, turf
from scripts.render.ground.things import glows

SIZE = (640, 360)
SUN_HEIGHT, SUN_AZIMUTH = 52.0, 215.0  # degrees; the azimuth clockwise from +y
LAMPS = 1  # seed that puts the lamps on the left of the carriageway
GRASS, SOIL = (0.075, 0.15, 0.028), (0.21, 0.125, 0.062)


@dataclass
class Place:
    """A scene and the things that belong to each of its states."""

    camera: Camera
    strips: tuple[Strip, ...]
    lamps: list[bpy.types.Object]
    states: dict[str, list[bpy.types.Object]] = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)

    def show(self, *names: str) -> None:
        """Show the things of these states only."""
        for name, things in self.states.items():
            for thing in things:
                thing.hide_render = name not in names


def surfaces(random: np.random.Generator) -> None:
    """The ground pictures' materials with fresh grass and brown soil."""
    make_surfaces(random)
    earth(SOIL)
    turf((GRASS[0] * 0.8, GRASS[1] * 0.8, GRASS[2] * 0.8), SOIL)
    foliage("blades", GRASS, 0.0, 0.9)
    glows()


def added(before: set[str]) -> list[bpy.types.Object]:
    """Things that came into the scene since its names were taken down."""
    return [thing for thing in bpy.context.scene.objects if thing.name not in before]


def names() -> set[str]:
    """Names of all things in the scene."""
    return {thing.name for thing in bpy.context.scene.objects}


def light(place: Place, name: str, seed: int) -> None:
    """Set a light: one of the ground pictures', or `shade`, which is `sun` behind a cloud."""
    set_light("sun" if name == "shade" else name, place.lamps, np.random.default_rng([seed, 29]))
    for thing in bpy.context.scene.objects:
        if thing.name.startswith("sun"):
            thing.rotation_euler = (math.radians(90 - SUN_HEIGHT), 0.0, math.radians(180 - SUN_AZIMUTH))
            thing.data.energy = 0.0 if name == "shade" else 3.4


def wetness(wet: float, ripple: float = 0.0, rain: float = 0.0, turbid: float = 0.35) -> None:
    """How wet the ground is and how restless and muddy the water; shares of 0 to 1."""
    for name, value in (("wet", wet), ("ripple", ripple), ("rain", rain), ("turbid", turbid)):
        set_control(name, value)


def ground_heights(place: Place, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights of the carriageway at points, metres."""
    number = next(index for index, strip in enumerate(place.strips) if strip.kind == "road")
    return place.sheets[number].height(x, y)
