"""A street at dusk: a bin smokes, then burns; headlights, red lanterns, haze and lit windows are no fire."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray
from scripts.render import conditions, world
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.cars import car
from scripts.render.film.gestures import walks
from scripts.render.film.play import Look, Play
from scripts.render.film.players import Player, Prop, State, Stint, along, goes, rolls, state_at
from scripts.render.fumes.air import Air, Climate, Source
from scripts.render.fumes.overlay import Fire, Fumes, Plume
from scripts.render.indoor.lighting import coarse_sky
from scripts.render.indoor.places.facade import facade
from scripts.render.indoor.rooms import Room, on_wall
from scripts.render.lights import point_lamp
from scripts.render.mesh import Shape

SEED, DURATION, FPS = 4601, 60.0, 8
CAMERA = Camera((-6.4, -4.6, 4.7), 53.0, -13.0, 68.0, 640, 360)
ZONE = [[0.02, 0.1], [0.98, 0.1], [0.98, 0.98], [0.02, 0.98]]
BIN = (2.6, 1.8)
SMOKE_FROM, FLAME_FROM = 20.0, 39.0
LANTERN = "glow:d01408"
FRONT = 6.0  # y of the house fronts
CARS = (
    (2.5, 9.5, "sedan", "metallic:99a1a8"),
    (13.0, 20.5, "suv", "paint:1c1d20"),
    (47.0, 54.0, "hatchback", "paint:8e1719"),
)


def street() -> Room:
    """Carriageway, pavement, house fronts with lit windows, a bin and a street lamp."""
    room = Room("pavement", 6.0, FRONT, 4.0, (50, 85), outdoors=True)
    random = np.random.default_rng(SEED)
    shape = Shape()
    world.flat(shape, (-40, 0.6), (60, FRONT), 0.0, "paving")
    world.flat(shape, (-40, -30), (60, 0.4), -0.12, "asphalt")
    shape.box((-40, 0.4, -0.12), (60, 0.6, 0.005), "kerb")
    for x in np.arange(-30.0, 60.0, 6.0):
        world.flat(shape, (float(x), -3.4), (float(x) + 2.5, -3.25), -0.115, "marking")
    facade(shape, room, random)
    shape.quad([(18, FRONT, 0), (60, FRONT, 0), (60, FRONT, 9), (18, FRONT, 9)], "plaster_cream")
    for x, z in ((-5.2, 1.6), (5.2, 4.6), (10.4, 1.6), (-7.8, 4.6), (22.0, 1.6), (27.0, 4.6)):
        on_wall(shape, room, "far", x, z, 1.15, 1.15, "glow:ffd7a0", 0.037)
    low, high = (BIN[0] - 0.65, BIN[1] - 0.42), (BIN[0] + 0.65, BIN[1] + 0.42)
    shape.box((*low, 0.12), (*high, 1.05), "bin_green")
    shape.box((low[0] + 0.06, low[1] + 0.06, 1.05), (high[0] - 0.06, high[1] - 0.06, 1.055), "trim")
    shape.box((low[0], high[1] - 0.04, 1.05), (high[0], high[1], 1.75), "bin_green")  # the lid, thrown open
    for x in (low[0] + 0.1, high[0] - 0.1):
        shape.tube((x, low[1], 0.1), (x, low[1] + 0.08, 0.1), (0.1, 0.1), "tyre", 12)
    shape.tube((8.5, 0.95, 0.0), (8.5, 0.95, 6.4), (0.08, 0.06), "pole_green", 10)
    shape.tube((8.5, 0.95, 6.4), (8.5, -0.6, 6.6), (0.05, 0.05), "pole_green", 8)
    shape.box((8.3, -1.0, 6.52), (8.7, -0.5, 6.6), "glow:ffe0b0")
    shape.place("street", 30)
    return room


def lamps() -> Any:
    """Function that sets the lamps: dusk, or only the flame's light."""
    world.sky(6, 290, 0.0, 0.13)
    scene = bpy.context.scene
    coarse_sky()
    scene.view_settings.exposure = 0.8
    usual = {}
    for index, (place, power, colour) in enumerate((
        ((8.5, -0.8, 6.4), 420.0, (1.0, 0.8, 0.55)), ((-14.0, -0.8, 6.4), 420.0, (1.0, 0.8, 0.55)),
        ((30.0, -0.8, 6.4), 420.0, (1.0, 0.8, 0.55)), ((0.0, 5.0, 2.3), 25.0, (1.0, 0.5, 0.3)),
        (((BIN[0], BIN[1] - 0.1, 1.6)), 0.0, (1.0, 0.42, 0.12)),
    )):  # fmt: skip
        usual[point_lamp(f"street{index}", place, power, colour, 0.2)] = power
    flame = list(usual)[-1]
    sky = scene.world.node_tree.nodes["Background"].inputs["Strength"]
    strength = float(sky.default_value)

    def switch(state: str) -> None:
        for light, power in usual.items():
            light.energy = 0.0 if state == "fire" else power
        flame.energy = 160.0 if state == "fire" else 0.0
        sky.default_value = 0.0 if state == "fire" else strength
        for made in bpy.data.materials:
            if made.name.startswith("glow:"):
                emission = made.node_tree.nodes["Principled BSDF"].inputs["Emission Strength"]
                emission.default_value = 0.0 if state == "fire" else 0.7 if made.name == LANTERN else 1.6

    return switch


def drives() -> list[list[Stint]]:
    """Cars that come towards the camera with their headlights on."""
    return [
        [rolls(along([(60.0, -1.5), (-20.0, -1.5)], [(start, (60.0, -1.5)), (end, (-20.0, -1.5))], 2.7))]
        for start, end, _kind, _paint in CARS
    ]


def lantern() -> Shape:
    """Round red lantern with a tassel, hung from its top at the origin."""
    shape = Shape()
    shape.tube((0, 0, -0.18), (0, 0, 0), (0.006, 0.006), "trim", 6)
    shape.ellipsoid((0, 0, -0.42), (0.27, 0.27, 0.22), LANTERN, (16, 10))
    for z in (-0.21, -0.63):
        shape.tube((0, 0, z - 0.025), (0, 0, z + 0.025), (0.12, 0.12), "plain:d8a21c", 12)
    shape.tube((0, 0, -0.95), (0, 0, -0.65), (0.03, 0.02), "plain:d8a21c", 8)
    return shape


def swings(x: float, phase: float) -> list[Stint]:
    """A lantern's swing in a light wind."""

    def state(time: float) -> State:
        return State(x, 4.75, 2.5, 0.0, None, 0.10 * math.sin(1.7 * time + phase) + 0.03 * math.sin(0.6 * time))

    return [Stint(0.0, DURATION + 1, state)]


class Street(Fumes):
    """Headlights and haze, then the smoke."""

    def lay(self, picture: NDArray[np.uint8], index: int) -> NDArray[np.uint8]:
        """Frame `index` with all of it."""
        plane = conditions.ground_plane(CAMERA)
        for stints in drives():
            state = state_at(stints, index / FPS)
            if state is None:
                continue
            nose = np.array([state.x - 2.25, state.y])
            picture = conditions.beam(picture, plane, (float(nose[0]), float(nose[1])), math.pi, 1.6)
            lamps_at = np.array([[nose[0], nose[1] + side * 0.62, 0.55] for side in (-1, 1)])
            pixels, depth = CAMERA.project(lamps_at)
            if depth.min() > 1.0:
                radius = max(1.0, CAMERA.focal * 0.11 / float(depth.mean()))
                picture = conditions.glow(picture, [(float(x), float(y)) for x, y in pixels], radius, 1.0)
        sight = 75.0 + 25.0 * math.sin(index / FPS * 0.35)
        return super().lay(conditions.fog(picture, distances(plane), sight, (0.33, 0.32, 0.31)), index)


def distances(plane: conditions.GroundPlane) -> NDArray[np.float32]:
    """Metres to the ground or to the house fronts, whichever is nearer; the sky is far."""
    right, down, forward = CAMERA.axes()
    rows, columns = np.mgrid[0 : CAMERA.height, 0 : CAMERA.width] + 0.5
    ray = (
        forward + ((columns - CAMERA.width / 2) / CAMERA.focal)[..., None] * right
        + ((rows - CAMERA.height / 2) / CAMERA.focal)[..., None] * down
    )  # fmt: skip
    front = np.where(ray[..., 1] > 1e-3, (FRONT - CAMERA.position[1]) / np.maximum(ray[..., 1], 1e-3), 900.0)
    height = CAMERA.position[2] + ray[..., 2] * front
    return np.asarray(np.minimum(plane.distance, np.where(height < 9.0, front, 900.0)), dtype=np.float32)


def fumes(folder: Path) -> Street:
    """Smoke of the bin and its flame."""
    cell = 0.13
    smoke = Plume(
        "smoke", "smoke",
        lambda: Air((-4.2, -1.2, 0.4), (76, 54, 50), cell, Climate(2.2, 0.0, 0.22, 0.012, 9.0, (-0.4, 0.05, 0.0), 0.5),
                    SEED, False),
        Source((BIN[0], BIN[1], 1.25), 0.42, 10.0, 4.0, (0.0, 0.0, 0.3)),
        ((SMOKE_FROM, 0.15), (25.0, 0.45), (34.0, 0.75), (DURATION, 0.9)), 2.2, (0.085, 0.084, 0.083), 0.35, 0.4,
    )  # fmt: skip
    fire = Fire(
        (BIN[0], BIN[1], 1.02), 3.4, ((FLAME_FROM, 0.1), (41.5, 0.5), (50.0, 0.65), (DURATION, 0.7)), SEED, strength=1.2
    )  # fmt: skip
    return Street(folder, CAMERA, FPS, round(DURATION * FPS), [smoke], fire)


def events(overlay: Fumes) -> list[dict[str, Any]]:
    """The fire, and what is none."""
    zone: dict[str, Any] = {"scene": "smoke", "zone": "street"}
    headlights = [
        {**zone, "from": start, "to": end, "expected": False, "why": "headlights come nearer"}
        for start, end, _kind, _paint in CARS if end < SMOKE_FROM + 1
    ]  # fmt: skip
    return [
        {**zone, "from": 0.0, "to": SMOKE_FROM, "expected": False, "why": "haze, red lanterns that swing, lit windows"},
        *headlights,
        {**zone, "from": overlay.first("smoke"), "to": DURATION, "expected": True, "grade": "major",
         "flame_from": overlay.first("fire")},
    ]  # fmt: skip


def build() -> Play:
    """The play with its scene."""
    street()
    walk = along([(16.0, 3.6), (4.0, 3.9), (-9.0, 3.4)], [(4.0, (16.0, 3.6)), (13.0, (4.0, 3.9)), (23.0, (-9.0, 3.4))])
    actors: list[Actor] = [
        Player(1, "walker", 35, [goes(walk, walks)]),
        Prop(2, "lantern", "trap", 0, swings(-0.95, 0.0), lantern().mesh("lantern", 40)),
        Prop(3, "lantern", "trap", 0, swings(0.95, 1.1), lantern().mesh("lantern", 40)),
    ]
    for number, (stints, (_start, _end, kind, paint)) in enumerate(zip(drives(), CARS, strict=True), start=4):
        actors.append(Prop(number, "car", "trap", 0, stints, car(kind, paint)))
    return Play(
        "smoke_street_dusk", SEED, DURATION, CAMERA, Room("street", 6.0, FRONT, 4.0, (50, 85)), actors,
        {"street": ZONE}, "smoke", Look(target=82.0, noise=2.2), FPS, ((0.0, "on"),), lamps(), ("fire",), fumes,
        events=events,
    )  # fmt: skip
