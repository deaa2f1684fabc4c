"""Bicycles, scooters and motorcycles; wheels roll along +x."""

from __future__ import annotations

import math
from itertools import pairwise

import bpy
import numpy as np

from .mesh import Shape, circle

SEATS = {"bicycle": (-0.16, 0.93), "scooter": (-0.28, 0.76), "motorcycle": (-0.25, 0.80)}  # x, z


def hoop(shape: Shape, centre: tuple[float, float, float], radius: float, thick: float, name: str) -> None:
    """Torus around the y axis."""
    rings = []
    middle = np.array(centre)
    sideways = np.array([0.0, 1.0, 0.0])
    for turn in np.linspace(0, 2 * math.pi, 33):
        outward = np.array([math.cos(turn), 0.0, math.sin(turn)])
        rings.append(circle(middle + outward * radius, outward, sideways, thick, 8))
    shape.loft(rings, lambda _ring, _column: name)


def spoked_wheel(shape: Shape, x: float, radius: float) -> None:
    """Bicycle wheel on the ground at x."""
    hoop(shape, (x, 0, radius), radius - 0.02, 0.02, "tyre")
    hoop(shape, (x, 0, radius), radius - 0.045, 0.012, "rim")
    shape.tube((x, -0.05, radius), (x, 0.05, radius), (0.025, 0.025), "rim", 10)
    for spoke in range(14):
        turn = 2 * math.pi * spoke / 14
        tip = (x + (radius - 0.04) * math.cos(turn), 0.0, radius + (radius - 0.04) * math.sin(turn))
        shape.tube((x, 0.03 if spoke % 2 else -0.03, radius), tip, (0.003, 0.003), "rim", 4)


def bicycle(paint: str, basket: bool = True) -> bpy.types.Mesh:
    """City bicycle of 1.75 m with mudguards and an optional basket."""
    shape = Shape()
    radius, rear, front = 0.33, -0.54, 0.54
    spoked_wheel(shape, rear, radius)
    spoked_wheel(shape, front, radius)
    crank, saddle, head, steer = (-0.08, 0, 0.28), (-0.22, 0, 0.82), (0.36, 0, 0.72), (0.32, 0, 0.90)
    for start, end, thick in (
        (crank, saddle, 0.017), (crank, head, 0.021), (saddle, head, 0.018), (head, steer, 0.02),
    ):  # fmt: skip
        shape.tube(start, end, (thick, thick), paint, 8)
    for side in (-0.045, 0.045):
        for start in (crank, saddle):
            shape.tube((start[0], side, start[2]), (rear, side, radius), (0.011, 0.011), paint, 6)
        shape.tube((head[0], side, head[2]), (front, side, radius), (0.014, 0.012), paint, 6)
    shape.tube(saddle, (-0.25, 0, 0.91), (0.014, 0.014), "rim", 8)
    shape.ellipsoid((-0.26, 0, 0.94), (0.14, 0.075, 0.035), "trim")
    shape.path([(0.32, 0, 0.9), (0.30, 0, 1.02), (0.31, 0.12, 1.05), (0.2, 0.3, 1.04)], 0.012, "rim")
    shape.path([(0.30, 0, 1.02), (0.31, -0.12, 1.05), (0.2, -0.3, 1.04)], 0.012, "rim")
    for side in (-0.3, 0.3):
        shape.tube((0.22, side, 1.04), (0.1, side * 1.03, 1.03), (0.018, 0.018), "trim", 8)
    shape.tube((-0.08, 0.035, 0.28), (-0.08, 0.05, 0.28), (0.1, 0.1), "trim", 20)
    for side, z in ((0.1, 0.13), (-0.1, 0.43)):
        shape.path([(-0.08, side * 0.6, 0.28), (-0.08, side * 0.9, z)], 0.012, "rim")
        shape.box((-0.13, min(side, side * 2), z - 0.012), (-0.03, max(side, side * 2), z + 0.012), "trim")
    for x, first, last in ((rear, 0.15, 1.05), (front, 0.2, 0.85)):
        guard(shape, x, radius, first * math.pi, last * math.pi, paint)
    shape.box((-0.62, -0.03, 0.68), (-0.59, 0.03, 0.73), "taillamp")
    if basket:
        wire_basket(shape)
    return shape.mesh(f"bicycle {paint}", 50)


def guard(shape: Shape, x: float, radius: float, start: float, end: float, name: str) -> None:
    """Mudguard: an arc of a narrow band above a wheel."""
    turns = np.linspace(start, end, 10)
    for first, last in pairwise(turns):
        corners = []
        for turn, y in ((first, -0.03), (last, -0.03), (last, 0.03), (first, 0.03)):
            corners.append((x + (radius + 0.02) * math.cos(turn), y, radius + (radius + 0.02) * math.sin(turn)))
        shape.quad(corners, name)


def wire_basket(shape: Shape) -> None:
    """Open basket in front of the handlebar."""
    x0, x1, z0, z1, y = 0.36, 0.64, 0.74, 0.98, 0.17
    shape.box((x0, -y, z0), (x1, y, z0 + 0.01), "trim")
    for z in np.linspace(z0, z1, 5):
        shape.path([(x0, -y, z), (x1, -y, z), (x1, y, z), (x0, y, z), (x0, -y, z)], 0.006, "trim")
    for share in np.linspace(0, 1, 7):
        for side in (-y, y):
            shape.tube(
                (x0 + (x1 - x0) * share, side, z0), (x0 + (x1 - x0) * share, side, z1), (0.005, 0.005), "trim", 4
            )
        across = -y + 2 * y * share
        shape.tube((x1, across, z0), (x1, across, z1), (0.005, 0.005), "trim", 4)


def motor_wheel(shape: Shape, x: float, radius: float, thick: float) -> None:
    """Fat wheel with a cast rim."""
    hoop(shape, (x, 0, radius), radius - thick, thick, "tyre")
    hoop(shape, (x, 0, radius), radius - thick * 2.0, thick * 0.5, "rim")
    shape.tube((x, -0.05, radius), (x, 0.05, radius), (radius * 0.35, radius * 0.35), "rim", 16)
    for spoke in range(5):
        turn = 2 * math.pi * spoke / 5
        reach = radius - thick * 2
        shape.tube(
            (x, 0, radius), (x + reach * math.cos(turn), 0, radius + reach * math.sin(turn)), (0.02, 0.016), "rim", 6
        )


def handlebar(shape: Shape, x: float, z: float, half: float) -> None:
    """Bar with grips and round mirrors."""
    shape.path(
        [(x - 0.1, -half, z), (x, -half * 0.5, z + 0.02), (x, half * 0.5, z + 0.02), (x - 0.1, half, z)], 0.014, "trim"
    )
    for side in (-1.0, 1.0):
        shape.tube((x - 0.1, side * half, z), (x - 0.14, side * (half + 0.1), z - 0.01), (0.02, 0.02), "trim", 8)
        shape.tube((x, side * half * 0.7, z + 0.02), (x - 0.02, side * half * 0.95, z + 0.2), (0.008, 0.008), "trim", 6)
        shape.ellipsoid((x - 0.02, side * half * 0.97, z + 0.22), (0.02, 0.065, 0.045), "trim", (10, 6))


def scooter(paint: str) -> bpy.types.Mesh:
    """Step-through electric scooter of 1.75 m."""
    shape = Shape()
    motor_wheel(shape, -0.62, 0.24, 0.055)
    motor_wheel(shape, 0.62, 0.24, 0.055)
    shape.ellipsoid((-0.48, 0, 0.52), (0.46, 0.16, 0.20), paint)
    shape.ellipsoid((-0.30, 0, 0.72), (0.42, 0.14, 0.075), "trim")
    shape.box((-0.25, -0.15, 0.24), (0.36, 0.15, 0.31), "trim")
    shape.box((-0.28, -0.165, 0.18), (0.34, 0.165, 0.25), paint)
    rings = []
    for x, z, half, deep in (
        (0.40, 0.26, 0.15, 0.05),
        (0.46, 0.5, 0.2, 0.07),
        (0.42, 0.75, 0.17, 0.07),
        (0.36, 0.94, 0.1, 0.05),
    ):
        turns = np.linspace(0, 2 * math.pi, 16, endpoint=False)
        rings.append(np.stack([x + deep * np.cos(turns), half * np.sin(turns), np.full(16, z)], axis=1))
    shape.loft(rings, lambda _ring, _column: paint)
    shape.ellipsoid((0.62, 0, 0.47), (0.2, 0.075, 0.05), paint)
    shape.tube((0.42, 0, 0.8), (0.62, 0, 0.24), (0.035, 0.03), "trim", 10)
    shape.ellipsoid((0.36, 0, 1.0), (0.11, 0.13, 0.085), paint)
    shape.ellipsoid((0.45, 0, 1.0), (0.045, 0.085, 0.06), "headlamp", (12, 8))
    handlebar(shape, 0.33, 1.05, 0.3)
    shape.box((-0.95, -0.08, 0.52), (-0.9, 0.08, 0.58), "taillamp")
    shape.box((-0.98, -0.09, 0.38), (-0.965, 0.09, 0.47), "plate")
    shape.box((-0.95, -0.17, 0.72), (-0.68, 0.17, 0.98), "trim")
    return shape.mesh(f"scooter {paint}", 50)


def motorcycle(paint: str) -> bpy.types.Mesh:
    """Street motorcycle of 2.05 m."""
    shape = Shape()
    motor_wheel(shape, -0.70, 0.31, 0.07)
    motor_wheel(shape, 0.70, 0.31, 0.06)
    shape.ellipsoid((0.14, 0, 0.84), (0.3, 0.14, 0.15), paint)
    shape.ellipsoid((-0.36, 0, 0.79), (0.38, 0.13, 0.07), "trim")
    shape.ellipsoid((-0.66, 0, 0.80), (0.24, 0.09, 0.08), paint)
    shape.box((-0.18, -0.16, 0.28), (0.26, 0.16, 0.62), "steel")
    shape.tube((0.12, 0, 0.5), (0.24, 0, 0.78), (0.11, 0.09), "trim", 12)
    for side in (-0.09, 0.09):
        shape.tube((0.46, side, 0.96), (0.70, side, 0.31), (0.025, 0.025), "chrome", 8)
        shape.tube((-0.1, side, 0.42), (-0.70, side, 0.31), (0.028, 0.022), "trim", 8)
        shape.tube((-0.62, side, 0.35), (-0.5, side, 0.72), (0.03, 0.03), "chrome", 8)
    shape.path([(0.22, -0.15, 0.4), (-0.1, -0.19, 0.26), (-0.5, -0.2, 0.3)], 0.035, "chrome")
    shape.tube((-0.45, -0.2, 0.29), (-0.95, -0.21, 0.42), (0.05, 0.06), "chrome", 12)
    guard(shape, 0.70, 0.32, 0.3 * math.pi, 0.85 * math.pi, paint)
    shape.ellipsoid((0.56, 0, 0.93), (0.09, 0.1, 0.1), "trim")
    shape.ellipsoid((0.61, 0, 0.93), (0.06, 0.085, 0.085), "headlamp", (12, 8))
    handlebar(shape, 0.42, 1.05, 0.34)
    shape.box((-0.92, -0.06, 0.76), (-0.88, 0.06, 0.82), "taillamp")
    shape.box((-0.98, -0.09, 0.52), (-0.965, 0.09, 0.62), "plate")
    return shape.mesh(f"motorcycle {paint}", 50)
