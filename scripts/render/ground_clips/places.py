"""The belt and the street of the clips: every state of them stands in one scene and is shown or hidden."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import bpy
import numpy as np
from numpy.typing import NDArray
from scripts.render.camera import Camera
from scripts.render.ground import pictures
from scripts.render.ground.belts import add_belt, fallen_leaves
from scripts.render.ground.damage import EDGE, Belt, belt_ground, outline
from scripts.render.ground.fields import Noise, Sheet, smooth
from scripts.render.ground.graph import set_control
from scripts.render.ground.light import set_light
from scripts.render.ground.plan import Damage, Strip
from scripts.render.ground.streets import add_kerbs, add_paved, flood, lay, paved_sheet
from scripts.render.ground.surfaces import earth, foliage, make_surfaces, number_surfaces, turf
from scripts.render.ground.things import glows, houses, lamps, shrubs

SIZE = (640, 360)
SUN_HEIGHT, SUN_AZIMUTH = 52.0, 215.0  # degrees; the azimuth clockwise from +y
GREEN_CAMERA = Camera((-6.9, -1.0, 5.8), 37.0, -21.0, 60.0, *SIZE)
GREEN_STRIPS = (
    Strip("road", -8.2, -0.6, 0.0), Strip("belt", -0.6, 4.4, 0.09, "lawn"), Strip("slabs", 4.4, 7.2, 0.13),
    Strip("belt", 7.2, 9.8, 0.09, "bed"),
)  # fmt: skip
GREEN_ZONE = ((-0.3, 4.6, 0.09), (4.1, 4.6, 0.09), (4.1, 16.0, 0.09), (-0.3, 16.0, 0.09))
HARM = (Damage("bare", 1.7, 9.2, 3.1, 0.5), Damage("bare", 2.6, 11.6, 1.8, 1.1))

ROAD_CAMERA = Camera((-4.9, -1.5, 6.2), 23.0, -22.0, 62.0, *SIZE)
ROAD_STRIPS = (
    Strip("belt", -9.4, -6.9, 0.09, "hedge"), Strip("slabs", -6.9, -4.2, 0.13), Strip("road", -4.2, 5.2, 0.0),
    Strip("slabs", 5.2, 8.0, 0.13),
)  # fmt: skip
DIP = (0.9, 10.4, 3.8, 5.2, 0.11)  # where the road has sunk: x, y, radii and depth in metres
ROAD_ZONE = ((-3.9, 6.8, 0.0), (4.9, 6.8, 0.0), (4.9, 16.5, 0.0), (-3.9, 16.5, 0.0))
HIGH_ZONE = ((-3.9, 18.5, 0.0), (4.9, 18.5, 0.0), (4.9, 29.0, 0.0), (-3.9, 29.0, 0.0))
BOTH_SIDES = 0  # seed that puts houses on both sides of the street
LAMPS = 1  # seed that puts the lamps on the left of the carriageway
GRASS, SOIL = (0.075, 0.15, 0.028), (0.21, 0.125, 0.062)
LEVEL = -0.052  # of the water at its highest, metres


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


def harmed(belt: Belt, seed: int) -> Belt:
    """The belt with its plants dug out in two places that touch."""
    x, y = np.meshgrid(belt.cover.xs, belt.cover.ys)
    random = np.random.default_rng([seed, 13])
    bare = np.max([outline(one, belt.strip, x, y, random) for one in HARM], axis=0)
    fray = Noise(random, 1.1, 5, 0.62)(x, y)
    cover = np.minimum(belt.cover.z, np.clip(-3.2 * (bare + EDGE * fray), -1.0, 1.0))
    hollow = belt.soil.z - 0.05 * smooth(bare * 1.4) + 0.035 * smooth(bare * 2) * Noise(random, 0.5, 3)(x, y)
    return Belt(belt.strip, Sheet(belt.soil.xs, belt.soil.ys, hollow), Sheet(belt.cover.xs, belt.cover.ys, cover))


def green(seed: int) -> Place:
    """A street's lawn between carriageway and pavement: whole, dug up, and with fallen leaves on it."""
    pictures.start()
    random = np.random.default_rng([seed, 7])
    surfaces(random)
    place = Place(GREEN_CAMERA, GREEN_STRIPS, [])
    for number, strip in enumerate(GREEN_STRIPS):
        if strip.kind != "belt":
            sheet = paved_sheet(strip, "street", random)
            add_paved(strip, sheet, random)
        else:
            belt = belt_ground(strip, [], np.random.default_rng([seed, number, 3]))
            sheet = belt.soil
            plant(place, number, belt, seed)
        place.sheets.append(sheet)
    add_kerbs(GREEN_STRIPS)
    houses(GREEN_STRIPS, "street", random)
    place.lamps = lamps(GREEN_STRIPS, np.random.default_rng(LAMPS))
    number_surfaces()
    return place


def plant(place: Place, number: int, belt: Belt, seed: int) -> None:
    """Add a belt; the wide one in all its states."""
    before = names()
    add_belt(belt, shrubs(), np.random.default_rng([seed, number, 17]))
    if belt.strip.cover != "lawn":
        return
    place.states["whole"] = added(before)
    before = names()
    add_belt(harmed(belt, seed), shrubs(), np.random.default_rng([seed, number, 17]))
    place.states["harmed"] = added(before)
    before = names()
    fallen_leaves(belt, np.random.default_rng([seed, 5]))
    place.states["leaves"] = added(before)


def road(seed: int) -> Place:
    """A street that has sunk in the middle, with dark repairs higher up: without water and ponded."""
    pictures.start()
    random = np.random.default_rng([seed, 7])
    surfaces(random)
    place = Place(ROAD_CAMERA, ROAD_STRIPS, [])
    for number, strip in enumerate(ROAD_STRIPS):
        if strip.kind == "belt":
            belt = belt_ground(strip, [], np.random.default_rng([seed, number, 3]))
            add_belt(belt, shrubs(), np.random.default_rng([seed, number, 17]))
            place.sheets.append(belt.soil)
            continue
        sheet = paved_sheet(strip, "ponding", np.random.default_rng([seed, number, 5]))
        if strip.kind == "road":
            sheet = sunk(sheet)
        thing = add_paved(strip, sheet, random)
        if strip.kind == "road":
            for low, high in (((-2.6, 19.5), (0.4, 25.0)), ((1.6, 22.0), (3.4, 24.0)), ((-3.4, 12.2), (-2.2, 15.4))):
                lay(sheet, low, high, 0.005, "new_asphalt")
            water = flood(sheet, thing, LEVEL)
            place.states["water"] = [] if water is None else [water]
            flood(sheet, thing, -np.inf)
        place.sheets.append(sheet)
    add_kerbs(ROAD_STRIPS)
    houses(ROAD_STRIPS, "street", np.random.default_rng(BOTH_SIDES))
    place.lamps = lamps(ROAD_STRIPS, np.random.default_rng(LAMPS))
    number_surfaces()
    return place


def sunk(sheet: Sheet) -> Sheet:
    """The road with its dip, and higher beyond it, so that no water stands there."""
    x, y = np.meshgrid(sheet.xs, sheet.ys)
    away = np.hypot((x - DIP[0]) / DIP[2], (y - DIP[1]) / DIP[3])
    z = np.maximum(sheet.z, -0.05) - DIP[4] * np.exp(-(away**2)) + 0.05 * smooth((y - 15.0) / 4.0)
    return Sheet(sheet.xs, sheet.ys, z + 0.03 * smooth((4.0 - y) / 3.0))


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
