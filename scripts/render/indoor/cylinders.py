"""Gas cylinders: bottles of LPG of 5, 15 and 50 kg, and tall ones of oxygen."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape

from .forms import ring_band, turned, upright_hoop

LPG = (
    "8a949a", "7f8a90", "9aa2a5", "5f7f9c", "4f7396", "6f7a80", "b3b7b6", "a52a22", "b5482a", "8e1f1c", "2f6b46",
    "d07a28", "33507a", "c9c8c0",
)  # fmt: skip


def surface(code: str, random: np.random.Generator) -> str:
    """Worn paint on most, fresh paint on some."""
    return f"worn:{code}" if random.random() < 0.75 else f"plain:{code}"


def dome(radius: float, low: float, high: float, rise: float, drop: float) -> list[tuple[float, float]]:
    """Profile of a welded bottle: elliptic ends between heights `low` and `high`."""
    turns = np.linspace(0, math.pi / 2, 7)
    bottom = [(low - drop * math.cos(turn), radius * math.sin(turn)) for turn in turns]
    top = [(high + rise * math.sin(turn), radius * math.cos(turn)) for turn in turns]
    return [*bottom, *top]


def lpg(random: np.random.Generator, size: str = "") -> Shape:
    """LPG bottle of 5, 15 or 50 kg with foot ring, collar and valve, sometimes with regulator and hose."""
    size = size or pick(random, ("5", "15", "15", "15", "50"))
    radius, low, high, rise = {
        "5": (0.125, 0.12, 0.27, 0.08),
        "15": (0.157, 0.14, 0.47, 0.10),
        "50": (0.20, 0.16, 1.02, 0.13),
    }[size]
    radius *= float(random.uniform(0.96, 1.06))
    high += float(random.uniform(-0.04, 0.04)) * (high - low)
    code = pick(random, LPG)
    name = surface(code, random)
    band = random.random()
    second = surface(pick(random, LPG), random) if band < 0.25 else name
    profile = dome(radius, low, high, rise, 0.09)
    middle = (low + high) / 2
    cut = len(profile) // 2
    profile = [
        *profile[:cut],
        (middle - 0.012, radius),
        (middle - 0.008, radius + 0.004),
        (middle + 0.008, radius + 0.004),
        (middle + 0.012, radius),
        *profile[cut:],
    ]
    shape = Shape()
    turned(
        shape,
        profile,
        lambda ring, _column: (
            second if (cut - 1 <= ring < cut + 3 and band < 0.12) or (0.12 <= band < 0.25 and ring > cut) else name
        ),
    )
    foot = radius * 0.82
    ring_band(shape, foot, 0.0, low * 0.75, name, [(0, 2 * math.pi)])
    upright_hoop(shape, foot, 0.01, 0.008, name)
    top = high + rise
    collar(shape, radius, top, size, second, random)
    shape.tube((0, 0, top - 0.02), (0, 0, top + 0.05), (0.028, 0.022), "plain:9a7b35", 12)
    shape.tube((-0.03, 0, top + 0.05), (0.045, 0, top + 0.05), (0.016, 0.016), "plain:9a7b35", 8)
    shape.tube(
        (0, 0, top + 0.05), (0, 0, top + 0.085), (0.028, 0.028), "plain:2f6b46" if random.random() < 0.3 else "trim", 12
    )
    if random.random() < 0.4:
        hose(shape, radius, top + 0.05, random)
    return shape


def collar(shape: Shape, radius: float, top: float, size: str, name: str, random: np.random.Generator) -> None:
    """Guard round the valve: a sheet with two openings, or three posts with a ring."""
    reach = radius * float(random.uniform(0.58, 0.72))
    height = {"5": 0.10, "15": 0.125, "50": 0.16}[size]
    base = top - 0.055
    if random.random() < 0.6:
        gap = float(random.uniform(0.35, 0.75))
        ring_band(
            shape,
            reach,
            base,
            top + height * 0.62,
            name,
            [(gap, math.pi - gap * 0.4), (math.pi + gap * 0.4, 2 * math.pi - gap)],
        )
        ring_band(shape, reach, top + height * 0.6, top + height, name, [(0, 2 * math.pi)])
    else:
        ring_band(
            shape, reach, base - 0.02, top + height, name, [(turn - 0.24, turn + 0.24) for turn in (0.3, 2.4, 4.5)]
        )
    upright_hoop(shape, reach, top + height, 0.010, name)


def hose(shape: Shape, radius: float, z: float, random: np.random.Generator) -> None:
    """Regulator and a rubber hose that falls to the floor."""
    colour = pick(random, ("plain:c8742a", "plain:222426", "plain:b5342a", "plain:7a8a3a"))
    shape.tube((0.04, 0, z), (0.10, 0.02, z), (0.03, 0.03), "steel", 12)
    side = radius + 0.05
    away = float(random.uniform(0.1, 0.3))
    knots = np.array(
        [
            (0.1, 0.02, z),
            (side, 0.05, z - 0.03),
            (side + 0.05, 0.08, z * 0.65),
            (side + 0.05, 0.1, z * 0.3),
            (side + 0.08, 0.13, 0.05),
            (side + 0.12 + away, 0.12, 0.012),
        ]
    )
    steps = np.linspace(0, len(knots) - 1, 16)
    curve = np.stack([np.interp(steps, np.arange(len(knots)), knots[:, axis]) for axis in range(3)], axis=1)
    for _round in range(3):
        curve[1:-1] = (curve[:-2] + 2 * curve[1:-1] + curve[2:]) / 4
    shape.path(curve.tolist(), 0.009, colour)


def oxygen(random: np.random.Generator) -> Shape:
    """Tall slim cylinder of steel for oxygen or other gases, with a cap or a valve."""
    shape = Shape()
    code = pick(random, ("3f7fb5", "2f6fa8", "8fb8cc", "1f1f22", "8a9296", "2f6b46", "c9a22a", "d8d8d4"))
    name = surface(code, random)
    radius = float(random.choice([0.07, 0.11, 0.115]))
    height = 0.62 if radius < 0.1 else float(random.uniform(1.2, 1.4))
    shoulder = [
        (height + radius * 1.1 * math.sin(turn), max(0.03, radius * math.cos(turn)))
        for turn in np.linspace(0.05, 1.4, 8)
    ]
    turned(shape, [(0.0, radius * 0.9), (0.02, radius), (height, radius), *shoulder], name)
    top = height + radius * 1.1
    if random.random() < 0.5:
        turned(shape, [(top - 0.03, 0.04), (top + 0.1, 0.045), (top + 0.15, 0.025)], surface("6f7a80", random))
    else:
        shape.tube((0, 0, top - 0.02), (0, 0, top + 0.09), (0.018, 0.016), "plain:9a7b35", 10)
        shape.tube((0, 0, top + 0.05), (0.08, 0, top + 0.05), (0.014, 0.014), "plain:9a7b35", 8)
        turned(shape, [(top + 0.09, 0.03), (top + 0.115, 0.03)], "trim")
    return shape
