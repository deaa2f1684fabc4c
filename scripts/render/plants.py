"""Trees and hedges made of leaf cards."""

from __future__ import annotations

import math
from collections.abc import Sequence

import bpy
import numpy as np
from numpy.typing import NDArray

from .mesh import Shape

Array = NDArray[np.float64]


def leaves(shape: Shape, centres: Array, size: float, names: Sequence[str], random: np.random.Generator) -> None:
    """One bent leaf card at each centre (N, 3), turned at random."""
    count = len(centres)
    first = random.normal(size=(count, 3))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(first, random.normal(size=(count, 3)))
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    scale = size * random.uniform(0.6, 1.3, (count, 1))
    corners = np.stack(
        [
            centres - first * scale,
            centres + second * scale * 0.55,
            centres + first * scale,
            centres - second * scale * 0.55,
        ],
        axis=1,
    )
    faces = np.arange(count * 4).reshape(count, 4)
    picked = random.integers(0, len(names), count)
    shape.add(corners.reshape(-1, 3), faces.tolist(), [names[index] for index in picked])


def tree(random: np.random.Generator, height: float = 7.0, count: int = 5200) -> bpy.types.Mesh:
    """Street tree with a forked trunk and a crown of leaf clusters."""
    shape = Shape()
    fork = height * 0.36
    shape.tube((0, 0, 0), (0.05, 0.02, fork), (0.16, 0.12), "bark", sides=10)
    clusters = []
    for branch in range(9):
        angle = branch * 2.4 + random.uniform(-0.3, 0.3)
        reach = random.uniform(0.9, 2.0)
        rise = random.uniform(0.45, 0.88) * height
        tip = np.array([math.cos(angle) * reach, math.sin(angle) * reach, rise])
        shape.tube((0.05, 0.02, fork), tip.tolist(), (0.07, 0.02), "bark", sides=6)
        clusters.append((tip, random.uniform(0.75, 1.25)))
    clusters.append((np.array([0.0, 0.0, height * 0.9]), 1.2))
    share = count // len(clusters)
    for tip, radius in clusters:
        way = random.normal(size=(share, 3))
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        distance = radius * random.uniform(0.35, 1.0, (share, 1)) ** 0.5
        leaves(shape, tip + way * distance * np.array([1.0, 1.0, 0.8]), 0.15, ("leaf", "leaf", "leaf_light"), random)
    return shape.mesh("tree", smooth_angle=60)


def hedge(shape: Shape, low: Sequence[float], high: Sequence[float], random: np.random.Generator) -> None:
    """Clipped hedge that fills a box."""
    inner = np.array(low) + 0.06, np.array(high) - 0.06
    shape.box(inner[0].tolist(), inner[1].tolist(), "soil")
    size = np.array(high) - np.array(low)
    area = 2 * (size[0] * size[1] + size[0] * size[2] + size[1] * size[2])
    points = random.uniform(low, high, (int(area * 130), 3))
    axis = random.choice(3, len(points), p=shares(size))
    ends = np.where(random.random(len(points)) < 0.5, np.array(low)[axis], np.array(high)[axis])
    points[np.arange(len(points)), axis] = ends + random.normal(0, 0.03, len(points))
    points[:, 2] = np.maximum(points[:, 2], low[2] + 0.03)
    leaves(shape, points, 0.09, ("leaf", "leaf", "leaf_light"), random)


def shares(size: Array) -> Array:
    """Chance of each pair of faces of a box, by area."""
    areas = np.array([size[1] * size[2], size[0] * size[2], size[0] * size[1]])
    return np.asarray(areas / areas.sum())
