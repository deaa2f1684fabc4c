"""Parts of rooms: walls, doors, lamps, notices, stairs; and the room that holds them.

A room spans -half_width..half_width in x and 0..depth in y; its floor is z = 0. Metres throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import bpy
import numpy as np
from scripts.render.chance import pick
from scripts.render.lights import area_lamp
from scripts.render.mesh import Shape

Triple = tuple[float, float, float]
WARM, NEUTRAL, COLD = (1.0, 0.72, 0.45), (1.0, 0.93, 0.82), (0.82, 0.91, 1.0)
NOTICES = ("plain:f0f0ea", "plain:f0f0ea", "plain:c8282a", "plain:2f6fc0", "plain:e8d080", "plain:3c8a5a")
LEAVES = ("plain:5a2f1e", "plain:6a4a34", "plain:3a3d42", "plain:7a2420", "plain:8a8f94", "plain:4a5a4a", "wood")


@dataclass
class Room:
    """A finished room; `blocked` holds floor rectangles (x0, y0, x1, y1) that furniture takes."""

    kind: str
    half_width: float
    depth: float
    height: float
    lens: tuple[float, float]  # range of horizontal fields of view, degrees
    lamps: list[bpy.types.Light] = field(default_factory=list)
    blocked: list[tuple[float, float, float, float]] = field(default_factory=list)
    mounts: list[tuple[float, float]] = field(default_factory=list)  # where cameras hang, x and y
    hang: tuple[float, float] = (2.2, 2.7)  # range of their heights
    outdoors: bool = False

    def block(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Keep things off a floor rectangle."""
        self.blocked.append((x0, y0, x1, y1))

    def add_lamp(
        self, label: str, at: Triple, size: tuple[float, float], energy: float, colour: Triple,
        turn: Triple = (0.0, 0.0, 0.0),
    ) -> None:  # fmt: skip
        """Add a soft lamp that shines down unless turned (degrees) and belongs to the room; `energy` in watts."""
        self.lamps.append(area_lamp(label, at, size, energy, colour, turn))


def shell(
    shape: Shape, room: Room, floor: str, wall: str, ceiling: str, dado: str = "", dado_height: float = 1.2
) -> None:
    """Floor, four walls (with a painted lower part) and ceiling, all facing inwards."""
    half, depth, height = room.half_width, room.depth, room.height
    shape.quad([(-half, 0, 0), (half, 0, 0), (half, depth, 0), (-half, depth, 0)], floor)
    shape.quad([(-half, 0, height), (-half, depth, height), (half, depth, height), (half, 0, height)], ceiling)
    corners = [(-half, 0), (-half, depth), (half, depth), (half, 0)]
    edges = [(0.0, dado_height, dado), (dado_height, height, wall)] if dado else [(0.0, height, wall)]
    for index, (x0, y0) in enumerate(corners):
        x1, y1 = corners[(index + 1) % 4]
        for low, high, name in edges:
            shape.quad([(x0, y0, low), (x1, y1, low), (x1, y1, high), (x0, y0, high)], name)
    skirting(shape, room, "plain:5a5a58" if floor.startswith("stained") else "plain:8a867e")


def skirting(shape: Shape, room: Room, name: str) -> None:
    """Skirting board along the four walls."""
    half, depth = room.half_width, room.depth
    shape.box((-half, 0, 0), (-half + 0.012, depth, 0.1), name)
    shape.box((half - 0.012, 0, 0), (half, depth, 0.1), name)
    shape.box((-half, depth - 0.012, 0), (half, depth, 0.1), name)
    shape.box((-half, 0, 0), (half, 0.012, 0.1), name)


def on_wall(
    shape: Shape,
    room: Room,
    wall: str,
    at: float,
    z: float,
    width: float,
    height: float,
    name: str,
    thick: float = 0.02,
) -> None:
    """Flat box on a wall (left, right, far or near) centred `at` metres along it."""
    half, depth = room.half_width, room.depth
    if wall in ("left", "right"):
        x0, x1 = sorted((-half, -half + thick)) if wall == "left" else (half - thick, half)
        shape.box((x0, at - width / 2, z - height / 2), (x1, at + width / 2, z + height / 2), name)
    else:
        y0, y1 = (depth - thick, depth) if wall == "far" else (0.0, thick)
        shape.box((at - width / 2, y0, z - height / 2), (at + width / 2, y1, z + height / 2), name)


def door(shape: Shape, room: Room, wall: str, at: float, random: np.random.Generator, width: float = 0.95) -> None:
    """Flat door with frame, handle and, often, festive red paper beside it."""
    leaf = pick(random, LEAVES)
    on_wall(shape, room, wall, at, 1.05, width + 0.12, 2.12, "plain:6a6560", 0.03)
    on_wall(shape, room, wall, at, 1.03, width, 2.04, leaf, 0.045)
    on_wall(shape, room, wall, at + width * 0.4, 1.0, 0.03, 0.14, "chrome", 0.09)
    if random.random() < 0.4:
        on_wall(shape, room, wall, at - width * 0.66, 1.2, 0.14, 1.2, "plain:b01c1a", 0.008)
        on_wall(shape, room, wall, at + width * 0.66, 1.2, 0.14, 1.2, "plain:b01c1a", 0.008)


def lift_door(shape: Shape, room: Room, wall: str, at: float) -> None:
    """Closed steel lift door with a frame and a call button."""
    on_wall(shape, room, wall, at, 1.08, 1.3, 2.2, "brushed:8f8a80", 0.04)
    on_wall(shape, room, wall, at, 1.05, 1.0, 2.1, "brushed:b8bcc0", 0.05)
    on_wall(shape, room, wall, at, 1.05, 0.012, 2.1, "trim", 0.053)
    on_wall(shape, room, wall, at + 0.85, 1.15, 0.1, 0.3, "brushed:b8bcc0", 0.03)
    on_wall(shape, room, wall, at + 0.85, 1.2, 0.03, 0.03, "glow:d83020", 0.035)


def notices(shape: Shape, room: Room, random: np.random.Generator, count: int) -> None:
    """Posters, notes and boards with blocks of text on the walls."""
    for _notice in range(count):
        wall = pick(random, ("left", "right", "far"))
        reach = (0.4, room.depth - 0.4) if wall != "far" else (-room.half_width + 0.3, room.half_width - 0.3)
        at, z = float(random.uniform(*reach)), float(random.uniform(1.1, 1.9))
        width = float(random.choice([0.21, 0.3, 0.42, 0.6]))
        height = width * float(random.choice([0.7, 1.4, 1.4]))
        ground = pick(random, NOTICES)
        on_wall(shape, room, wall, at, z, width, height, ground, 0.012)
        ink = (
            "plain:f0f0ea"
            if ground not in NOTICES[:2]
            else pick(random, ("plain:b03028", "plain:23304a", "plain:2f6fc0"))
        )
        for row in np.linspace(-0.34, 0.36, int(random.integers(2, 6))):
            on_wall(
                shape, room, wall, at, z + row * height, width * random.uniform(0.4, 0.85), height * 0.06, ink, 0.014
            )


def meters(shape: Shape, room: Room, wall: str, at: float) -> None:
    """Row of electricity meters or a steel distribution box with a conduit to the ceiling."""
    on_wall(shape, room, wall, at, 1.6, 0.9, 0.7, "plain:a8aaa6", 0.16)
    for column in (-0.28, 0.0, 0.28):
        on_wall(shape, room, wall, at + column, 1.65, 0.2, 0.28, "window", 0.165)
    on_wall(shape, room, wall, at, room.height - 0.4, 0.06, 0.8, "plain:d0d0cc", 0.06)


def pipes(shape: Shape, room: Room, random: np.random.Generator) -> None:
    """Upright pipe in a corner and a red fire main under the ceiling."""
    x = float(random.choice([-1, 1])) * (room.half_width - 0.055)  # closer to the wall than the cameras hang
    shape.tube((x, room.depth - 0.055, 0), (x, room.depth - 0.055, room.height), (0.04, 0.04), "plain:d0d0cc", 12)
    if random.random() < 0.5:
        side = math.copysign(room.half_width - 0.055, -x)
        shape.tube(
            (side, 0, room.height - 0.16), (side, room.depth, room.height - 0.16), (0.04, 0.04), "paint:b8141a", 12
        )


def ceiling_lamp(
    shape: Shape,
    room: Room,
    x: float,
    y: float,
    size: tuple[float, float],
    energy: float,
    colour: tuple[float, float, float],
) -> None:
    """Lamp with a shining plate and a soft light below it; `energy` in watts."""
    z = room.height - 0.03
    shape.box(
        (x - size[0] / 2, y - size[1] / 2, z), (x + size[0] / 2, y + size[1] / 2, room.height - 0.005), "glow:f4f2ea"
    )
    room.add_lamp("ceiling", (x, y, z - 0.02), size, energy, colour)


def daylight(
    shape: Shape, room: Room, wall: str, at: float, z: float, size: tuple[float, float], energy: float
) -> None:
    """Bright glass door or window in a wall with daylight falling in; size is (width, height)."""
    width, height = size
    on_wall(shape, room, wall, at, z, width + 0.12, height + 0.12, "frame", 0.03)
    on_wall(shape, room, wall, at, z, width, height, "glow:dfe8f2", 0.035)
    for share in np.linspace(-0.5, 0.5, max(2, round(width / 0.7)) + 1)[1:-1]:
        on_wall(shape, room, wall, at + share * width, z, 0.05, height, "frame_dark", 0.05)
    on_wall(shape, room, wall, at, z + height * 0.22, width, 0.05, "frame_dark", 0.05)
    half, depth = room.half_width, room.depth
    place, turn = {
        "left": ((-half + 0.1, at, z), -90), "right": ((half - 0.1, at, z), 90),
        "far": ((at, depth - 0.1, z), 180), "near": ((at, 0.1, z), 0),
    }[wall]  # fmt: skip
    room.add_lamp("daylight", place, size, energy, (0.88, 0.94, 1.0), (90, 0, turn))


def stairs(shape: Shape, room: Room, x0: float, x1: float, start: float, steps: int, name: str) -> None:
    """Flight that rises along +y between x0 and x1 from y = start, with a railing on the open side."""
    rise, run = 0.165, 0.27
    for step in range(steps):
        y = start + step * run
        shape.box((x0, y, 0), (x1, min(room.depth, y + run), rise * (step + 1)), name)
        shape.box((x0, y - 0.015, rise * (step + 1) - 0.03), (x1, y + 0.03, rise * (step + 1) + 0.001), "plain:77736c")
    end = min(start + steps * run, room.depth - 0.05)
    side = x0 + 0.05 if abs(x0) < abs(x1) else x1 - 0.05
    top = rise * (end - start) / run
    shape.tube((side, start, 0.9), (side, end, 0.9 + top), (0.028, 0.028), "plain:6a2a1c", 10)
    for y in np.arange(start + 0.1, end, 0.14):
        base = rise * (y - start) / run
        shape.tube((side, y, base), (side, y, 0.9 + base), (0.009, 0.009), "plain:3a3d42", 6)
    room.block(min(x0, x1) - 0.1, start - 0.15, max(x0, x1) + 0.1, room.depth)
