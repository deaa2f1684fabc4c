"""Rounded solids that the models of smaller things share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scripts.render.mesh import Shape

Array = NDArray[np.float64]
Name = str | Callable[[int, int], str]


def rounded(half_a: float, half_b: float, power: float, sides: int) -> tuple[Array, Array]:
    """Superellipse |a|^n + |b|^n = 1 as two coordinate rows, counter-clockwise."""
    turns = np.linspace(0, 2 * math.pi, sides, endpoint=False)
    cosine, sine = np.cos(turns), np.sin(turns)
    first = np.sign(cosine) * np.abs(cosine) ** (2 / power) * half_a
    second = np.sign(sine) * np.abs(sine) ** (2 / power) * half_b
    return first, second


def capped(shape: Shape, rings: Sequence[Array], name: Name) -> None:
    """Skin rings and close both ends."""
    columns = len(rings[0])

    def choose(ring: int, column: int) -> str:
        return name if isinstance(name, str) else name(ring, column)

    shape.loft(rings, choose)
    shape.add(rings[0], [tuple(range(columns))[::-1]], [choose(0, 0)])
    shape.add(rings[-1], [tuple(range(columns))], [choose(len(rings) - 2, 0)])


def along(shape: Shape, stations: Sequence[tuple[float, float, float, float]], name: Name, power: float = 2.6) -> None:
    """Closed body along +x through stations (x rising, centre z, half width, half height)."""
    rings = []
    for x, z, half_width, half_height in stations:
        y, up = rounded(half_width, half_height, power, 18)
        rings.append(np.stack([np.full(18, x), y, z + up], axis=1))
    capped(shape, rings, name)


def upward(shape: Shape, stations: Sequence[tuple[float, float, float, float]], name: Name, power: float = 2.6) -> None:
    """Closed body along +z through stations (z rising, centre x, half depth, half width)."""
    rings = []
    for z, x, half_depth, half_width in stations:
        forward, y = rounded(half_depth, half_width, power, 20)
        rings.append(np.stack([x + forward, y, np.full(20, z)], axis=1))
    capped(shape, rings, name)


def turned(
    shape: Shape, profile: Sequence[tuple[float, float]], name: Name, at: tuple[float, float] = (0.0, 0.0),
    sides: int = 24,
) -> None:  # fmt: skip
    """Closed body of revolution around an upright axis; profile of (z rising, radius)."""
    rings = []
    for z, radius in profile:
        x, y = rounded(max(radius, 0.002), max(radius, 0.002), 2.0, sides)
        rings.append(np.stack([at[0] + x, at[1] + y, np.full(sides, z)], axis=1))
    capped(shape, rings, name)


def ring_band(
    shape: Shape, radius: float, low: float, high: float, name: str, spans: Sequence[tuple[float, float]],
    thickness: float = 0.006,
) -> None:  # fmt: skip
    """Upright bands of sheet metal around the z axis; spans of (from, to) in radians."""
    for start, end in spans:
        turns = np.linspace(start, end, max(3, round((end - start) / 0.25)))
        for first, last in pairwise(turns):
            corners = []
            for reach in (radius + thickness, radius):
                near = [(reach * math.cos(turn), reach * math.sin(turn)) for turn in (first, last)]
                corners.append([(*near[0], low), (*near[1], low), (*near[1], high), (*near[0], high)])
            shape.quad(corners[0], name)
            shape.quad(corners[1][::-1], name)
            shape.quad([corners[1][3], corners[0][3], corners[0][2], corners[1][2]][::-1], name)


def upright_hoop(shape: Shape, radius: float, z: float, thick: float, name: str, sides: int = 28) -> None:
    """Ring of round bar that lies flat at height z around the z axis."""
    rings = []
    for turn in np.linspace(0, 2 * math.pi, sides + 1):
        outward = np.array([math.cos(turn), math.sin(turn), 0.0])
        around = np.linspace(0, 2 * math.pi, 8, endpoint=False)[:, None]
        centre = np.array([0.0, 0.0, z]) + outward * radius
        rings.append(centre + thick * (np.cos(around) * outward - np.sin(around) * np.array([0.0, 0.0, -1.0])))
    shape.loft([ring[::-1] for ring in rings], lambda _ring, _column: name)


def sheet(shape: Shape, rows: Sequence[Array], name: Name) -> None:
    """Open cloth through rows of points (each N, 3); the right-hand rule along a row, then to the next, is outward."""
    columns = len(rows[0])
    faces, names = [], []
    for row in range(len(rows) - 1):
        for column in range(columns - 1):
            corner = row * columns + column
            faces.append((corner, corner + 1, corner + columns + 1, corner + columns))
            names.append(name if isinstance(name, str) else name(row, column))
    shape.add(np.concatenate(rows), faces, names)


def merged(parts: Sequence[tuple[Shape, Array]]) -> Shape:
    """One shape of several, each moved by a 4x4 matrix."""
    whole = Shape()
    for part, matrix in parts:
        points = np.concatenate(part.vertices)
        whole.add(points @ matrix[:3, :3].T + matrix[:3, 3], part.faces, part.materials)
    return whole


def moved(
    x: float = 0.0, y: float = 0.0, z: float = 0.0, turn: float = 0.0, roll: float = 0.0, scale: float = 1.0
) -> Array:
    """Matrix (4, 4): scale, roll around x, turn around z, then move. Radians and metres."""
    cosine, sine = math.cos(turn), math.sin(turn)
    yaw = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    cosine, sine = math.cos(roll), math.sin(roll)
    tilt = np.array([[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]])
    matrix = np.eye(4)
    matrix[:3, :3] = yaw @ tilt * scale
    matrix[:3, 3] = (x, y, z)
    return matrix
