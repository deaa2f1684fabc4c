"""Kinds of places: stairwell, lobby, lift car, corridor, kitchen, garage, and those of `entrances`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scripts.render.mesh import Shape

from .entrances import courtyard, pavement
from .rooms import (
    COLD,
    NEUTRAL,
    WARM,
    Room,
    ceiling_lamp,
    daylight,
    door,
    lift_door,
    meters,
    notices,
    on_wall,
    pick,
    pipes,
    shell,
    stairs,
)  # fmt: skip

WALLS = ("stained:d8d6ce", "stained:cfcabb", "stained:e2e0da", "stained:b9b8b0", "stained:d6cfae")
DADOS = ("", "", "stained:5f8a72", "stained:4f7396", "stained:8a8f8a", "stained:a58a5a", "stained:7a3b30")
FLOORS = (
    "stained:8a8880",
    "stained:77746c",
    "stained:9a968c",
    "smalltile:b5aa98",
    "smalltile:8f9290",
    "floortile:cfc8ba",
)


def lamp_colour(random: np.random.Generator) -> tuple[float, float, float]:
    """Warm, neutral or cold white."""
    return (WARM, NEUTRAL, NEUTRAL, COLD, COLD)[int(random.integers(5))]


def corners(room: Room) -> None:
    """Cameras in the four upper corners and over the middle of both ends."""
    x, near, far = room.half_width - 0.14, 0.14, room.depth - 0.14
    room.mounts = [(-x, near), (x, near), (0.0, near), (-x, far), (x, far)]


def stairwell(random: np.random.Generator) -> Room:
    """Landing with a flight of stairs, flat doors, meters and a small window."""
    room = Room(
        "stairwell",
        float(random.uniform(1.25, 1.75)),
        float(random.uniform(4.2, 6.0)),
        float(random.uniform(2.6, 2.9)),
        (65, 105),
    )
    shape = Shape()
    shell(
        shape,
        room,
        pick(random, FLOORS),
        pick(random, WALLS),
        "stained:d8d6d0",
        pick(random, DADOS),
        float(random.uniform(1.0, 1.4)),
    )
    side = float(random.choice([-1, 1]))
    stairs(shape, room, side * 0.2, side * room.half_width, room.depth - 0.27 * 8, 8, "stained:8a8880")
    wall = "left" if side > 0 else "right"
    for at in (0.9, room.depth - 1.2):
        door(shape, room, wall, at, random)
    meters(shape, room, "right" if side > 0 else "left", 1.4)
    if random.random() < 0.6:
        daylight(shape, room, "far", -side * room.half_width * 0.45, 1.7, (0.7, 0.8), float(random.uniform(5, 60)))
    notices(shape, room, random, int(random.integers(2, 7)))
    pipes(shape, room, random)
    ceiling_lamp(shape, room, 0, room.depth * 0.4, (0.3, 0.3), float(random.uniform(25, 70)), lamp_colour(random))
    shape.place("room", 30)
    corners(room)
    room.mounts = [*room.mounts[:3], (-side * (room.half_width - 0.14), room.depth - 0.14)]
    return room


def lobby(random: np.random.Generator) -> Room:
    """Ground-floor lobby with lift doors, letter boxes and a glass entrance."""
    room = Room(
        "lobby",
        float(random.uniform(2.2, 3.4)),
        float(random.uniform(5.0, 7.5)),
        float(random.uniform(2.7, 3.2)),
        (60, 98),
        hang=(2.3, 2.9),
    )
    shape = Shape()
    wall = pick(random, ("walltile:d8d2c4", "walltile:e4e2dc", "stained:d8d6ce", "walltile:b9a88a"))
    shell(
        shape,
        room,
        pick(random, ("floortile:cfc8ba", "floortile:b8b4ac", "floortile:d8d4c8", "smalltile:9a8f80")),
        wall,
        "plain:e2e0da",
    )
    for at in np.linspace(-0.4, 0.4, 2) * room.depth * 0.5 + room.depth * 0.5:
        lift_door(shape, room, "left", float(at))
    for column in range(5):
        for row in range(4):
            on_wall(
                shape,
                room,
                "right",
                room.depth * 0.35 + column * 0.34,
                0.8 + row * 0.22,
                0.32,
                0.2,
                "brushed:a8b0b4" if row % 2 else "brushed:9aa2a8",
                0.25,
            )
    daylight(
        shape,
        room,
        "far",
        float(random.uniform(-0.6, 0.6)),
        1.15,
        (float(random.uniform(1.4, 2.4)), 2.2),
        float(random.uniform(20, 260)),
    )
    door(shape, room, "right", room.depth - 0.9, random)
    notices(shape, room, random, int(random.integers(2, 6)))
    colour = lamp_colour(random)
    for y in (room.depth * 0.3, room.depth * 0.7):
        ceiling_lamp(shape, room, 0, float(y), (0.6, 0.6), float(random.uniform(30, 80)), colour)
    if random.random() < 0.5:
        shape.box((-0.9, room.depth - 1.3, 0), (0.9, room.depth - 0.2, 0.012), "plain:4a2a26")
    shape.place("room", 30)
    room.block(room.half_width - 0.35, room.depth * 0.3, room.half_width, room.depth * 0.65)
    corners(room)
    return room


def lift(random: np.random.Generator) -> Room:
    """Lift car: steel walls, a mirror, handrail, button panel, framed posters and a shining ceiling."""
    room = Room(
        "lift",
        float(random.uniform(0.8, 1.1)),
        float(random.uniform(1.6, 2.3)),
        float(random.uniform(2.3, 2.5)),
        (92, 112),
        hang=(2.1, 2.35),
    )
    shape = Shape()
    wall = pick(random, ("brushed:a8acb0", "brushed:8f9296", "brushed:b5a184", "wood", "brushed:c4c6c8"))
    floor = pick(random, ("floortile:b8b4ac", "stained:8a8880", "plain:6a6560", "smalltile:8f8a80", "plain:9a8f78"))
    shell(shape, room, floor, wall, "plain:d0d0cc")
    if random.random() < 0.6:
        on_wall(shape, room, "far", 0, 1.5, room.half_width * 1.3, 1.5, "mirror:d8dcde", 0.012)
    half, depth = room.half_width, room.depth
    for x in (-half + 0.06, half - 0.06):
        shape.tube((x, 0.3, 0.92), (x, depth - 0.1, 0.92), (0.02, 0.02), "chrome", 10)
    on_wall(shape, room, "near", 0, 1.05, 1.0, 2.1, "brushed:b8bcc0", 0.01)
    on_wall(shape, room, "near", 0, 1.05, 0.012, 2.1, "trim", 0.012)
    side = str(random.choice(["left", "right"]))
    on_wall(shape, room, side, 0.35, 1.2, 0.2, 0.9, "brushed:d0d2d4", 0.02)
    for row in range(7):
        for column in (-0.045, 0.045):
            on_wall(
                shape,
                room,
                side,
                0.35 + column,
                0.95 + row * 0.08,
                0.04,
                0.04,
                "glow:e8b040" if random.random() < 0.15 else "white",
                0.028,
            )
    notices(shape, room, random, int(random.integers(2, 6)))
    ceiling_lamp(
        shape, room, 0, depth / 2, (half * 1.3, depth * 0.7), float(random.uniform(14, 35)), lamp_colour(random)
    )
    shape.place("room", 30)
    x = half - 0.1
    room.mounts = [(-x, depth - 0.1), (x, depth - 0.1), (-x, 0.1), (x, 0.1)]
    return room


def corridor(random: np.random.Generator) -> Room:
    """Long corridor with flat doors on both sides."""
    room = Room(
        "corridor",
        float(random.uniform(0.9, 1.4)),
        float(random.uniform(8, 14)),
        float(random.uniform(2.4, 2.8)),
        (60, 95),
    )
    shape = Shape()
    shell(shape, room, pick(random, FLOORS), pick(random, WALLS), "plain:d8d6d0", pick(random, DADOS))
    for index, at in enumerate(np.arange(1.6, room.depth - 0.8, 2.2)):
        door(shape, room, "left" if index % 2 else "right", float(at), random)
        if random.random() < 0.5:
            door(shape, room, "right" if index % 2 else "left", float(at), random)
    if random.random() < 0.6:
        daylight(shape, room, "far", 0, 1.4, (room.half_width, 1.6), float(random.uniform(20, 180)))
    notices(shape, room, random, int(random.integers(1, 5)))
    colour = lamp_colour(random)
    for y in np.arange(1.5, room.depth, 3.2):
        ceiling_lamp(shape, room, 0, float(y), (0.25, 0.9), float(random.uniform(15, 45)), colour)
    pipes(shape, room, random)
    shape.place("room", 30)
    corners(room)
    return room


def kitchen(random: np.random.Generator) -> Room:
    """Small restaurant kitchen or storeroom: steel table, stove with hood, shelves with goods."""
    room = Room(
        "kitchen",
        float(random.uniform(1.7, 2.6)),
        float(random.uniform(3.6, 5.5)),
        float(random.uniform(2.6, 3.0)),
        (68, 105),
    )
    shape = Shape()
    wall = pick(random, ("walltile:e4e2dc", "walltile:d8dcd8", "stained:cfcabb", "walltile:cfd8dc"))
    shell(
        shape,
        room,
        pick(random, ("smalltile:8a5a44", "smalltile:8f9290", "stained:77746c", "smalltile:a8a49a")),
        wall,
        "stained:c8c6c0",
    )
    half, depth = room.half_width, room.depth
    length = float(random.uniform(1.6, depth - 1.2))
    counter(shape, (half - 0.65, depth - 0.2 - length), (half, depth - 0.2), "brushed:b8bcc0")
    room.block(half - 0.7, depth - 0.3 - length, half, depth)
    for y in np.arange(depth - length, depth - 0.5, 0.6):
        shape.tube((half - 0.35, y, 0.86), (half - 0.35, y, 0.92), (0.17, 0.2), "trim", 16)
        if random.random() < 0.6:
            shape.ellipsoid((half - 0.35, y, 1.0), (0.22, 0.22, 0.1), pick(random, ("steel", "trim")), (14, 8))
    shape.box((half - 0.8, depth - 0.2 - length, 1.9), (half, depth - 0.2, 2.3), "brushed:a8acb0")
    shelves(shape, room, random)
    notices(shape, room, random, int(random.integers(0, 3)))
    if random.random() < 0.5:
        daylight(shape, room, "far", -0.4, 1.6, (0.9, 1.0), float(random.uniform(20, 120)))
    door(shape, room, "near", 0.0, random)
    colour = lamp_colour(random)
    for y in (depth * 0.3, depth * 0.75):
        ceiling_lamp(shape, room, 0, y, (0.2, 1.1), float(random.uniform(30, 70)), colour)
    shape.place("room", 30)
    corners(room)
    room.mounts[-1] = (half - 0.95, depth - 0.14)  # beside the hood, not in it
    return room


def counter(shape: Shape, low: tuple[float, float], high: tuple[float, float], name: str) -> None:
    """Steel work table with a lower shelf."""
    (x0, y0), (x1, y1) = low, high
    shape.box((x0, y0, 0.8), (x1, y1, 0.86), name)
    shape.box((x0 + 0.04, y0 + 0.04, 0.25), (x1, y1 - 0.04, 0.27), name)
    for x in (x0 + 0.04, x1 - 0.04):
        for y in (y0 + 0.04, y1 - 0.04):
            shape.tube((x, y, 0), (x, y, 0.8), (0.022, 0.022), name, 8)


def shelves(shape: Shape, room: Room, random: np.random.Generator) -> None:
    """Open shelf on the left wall with cartons, tins and bottles."""
    half, depth = room.half_width, room.depth
    start, length = depth * 0.45, float(random.uniform(1.0, depth * 0.45))
    for z in (0.15, 0.65, 1.15, 1.65):
        shape.box((-half, start, z), (-half + 0.42, start + length, z + 0.025), "brushed:a8acb0")
        y = start + 0.1
        while y < start + length - 0.15:
            name = pick(
                random,
                (
                    "plain:a8845a",
                    "plain:b03028",
                    "plain:d8d8d4",
                    "plain:2d6ab0",
                    "plain:d8a21c",
                    "plain:3c7a45",
                    "steel",
                ),
            )
            size = float(random.uniform(0.06, 0.16))
            if random.random() < 0.5:
                shape.box((-half + 0.05, y, z + 0.025), (-half + 0.35, y + size, z + random.uniform(0.12, 0.36)), name)
            else:
                shape.tube(
                    (-half + 0.22, y + size / 2, z + 0.025),
                    (-half + 0.22, y + size / 2, z + random.uniform(0.12, 0.3)),
                    (size / 2, size / 2.4),
                    name,
                    12,
                )
            y += size + float(random.exponential(0.08))
    room.block(-half, start - 0.1, -half + 0.5, start + length + 0.1)


def garage(random: np.random.Generator) -> Room:
    """Underground garage or bike shed: columns, low ceiling, painted bays, strip lamps."""
    room = Room(
        "garage",
        float(random.uniform(4.0, 6.5)),
        float(random.uniform(9, 14)),
        float(random.uniform(2.6, 3.2)),
        (60, 95),
        hang=(2.3, 2.9),
    )
    shape = Shape()
    floor = pick(random, ("stained:77746c", "stained:5f7a6a", "stained:8a8880", "stained:6a6d70"))
    shell(
        shape,
        room,
        floor,
        pick(random, WALLS),
        "stained:9a9890",
        pick(random, ("", "stained:3f6a52", "stained:d8a21c", "stained:4f7396")),
        0.9,
    )
    for x in (-room.half_width * 0.45, room.half_width * 0.45):
        for y in (room.depth * 0.4, room.depth * 0.8):
            shape.box((x - 0.25, y - 0.25, 0), (x + 0.25, y + 0.25, room.height), "stained:b9b8b0")
            shape.box(
                (x - 0.255, y - 0.255, 0.2),
                (x + 0.255, y + 0.255, 1.0),
                "plain:c8a020" if random.random() < 0.5 else "stained:b9b8b0",
            )
            room.block(x - 0.4, y - 0.4, x + 0.4, y + 0.4)
    for y in np.arange(1.0, room.depth, 0.9):
        shape.box((-room.half_width + 0.1, y - 0.04, 0), (-room.half_width + 2.0, y + 0.04, 0.004), "marking")
    for y in np.arange(2.0, room.depth - 1, 1.2):
        on_wall(shape, room, "left", float(y), 1.25, 0.22, 0.3, "plain:e4e4e0", 0.1)
    colour = lamp_colour(random)
    for x in (-room.half_width * 0.5, room.half_width * 0.5):
        for y in np.arange(2.0, room.depth, 4.0):
            ceiling_lamp(shape, room, float(x), float(y), (0.12, 1.2), float(random.uniform(30, 80)), colour)
    if random.random() < 0.4:
        daylight(shape, room, "far", 0, 1.2, (3.0, 2.2), float(random.uniform(100, 400)))
    pipes(shape, room, random)
    notices(shape, room, random, 3)
    shape.place("room", 30)
    corners(room)
    return room


KINDS: dict[str, Callable[[np.random.Generator], Room]] = {
    "stairwell": stairwell, "lobby": lobby, "lift": lift, "corridor": corridor, "kitchen": kitchen, "garage": garage,
    "courtyard": courtyard, "pavement": pavement,
}  # fmt: skip
