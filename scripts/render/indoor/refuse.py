"""Bins, bags, cartons and litter; heaps of bags are garbage, full bins with bags on top are overflowing."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape

from .forms import along, merged, moved, turned, upward

BAGS = (
    "glossy:17181a",
    "glossy:17181a",
    "glossy:17181a",
    "glossy:d8d8d4",
    "glossy:b8341f",
    "glossy:2a5aa8",
    "glossy:4a6a3a",
    "glossy:d99a2b",
)
BINS = ("plain:2f6b46", "plain:2f6b46", "plain:5a5f64", "plain:2d5ab0", "plain:b03028", "plain:7a5a3a")
PEDAL_BINS = ("brushed:b8bcc0", "plain:5a5f64", "plain:2d6ab0", "plain:d8d8d4", "plain:2f6b46", "plain:17181a")
LITTER = ("white", "plain:d8c8a0", "plain:b03028", "plain:2d6ab0", "clear:c8d4dc", "plain:d8a21c", "plain:a8845a")


def bag(random: np.random.Generator) -> Shape:
    """Knotted rubbish bag: a dented ball with a neck."""
    shape = Shape()
    name = pick(random, BAGS)
    radius, squash = float(random.uniform(0.13, 0.26)), float(random.uniform(0.75, 1.1))
    columns = 28
    turns = np.linspace(0, 2 * math.pi, columns, endpoint=False)
    folds, shifts = random.uniform(0.02, 0.09, 4), random.uniform(0, 6.3, 4)
    rings = []
    for height in np.linspace(-1.2, 1.35, 14):
        waves = [
            fold * np.sin(turns * (order + 2) + shift + height * (order + 0.5))
            for order, (fold, shift) in enumerate(zip(folds, shifts, strict=True))
        ]
        reach = radius * math.cos(height) * (1 + np.sum(waves, axis=0)) + 0.01
        z = np.full(columns, radius * squash * (math.sin(height) + 0.93)) + 0.3 * radius * waves[0]
        rings.append(np.stack([reach * np.cos(turns), reach * np.sin(turns), np.maximum(z, 0.004)], axis=1))
    top = rings[-1].mean(axis=0)
    rings.append(top + (rings[-1] - top) * 0.9 + np.array([0, 0, 0.03]))
    rings.append(top + (rings[-1] - top) * 2.0 + np.array([0.02, 0, 0.06]))
    shape.loft(rings, lambda _ring, _column: name)
    shape.add(rings[-1], [tuple(range(columns))], [name])
    return shape


def carton(random: np.random.Generator) -> Shape:
    """Closed cardboard box with tape, sometimes two stacked."""
    shape = Shape()
    base = 0.0
    for _level in range(1 + int(random.random() < 0.4)):
        x, y, z = random.uniform(0.14, 0.26), random.uniform(0.14, 0.24), random.uniform(0.16, 0.4)
        shape.box(
            (-x, -y, base), (x, y, base + z), pick(random, ("plain:a8845a", "plain:b8956a", "plain:8f6f4a", "white"))
        )
        shape.box((-x * 1.002, -0.025, base + 0.001), (x * 1.002, 0.025, base + z * 1.002), "plain:c9b48a")
        base += z
    return shape


def scraps(random: np.random.Generator, reach: float, count: int) -> Shape:
    """Crumpled paper, bottles and wrappers on the ground."""
    shape = Shape()
    for _piece in range(count):
        turn, away = random.uniform(0, 2 * math.pi), reach * math.sqrt(random.random())
        x, y, name = away * math.cos(turn), away * math.sin(turn), pick(random, LITTER)
        if random.random() < 0.3:
            shape.tube((x, y, 0.03), (x + random.uniform(-0.12, 0.12), y + 0.12, 0.03), (0.028, 0.02), name, 8)
        else:
            size = random.uniform(0.03, 0.1)
            corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * size * random.uniform(0.5, 1.2, (4, 1))
            shape.quad([(x + a, y + b, random.uniform(0.004, 0.04)) for a, b in corners], name)
    return shape


def heap(random: np.random.Generator) -> Shape:
    """Garbage on the ground: some bags, cartons and litter around them."""
    parts = [(scraps(random, float(random.uniform(0.4, 0.9)), int(random.integers(6, 26))), moved())]
    for _bag in range(int(random.integers(2, 9))):
        turn, away = random.uniform(0, 2 * math.pi), 0.45 * math.sqrt(random.random())
        z = max(0.0, random.uniform(-0.1, 0.25) * (away < 0.25))
        thing = bag(random) if random.random() < 0.8 else carton(random)
        parts.append((thing, moved(away * math.cos(turn), away * math.sin(turn), z, turn=random.uniform(0, 6.3))))
    return merged(parts)


def wheeled_bin(random: np.random.Generator, closed: bool = True) -> Shape:
    """Bin of 120 or 240 litres with lid, handle and wheels."""
    shape = Shape()
    name = pick(random, BINS)
    scale = float(random.choice([0.85, 1.0]))
    half, height = 0.25 * scale, 0.98 * scale
    upward(
        shape,
        [
            (0.05, 0, half * 0.78, half * 0.8),
            (height * 0.9, 0, half, half),
            (height * 0.93, 0, half * 1.06, half * 1.06),
        ],
        name,
        7,
    )
    for y in (-half * 0.85, half * 0.85):
        shape.tube((-half * 0.8, y - 0.02, 0.09), (-half * 0.8, y + 0.02, 0.09), (0.09, 0.09), "tyre", 14)
    shape.box((half * 0.9, -half * 0.5, height * 0.5), (half * 0.97, half * 0.5, height * 0.72), "white")
    if closed:
        upward(
            shape,
            [
                (height * 0.93, 0, half * 1.1, half * 1.08),
                (height, -0.01, half * 1.0, half * 1.0),
                (height * 1.03, -0.02, half * 0.7, half * 0.7),
            ],
            name,
            6,
        )
        shape.path(
            [
                (-half, -half * 0.8, height * 0.95),
                (-half * 1.25, -half * 0.8, height * 0.96),
                (-half * 1.25, half * 0.8, height * 0.96),
                (-half, half * 0.8, height * 0.95),
            ],
            0.014,
            "trim",
        )
    else:
        shape.quad(
            [
                (-half, -half, height * 0.93),
                (-half, half, height * 0.93),
                (-half * 1.5, half, height * 0.2),
                (-half * 1.5, -half, height * 0.2),
            ],
            name,
        )
        upward(
            shape, [(height * 0.931, 0, half * 0.9, half * 0.9), (height * 0.932, 0, half * 0.9, half * 0.9)], "trim", 7
        )
    return shape


def pedal_bin(random: np.random.Generator) -> Shape:
    """Small round or square bin of plastic or steel."""
    shape = Shape()
    name = pick(random, PEDAL_BINS)
    height, radius = float(random.uniform(0.35, 0.75)), float(random.uniform(0.13, 0.2))
    turned(shape, [(0.0, radius * 0.85), (height, radius), (height + 0.02, radius * 1.03)], name)
    if random.random() < 0.6:
        turned(
            shape,
            [(height + 0.02, radius * 1.04), (height + 0.07, radius * 0.7), (height + 0.08, radius * 0.1)],
            "trim",
        )
    else:
        turned(shape, [(height + 0.021, radius * 0.95), (height + 0.022, radius * 0.94)], "trim")
    return shape


def overflowing(random: np.random.Generator) -> Shape:
    """Open bin heaped over its rim, with bags leaning against it."""
    big = random.random() < 0.75
    thing = wheeled_bin(random, closed=False) if big else pedal_bin(random)
    top = max(float(part[:, 2].max()) for part in thing.vertices) * (0.86 if big else 0.9)
    parts = [(thing, moved())]
    reach = 0.14 if big else 0.08
    for _bag in range(int(random.integers(2, 5))):
        scale = float(random.uniform(0.75, 1.05)) if big else 0.55
        parts.append(
            (
                bag(random),
                moved(
                    random.uniform(-reach, reach),
                    random.uniform(-reach, reach),
                    top - 0.1 + random.uniform(0, 0.15),
                    random.uniform(0, 6.3),
                    scale=scale,
                ),
            )
        )
    for _bag in range(int(random.integers(0, 4))):
        turn = random.uniform(-1.6, 1.6)
        parts.append((bag(random), moved(0.45 * math.cos(turn), 0.45 * math.sin(turn), 0, random.uniform(0, 6.3))))
    if random.random() < 0.6:
        parts.append((scraps(random, 0.7, int(random.integers(4, 14))), moved()))
    return merged(parts)


def closed_bin(random: np.random.Generator) -> Shape:
    """A bin that does not overflow."""
    return wheeled_bin(random) if random.random() < 0.6 else pedal_bin(random)


def stool(random: np.random.Generator) -> Shape:
    """Plastic stool of 0.46 m."""
    shape = Shape()
    name = pick(random, ("plain:b03028", "plain:2d6ab0", "plain:d8d8d4", "wood"))
    along(shape, [(-0.15, 0.445, 0.15, 0.015), (0.15, 0.445, 0.15, 0.015)], name, 5)
    for x in (-1, 1):
        for y in (-1, 1):
            shape.tube((x * 0.17, y * 0.17, 0), (x * 0.12, y * 0.12, 0.44), (0.025, 0.022), name, 8)
    return shape
