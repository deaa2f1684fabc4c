"""Vessels that are taken for gas cylinders: water jugs, dispensers, thermos flasks, buckets, pots."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape

from .forms import merged, moved, ring_band, turned

FLASKS = ("paint:c02838", "paint:2c6ab0", "paint:3c8a5a", "brushed:b8bcc0", "paint:d99ab0", "plain:8a2030")


def jug(random: np.random.Generator) -> Shape:
    """Water jug of 19 litres in clear blue plastic, with its ribs and neck."""
    shape = Shape()
    name = pick(random, ("clear:5aa7e6", "clear:5aa7e6", "clear:7fc0ea", "clear:3f86d8", "plain:5a9ad6"))
    radius = 0.133
    profile = [(0.0, radius * 0.88), (0.015, radius)]
    for z in (0.06, 0.13, 0.20, 0.27):
        profile += [(z, radius), (z + 0.012, radius * 0.93), (z + 0.024, radius)]
    profile += [(0.36, radius), (0.385, radius * 0.9), (0.42, radius * 0.5), (0.435, 0.032), (0.475, 0.030)]
    turned(shape, profile, name)
    turned(shape, [(0.455, 0.036), (0.49, 0.034)], pick(random, ("plain:2a6ad0", "white", "plain:2a6ad0")), sides=14)
    if random.random() < 0.6:
        ring_band(shape, radius + 0.002, 0.285, 0.35, "plain:2f74c8", [(0, 2 * math.pi)], 0.002)
    return shape


def dispenser(random: np.random.Generator) -> Shape:
    """Water dispenser with a jug upside down."""
    stand = Shape()
    stand.box((-0.15, -0.155, 0.02), (0.15, 0.155, 0.94), pick(random, ("white", "plain:cfd3d6", "plain:3a3d42")))
    stand.box((0.151, -0.11, 0.62), (0.158, 0.11, 0.80), "trim")
    for y, name in ((-0.05, "plain:2c5ad0"), (0.05, "plain:c0282a")):
        stand.box((0.15, y - 0.015, 0.70), (0.20, y + 0.015, 0.74), name)
    bottle = jug(random)
    upside_down = moved(z=1.42, roll=math.pi)
    return merged([(stand, moved()), (bottle, upside_down)])


def thermos(random: np.random.Generator) -> Shape:
    """Old-style thermos flask with a handle and a lid."""
    shape = Shape()
    name = pick(random, FLASKS)
    turned(shape, [(0.0, 0.066), (0.02, 0.07), (0.26, 0.07), (0.32, 0.045), (0.34, 0.04)], name)
    turned(shape, [(0.335, 0.042), (0.38, 0.038), (0.395, 0.02)], "plain:d8d8d4")
    shape.path([(-0.04, 0, 0.33), (-0.12, 0, 0.31), (-0.125, 0, 0.12), (-0.068, 0, 0.08)], 0.011, "plain:d8d8d4")
    return shape


def bucket(random: np.random.Generator) -> Shape:
    """Open plastic bucket or tall paint pail."""
    shape = Shape()
    name = pick(random, ("plain:b03028", "plain:2d6ab0", "plain:3c7a45", "plain:d8d8d4", "plain:c86a8a"))
    height = float(random.uniform(0.26, 0.42))
    turned(shape, [(0.0, 0.11), (height - 0.01, 0.15), (height, 0.156)], name)
    turned(shape, [(height + 0.001, 0.148), (height + 0.002, 0.146)], "trim")
    shape.path(
        [
            (0, -0.155, height - 0.02),
            (0.12, -0.09, height - 0.1),
            (0.12, 0.09, height - 0.1),
            (0, 0.155, height - 0.02),
        ],
        0.005,
        "rim",
    )
    return shape


def flower_pot(random: np.random.Generator) -> Shape:
    """Round pot with a leafy plant."""
    shape = Shape()
    name = pick(random, ("plain:a4583a", "plain:d8d4c8", "plain:3a3d42", "paint:2c5a96"))
    height = float(random.uniform(0.22, 0.45))
    turned(shape, [(0.0, height * 0.35), (height * 0.9, height * 0.5), (height, height * 0.55)], name)
    for _leaf in range(40):
        turn, rise, reach = random.uniform(0, 6.28), random.uniform(0.2, 0.9), random.uniform(0.08, 0.35)
        tip = np.array([reach * math.cos(turn), reach * math.sin(turn), height + rise])
        root = np.array([0.0, 0.0, height - 0.02]) + tip * np.array([0.2, 0.2, 0.0])
        side = np.array([-math.sin(turn), math.cos(turn), 0.0]) * random.uniform(0.02, 0.06)
        middle = (root + tip) / 2 + np.array([0, 0, 0.05])
        leaf = pick(random, ("leaf", "leaf_light"))
        shape.quad(np.array([root, middle - side, tip, middle + side]).tolist(), leaf)
    return shape
