"""Height and cover fields over the ground, as plain functions of x and y (metres)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TABLE = 64


class Noise:
    """Smooth value noise with octaves; mean about 0, deviation about 1.

    Args:
        size: wavelength of the coarsest octave, metres.
        gain: amplitude of an octave against the coarser one before it.
    """

    def __init__(self, random: np.random.Generator, size: float, octaves: int = 4, gain: float = 0.5) -> None:
        self.tables = random.normal(size=(octaves, TABLE, TABLE))
        self.shifts = random.uniform(0, TABLE, (octaves, 2))
        self.size, self.gain = size, gain
        self.total = 0.62 * math.sqrt(sum(gain ** (2 * octave) for octave in range(octaves)))

    def __call__(self, x: Array, y: Array) -> Array:
        """Values at points; `x` and `y` are broadcast together."""
        x, y = np.broadcast_arrays(x, y)
        value = np.zeros(x.shape)
        for octave, table in enumerate(self.tables):
            scale = 2.0**octave / self.size
            value += self.gain**octave * sample(table, x * scale + self.shifts[octave, 0],
                                                y * scale + self.shifts[octave, 1])  # fmt: skip
        return np.asarray(value / self.total)


def sample(table: Array, u: Array, v: Array) -> Array:
    """Periodic smooth interpolation of a square table."""
    column, row = np.floor(u).astype(np.int64), np.floor(v).astype(np.int64)
    s, t = smooth(u - column), smooth(v - row)
    x0, x1, y0, y1 = column % TABLE, (column + 1) % TABLE, row % TABLE, (row + 1) % TABLE
    top = table[y0, x0] * (1 - s) + table[y0, x1] * s
    return np.asarray(top * (1 - t) + (table[y1, x0] * (1 - s) + table[y1, x1] * s) * t)


def smooth(share: Array) -> Array:
    """Smoothstep of values clipped to 0..1."""
    clipped = np.clip(share, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3 - 2 * clipped))


def rows(near: float, far: float, step: float, growth: float) -> Array:
    """Rising coordinates whose spacing grows with the distance from `near`."""
    values = [near]
    while values[-1] < far:
        values.append(values[-1] + step + growth * (values[-1] - near))
    values[-1] = far
    return np.array(values)


@dataclass(frozen=True)
class Sheet:
    """Heights over a rectangular grid: `z[row, column]` belongs to `ys[row]`, `xs[column]`."""

    xs: Array
    ys: Array
    z: Array

    def height(self, x: Array, y: Array) -> Array:
        """Bilinear heights at points; points outside take the nearest border's."""
        column = np.clip(np.searchsorted(self.xs, x) - 1, 0, len(self.xs) - 2)
        row = np.clip(np.searchsorted(self.ys, y) - 1, 0, len(self.ys) - 2)
        s = np.clip((x - self.xs[column]) / (self.xs[column + 1] - self.xs[column]), 0, 1)
        t = np.clip((y - self.ys[row]) / (self.ys[row + 1] - self.ys[row]), 0, 1)
        low = self.z[row, column] * (1 - s) + self.z[row, column + 1] * s
        return np.asarray(low * (1 - t) + (self.z[row + 1, column] * (1 - s) + self.z[row + 1, column + 1] * s) * t)

    def level(self, share: float, span: tuple[float, float]) -> float:
        """Height below which the given share of the ground with y in `span` lies.

        Raises:
            ValueError: no row of the grid lies in the span.
        """
        inside = (self.ys >= span[0]) & (self.ys <= span[1])
        if not inside.any():
            raise ValueError(f"no part of the ground lies between y = {span[0]} and {span[1]} m")
        weights = np.gradient(self.ys)[inside][:, None] * np.gradient(self.xs)[None, :]
        order = np.argsort(self.z[inside], axis=None)
        total = np.cumsum(weights.ravel()[order])
        found = min(int(np.searchsorted(total, share * total[-1])), len(order) - 1)
        return float(self.z[inside].ravel()[order][found])


def blob(x: Array, y: Array, centre: tuple[float, float], radii: tuple[float, float], turn: float) -> Array:
    """1 in the middle of an ellipse, 0 on its edge, negative outside."""
    u, v = x - centre[0], y - centre[1]
    along, across = u * math.cos(turn) + v * math.sin(turn), -u * math.sin(turn) + v * math.cos(turn)
    return np.asarray(1 - np.hypot(along / radii[0], across / radii[1]))


def band(x: Array, y: Array, points: Array, half_width: float) -> Array:
    """1 on a chain of points (N, 2), 0 at `half_width` from it, negative beyond."""
    nearest = np.full(np.broadcast(x, y).shape, np.inf)
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = bx - ax, by - ay
        length = max(dx * dx + dy * dy, 1e-9)
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / length, 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - ax - share * dx, y - ay - share * dy))
    return np.asarray(1 - nearest / half_width)


def road_height(x: Array, y: Array, span: tuple[float, float], random: np.random.Generator, roughness: float) -> Array:
    """A worn carriageway: crown, waves, wheel tracks and some potholes.

    Args:
        span: x of the two kerbs.
        roughness: deviation of the waves, metres.
    """
    middle, half = (span[0] + span[1]) / 2, (span[1] - span[0]) / 2
    z = -random.uniform(0.004, 0.016) * np.abs(x - middle)
    z = z + roughness * Noise(random, random.uniform(4, 11), 3, 0.45)(x, y * random.uniform(0.4, 1.0))
    z += 0.0012 * Noise(random, 0.7, 3, 0.6)(x, y)
    for lane in np.arange(middle - half + 1.6, middle + half - 1.0, 3.2):
        for side in (-0.75, 0.75):
            wander = 0.12 * Noise(random, 12.0, 1)(np.zeros_like(y), y)
            z = z - random.uniform(0.0, 0.010) * np.exp(-(((x - lane - side - wander) / 0.22) ** 2))
    for _ in range(int(random.integers(0, 7))):
        centre = (float(random.uniform(*span)), float(random.uniform(3, 30)))
        radii = (float(random.uniform(0.2, 0.9)), float(random.uniform(0.2, 1.3)))
        z = z - random.uniform(0.015, 0.05) * smooth(1.6 * blob(x, y, centre, radii, float(random.uniform(0, 3))))
    return np.asarray(z)
