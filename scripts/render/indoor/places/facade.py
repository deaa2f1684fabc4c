"""Front of a block of flats with its entrance, steps, canopy and barred windows."""

from __future__ import annotations

import numpy as np
from scripts.render.chance import pick
from scripts.render.indoor.rooms import Room, door, on_wall
from scripts.render.mesh import Shape

WALLS = ("stained:cfcabb", "brick", "stained:b9b8b0", "walltile:c8b8a0", "stained:c9a88a")


def facade(shape: Shape, room: Room, random: np.random.Generator) -> None:
    """House wall along the far edge with an entrance, steps, canopy and barred windows."""
    half, depth = room.half_width, room.depth
    wall = pick(random, WALLS)
    shape.quad([(-half * 3, depth, 0), (half * 3, depth, 0), (half * 3, depth, 9), (-half * 3, depth, 9)], wall)
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


def house_behind(shape: Shape, half_width: float) -> None:
    """Plain house behind the camera, which throws its light back."""
    x = half_width
    shape.quad([(-x, -18, 0), (-x, -18, 12), (x, -18, 12), (x, -18, 0)], "stained:b9b8b0")
