"""What riders add to an e-bike: boxes, child seats, windscreens, winter quilts and rain covers."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape

from .forms import along, sheet

QUILTS = (
    "cloth:1f2430",
    "cloth:3a2740",
    "cloth:5a1f28",
    "cloth:22394a",
    "cloth:7a3b52",
    "cloth:6a6f78",
    "cloth:23452f",
)
COVERS = ("glossy:9aa0a6", "glossy:7a1238", "glossy:1d3f7a", "glossy:4a4d52", "glossy:2a5a3a", "glossy:b9bcc0")
BOXES = ("plain:f2c21a", "plain:f2c21a", "plain:1e8fe0", "plain:1b1c1e", "plain:e8641a")


def rear_accessory(shape: Shape, random: np.random.Generator, x: float, z: float) -> None:
    """Rack with a top case, a child seat, a back rest, a crate, or nothing, centred at x on top of the seat at z."""
    draw = random.random()
    if draw < 0.34:
        top_case(
            shape, x - 0.12, z + 0.02, pick(random, ("trim", "trim", "paint:8a1418", "paint:3a3d42", "paint:e8e8e4"))
        )
    elif draw < 0.46:
        child_seat(shape, x + 0.1, z, pick(random, ("plain:c23b50", "plain:2c5a96", "plain:4a4d52", "plain:d98a2b")))
    elif draw < 0.60:
        for side in (-0.1, 0.1):
            shape.path([(x - 0.02, side, z - 0.08), (x - 0.14, side, z + 0.2)], 0.012, "chrome")
        along(shape, [(x - 0.18, z + 0.2, 0.13, 0.06), (x - 0.13, z + 0.2, 0.13, 0.06)], "trim")
    elif draw < 0.68:
        crate(shape, x - 0.08, z, pick(random, ("plain:2d6ab0", "plain:b03028", "plain:3c7a45")))


def top_case(shape: Shape, x: float, z: float, paint: str) -> None:
    """Locked case with a red reflector, 0.42 m wide."""
    along(shape, [(x - 0.19, z + 0.13, 0.16, 0.08), (x - 0.15, z + 0.13, 0.20, 0.12), (x + 0.11, z + 0.13, 0.20, 0.13),
                  (x + 0.17, z + 0.12, 0.16, 0.10)], paint, 4)  # fmt: skip
    shape.box((x - 0.195, -0.13, z + 0.10), (x - 0.18, 0.13, z + 0.17), "taillamp")
    for side in (-0.08, 0.08):
        shape.path([(x + 0.15, side, z - 0.12), (x - 0.1, side, z - 0.01)], 0.01, "chrome")


def child_seat(shape: Shape, x: float, z: float, name: str) -> None:
    """Seat shell with a guard rail."""
    along(shape, [(x - 0.14, z + 0.05, 0.13, 0.05), (x + 0.14, z + 0.04, 0.13, 0.04)], name, 4)
    along(shape, [(x - 0.2, z + 0.22, 0.14, 0.17), (x - 0.15, z + 0.22, 0.14, 0.17)], name, 4)
    shape.path(
        [
            (x - 0.16, -0.16, z + 0.24),
            (x + 0.16, -0.16, z + 0.24),
            (x + 0.18, 0.16, z + 0.24),
            (x - 0.16, 0.16, z + 0.24),
        ],
        0.014,
        "chrome",
    )


def crate(shape: Shape, x: float, z: float, name: str) -> None:
    """Open plastic crate."""
    low, high = (x - 0.2, -0.17, z), (x + 0.16, 0.17, z + 0.24)
    shape.box(low, (high[0], high[1], z + 0.02), name)
    shape.box(low, (low[0] + 0.015, high[1], high[2]), name)
    shape.box((high[0] - 0.015, low[1], z), high, name)
    for y in (low[1], high[1] - 0.015):
        shape.box((low[0], y, z), (high[0], y + 0.015, high[2]), name)


def insulated_box(shape: Shape, random: np.random.Generator, x: float, z: float) -> None:
    """Food rider's soft box with seams and a reflective band."""
    name = pick(random, BOXES)
    side, height = float(random.uniform(0.21, 0.25)), float(random.uniform(0.38, 0.48))
    middle, half = z + height / 2, height / 2
    along(shape, [(x - 0.12 - side, middle, side - 0.015, half - 0.01), (x - 0.1 - side, middle, side, half),
                  (x - 0.14 + side, middle, side, half), (x - 0.12 + side, middle, side - 0.015, half - 0.01)],
          name, 9)  # fmt: skip
    shape.box(
        (x - 0.125 - side, -side * 1.01, z + height * 0.3), (x - 0.115 + side, side * 1.01, z + height * 0.36), "white"
    )
    shape.box((x - 0.13 - side, -side * 0.6, z + height * 0.5), (x - 0.12 - side, side * 0.6, z + height * 0.8), "trim")


def windscreen(shape: Shape) -> None:
    """Clear curved screen above the handlebar."""
    turns = np.linspace(-0.9, 0.9, 9)
    rows = [(1.02, 0.52, 0.24), (1.25, 0.46, 0.27), (1.45, 0.38, 0.22)]
    rings = [
        np.stack([x - 0.16 * (1 - np.cos(turns)), np.sin(turns) * half / 0.78, np.full(9, z)], axis=1)
        for z, x, half in rows
    ]
    sheet(shape, rings, "clear:c8d4dc")


def quilt(shape: Shape, random: np.random.Generator) -> None:
    """Padded winter quilt: hangs in front of the leg shield, round the grips and over the knees."""
    name = pick(random, QUILTS)
    trim = name if random.random() < 0.5 else pick(random, QUILTS)
    columns = np.linspace(-1, 1, 15)
    rows = [
        (1.12, 0.36, 0.36),
        (1.02, 0.5, 0.43),
        (0.85, 0.53, 0.41),
        (0.65, 0.55, 0.37),
        (0.45, 0.54, 0.33),
        (0.28, 0.50, 0.29),
    ]
    rings = []
    for index, (z, x, half) in enumerate(rows):
        puff = 0.02 * np.cos(columns * 9 + index)
        rings.append(
            np.stack(
                [x - 0.28 * np.abs(columns) ** 2.5 + puff, columns * half, z + random.normal(0, 0.012, 15)], axis=1
            )
        )
    sheet(shape, rings[::-1], lambda row, _column: trim if row == len(rings) - 2 else name)
    for side in (-1.0, 1.0):
        shape.ellipsoid((0.26, side * 0.34, 1.04), (0.13, 0.10, 0.10), trim, (12, 8))


def rain_cover(shape: Shape, random: np.random.Generator) -> None:
    """Cover over nearly the whole bike: a draped sheet that ends above the wheels' lower half."""
    name = pick(random, COVERS)
    hem = float(random.uniform(0.18, 0.42))
    back = -1.02 if random.random() < 0.6 else -0.45
    knots = [(-1.02, 0.82, 0.2), (-0.75, 0.98, 0.24), (-0.35, 0.88, 0.26), (0.0, 0.90, 0.30), (0.22, 1.14, 0.40),
             (0.38, 1.17, 0.38), (0.66, 1.02, 0.26), (0.88, 0.66, 0.12)]  # fmt: skip
    stations = np.linspace(back, 0.88, 30)
    tops, halves = (np.interp(stations, [knot[0] for knot in knots], [knot[side] for knot in knots]) for side in (1, 2))
    tops[1:-1] = (tops[:-2] + tops[1:-1] + tops[2:]) / 3
    turns = np.linspace(0, math.pi, 25)
    shifts = random.uniform(0, 6.3, 3)
    rings = []
    for x, top, half in zip(stations, tops, halves, strict=True):
        fold = 0.5 * np.sin(turns * 11 + shifts[0] + x * 4) + 0.5 * np.sin(x * 17 + shifts[1] + turns * 3)
        fold *= 0.035 * (0.35 + np.abs(np.cos(turns)))
        across = np.sign(np.cos(turns)) * np.abs(np.cos(turns)) ** 0.55 * half * (1 + fold * 2)
        low = hem + 0.06 * math.sin(x * 6 + shifts[2])
        up = low + (top - low) * np.abs(np.sin(turns)) ** 0.7 + fold * np.sin(turns)
        rings.append(np.stack([np.full(25, x) + fold, across, up], axis=1))
    sheet(shape, rings[::-1], name)
    for ring, order in ((rings[0], -1), (rings[-1], 1)):
        shape.add(ring, [tuple(range(25))[::order]], [name])
