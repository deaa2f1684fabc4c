"""Places under the sky: the entrance of a block of flats and a pavement with shared bicycles."""

from __future__ import annotations

import numpy as np
from scripts.render import world
from scripts.render.mesh import Shape

from .rooms import Room, door, on_wall, pick


def facade(shape: Shape, room: Room, random: np.random.Generator) -> None:
    """House wall along the far edge with an entrance, steps, canopy and barred windows."""
    half, depth = room.half_width, room.depth
    wall = pick(random, ("stained:cfcabb", "brick", "stained:b9b8b0", "walltile:c8b8a0", "stained:c9a88a"))
    shape.quad([(-half * 3, depth, 0), (half * 3, depth, 0), (half * 3, depth, 9), (-half * 3, depth, 9)][::1], wall)
    door(shape, room, "far", 0.0, random, 1.4)
    shape.box((-1.3, depth - 1.2, 2.5), (1.3, depth, 2.62), "stained:9a968c")
    shape.box((-1.1, depth - 0.9, 0), (1.1, depth, 0.12), "kerb")
    room.block(-1.1, depth - 0.9, 1.1, depth)
    for at in np.arange(-half * 2.4, half * 2.5, 2.6):
        if abs(at) < 1.6:
            continue
        for z in (1.6, 4.6, 7.6):
            on_wall(shape, room, "far", float(at), z, 1.3, 1.3, "frame", 0.03)
            on_wall(shape, room, "far", float(at), z, 1.2, 1.2, "window", 0.035)
            for bar in np.linspace(-0.6, 0.6, 9):
                on_wall(shape, room, "far", float(at + bar), z, 0.02, 1.3, "steel", 0.12)


def courtyard(random: np.random.Generator) -> Room:
    """Entrance of a block of flats seen from outside."""
    room = Room(
        "courtyard",
        float(random.uniform(3.5, 5.0)),
        float(random.uniform(7, 11)),
        3.2,
        (55, 90),
        hang=(2.4, 3.2),
        outdoors=True,
    )
    shape = Shape()
    world.flat(
        shape, (-30, -25), (30, room.depth), 0.0, pick(random, ("paving", "stained:8a8880", "paving_dark", "asphalt"))
    )
    facade(shape, room, random)
    world.flat(shape, (-room.half_width * 3, room.depth - 0.8), (-1.3, room.depth), 0.02, "grass")
    shape.quad([(-14, -18, 0), (-14, -18, 12), (14, -18, 12), (14, -18, 0)], "stained:b9b8b0")
    shape.place("room", 30)
    room.mounts = [(-room.half_width, -0.5), (0.0, -1.0), (room.half_width, -0.5)]
    return room


def pavement(random: np.random.Generator) -> Room:
    """Pavement with kerb and carriageway, a house front behind: the place of shared bicycles."""
    room = Room(
        "pavement",
        float(random.uniform(4.5, 7.0)),
        float(random.uniform(5.0, 8.0)),
        4.0,
        (50, 85),
        hang=(2.6, 5.0),
        outdoors=True,
    )
    shape = Shape()
    world.flat(shape, (-40, 0.6), (40, room.depth), 0.0, pick(random, ("paving", "paving_dark", "stained:a09a90")))
    world.flat(shape, (-40, -30), (40, 0.4), -0.12, "asphalt")
    shape.box((-40, 0.4, -0.12), (40, 0.6, 0.005), "kerb")
    world.flat(shape, (-40, room.depth * 0.45), (40, room.depth * 0.45 + 0.3), 0.004, "tactile")
    facade(shape, room, random)
    shape.quad([(-20, -18, 0), (-20, -18, 12), (20, -18, 12), (20, -18, 0)], "stained:b9b8b0")
    if random.random() < 0.6:
        for x in (-room.half_width * 0.7, room.half_width * 0.6):
            shape.tube((x, 1.1, 0), (x, 1.1, 4.5), (0.12, 0.09), "bark", 10)
            room.block(x - 0.4, 0.7, x + 0.4, 1.5)
    shape.place("room", 30)
    room.mounts = [(-room.half_width, -2.5), (0.0, -4.0), (room.half_width, -2.5), (-room.half_width * 0.5, -1.0)]
    return room
