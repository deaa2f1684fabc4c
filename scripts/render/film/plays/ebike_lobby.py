"""A lobby by day: an e-bike is pushed in and left; bicycles, a pram and a picture of an e-bike are none of it."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.film.film import indoor_sky
from scripts.render.film.gestures import STANDING, hangs, pushes, walks
from scripts.render.film.play import Look, Play, zone_on
from scripts.render.film.players import Player, Prop, State, acts, along, goes, rests, rolls, still
from scripts.render.film.sets import Opening, floor_and_ceiling, outside, passage, walls
from scripts.render.indoor.rooms import Room, ceiling_lamp, door, lift_door, on_wall
from scripts.render.mesh import Shape

SEED, DURATION = 4101, 62.0
CAMERA = Camera((-2.55, 0.15, 2.62), 27.0, -23.0, 84.0, 640, 360)
FLOOR = [(-2.75, 2.6, 0.0), (-2.75, 7.6, 0.0), (2.75, 7.6, 0.0), (2.75, 2.2, 0.0), (0.2, 1.6, 0.0)]
ENTRANCE, HALL = Opening(0.9, 1.9, 2.3), Opening(3.6, 1.5)


def lobby() -> Room:
    """Tiled lobby with an open entrance at the far end, a passage at the right and lift doors at the left."""
    room = Room("lobby", 2.8, 8.0, 2.9, (60, 98))
    random = np.random.default_rng(SEED)
    shape = Shape()
    floor_and_ceiling(shape, room, "floortile:b8b4ac", "plain:e2e0da")
    walls(shape, room, ("walltile:d8d2c4", "walltile:cfc8b8", 1.0), {"far": [ENTRANCE], "right": [HALL]})
    outside(shape, room, ENTRANCE, 260.0)
    passage(shape, room, "right", HALL, 3.6, ("floortile:b8b4ac", "stained:d8d6ce"), 45.0)
    for at in (3.6, 6.0):
        lift_door(shape, room, "left", at)
    for column in range(4):
        for row in range(4):
            name = "brushed:a8b0b4" if row % 2 else "brushed:9aa2a8"
            on_wall(shape, room, "right", 5.3 + column * 0.34, 0.85 + row * 0.22, 0.32, 0.2, name, 0.25)
    on_wall(shape, room, "far", -1.5, 1.5, 1.1, 1.5, "plain:2f6fc0", 0.03)
    for row in range(5):
        on_wall(shape, room, "far", -1.5, 2.0 - row * 0.2, 0.8, 0.07, "plain:e8e8e4", 0.04)
    for at, name in ((1.9, "plain:f0f0ea"), (4.8, "plain:c8282a")):
        on_wall(shape, room, "left", at, 1.5, 0.3, 0.42, name, 0.012)
    door(shape, room, "right", 1.2, random)
    for y in (2.2, 5.6):
        ceiling_lamp(shape, room, 0.0, y, (0.6, 0.6), 45.0, (1.0, 0.95, 0.86))
    shape.box((0.0, 6.6, 0.0), (1.8, 7.7, 0.012), "plain:4a2a26")
    shape.place("room", 30)
    room.add_lamp("lamp", (0.0, 0.3, 2.8), (1.5, 0.3), 12.0, (1.0, 0.95, 0.86))
    return room


def build() -> Play:
    """The play with its scene."""
    indoor_sky(0.3)
    room = lobby()
    pram = along([(6.3, 3.6), (2.4, 3.6), (1.0, 5.4), (0.9, 12.5)],
                 [(3.5, (6.3, 3.6)), (7.4, (2.6, 3.6)), (12.4, (0.95, 8.2)), (15.4, (0.9, 12.5))], 0.6)  # fmt: skip
    bicycle = along([(0.8, 14.0), (0.9, 8.0), (0.8, 5.0), (3.0, 3.6), (6.5, 3.6)],
                    [(12.5, (0.8, 14.0)), (17.0, (0.9, 8.0)), (21.0, (1.6, 4.4)), (25.0, (6.5, 3.6))], 1.1)  # fmt: skip
    ebike = along([(1.3, 14.5), (1.0, 8.2), (0.6, 6.0), (-0.2, 5.2), (-1.3, 4.9), (-1.9, 4.6)],
                  [(23.5, (1.3, 14.5)), (28.3, (1.0, 8.2)), (33.6, (-0.9, 5.0)), (35.6, (-1.5, 4.8))], 1.2)  # fmt: skip
    pushing = goes(ebike, pushes, -0.12, -0.5)
    there = pushing.state(35.6)
    leaving = along([(there.x, there.y), (-0.1, 6.0), (1.2, 4.6), (2.9, 3.6), (6.4, 3.6)],
                    [(38.2, (there.x, there.y)), (42.0, (1.2, 4.6)), (47.5, (6.4, 3.6))])  # fmt: skip
    late = along([(6.5, 3.6), (2.4, 3.6), (1.0, 5.6), (0.9, 13.5)],
                 [(45.5, (6.5, 3.6)), (49.5, (2.4, 3.6)), (54.5, (0.95, 8.4)), (58.5, (0.9, 13.5))], 1.1)  # fmt: skip
    walker = along([(1.2, 13.0), (1.1, 8.0), (-0.3, 4.0), (-0.6, -1.5)],
                   [(50.5, (1.2, 13.0)), (54.0, (1.1, 8.0)), (60.4, (-0.6, -1.5))])  # fmt: skip
    last = rolls(ebike).state(35.6)
    standing = State(last.x, last.y, 0.0, last.heading, None, 0.06)
    actors: list[Actor] = [
        Player(1, "with the pram", 31, [goes(pram, pushes, -0.75, 0.0)], "cloth:b56a48"),
        Prop(2, "pram", "trap", 7, [rolls(pram)]),
        Player(3, "with a bicycle", 12, [goes(bicycle, pushes, -0.1, -0.48)], "cloth:6f8f5a"),
        Prop(4, "bicycle", "trap", 5, [rolls(bicycle)]),
        Player(5, "with the e-bike", 44, [
            pushing, acts((there.x, there.y), there.heading, [(35.6, STANDING), (38.2, STANDING)]),
            goes(leaving, walks),
        ], "cloth:26282c"),
        Prop(6, "ebike", "offender", 8, [rolls(ebike), rests(35.6, DURATION + 1, standing)]),
        Player(7, "with a bicycle", 23, [goes(late, pushes, -0.1, 0.48)], "cloth:e4e2dc"),
        Prop(8, "shared_bicycle", "trap", 3, [rolls(late)]),
        Player(9, "walker", 9, [goes(walker, hangs)]),
        still(10, "ebike_poster", "trap", 4, State(2.5, 6.95, 0.0, math.radians(-68))),
    ]  # fmt: skip
    return Play(
        "ebike_lobby", SEED, DURATION, CAMERA, room, actors, {"lobby": zone_on(CAMERA, FLOOR)}, "ebike_stairwell",
        Look(target=112.0),
        whys={2: "a pram", 4: "a bicycle without a motor", 8: "a shared bicycle without a motor",
              10: "a picture of an e-bike on a display board"},
    )  # fmt: skip
