"""Small box truck."""

from __future__ import annotations

import bpy
import numpy as np
from numpy.typing import NDArray

from .cars import wheel
from .mesh import Shape
from .shell import Extent, outline, shell

Array = NDArray[np.float64]


def truck(paint: str, cargo: str = "cargo") -> bpy.types.Mesh:
    """Cab-over truck of 5.8 m with a box body, heading along +x."""
    shape = Shape()
    levels = (0.0, 0.08, 0.14, 0.26, 0.32, 0.46, 0.5, 0.7, 0.86, 0.9, 1.0)

    def extent(level: float) -> Extent:
        front = float(np.interp(level, [0, 0.1, 0.46, 0.9, 1.0], [2.84, 2.9, 2.88, 2.52, 2.38]))
        side = float(np.interp(level, [0, 0.1, 0.46, 0.9, 1.0], [0.90, 0.93, 0.94, 0.88, 0.80]))
        return Extent(front, 1.25, side)

    def height(x: Array, level: float) -> Array:
        return np.full(x.shape, 0.42 + 1.78 * level)

    def rule(xi: float, eta: float, level: float, side: str) -> str:
        if side == "front" and level > 0.14:
            return cab_front(eta, level, paint)
        if side in ("left", "right") and 0.5 < level < 0.86 and -0.45 < xi < 0.72:
            return "glass"
        return "trim" if level < 0.08 else paint

    shell(shape, outline(6.0, (-0.45, 0.0, 0.4, 0.72), 13), levels, extent, height, rule, 0.05)
    cargo_box(shape, cargo)
    for side in (-1.0, 1.0):
        low, high = sorted((side * 0.9, side * 0.68))
        shape.box((-2.93, low, 0.52), (-2.86, high, 0.68), "taillamp")
        low, high = sorted((side * 0.93, side * 0.90))
        shape.box((-1.0, low, 0.45), (1.0, high, 0.72), "steel")
        low, high = sorted((side * 0.70, side * 0.945))
        shape.box((1.62, low, 0.40), (2.48, high, 0.70), "seam")
        for x in (2.05, -1.65):
            wheel(shape, (x, side * 0.80, 0.37), 0.23, side)
        shape.ellipsoid((2.72, side * 1.10, 1.65), (0.05, 0.09, 0.17), "trim")
    shape.box((-2.945, -0.2, 0.5), (-2.92, 0.2, 0.62), "plate")
    shape.box((2.89, -0.2, 0.5), (2.925, 0.2, 0.62), "plate")
    return shape.mesh(f"truck {paint}", smooth_angle=38)


def cab_front(eta: float, level: float, paint: str) -> str:
    """Front of the cab above the bumper: windscreen and lamps."""
    if 0.5 < level < 0.9 and abs(eta) < 0.88:
        return "glass"
    if level < 0.26:
        return "headlamp" if abs(eta) > 0.55 else "trim"
    return paint


def cargo_box(shape: Shape, cargo: str) -> None:
    """Box body with steel edges on a chassis beam."""
    shape.box((-2.85, -0.42, 0.48), (1.5, 0.42, 0.68), "trim")
    shape.box((-2.9, -0.98, 0.80), (1.12, 0.98, 2.72), cargo)
    for y in (-0.985, 0.965):
        for z in (0.78, 2.66):
            shape.box((-2.92, y, z), (1.14, y + 0.02, z + 0.08), "steel")
    for x in (-2.92, 1.10):
        for y in (-1.0, 0.92):
            shape.box((x, y, 0.78), (x + 0.05, y + 0.08, 2.74), "steel")
    shape.box((-2.93, -0.03, 0.8), (-2.9, 0.03, 2.7), "trim")
