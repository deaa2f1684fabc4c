"""Electric bicycles as seen in Chinese stairwells: with pedals, scooter-like, and for deliveries.

Wheels roll along +x and stand on z = 0. Each builder draws sizes, colours and accessories from `random`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape
from scripts.render.two_wheelers import guard, handlebar, motor_wheel, spoked_wheel, wire_basket

from .dressing import insulated_box, quilt, rain_cover, rear_accessory, windscreen
from .forms import along, upward

PAINTS = (
    "paint:e8e8e4", "paint:17181a", "paint:17181a", "paint:3a3d42", "paint:a3141c", "paint:d96f8c", "paint:9fd0bd",
    "paint:e6dcc0", "paint:e3b21e", "paint:1f4f9e", "paint:27406b", "paint:5d7f5a", "paint:e06a1a", "metallic:9a9fa6",
    "paint:6b1f3a", "paint:86b7d8", "paint:5b3f86", "metallic:5a5146",
)  # fmt: skip


def lamp_head(shape: Shape, x: float, z: float, paint: str) -> None:
    """Round headlamp with its housing."""
    shape.ellipsoid((x, 0, z), (0.06, 0.075, 0.075), paint, (12, 8))
    shape.ellipsoid((x + 0.03, 0, z), (0.045, 0.06, 0.06), "headlamp", (12, 8))


def pedals(shape: Shape, x: float, z: float) -> None:
    """Chain wheel with two cranks and pedals."""
    shape.tube((x, 0.05, z), (x, 0.07, z), (0.07, 0.07), "trim", 16)
    for side, turn in ((1, 0.6), (-1, 0.6 + math.pi)):
        tip = (x + 0.13 * math.cos(turn), side * 0.12, z + 0.13 * math.sin(turn))
        shape.path([(x, side * 0.08, z), tip], 0.011, "rim")
        shape.box((tip[0] - 0.045, min(tip[1], tip[1] + side * 0.09), tip[2] - 0.012),
                  (tip[0] + 0.045, max(tip[1], tip[1] + side * 0.09), tip[2] + 0.012), "trim")  # fmt: skip


def wheels(shape: Shape, rear: float, front: float, radius: float, cast: bool) -> None:
    """Two wheels, cast or with spokes, and a hub motor in the rear one."""
    for x in (rear, front):
        if cast:
            motor_wheel(shape, x, radius, 0.034)
        else:
            spoked_wheel(shape, x, radius)
    shape.tube((rear, -0.05, radius), (rear, 0.05, radius), (0.085, 0.085), "steel", 20)


def small_wheel(random: np.random.Generator) -> Shape:
    """Light e-bike with pedals of the new national standard: small wheels, low frame, basket, bench seat."""
    shape = Shape()
    paint = pick(random, PAINTS)
    radius = float(random.uniform(0.19, 0.25))
    rear, front = -0.56, float(random.uniform(0.52, 0.62))
    wheels(shape, rear, front, radius, bool(random.random() < 0.6))
    foot = 0.30
    spine = [(-0.5, 0, 0.56), (-0.2, 0, 0.46), (0.0, 0, foot), (0.22, 0, foot + 0.02), (0.36, 0, 0.62), (0.37, 0, 0.76)]
    shape.path(spine, 0.032, paint)
    if random.random() < 0.7:  # battery case in the frame's step
        along(shape, [(-0.22, 0.34, 0.07, 0.07), (-0.16, 0.33, 0.085, 0.095), (0.2, foot, 0.085, 0.06)], "trim")
        along(shape, [(-0.22, foot + 0.055, 0.11, 0.018), (0.28, foot + 0.055, 0.11, 0.018)], paint, 5)
    column = (-0.22, -0.28)
    shape.tube(
        (column[0], 0, 0.36), (column[1], 0, 0.70), (0.035, 0.03), "trim" if random.random() < 0.4 else paint, 10
    )
    for side in (-0.07, 0.07):
        shape.path([(-0.16, side, 0.34), (rear, side, radius)], 0.016, paint)
        shape.path([(rear, side, radius), (-0.40, side, 0.60)], 0.02, "chrome")
        shape.path([(front, side * 0.9, radius), (0.42, side * 0.9, 0.58)], 0.018, "chrome")
    shape.tube((0.42, 0, 0.58), (0.32, 0, 0.98), (0.03, 0.025), paint, 10)
    shape.box((0.38, -0.07, 0.56), (0.45, 0.07, 0.6), paint)
    guard(shape, rear, radius, 0.12 * math.pi, 1.0 * math.pi, "trim")
    guard(shape, front, radius, 0.15 * math.pi, 0.85 * math.pi, paint)
    pedals(shape, -0.12, 0.27)
    handlebar(shape, 0.32, 1.02, float(random.uniform(0.25, 0.3)))
    saddle(shape, random)
    if random.random() < 0.65:
        wire_basket(shape)
    lamp_head(shape, 0.44, 0.70 if random.random() < 0.5 else 0.98, paint)
    shape.box((-0.86, -0.05, 0.60), (-0.83, 0.05, 0.65), "taillamp")
    shape.box((-0.86, -0.09, 0.42), (-0.85, 0.09, 0.55), "plate" if random.random() < 0.5 else "white")
    rear_accessory(shape, random, -0.66, 0.76)
    return shape


def saddle(shape: Shape, random: np.random.Generator) -> None:
    """Bench seat, or a saddle with a padded carrier behind it."""
    leather = pick(random, ("trim", "trim", "trim", "cloth:4a2f22", "cloth:7a1d1d"))
    if random.random() < 0.5:
        along(shape, [(-0.8, 0.74, 0.09, 0.03), (-0.75, 0.745, 0.125, 0.05), (-0.4, 0.73, 0.125, 0.05),
                      (-0.15, 0.73, 0.09, 0.045), (-0.1, 0.72, 0.05, 0.03)], leather)  # fmt: skip
        along(shape, [(-0.76, 0.63, 0.05, 0.05), (-0.35, 0.63, 0.06, 0.05)], "trim")
    else:
        along(shape, [(-0.42, 0.77, 0.09, 0.03), (-0.38, 0.78, 0.13, 0.05), (-0.2, 0.775, 0.08, 0.045),
                      (-0.1, 0.76, 0.035, 0.03)], leather)  # fmt: skip
        along(shape, [(-0.84, 0.71, 0.08, 0.02), (-0.8, 0.71, 0.11, 0.035), (-0.5, 0.71, 0.11, 0.035)], leather)
        for side in (-0.09, 0.09):
            shape.path([(-0.44, side, 0.64), (-0.86, side, 0.67), (-0.56, side, 0.3)], 0.009, "chrome")


def scooter_like(random: np.random.Generator) -> Shape:
    """Step-through electric scooter with leg shield, bench seat and, mostly, a top case."""
    shape = Shape()
    paint = pick(random, PAINTS)
    second = paint if random.random() < 0.7 else "trim"
    radius = float(random.uniform(0.20, 0.245))
    rear, front = -0.60, 0.64
    for x in (rear, front):
        motor_wheel(shape, x, radius, 0.05)
    tail = float(random.uniform(0.84, 0.98))
    along(shape, [(-tail, 0.66, 0.035, 0.04), (-0.78, 0.62, 0.12, 0.085), (-0.55, 0.56, 0.16, 0.13),
                  (-0.32, 0.48, 0.165, 0.19), (-0.18, 0.44, 0.15, 0.18), (-0.12, 0.40, 0.12, 0.12)], paint)  # fmt: skip
    along(shape, [(-0.42, 0.30, 0.09, 0.07), (-0.1, 0.27, 0.17, 0.045), (0.34, 0.27, 0.17, 0.045),
                  (0.40, 0.30, 0.13, 0.04)], second, 4)  # fmt: skip
    along(shape, [(-0.12, 0.32, 0.15, 0.012), (0.34, 0.32, 0.15, 0.012)], "trim", 5)
    leather = pick(random, ("trim", "trim", "cloth:4a2f22", "cloth:b9a78a", "cloth:6a1a1a"))
    along(shape, [(-0.86, 0.745, 0.09, 0.03), (-0.8, 0.75, 0.135, 0.05), (-0.45, 0.725, 0.14, 0.05),
                  (-0.2, 0.70, 0.11, 0.05), (-0.10, 0.67, 0.06, 0.035)], leather)  # fmt: skip
    upward(shape, [(0.24, 0.43, 0.05, 0.14), (0.42, 0.47, 0.07, 0.20), (0.62, 0.46, 0.085, 0.205),
                   (0.80, 0.41, 0.08, 0.16), (0.95, 0.36, 0.06, 0.09)], paint)  # fmt: skip
    along(shape, [(0.40, radius + 0.18, 0.05, 0.02), (0.55, radius + 0.255, 0.085, 0.035),
                  (0.72, radius + 0.25, 0.08, 0.03), (0.86, radius + 0.16, 0.05, 0.02)], paint)  # fmt: skip
    for side in (-0.085, 0.085):
        shape.tube((0.47, side, 0.52), (front, side, radius), (0.024, 0.02), "chrome", 8)
        shape.tube((-0.5, side * 1.3, 0.52), (rear, side * 1.1, radius), (0.026, 0.02), "taillamp", 8)
        shape.tube((-0.30, side, 0.30), (rear, side, radius), (0.03, 0.026), "trim", 8)
    upward(
        shape,
        [(0.94, 0.34, 0.06, 0.10), (1.0, 0.36, 0.10, 0.15), (1.06, 0.35, 0.09, 0.14), (1.1, 0.33, 0.05, 0.1)],
        paint,
    )
    if random.random() < 0.6:
        lamp_head(shape, 0.43, 1.0, paint)
    else:
        shape.ellipsoid((0.515, 0, 0.68), (0.04, 0.12, 0.07), "headlamp", (12, 8))
    handlebar(shape, 0.33, 1.06, 0.3)
    shape.ellipsoid((-tail + 0.01, 0, 0.66), (0.03, 0.10, 0.04), "taillamp", (12, 8))
    guard(shape, rear, radius + 0.01, 0.65 * math.pi, 1.05 * math.pi, "trim")
    shape.box((-0.96, -0.09, 0.36), (-0.945, 0.09, 0.48), "plate" if random.random() < 0.4 else "white")
    if random.random() < 0.35:
        guards(shape)
    rear_accessory(shape, random, -0.80, 0.80)
    return shape


def guards(shape: Shape) -> None:
    """Chrome bars that shield the flanks when the bike falls."""
    for side in (-1.0, 1.0):
        shape.path([(0.44, side * 0.17, 0.34), (0.5, side * 0.27, 0.45), (0.44, side * 0.22, 0.62)], 0.013, "chrome")
        shape.path([(-0.3, side * 0.15, 0.34), (-0.5, side * 0.24, 0.36), (-0.85, side * 0.19, 0.52),
                    (-0.85, side * 0.15, 0.72)], 0.013, "chrome")  # fmt: skip


def tube_frame(random: np.random.Generator) -> Shape:
    """Plain tube-framed e-bike with fat tyres, a wide saddle and a battery box under it."""
    shape = Shape()
    paint = pick(random, PAINTS)
    radius = float(random.uniform(0.22, 0.28))
    rear, front = -0.58, 0.62
    for x in (rear, front):
        motor_wheel(shape, x, radius, 0.045)
    for side in (-0.1, 0.1):
        shape.path(
            [
                (-0.78, side, 0.60),
                (-0.25, side, 0.58),
                (-0.12, side, 0.30),
                (0.25, side, 0.28),
                (0.42, side * 0.3, 0.66),
            ],
            0.021,
            paint,
        )
        shape.tube((-0.48, side, 0.58), (rear, side, radius), (0.024, 0.024), "taillamp", 8)
        shape.tube((0.48, side * 0.8, 0.62), (front, side * 0.8, radius), (0.022, 0.02), "chrome", 8)
        shape.path([(-0.25, side * 0.8, 0.32), (rear, side * 0.8, radius)], 0.02, paint)
    shape.box((-0.46, -0.12, 0.33), (-0.14, 0.12, 0.58), "trim")
    shape.box((-0.12, -0.14, 0.28), (0.28, 0.14, 0.31), "trim")
    shape.tube((0.50, 0, 0.56), (0.38, 0, 1.0), (0.03, 0.03), "trim", 10)
    along(shape, [(-0.82, 0.70, 0.1, 0.04), (-0.6, 0.70, 0.12, 0.045), (-0.5, 0.69, 0.12, 0.04)], "trim")
    along(
        shape,
        [(-0.48, 0.71, 0.13, 0.04), (-0.4, 0.72, 0.16, 0.055), (-0.2, 0.71, 0.1, 0.05), (-0.08, 0.70, 0.05, 0.035)],
        "trim",
    )
    handlebar(shape, 0.38, 1.03, 0.32)
    lamp_head(shape, 0.52, 0.84, "trim")
    guard(shape, rear, radius + 0.01, 0.2 * math.pi, 0.95 * math.pi, paint)
    guard(shape, front, radius + 0.01, 0.2 * math.pi, 0.8 * math.pi, paint)
    shape.box((-0.86, -0.06, 0.54), (-0.83, 0.06, 0.60), "taillamp")
    if random.random() < 0.5:
        wire_basket(shape)
    rear_accessory(shape, random, -0.72, 0.75)
    return shape


def delivery(random: np.random.Generator) -> Shape:
    """E-bike of a rider with an insulated box on the rack."""
    shape = (scooter_like if random.random() < 0.5 else tube_frame)(random)
    insulated_box(shape, random, -0.74, 0.80)
    return shape


KINDS: dict[str, Callable[[np.random.Generator], Shape]] = {
    "small_wheel": small_wheel, "scooter_like": scooter_like, "tube_frame": tube_frame, "delivery": delivery,
}  # fmt: skip
SEAT = (-0.32, 0.76)  # x and z of a rider's seat


def ebike(random: np.random.Generator) -> tuple[str, Shape]:
    """A random kind of e-bike, sometimes with a windscreen, a winter quilt or under a rain cover."""
    kind = str(random.choice(tuple(KINDS), p=(0.38, 0.34, 0.13, 0.15)))
    shape = KINDS[kind](random)
    dress = random.random()
    if dress < 0.12:
        quilt(shape, random)
    elif dress < 0.20:
        windscreen(shape)
    elif dress < 0.28:
        rain_cover(shape, random)
    return kind, shape
