"""What hangs on a wall against fire: extinguishers, and cabinets with a hose."""

from __future__ import annotations

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape

from .cylinders import dome
from .forms import ring_band, turned


def extinguisher(random: np.random.Generator) -> Shape:
    """Red portable fire extinguisher with gauge, handle, hose and label."""
    shape = Shape()
    big = random.random() < 0.35
    radius, height = (0.085, 0.48) if big else (0.065, 0.36)
    red = pick(random, ("paint:c3161c", "paint:b01218", "plain:c8302a"))
    turned(shape, [(0.0, radius * 0.95), (0.015, radius), *dome(radius, 0.05, height, 0.05, 0.02)[7:]], red)
    ring_band(shape, radius + 0.001, height * 0.35, height * 0.75, "plain:e4dcc8", [(-0.8, 0.8)], 0.001)
    top = height + 0.05
    turned(shape, [(top - 0.01, 0.02), (top + 0.05, 0.018)], "plain:8a8d90", sides=12)
    shape.path([(-0.01, 0, top + 0.05), (-0.11, 0, top + 0.075)], 0.011, "trim")
    shape.path([(-0.01, 0, top + 0.03), (-0.12, 0, top + 0.035)], 0.009, "trim")
    shape.path(
        [
            (0.02, 0, top + 0.02),
            (0.07, 0.02, top - 0.02),
            (radius + 0.02, 0.02, height * 0.7),
            (radius + 0.012, 0.02, height * 0.25),
        ],
        0.011,
        "trim",
    )
    return shape


def fire_cabinet(random: np.random.Generator) -> Shape:
    """Red box on the floor that holds two extinguishers."""
    shape = Shape()
    shape.box((-0.11, -0.22, 0.0), (0.11, 0.22, 0.60), "paint:b8141a")
    shape.box((0.111, -0.15, 0.12), (0.114, 0.15, 0.42), "clear:d8e2e6" if random.random() < 0.5 else "plain:e6d8d0")
    shape.box((0.111, -0.17, 0.47), (0.115, 0.17, 0.54), "white")
    return shape
