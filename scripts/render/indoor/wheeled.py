"""Things on wheels that are neither e-bikes nor bicycles: prams, wheelchairs, kick scooters, suitcases."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape
from scripts.render.two_wheelers import hoop

from .bicycles import PAINTS
from .forms import along

PRAM_CLOTHS = (
    "cloth:23304a", "cloth:5a5f68", "cloth:a8334a", "cloth:26282c", "cloth:3f6a52", "cloth:b8a88a", "cloth:7a4a86",
)  # fmt: skip
CASES = ("plain:2a2d33", "paint:8a1418", "paint:c9c8c0", "paint:2c4a8a", "paint:d9a0a8", "metallic:9a9fa6")


def pram(random: np.random.Generator) -> Shape:
    """Pushchair with hood, seat, basket and four wheels."""
    shape = Shape()
    cloth = pick(random, PRAM_CLOTHS)
    for x, radius in ((-0.28, 0.13), (0.32, 0.09)):
        for y in (-0.24, 0.24):
            hoop(shape, (x, y, radius), radius - 0.018, 0.018, "tyre")
            shape.tube((x, y - 0.015, radius), (x, y + 0.015, radius), (radius * 0.6, radius * 0.6), "rim", 14)
    for y in (-0.24, 0.24):
        shape.path([(0.32, y, 0.09), (-0.05, y, 0.56), (-0.46, y, 1.0)], 0.014, "metallic:9a9fa6")
        shape.path([(-0.28, y, 0.13), (0.05, y, 0.62)], 0.014, "metallic:9a9fa6")
    shape.path([(-0.46, -0.24, 1.0), (-0.46, 0.24, 1.0)], 0.02, "trim")
    along(shape, [(-0.2, 0.5, 0.2, 0.05), (0.2, 0.47, 0.2, 0.05)], cloth, 4)
    along(shape, [(-0.3, 0.74, 0.2, 0.2), (-0.25, 0.72, 0.21, 0.26), (-0.2, 0.70, 0.2, 0.22)], cloth, 4)
    along(shape, [(0.2, 0.34, 0.14, 0.03), (0.3, 0.26, 0.15, 0.03), (0.38, 0.2, 0.15, 0.015)], cloth, 4)
    along(
        shape,
        [(-0.32, 0.92, 0.18, 0.1), (-0.2, 0.97, 0.22, 0.14), (0.0, 0.98, 0.22, 0.12), (0.1, 0.94, 0.2, 0.07)],
        cloth,
    )
    shape.path([(0.12, -0.21, 0.62), (0.2, -0.2, 0.66), (0.2, 0.2, 0.66), (0.12, 0.21, 0.62)], 0.018, "trim")
    shape.box((-0.3, -0.2, 0.16), (0.2, 0.2, 0.26), "trim")
    return shape


def wheelchair(random: np.random.Generator) -> Shape:
    """Folding wheelchair with push rims and foot rests."""
    shape = Shape()
    frame = pick(random, ("metallic:9a9fa6", "metallic:9a9fa6", "paint:1b1c1e", "paint:8a1418", "paint:2c4a8a"))
    cloth = pick(random, ("cloth:16181c", "cloth:23304a", "cloth:5a1f28"))
    for y in (-0.28, 0.28):
        hoop(shape, (-0.12, y, 0.3), 0.285, 0.018, "tyre")
        hoop(shape, (-0.12, y * 1.12, 0.3), 0.25, 0.009, "chrome")
        for turn in np.linspace(0, 2 * math.pi, 12, endpoint=False):
            shape.tube(
                (-0.12, y, 0.3),
                (-0.12 + 0.27 * math.cos(turn), y, 0.3 + 0.27 * math.sin(turn)),
                (0.004, 0.004),
                "rim",
                4,
            )
        hoop(shape, (0.32, y * 0.85, 0.085), 0.07, 0.016, "tyre")
        inner = y * 0.82
        shape.path(
            [
                (-0.32, inner, 0.94),
                (-0.22, inner, 0.90),
                (-0.2, inner, 0.2),
                (0.28, inner, 0.24),
                (0.28, inner, 0.5),
                (-0.2, inner, 0.5),
            ],
            0.013,
            frame,
        )
        shape.path([(-0.2, inner, 0.7), (0.15, inner, 0.7), (0.28, inner, 0.5), (0.42, inner, 0.16)], 0.013, frame)
        shape.box((-0.12, inner - 0.03, 0.7), (0.16, inner + 0.03, 0.73), "trim")
        shape.tube((-0.32, inner, 0.94), (-0.42, inner, 0.94), (0.018, 0.018), "trim", 8)
        low, high = sorted((inner * 0.3, inner * 0.95))
        shape.box((0.40, low, 0.13), (0.54, high, 0.145), "trim")
    shape.box((-0.2, -0.23, 0.48), (0.26, 0.23, 0.52), cloth)
    shape.box((-0.24, -0.23, 0.52), (-0.21, 0.23, 0.90), cloth)
    return shape


def kick_scooter(random: np.random.Generator) -> Shape:
    """Kick scooter, a child's or an adult's."""
    shape = Shape()
    paint = pick(random, PAINTS)
    height = float(random.choice([0.72, 0.98]))
    for x in (-0.36, 0.40):
        hoop(shape, (x, 0, 0.09), 0.075, 0.018, "tyre")
        shape.tube((x, -0.018, 0.09), (x, 0.018, 0.09), (0.06, 0.06), "rim", 12)
    along(shape, [(-0.34, 0.11, 0.06, 0.014), (0.3, 0.11, 0.06, 0.014)], paint, 4)
    shape.path([(0.28, 0, 0.11), (0.40, 0, 0.22)], 0.022, paint)
    shape.tube((0.40, 0, 0.1), (0.31, 0, height), (0.022, 0.018), "metallic:9a9fa6", 8)
    shape.path([(0.31, -0.2, height), (0.31, 0.2, height)], 0.016, "trim")
    return shape


def suitcase(random: np.random.Generator) -> Shape:
    """Trolley case with its handle drawn out."""
    shape = Shape()
    name = pick(random, CASES)
    half = float(random.uniform(0.24, 0.34))
    along(
        shape,
        [
            (-0.12, half + 0.05, 0.19, half - 0.03),
            (-0.11, half + 0.05, 0.21, half),
            (0.11, half + 0.05, 0.21, half),
            (0.12, half + 0.05, 0.19, half - 0.03),
        ],
        name,
        6,
    )
    for y in (-0.1, 0.1):
        shape.tube((-0.08, y, half * 2), (-0.08, y, half * 2 + 0.4), (0.01, 0.01), "rim", 6)
    shape.path([(-0.08, -0.1, half * 2 + 0.4), (-0.08, 0.1, half * 2 + 0.4)], 0.015, "trim")
    for x in (-0.08, 0.08):
        for y in (-0.17, 0.17):
            shape.tube((x, y - 0.012, 0.03), (x, y + 0.012, 0.03), (0.03, 0.03), "trim", 10)
    return shape
