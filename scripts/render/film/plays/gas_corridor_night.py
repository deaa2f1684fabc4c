"""A dim corridor: a cylinder comes on a trolley and is put down; a carried jug and extinguishers are not one."""

from __future__ import annotations

import numpy as np
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.film.film import indoor_sky
from scripts.render.film.gestures import BENT, STANDING, carries, pushes, walks
from scripts.render.film.play import Look, Play, zone_on
from scripts.render.film.players import Player, Prop, State, acts, along, goes, held, rests, rolls, still
from scripts.render.film.sets import Opening, floor_and_ceiling, passage, walls
from scripts.render.indoor.rooms import Room, ceiling_lamp, door, on_wall
from scripts.render.mesh import Shape

SEED, DURATION = 4501, 60.0
CAMERA = Camera((0.95, 0.12, 2.4), -15.0, -24.0, 78.0, 640, 360)
FLOOR = [(-1.15, 2.0, 0.0), (-1.15, 8.8, 0.0), (1.15, 8.8, 0.0), (1.25, 4.0, 1.0), (1.25, 2.2, 1.0), (0.4, 1.4, 0.0)]
SIDE = Opening(7.2, 1.4)
DOWN = 36.0


def corridor() -> Room:
    """Corridor with doors, weak lamps and a way off to the left."""
    room = Room("corridor", 1.25, 9.2, 2.55, (60, 95))
    random = np.random.default_rng(SEED)
    shape = Shape()
    floor_and_ceiling(shape, room, "stained:8a8880", "plain:d8d6d0")
    walls(shape, room, ("stained:cfcabb", "stained:4f7396", 1.1), {"left": [SIDE]})
    passage(shape, room, "left", SIDE, 4.0, ("stained:8a8880", "stained:cfcabb"), 9.0)
    for wall, at in (("left", 2.6), ("left", 4.9), ("right", 5.4), ("right", 7.9), ("far", 0.2)):
        door(shape, room, wall, at, random)
    on_wall(shape, room, "left", 3.7, 1.5, 0.4, 0.55, "plain:f0f0ea", 0.012)
    on_wall(shape, room, "far", -0.8, 1.6, 0.3, 0.42, "plain:c8282a", 0.012)
    for y, energy in ((2.2, 5.0), (5.0, 2.0), (7.8, 6.0)):
        ceiling_lamp(shape, room, 0.0, y, (0.25, 0.6), energy, (1.0, 0.78, 0.52))
    shape.place("room", 30)
    return room


def trolley() -> Shape:
    """Platform trolley with four wheels and a bar behind."""
    shape = Shape()
    shape.box((-0.42, -0.26, 0.15), (0.42, 0.26, 0.18), "plain:2d6ab0")
    for x in (-0.32, 0.32):
        for y in (-0.2, 0.2):
            shape.tube((x, y - 0.02, 0.065), (x, y + 0.02, 0.065), (0.065, 0.065), "trim", 14)
    shape.path([(-0.42, -0.22, 0.18), (-0.5, -0.22, 0.95), (-0.5, 0.22, 0.95), (-0.42, 0.22, 0.18)], 0.016, "chrome")
    shape.path([(-0.46, -0.22, 0.55), (-0.46, 0.22, 0.55)], 0.012, "chrome")
    return shape


def build() -> Play:
    """The play with its scene."""
    indoor_sky(0.05)
    room = corridor()
    jug_way = along([(-5.0, 7.2), (-1.4, 7.2), (-0.1, 6.2), (0.0, 3.0), (0.1, -1.5)],
                    [(4.0, (-5.0, 7.2)), (7.4, (-1.4, 7.2)), (12.6, (0.0, 3.0)), (16.8, (0.1, -1.5))])  # fmt: skip
    bearer = [goes(jug_way, carries)]
    cart = along([(-5.4, 7.2), (-1.2, 7.2), (-0.2, 6.0), (-0.1, 4.6), (-0.1, 3.4)],
                 [(20.0, (-5.4, 7.2)), (25.4, (-1.2, 7.2)), (31.6, (-0.1, 3.8))], 0.7)  # fmt: skip
    stop = rolls(cart).state(31.6)
    behind = goes(cart, pushes, -0.85, 0.0)
    first = behind.state(31.6)
    beside = along([(first.x, first.y), (-0.75, 4.6), (-0.72, 4.05)],
                   [(32.4, (first.x, first.y)), (34.6, (-0.72, 4.05))])  # fmt: skip
    beside_last = goes(beside, walks).state(34.6)
    back = along([(beside_last.x, beside_last.y), (-0.6, 4.8), (first.x, first.y)],
                 [(38.0, (beside_last.x, beside_last.y)), (40.0, (first.x, first.y))])  # fmt: skip
    away = along([(stop.x, stop.y), (0.05, 1.5), (0.1, -2.4)],
                 [(41.0, (stop.x, stop.y)), (43.6, (0.05, 1.5)), (46.6, (0.1, -2.4))], 0.7)  # fmt: skip
    late = along([(0.3, -1.5), (0.2, 5.6), (-1.2, 7.2), (-5.0, 7.2)],
                 [(47.5, (0.3, -1.5)), (54.0, (0.2, 5.6)), (56.0, (-1.2, 7.2)), (59.6, (-5.0, 7.2))])  # fmt: skip
    cart_stints = [rolls(cart), rests(31.6, 41.0, stop), rolls(away)]
    standing = State(-0.62, 3.35, 0.0, 0.4)
    actors: list[Actor] = [
        Player(1, "with a water jug", 33, bearer, "cloth:e4e2dc"),
        Prop(2, "jug", "trap", 14, [held(bearer, 4.0, 16.8, 0.34, 0.0, 0.72)]),
        Player(3, "with the trolley", 37, [
            behind, acts((first.x, first.y), first.heading, [(31.6, STANDING), (32.4, STANDING)]),
            goes(beside, walks),
            acts((beside_last.x, beside_last.y), -0.5, [(34.6, STANDING), (35.4, BENT), (37.2, BENT),
                                                             (38.0, STANDING)]),
            goes(back, walks), acts((first.x, first.y), first.heading, [(40.0, STANDING), (41.0, STANDING)]),
            goes(away, pushes, -0.85, 0.0),
        ], "cloth:6f8f5a"),
        Prop(4, "platform_trolley", "trolley", 1, cart_stints, trolley().mesh("trolley", 40)),
        Prop(5, "lpg", "offender", 12, [
            held(cart_stints, 20.0, DOWN, 0.1, 0.0, 0.18), rests(DOWN, DURATION + 1, standing, 1.6),
        ]),
        Player(6, "walker", 24, [goes(late, walks)]),
        still(10, "extinguisher", "trap", 4, State(1.13, 3.4, 0.75, 3.14)),
        still(11, "fire_cabinet", "trap", 5, State(-1.1, 5.9, 0.0, 0.0)),
        still(12, "closed_bin", "trap", 6, State(0.85, 6.6, 0.0, 3.0)),
    ]  # fmt: skip
    return Play(
        "gas_corridor_night", SEED, DURATION, CAMERA, room, actors, {"corridor": zone_on(CAMERA, FLOOR)},
        "gas_cylinder",
        Look(target=70.0, noise=3.0, softness=0.75, vignette=0.25),
        whys={2: "a water jug that is carried past", 10: "a fire extinguisher on the wall",
              11: "a cabinet with fire extinguishers", 12: "a bin with its lid closed"},
    )  # fmt: skip
