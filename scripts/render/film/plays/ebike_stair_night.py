"""A stairwell by infrared light: an e-bike is brought in and stays; a trolley case and a wheelchair only pass."""

from __future__ import annotations

import numpy as np
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.film.film import indoor_sky
from scripts.render.film.gestures import STANDING, pulls, pushes, walks
from scripts.render.film.play import Look, Play, zone_on
from scripts.render.film.players import Player, Prop, State, acts, along, goes, held, rests, rolls
from scripts.render.film.sets import Opening, floor_and_ceiling, passage, walls
from scripts.render.indoor.rooms import Room, door, meters, on_wall, stairs
from scripts.render.lights import as_the_camera, infrared_lamp
from scripts.render.mesh import Shape

SEED, DURATION = 4401, 60.0
CAMERA = Camera((-1.75, 0.12, 2.5), 27.0, -25.0, 84.0, 640, 360)
FLOOR = [(-1.95, 2.3, 0.0), (-1.95, 5.9, 0.0), (0.25, 5.9, 0.0), (0.3, 4.0, 0.0), (1.95, 4.0, 0.0), (1.95, 1.6, 0.0),
         (0.2, 1.2, 0.0)]  # fmt: skip
ENTRANCE = Opening(-0.8, 1.3)


def stairwell() -> Room:
    """Landing with a flight of stairs at the right, an entrance at the far end, doors and meters."""
    room = Room("stairwell", 2.0, 6.0, 2.75, (65, 105))
    random = np.random.default_rng(SEED)
    shape = Shape()
    floor_and_ceiling(shape, room, "stained:8a8880", "stained:d8d6d0")
    walls(shape, room, ("stained:d8d6ce", "stained:5f8a72", 1.15), {"far": [ENTRANCE]})
    passage(shape, room, "far", ENTRANCE, 6.0, ("stained:77746c", "stained:b9b8b0"), 0.0)
    stairs(shape, room, 0.35, 2.0, 4.1, 8, "stained:8a8880")
    door(shape, room, "left", 3.6, random)
    meters(shape, room, "right", 2.2)
    on_wall(shape, room, "left", 5.1, 1.5, 0.5, 0.7, "plain:f0f0ea", 0.012)
    on_wall(shape, room, "far", 0.12, 1.55, 0.25, 0.36, "plain:e8d080", 0.012)
    on_wall(shape, room, "left", 2.2, 1.45, 0.3, 0.4, "plain:c8282a", 0.012)
    shape.tube((1.94, 3.4, 0), (1.94, 3.4, 2.75), (0.04, 0.04), "plain:d0d0cc", 12)
    shape.place("room", 30)
    return room


def build() -> Play:
    """The play with its scene."""
    indoor_sky(0.03)
    room = stairwell()
    x, y, z = CAMERA.position
    as_the_camera(infrared_lamp(100, 0.9, 0.04, 900.0), CAMERA, (x + 0.06, y, z + 0.03))
    case = along([(0.5, -1.5), (0.3, 2.2), (-0.7, 4.4), (-0.8, 6.2), (-0.8, 12.0)],
                 [(3.5, (0.5, -1.5)), (6.5, (0.3, 2.2)), (10.6, (-0.8, 6.2)), (15.0, (-0.8, 12.0))])  # fmt: skip
    puller = [goes(case, pulls)]
    chair = along([(-0.8, 12.5), (-0.8, 6.2), (-0.6, 4.4), (0.4, 2.2), (0.6, -2.2)],
                  [(12.5, (-0.8, 12.5)), (17.4, (-0.8, 6.2)), (22.0, (0.35, 2.3)), (26.0, (0.6, -2.2))],
                  0.6)  # fmt: skip
    ebike = along([(-0.8, 13.0), (-0.8, 6.0), (-0.7, 4.6), (-0.1, 3.4), (0.7, 3.05), (1.3, 3.0)],
                  [(24.0, (-0.8, 13.0)), (29.2, (-0.8, 6.2)), (33.6, (0.2, 3.25)), (35.0, (0.75, 3.05))],
                  1.2)  # fmt: skip
    pushing = goes(ebike, pushes, -0.15, 0.5)
    there = pushing.state(35.0)
    leaving = along([(there.x, there.y), (-0.4, 3.9), (-1.0, 2.9), (-0.4, 1.4), (0.2, -1.6)],
                    [(37.4, (there.x, there.y)), (40.2, (-1.0, 2.9)), (45.0, (0.2, -1.6))])  # fmt: skip
    late = along([(0.3, -1.5), (-0.5, 2.0), (-0.9, 4.6), (-0.8, 6.2), (-0.8, 12.5)],
                 [(47.5, (0.3, -1.5)), (50.6, (-0.5, 2.0)), (54.4, (-0.8, 6.2)), (59.4, (-0.8, 12.5))])  # fmt: skip
    last = rolls(ebike).state(35.0)
    standing = State(last.x, last.y, 0.0, last.heading, None, 0.06)
    actors: list[Actor] = [
        Player(1, "with a trolley case", 32, puller, "cloth:88a7bd"),
        Prop(2, "suitcase", "trap", 6, [held(puller, 3.5, 15.0, -0.55, 0.22, 0.0)]),
        Player(3, "with a wheelchair", 15, [goes(chair, pushes, -0.72, 0.0)], "cloth:7c6a9a"),
        Prop(4, "wheelchair", "trap", 5, [rolls(chair)]),
        Player(5, "with the e-bike", 45, [
            pushing, acts((there.x, there.y), there.heading, [(35.0, STANDING), (37.4, STANDING)]),
            goes(leaving, walks),
        ], "cloth:2d4a78"),
        Prop(6, "ebike", "offender", 14, [rolls(ebike), rests(35.0, DURATION + 1, standing)]),
        Player(7, "walker", 19, [goes(late, walks)]),
    ]  # fmt: skip
    return Play(
        "ebike_stair_night", SEED, DURATION, CAMERA, room, actors, {"landing": zone_on(CAMERA, FLOOR)},
        "ebike_stairwell", Look(target=88.0, infrared=True, noise=3.0, softness=0.7, vignette=0.3),
        whys={2: "a trolley case", 4: "a wheelchair"},
    )  # fmt: skip
