"""A corridor: smoke grows from a cabinet, then it burns; a lamp that goes on and a kettle's steam are no fire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.film.film import indoor_sky
from scripts.render.film.gestures import walks
from scripts.render.film.play import Look, Play
from scripts.render.film.players import Player, along, goes
from scripts.render.film.sets import Opening, floor_and_ceiling, passage, walls
from scripts.render.fumes.air import Air, Climate, Source
from scripts.render.fumes.overlay import Fire, Fumes, Plume
from scripts.render.indoor.forms import turned
from scripts.render.indoor.rooms import Room, ceiling_lamp, daylight, door, on_wall
from scripts.render.lights import point_lamp
from scripts.render.mesh import Shape

SEED, DURATION, FPS = 4301, 62.0, 8
CAMERA = Camera((-0.95, 0.15, 2.35), 9.0, -14.0, 78.0, 640, 360)
ZONE = [[0.02, 0.12], [0.98, 0.12], [0.98, 0.98], [0.02, 0.98]]
SIDE = Opening(8.6, 1.1)
STEAM_FROM, STEAM_TO, LAMP_ON, SMOKE_FROM, FLAME_FROM = 10.0, 21.0, 5.0, 27.0, 42.0


def corridor() -> Room:
    """Corridor with doors, a window at the far end, a table with a kettle and a wooden cabinet."""
    room = Room("corridor", 1.35, 11.0, 2.6, (60, 95))
    random = np.random.default_rng(SEED)
    shape = Shape()
    floor_and_ceiling(shape, room, "smalltile:8f9290", "plain:d8d6d0")
    walls(shape, room, ("stained:d8d6ce", "stained:7f9a86", 1.2), {"left": [SIDE]})
    passage(shape, room, "left", SIDE, 3.0, ("smalltile:8f9290", "stained:d8d6ce"), 14.0)
    for wall, at in (("left", 1.5), ("left", 3.0), ("left", 5.6), ("right", 1.6), ("right", 7.6), ("right", 9.8)):
        door(shape, room, wall, at, random)
    daylight(shape, room, "far", 0.0, 1.5, (1.1, 1.3), 45.0)
    for z, name in ((2.12, "plain:c8c8c4"), (2.27, "plain:b8141a")):
        shape.box((-1.35, 0.0, z), (-1.29, 11.0, z + 0.05), name)
    on_wall(shape, room, "left", 2.25, 1.55, 0.36, 0.5, "plain:2f6fc0", 0.012)
    on_wall(shape, room, "left", 0.75, 1.5, 0.3, 0.42, "plain:e8d080", 0.012)
    on_wall(shape, room, "right", 4.4, 1.6, 0.42, 0.6, "plain:f0f0ea", 0.012)
    shape.box((0.78, 2.95, 0.72), (1.34, 3.65, 0.76), "wood")
    for x in (0.82, 1.3):
        for y in (3.0, 3.6):
            shape.tube((x, y, 0), (x, y, 0.72), (0.02, 0.02), "steel", 8)
    turned(shape, [(0.76, 0.085), (0.78, 0.09), (0.92, 0.075), (0.96, 0.05)], "steel", (1.06, 3.3))
    shape.path([(1.0, 3.3, 0.84), (0.93, 3.3, 0.94)], 0.018, "steel")
    shape.path([(1.12, 3.3, 0.95), (1.2, 3.3, 0.93), (1.19, 3.3, 0.82), (1.13, 3.3, 0.8)], 0.012, "trim")
    shape.box((0.92, 4.75, 0.0), (1.34, 6.45, 0.9), "wood")
    for y in (4.77, 5.33, 5.89):
        shape.box((0.915, y, 0.05), (0.92, y + 0.54, 0.85), "plain:6a4a34")
    shape.box((0.98, 5.25, 0.9), (1.3, 5.6, 1.12), "plain:a8845a")
    shape.box((0.98, 5.7, 0.9), (1.28, 6.0, 1.06), "plain:b8946a")
    for y in (2.0, 6.0, 9.4):
        ceiling_lamp(shape, room, 0.0, y, (0.25, 0.9), 30.0, (1.0, 0.93, 0.8))
    shape.place("room", 30)
    return room


def lamps(room: Room) -> Any:
    """Function that sets the lamps: dim, on, or only the flame's light."""
    spot = point_lamp("flame", (0.95, 5.6, 1.45), 0.0, (1.0, 0.42, 0.12), 0.2)
    usual = {lamp: lamp.energy for lamp in room.lamps}
    ceiling = [lamp for lamp in usual if lamp.name.startswith("ceiling")]
    sky = bpy.context.scene.world.node_tree.nodes["Background"].inputs["Strength"]
    strength = float(sky.default_value)
    plates, window = (
        bpy.data.materials[name].node_tree.nodes["Principled BSDF"].inputs["Emission Strength"]
        for name in ("glow:f4f2ea", "glow:dfe8f2")
    )

    def switch(state: str) -> None:
        for lamp, energy in usual.items():
            lamp.energy = energy * {"on": 1.0, "dim": 0.12 if lamp in ceiling else 1.0, "fire": 0.0}[state]
        sky.default_value = strength * {"on": 1.0, "dim": 0.7, "fire": 0.0}[state]
        spot.energy = 55.0 if state == "fire" else 0.0
        plates.default_value = {"on": 3.0, "dim": 0.3, "fire": 0.0}[state]
        window.default_value = 0.0 if state == "fire" else 3.0

    return switch


def fumes(folder: Path) -> Fumes:
    """Steam of the kettle, smoke of the cabinet and its flame."""
    steam = Plume(
        "steam", "", lambda: Air((0.55, 2.8, 0.7), (26, 34, 44), 0.03, Climate(1.4, 0.0, 0.9, 0.6, 9.0), SEED, False),
        Source((0.92, 3.3, 0.97), 0.045, 26.0, 9.0, (-0.35, 0.0, 0.5)),
        ((STEAM_FROM, 0.3), (STEAM_FROM + 2, 1.0), (STEAM_TO - 2, 1.0), (STEAM_TO, 0.0)), 7.0,
        (0.78, 0.76, 0.73), 0.2, 0.8,
    )  # fmt: skip
    cell = 0.07
    smoke = Plume(
        "smoke", "smoke",
        lambda: Air((-1.35, 0.6, 0.0), (38, 148, 37), cell, Climate(2.1, 0.0, 0.16, 0.004, 11.0), SEED),
        Source((0.95, 5.6, 1.1), 0.22, 15.0, 4.4, (-0.25, 0.0, 0.2)),
        ((SMOKE_FROM, 0.12), (32.0, 0.4), (44.0, 1.0), (DURATION, 1.3)), 4.0, (0.27, 0.27, 0.275), 0.6, 0.3,
    )  # fmt: skip
    fire = Fire(
        (1.0, 5.45, 0.9), 2.5, ((FLAME_FROM, 0.1), (44.5, 0.5), (50.0, 0.75), (DURATION, 0.85)), SEED, strength=1.3
    )  # fmt: skip
    return Fumes(folder, CAMERA, FPS, round(DURATION * FPS), [smoke, steam], fire)


def events(overlay: Fumes) -> list[dict[str, Any]]:
    """The fire, and what is none."""
    return [
        {"scene": "smoke", "zone": "corridor", "from": LAMP_ON, "to": LAMP_ON + 2, "expected": False,
         "why": "a lamp goes on"},
        {"scene": "smoke", "zone": "corridor", "from": STEAM_FROM, "to": STEAM_TO + 1, "expected": False,
         "why": "steam of a kettle"},
        {"scene": "smoke", "zone": "corridor", "from": overlay.first("smoke"), "to": DURATION, "expected": True,
         "grade": "major", "flame_from": overlay.first("fire")},
    ]  # fmt: skip


def build() -> Play:
    """The play with its scene."""
    indoor_sky(0.25)
    room = corridor()
    walk = along([(-0.5, -1.5), (-0.45, 4.0), (-0.4, 7.6), (-1.5, 8.6), (-4.5, 8.6)],
                 [(13.0, (-0.5, -1.5)), (17.5, (-0.45, 4.0)), (22.6, (-1.5, 8.6)), (25.5, (-4.5, 8.6))])  # fmt: skip
    actors: list[Actor] = [Player(1, "walker", 18, [goes(walk, walks)])]
    return Play(
        "smoke_corridor", SEED, DURATION, CAMERA, room, actors, {"corridor": ZONE}, "smoke",
        Look(target=110.0), FPS, ((0.0, "dim"), (LAMP_ON, "on")), lamps(room), ("fire",), fumes, events=events,
    )  # fmt: skip
