"""A restaurant kitchen: a cylinder is carried in and put down; jugs, an extinguisher, a bin and flasks are not one."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.film.film import indoor_sky
from scripts.render.film.gestures import BENT, LOWERING, REACHING, STANDING, carries, hangs_right, mirrored, walks
from scripts.render.film.play import Look, Play, zone_on
from scripts.render.film.players import Player, Prop, State, acts, along, goes, held, rests, state_at, still
from scripts.render.film.sets import Opening, floor_and_ceiling, passage, walls
from scripts.render.indoor.places.kitchen import counter, shelves
from scripts.render.indoor.rooms import Room, ceiling_lamp, notices
from scripts.render.mesh import Shape

SEED, DURATION = 4201, 60.0
CAMERA = Camera((-1.85, 0.15, 2.5), 25.0, -28.0, 80.0, 640, 360)
FLOOR = [(-2.1, 2.2, 0.0), (-2.1, 4.8, 0.0), (1.9, 4.8, 0.9), (2.0, 1.5, 0.9), (0.6, 1.1, 0.0), (-1.0, 1.5, 0.0)]
DOORWAY = Opening(-1.0, 1.1)
JUG_DOWN, GAS_DOWN = 15.0, 34.2


def kitchen() -> Room:
    """Small tiled kitchen: steel table with pots under a hood at the right, a shelf at the left, a way out at the far
    end.
    """
    room = Room("kitchen", 2.2, 5.0, 2.8, (68, 105))
    random = np.random.default_rng(SEED)
    shape = Shape()
    floor_and_ceiling(shape, room, "smalltile:8a6a58", "stained:c8c6c0")
    walls(shape, room, ("walltile:e4e2dc", "walltile:dcdad2", 1.1), {"far": [DOORWAY]})
    passage(shape, room, "far", DOORWAY, 4.0, ("stained:77746c", "stained:cfcabb"), 40.0)
    counter(shape, (1.55, 1.7), (2.2, 4.8), "brushed:b8bcc0")
    for y in (2.6, 3.4, 4.2):
        shape.tube((1.87, y, 0.86), (1.87, y, 0.92), (0.17, 0.2), "trim", 16)
    shape.ellipsoid((1.87, 3.4, 1.0), (0.22, 0.22, 0.1), "steel", (14, 8))
    shape.tube((1.87, 4.2, 0.92), (1.87, 4.2, 1.12), (0.18, 0.18), "steel", 18)
    shape.box((1.4, 2.3, 1.95), (2.2, 4.8, 2.3), "brushed:a8acb0")
    shelves(shape, room, random)
    notices(shape, room, random, 2)
    for y in (1.8, 4.2):
        ceiling_lamp(shape, room, -0.2, y, (0.2, 1.1), 48.0, (0.96, 0.97, 1.0))
    shape.place("room", 30)
    room.add_lamp("lamp", (-0.4, 0.25, 2.7), (1.5, 0.3), 14.0, (0.96, 0.97, 1.0))
    return room


def people() -> list[Actor]:
    """The jug's bearer, the cylinder's bearer and a cook; with what they carry."""
    way_in = [(-1.0, 9.0), (-1.0, 5.2)]
    jug_in = along([*way_in, (-0.9, 4.0), (0.3, 3.9)], [(5.0, (-1.0, 9.0)), (9.6, (-1.0, 5.2)), (13.4, (0.25, 3.9))])
    jug_at = goes(jug_in, carries).state(13.4)
    jug_out = along([(jug_at.x, jug_at.y), (-0.8, 4.6), (-1.0, 5.0), (-1.0, 9.0)],
                    [(16.2, (jug_at.x, jug_at.y)), (20.6, (-1.0, 5.3)), (24.6, (-1.0, 9.0))])  # fmt: skip
    jug_stints = [goes(jug_in, carries),
                  acts((jug_at.x, jug_at.y), 0.3, [(13.4, STANDING), (14.9, BENT), (16.2, STANDING)]),
                  goes(jug_out, walks)]  # fmt: skip
    gas_in = along([*way_in, (-0.8, 4.2), (0.2, 3.2), (0.95, 2.45)],
                   [(24.5, (-1.0, 9.0)), (28.6, (-1.0, 5.2)), (33.2, (0.95, 2.45))])  # fmt: skip
    gas_at = goes(gas_in, hangs_right).state(33.2)
    gas_out = along([(gas_at.x, gas_at.y), (0.0, 3.0), (-0.9, 4.6), (-1.0, 5.0), (-1.0, 9.0)],
                    [(36.4, (gas_at.x, gas_at.y)), (41.6, (-1.0, 5.2)), (45.2, (-1.0, 9.0))])  # fmt: skip
    gas_stints = [goes(gas_in, hangs_right),
                  acts((gas_at.x, gas_at.y), gas_at.heading, [(33.2, STANDING), (34.2, mirrored(LOWERING)),
                                                              (35.2, STANDING), (36.4, STANDING)]),
                  goes(gas_out, walks)]  # fmt: skip
    cook_in = along([*way_in, (-0.8, 4.6), (1.1, 3.7)], [(43.5, (-1.0, 9.0)), (48.0, (-1.0, 5.2)), (51.6, (1.1, 3.7))])
    cooking = [(51.6 + number * 1.2, REACHING if number % 2 else STANDING) for number in range(8)]
    jug_held = held(jug_stints, 5.0, JUG_DOWN, 0.34, 0.0, 0.72)
    jug_last = jug_held.state(JUG_DOWN - 0.01)
    gas_held = held(gas_stints, 24.5, GAS_DOWN, 0.04, -0.36, 0.1, 0.6)
    gas_last = state_at([gas_held], GAS_DOWN - 0.01)
    assert gas_last is not None
    end = DURATION + 1
    return [
        Player(1, "with a water jug", 52, jug_stints, "cloth:2d4a78"),
        Prop(2, "jug", "trap", 14, [jug_held, rests(JUG_DOWN, end, State(jug_last.x + 0.08, jug_last.y, 0.0, 0.3))]),
        Player(3, "with the cylinder", 61, gas_stints, "cloth:d9a23b"),
        Prop(4, "lpg", "offender", 22, [
            gas_held, rests(GAS_DOWN, end, State(gas_last.x, gas_last.y, 0.0, gas_last.heading)),
        ]),
        Player(5, "cook", 70, [goes(cook_in, walks), acts((1.1, 3.7), 0.1, cooking)], "cloth:e4e2dc"),
    ]  # fmt: skip


def build() -> Play:
    """The play with its scene."""
    indoor_sky(0.3)
    room = kitchen()
    traps = {
        "dispenser": (State(0.75, 4.72, 0.0, -math.pi / 2), "a water dispenser"),
        "jug": (State(0.2, 4.72, 0.0, 0.5), "a water jug"),
        "extinguisher": (State(-0.2, 4.78, 0.0, -1.2), "a fire extinguisher"),
        "closed_bin": (State(-1.85, 1.95, 0.0, 0.2), "a bin with its lid closed"),
        "thermos": (State(1.75, 2.1, 0.86, 2.6), "a thermos flask"),
        "bucket": (State(1.25, 4.4, 0.0, 0.0), "a bucket"),
    }
    actors = people()
    whys = {2: "a water jug that is carried in"}
    for number, (kind, (place, why)) in enumerate(traps.items(), start=10):
        actors.append(still(number, kind, "trap", 20 + number, place))
        whys[number] = why
    return Play(
        "gas_kitchen", SEED, DURATION, CAMERA, room, actors, {"kitchen": zone_on(CAMERA, FLOOR)}, "gas_cylinder",
        Look(target=115.0), whys=whys,
    )  # fmt: skip
