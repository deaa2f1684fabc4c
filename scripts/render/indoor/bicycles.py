"""Bicycles: city, commuter and sports, shared without docks, folding."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape
from scripts.render.two_wheelers import guard, hoop, spoked_wheel, wire_basket

from .forms import along

PAINTS = ("paint:2f7f5f", "paint:b03028", "paint:2c6ab0", "paint:d8a21c", "paint:d2d2ce", "paint:1b1c1e",
          "paint:d96f8c", "metallic:9a9fa6", "paint:6b1f3a")  # fmt: skip
SHARED_BIKES = (
    ("paint:1f7fd8", "paint:1f7fd8"),
    ("paint:f2c21a", "trim"),
    ("paint:e8641a", "rim"),
    ("paint:2fb0a8", "paint:e8e8e4"),
)


def bike_frame(shape: Shape, paint: str, radius: float, low: float) -> None:
    """Frame, fork, stays, bar, saddle and pedals of a bicycle; `low` 1 is step-through, 0 a diamond frame."""
    rear, front = -0.54, 0.54
    crank, seat, head, steer = (-0.06, 0, 0.29), (-0.2, 0, 0.76), (0.36, 0, 0.74), (0.31, 0, 0.94)
    top = (-0.13 - 0.03 * (1 - low), 0, 0.50 + 0.2 * (1 - low))
    for start, end, thick in (
        (crank, seat, 0.017),
        (crank, (0.37, 0, 0.66), 0.021),
        (top, head, 0.018),
        ((0.38, 0, 0.62), steer, 0.02),
    ):
        shape.tube(start, end, (thick, thick), paint, 8)
    for side in (-0.045, 0.045):
        shape.tube((crank[0], side, crank[2]), (rear, side, radius), (0.011, 0.011), paint, 6)
        shape.tube((seat[0], side, seat[2] - 0.08), (rear, side, radius), (0.011, 0.011), paint, 6)
        shape.tube((0.38, side, 0.64), (front, side, radius), (0.014, 0.012), paint, 6)
    shape.tube(seat, (-0.23, 0, 0.87), (0.014, 0.014), "rim", 8)
    along(
        shape,
        [(-0.38, 0.895, 0.06, 0.02), (-0.33, 0.90, 0.09, 0.035), (-0.2, 0.90, 0.045, 0.03), (-0.1, 0.89, 0.02, 0.02)],
        "trim",
    )
    for side in (-1, 1):
        shape.path([(0.30, 0, 1.0), (0.31, side * 0.12, 1.03), (0.2, side * 0.29, 1.02)], 0.012, "rim")
        shape.tube((0.22, side * 0.29, 1.02), (0.1, side * 0.3, 1.01), (0.018, 0.018), "trim", 8)
        shape.path(
            [(crank[0], side * 0.07, 0.29), (crank[0] + side * 0.08, side * 0.09, 0.29 + side * 0.14)], 0.011, "rim"
        )
        y0, y1 = sorted((side * 0.09, side * 0.18))
        shape.box(
            (crank[0] + side * 0.08 - 0.045, y0, 0.28 + side * 0.14),
            (crank[0] + side * 0.08 + 0.045, y1, 0.30 + side * 0.14),
            "trim",
        )
    shape.tube((0.30, 0, 0.94), (0.30, 0, 1.0), (0.014, 0.014), "rim", 8)
    shape.tube((crank[0], 0.035, 0.29), (crank[0], 0.05, 0.29), (0.09, 0.09), "trim", 20)


def bicycle(random: np.random.Generator) -> Shape:
    """City, commuter or sports bicycle, with or without basket, guards and rack."""
    shape = Shape()
    paint = pick(random, PAINTS)
    radius = float(random.uniform(0.30, 0.35))
    for x in (-0.54, 0.54):
        spoked_wheel(shape, x, radius)
    bike_frame(shape, paint, radius, float(random.random() < 0.55))
    if random.random() < 0.6:
        guard(shape, -0.54, radius, 0.15 * math.pi, 1.05 * math.pi, paint)
        guard(shape, 0.54, radius, 0.2 * math.pi, 0.85 * math.pi, paint)
    if random.random() < 0.5:
        wire_basket(shape)
    if random.random() < 0.5:
        shape.box((-0.82, -0.06, 0.72), (-0.35, 0.06, 0.74), "trim")
        for side in (-0.06, 0.06):
            shape.path([(-0.54, side, radius), (-0.7, side, 0.72)], 0.007, "trim")
    return shape


def shared_bicycle(random: np.random.Generator) -> Shape:
    """Dockless shared bicycle: one bright colour, guards, lock at the rear wheel, solid basket."""
    shape = Shape()
    paint, rims = SHARED_BIKES[int(random.integers(len(SHARED_BIKES)))]
    radius = 0.32
    for x in (-0.54, 0.54):
        spoked_wheel(shape, x, radius)
        hoop(shape, (x, 0, radius), radius - 0.05, 0.016, rims)
    bike_frame(shape, paint, radius, 1.0)
    along(shape, [(-0.1, 0.32, 0.03, 0.045), (0.1, 0.40, 0.035, 0.05), (0.34, 0.64, 0.035, 0.05)], paint)
    guard(shape, -0.54, radius, 0.1 * math.pi, 1.05 * math.pi, paint)
    guard(shape, 0.54, radius, 0.2 * math.pi, 0.9 * math.pi, paint)
    shape.box((-0.48, -0.07, 0.62), (-0.36, 0.07, 0.70), "trim")
    if random.random() < 0.8:
        wire_basket(shape)
        shape.box((0.37, -0.165, 0.76), (0.63, 0.165, 0.78), paint)
    return shape


def folding_bicycle(random: np.random.Generator) -> Shape:
    """Folding bicycle with wheels of 16 to 20 inches, tall posts and a single main beam."""
    shape = Shape()
    paint = pick(random, PAINTS)
    radius = float(random.uniform(0.20, 0.25))
    rear, front = -0.48, 0.52
    for x in (rear, front):
        spoked_wheel(shape, x, radius)
    shape.tube((-0.16, 0, 0.44), (0.40, 0, 0.52), (0.034, 0.03), paint, 10)
    shape.tube((-0.08, 0, 0.27), (-0.2, 0, 0.55), (0.022, 0.022), paint, 8)
    shape.tube((-0.18, 0, 0.5), (-0.27, 0, 0.88), (0.016, 0.016), "rim", 8)
    shape.tube((0.44, 0, 0.46), (0.33, 0, 0.98), (0.02, 0.018), "rim", 8)
    for side in (-0.05, 0.05):
        shape.path([(-0.08, side, 0.27), (rear, side, radius), (-0.18, side, 0.48)], 0.012, paint)
        shape.path([(0.43, side, 0.48), (front, side, radius)], 0.013, paint)
    along(shape, [(-0.42, 0.90, 0.06, 0.02), (-0.36, 0.905, 0.085, 0.03), (-0.15, 0.90, 0.02, 0.02)], "trim")
    shape.path([(0.32, -0.27, 0.99), (0.33, 0, 0.98), (0.32, 0.27, 0.99)], 0.013, "trim")
    shape.tube((-0.08, 0.04, 0.27), (-0.08, 0.055, 0.27), (0.08, 0.08), "trim", 18)
    shape.path([(-0.08, 0.08, 0.27), (0.05, 0.1, 0.22), (0.05, 0.17, 0.22)], 0.012, "trim")
    shape.path([(-0.08, -0.06, 0.27), (-0.2, -0.08, 0.33), (-0.2, -0.15, 0.33)], 0.012, "trim")
    guard(shape, rear, radius, 0.2 * math.pi, 1.0 * math.pi, "trim")
    return shape
