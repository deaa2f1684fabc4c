"""The tower, its camera and its floors as numbers; no Blender."""

from __future__ import annotations

from typing import Any

import numpy as np
from scripts.render.camera import Camera

SIZE = (640, 360)
FLOOR, FLOORS, LOBBY = 2.95, 13, 4.2  # metres a floor, floors with flats, height of the entrance hall
FRONT = 27.0  # metres along the front, which lies in the plane y = 0 and faces -y
TOP = LOBBY + FLOOR * FLOORS
SEEN = 7.8  # metres above the ground at which the lower edge of the picture cuts the tower
CAMERA = Camera((-3.0, -58.0, 4.5), 3.2, 18.9, 54.0, *SIZE)
LEFT, RIGHT = -FRONT / 2, FRONT / 2
BALCONY_DEPTH = 1.3
BAYS = ("balcony", "window", "balcony", "stairs", "balcony", "window", "balcony")
WIDTHS = (4.6, 3.2, 4.6, 2.2, 4.6, 3.2, 4.6)


def bays() -> list[tuple[str, float, float]]:
    """Kind, left and right edge (x in metres) of the parts of a floor."""
    found = []
    x = LEFT
    for kind, width in zip(BAYS, WIDTHS, strict=True):
        found.append((kind, x, x + width))
        x += width
    return found


def floor_base(floor: int) -> float:
    """Height of a floor's slab; floor 1 is the entrance hall, 2 the first one with flats."""
    return 0.0 if floor == 1 else LOBBY + FLOOR * (floor - 2)


def pixel(x: float, y: float, z: float) -> tuple[float, float]:
    """Pixel of a place in the world."""
    place, _depth = CAMERA.project(np.array([[x, y, z]]))
    return float(place[0, 0]), float(place[0, 1])


def zone() -> list[list[float]]:
    """The tower's front, a metre before the balconies and a metre wider at each side, as shares of the picture."""
    edge, before = 1.0, -BALCONY_DEPTH - 1.0
    return CAMERA.polygon([
        (LEFT - edge, before, TOP), (RIGHT + edge, before, TOP),
        (RIGHT + edge, before, SEEN), (LEFT - edge, before, SEEN),
    ])  # fmt: skip


def facade() -> dict[str, Any]:
    """The front in numbers: each floor's line and scale, in the upright plane through the balconies' edges.

    `y` is in pixels in the middle of the front; `pixels_per_metre` is how many rows a metre of height takes there.
    """
    lines: list[dict[str, Any]] = []
    before = -BALCONY_DEPTH
    for floor in range(1, FLOORS + 3):
        base = floor_base(floor)
        low, high = pixel(0, before, base - 0.25)[1], pixel(0, before, base + 0.25)[1]
        lines.append({
            "floor": floor if floor < FLOORS + 2 else "roof", "height": round(base, 2),
            "y": round(pixel(0, before, base)[1], 1), "pixels_per_metre": round((low - high) / 0.5, 3),
        })  # fmt: skip
    return {
        "height": round(TOP, 2), "floors": FLOORS + 1, "floor_height": FLOOR, "zone_height": round(TOP - SEEN, 2),
        "camera": {"position": CAMERA.position, "yaw": CAMERA.yaw, "pitch": CAMERA.pitch,
                   "field_of_view": CAMERA.field_of_view},
        "lines": lines,
    }  # fmt: skip
