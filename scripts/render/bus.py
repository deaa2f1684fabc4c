"""City bus."""

from __future__ import annotations

import bpy
import numpy as np
from numpy.typing import NDArray

from .cars import wheel
from .mesh import Shape
from .shell import Extent, outline, shell

Array = NDArray[np.float64]


def bus(paint: str) -> bpy.types.Mesh:
    """City bus of 10.6 m, heading along +x."""
    shape = Shape()
    levels = (0.0, 0.05, 0.12, 0.2, 0.34, 0.4, 0.6, 0.78, 0.82, 0.86, 0.95, 1.0)
    edges = np.linspace(-0.86, 0.8, 9)
    stations = [at for edge in edges for at in (edge - 0.012, edge + 0.012)]

    def extent(level: float) -> Extent:
        front = float(np.interp(level, [0, 0.1, 0.4, 0.95, 1.0], [5.22, 5.3, 5.28, 5.16, 5.0]))
        rear = float(np.interp(level, [0, 0.1, 0.95, 1.0], [-5.25, -5.3, -5.25, -5.1]))
        side = float(np.interp(level, [0, 0.1, 0.8, 0.95, 1.0], [1.20, 1.25, 1.24, 1.20, 1.10]))
        return Extent(front, rear, side)

    def height(x: Array, level: float) -> Array:
        return np.full(x.shape, 0.32 + 2.68 * level)

    def rule(xi: float, eta: float, level: float, side: str) -> str:
        if side == "top" or level < 0.05:
            return "white" if side == "top" else "trim"
        if side in ("front", "rear"):
            return bus_front(eta, level, paint) if side == "front" else bus_rear(eta, level, paint)
        if 0.4 < level < 0.82 and abs(xi) < 0.87:
            return "trim" if np.abs(xi - edges).min() < 0.0125 else "glass"
        return "white" if 0.2 < level < 0.34 else paint

    shell(shape, outline(14.0, stations, 15), levels, extent, height, rule, 0.04)
    bus_details(shape)
    return shape.mesh(f"bus {paint}", smooth_angle=38)


def bus_details(shape: Shape) -> None:
    """Wheels, mirrors, doors and the roof unit of the bus."""
    for side in (-1.0, 1.0):
        for x in (3.0, -2.9):
            shape.tube((x, side * 0.9, 0.5), (x, side * 1.262, 0.5), (0.56, 0.56), "seam", 32)
            wheel(shape, (x, side * 1.15, 0.48), 0.26, side)
        shape.path([(5.2, side * 1.15, 2.5), (5.55, side * 1.3, 2.4)], 0.03, "trim")
        shape.ellipsoid((5.55, side * 1.32, 2.15), (0.06, 0.1, 0.24), "trim")
    for x in (4.1, -0.2):
        shape.box((x - 0.6, -1.262, 0.4), (x + 0.6, -1.24, 2.5), "frame_dark")
        for part in (-0.55, 0.03):
            shape.box((x + part, -1.27, 0.6), (x + part + 0.52, -1.26, 2.4), "glass")
    shape.box((-2.5, -0.8, 3.02), (0.5, 0.8, 3.24), "white")


def bus_rear(eta: float, level: float, paint: str) -> str:
    """Rear of the bus: window and lamps."""
    if 0.12 < level < 0.34 and abs(eta) > 0.7:
        return "taillamp"
    return "glass" if 0.4 < level < 0.78 and abs(eta) < 0.85 else paint


def bus_front(eta: float, level: float, paint: str) -> str:
    """Front of the bus: windscreen, blank display, lamps."""
    if 0.86 < level < 0.95 and abs(eta) < 0.75:
        return "trim"
    if 0.34 < level < 0.82 and abs(eta) < 0.93:
        return "glass"
    if 0.12 < level < 0.2 and abs(eta) > 0.6:
        return "headlamp"
    return paint
