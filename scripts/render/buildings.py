"""House fronts: walls with framed windows, balconies, shop fronts, awnings and doors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chance import pick
from .mesh import Shape

FLOOR = 3.1
SHOP = 3.7
WALLS = ("brick", "plaster_cream", "plaster_grey", "plaster_white", "plaster_ochre", "brick")
AWNINGS = ("awning_red", "awning_green", "awning_blue")


@dataclass(frozen=True)
class Wall:
    """An upright wall: `u` runs along it from `start`, `v` points out of it; axis-aligned."""

    start: tuple[float, float]
    along: tuple[float, float]
    outward: tuple[float, float]
    width: float

    def box(
        self, shape: Shape, u: tuple[float, float], v: tuple[float, float], z: tuple[float, float], name: str
    ) -> None:
        """Box between two spans along, out of and up the wall."""
        ends = [
            (
                self.start[0] + self.along[0] * a + self.outward[0] * b,
                self.start[1] + self.along[1] * a + self.outward[1] * b,
            )
            for a, b in ((u[0], v[0]), (u[1], v[1]))
        ]
        (x0, y0), (x1, y1) = ends
        shape.box((min(x0, x1), min(y0, y1), z[0]), (max(x0, x1), max(y0, y1), z[1]), name)

    def point(self, u: float, v: float, z: float) -> tuple[float, float, float]:
        """World coordinates of a place on or before the wall."""
        return (
            self.start[0] + self.along[0] * u + self.outward[0] * v,
            self.start[1] + self.along[1] * u + self.outward[1] * v,
            z,
        )


def building(
    shape: Shape, low: tuple[float, float], high: tuple[float, float], floors: int, shops: bool,
    wall: str, random: np.random.Generator,
) -> None:  # fmt: skip
    """A block between two ground corners with fronts on all four sides."""
    ground = SHOP if shops else FLOOR
    top = ground + FLOOR * (floors - 1)
    shape.box((low[0], low[1], 0), (high[0], high[1], top), wall)
    shape.box((low[0] - 0.25, low[1] - 0.25, top), (high[0] + 0.25, high[1] + 0.25, top + 0.35), "stone")
    shape.box((low[0] - 0.02, low[1] - 0.02, 0), (high[0] + 0.02, high[1] + 0.02, 0.55), "stone")
    (x0, y0), (x1, y1) = low, high
    walls = (
        Wall((x1, y0), (0, 1), (1, 0), y1 - y0),
        Wall((x0, y1), (0, -1), (-1, 0), y1 - y0),
        Wall((x0, y0), (1, 0), (0, -1), x1 - x0),
        Wall((x1, y1), (-1, 0), (0, 1), x1 - x0),
    )
    style = int(random.integers(0, 3))
    for index, side in enumerate(walls):
        front(shape, side, floors, ground, shops and index < 2, style, random)


def front(
    shape: Shape, wall: Wall, floors: int, ground: float, shops: bool, style: int, random: np.random.Generator
) -> None:
    """Windows of one wall, floor by floor; shops or doors at the ground."""
    bays = max(1, int(wall.width / 2.9))
    pitch = wall.width / bays
    if shops:
        shop_row(shape, wall, ground, random)
    else:
        for bay in range(bays):
            middle = (bay + 0.5) * pitch
            if bay == bays // 2:
                door(shape, wall, middle)
            else:
                window(shape, wall, middle, 1.0, 1.3, 1.4, random)
    for floor in range(1, floors):
        base = ground + FLOOR * (floor - 1)
        wall.box(shape, (0, wall.width), (0, 0.06), (base - 0.12, base), "stone")
        for bay in range(bays):
            middle = (bay + 0.5) * pitch
            wide = 1.7 if style == 1 else 1.25
            window(shape, wall, middle, base + 0.85, wide, 1.55, random)
            if style == 2 and bay % 2 == 0:
                balcony(shape, wall, middle, base, 2.0)
            elif random.random() < 0.22:
                cooler(shape, wall, middle + pitch * 0.36, base + 0.35)


def window(
    shape: Shape, wall: Wall, middle: float, sill: float, width: float, height: float, random: np.random.Generator
) -> None:
    """Framed window with a sill; some show a curtain."""
    left, right, top = middle - width / 2, middle + width / 2, sill + height
    pane = "curtain" if random.random() < 0.16 else "window"
    wall.box(shape, (left, right), (0, 0.015), (sill, top), pane)
    for u in ((left - 0.07, left), (right, right + 0.07), (middle - 0.03, middle + 0.03)):
        wall.box(shape, u, (0, 0.07), (sill, top), "frame")
    wall.box(shape, (left - 0.07, right + 0.07), (0, 0.07), (top, top + 0.08), "frame")
    wall.box(shape, (left - 0.07, right + 0.07), (0, 0.045), (sill + height * 0.68, sill + height * 0.71), "frame")
    wall.box(shape, (left - 0.14, right + 0.14), (0, 0.17), (sill - 0.08, sill), "stone")


def door(shape: Shape, wall: Wall, middle: float) -> None:
    """House door with a canopy and a step."""
    wall.box(shape, (middle - 0.75, middle + 0.75), (0, 0.05), (0, 2.5), "frame_dark")
    wall.box(shape, (middle - 0.6, middle + 0.6), (0, 0.07), (0.15, 2.2), "wood")
    wall.box(shape, (middle - 1.1, middle + 1.1), (0, 0.9), (2.75, 2.88), "stone")
    wall.box(shape, (middle - 0.9, middle + 0.9), (0, 0.4), (0, 0.27), "stone")


def balcony(shape: Shape, wall: Wall, middle: float, base: float, width: float) -> None:
    """Slab with a railing of bars."""
    left, right = middle - width / 2, middle + width / 2
    wall.box(shape, (left, right), (0, 0.9), (base, base + 0.13), "stone")
    wall.box(shape, (left, right), (0.86, 0.9), (base + 1.0, base + 1.05), "frame_dark")
    for u in np.arange(left + 0.04, right, 0.16):
        wall.box(shape, (u - 0.01, u + 0.01), (0.87, 0.89), (base + 0.1, base + 1.0), "frame_dark")


def cooler(shape: Shape, wall: Wall, middle: float, base: float) -> None:
    """Outdoor unit of an air conditioner on the wall."""
    wall.box(shape, (middle - 0.4, middle + 0.4), (0.05, 0.36), (base, base + 0.55), "white")
    wall.box(shape, (middle - 0.3, middle + 0.1), (0.36, 0.37), (base + 0.08, base + 0.47), "trim")


def shop_row(shape: Shape, wall: Wall, ground: float, random: np.random.Generator) -> None:
    """Shop windows with sign boards (blank), some with awnings."""
    count = max(1, int(wall.width / 5.2))
    pitch = wall.width / count
    for index in range(count):
        left, right = index * pitch + 0.3, (index + 1) * pitch - 0.3
        wall.box(shape, (left, right), (0, 0.02), (0.45, 2.75), "shop_interior" if random.random() < 0.4 else "window")
        for share in (0.0, 0.34, 0.66, 1.0):
            u = left + (right - left) * share
            wall.box(shape, (u - 0.05, u + 0.05), (0, 0.08), (0.15, 2.8), "frame_dark")
        door_left = left + (right - left) * 0.36
        wall.box(shape, (door_left, door_left + 1.0), (0.01, 0.05), (0.12, 2.5), "frame_dark")
        wall.box(shape, (door_left + 0.1, door_left + 0.9), (0.05, 0.06), (0.35, 2.4), "window")
        board = pick(random, ("sign_blue", "awning_red", "white", "awning_green", "plaster_ochre", "frame_dark"))
        wall.box(shape, (left, right), (0, 0.18), (2.85, ground - 0.2), board)
        if random.random() < 0.5:
            awning(shape, wall, left, right, pick(random, AWNINGS))


def awning(shape: Shape, wall: Wall, left: float, right: float, name: str) -> None:
    """Sloping cloth roof over a shop window."""
    shape.quad(
        [
            wall.point(left, 0.05, 2.9),
            wall.point(left, 1.2, 2.35),
            wall.point(right, 1.2, 2.35),
            wall.point(right, 0.05, 2.9),
        ],
        name,
    )
    shape.quad(
        [
            wall.point(left, 1.2, 2.35),
            wall.point(left, 1.2, 2.12),
            wall.point(right, 1.2, 2.12),
            wall.point(right, 1.2, 2.35),
        ],
        name,
    )
