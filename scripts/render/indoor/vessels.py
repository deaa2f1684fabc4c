"""Gas cylinders and the things that are taken for them: jugs, extinguishers, thermos flasks, buckets, pots."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scripts.render.mesh import Shape

from .forms import merged, moved, ring_band, turned, upright_hoop

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
    size = size or str(random.choice(["5", "15", "15", "15", "50"]))
    radius, low, high, rise = {
        "5": (0.125, 0.12, 0.27, 0.08),
        "15": (0.157, 0.14, 0.47, 0.10),
        "50": (0.20, 0.16, 1.02, 0.13),
    }[size]
    radius *= float(random.uniform(0.96, 1.06))
    high += float(random.uniform(-0.04, 0.04)) * (high - low)
    code = str(random.choice(LPG))
    name = surface(code, random)
    band = random.random()
    second = surface(str(random.choice(LPG)), random) if band < 0.25 else name
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
    colour = str(random.choice(["plain:c8742a", "plain:222426", "plain:b5342a", "plain:7a8a3a"]))
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
    code = str(random.choice(["3f7fb5", "2f6fa8", "8fb8cc", "1f1f22", "8a9296", "2f6b46", "c9a22a", "d8d8d4"]))
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


def jug(random: np.random.Generator) -> Shape:
    """Water jug of 19 litres in clear blue plastic, with its ribs and neck."""
    shape = Shape()
    name = str(random.choice(["clear:5aa7e6", "clear:5aa7e6", "clear:7fc0ea", "clear:3f86d8", "plain:5a9ad6"]))
    radius = 0.133
    profile = [(0.0, radius * 0.88), (0.015, radius)]
    for z in (0.06, 0.13, 0.20, 0.27):
        profile += [(z, radius), (z + 0.012, radius * 0.93), (z + 0.024, radius)]
    profile += [(0.36, radius), (0.385, radius * 0.9), (0.42, radius * 0.5), (0.435, 0.032), (0.475, 0.030)]
    turned(shape, profile, name)
    turned(
        shape, [(0.455, 0.036), (0.49, 0.034)], str(random.choice(["plain:2a6ad0", "white", "plain:2a6ad0"])), sides=14
    )
    if random.random() < 0.6:
        ring_band(shape, radius + 0.002, 0.285, 0.35, "plain:2f74c8", [(0, 2 * math.pi)], 0.002)
    return shape


def dispenser(random: np.random.Generator) -> Shape:
    """Water dispenser with a jug upside down."""
    stand = Shape()
    stand.box((-0.15, -0.155, 0.02), (0.15, 0.155, 0.94), str(random.choice(["white", "plain:cfd3d6", "plain:3a3d42"])))
    stand.box((0.151, -0.11, 0.62), (0.158, 0.11, 0.80), "trim")
    for y, name in ((-0.05, "plain:2c5ad0"), (0.05, "plain:c0282a")):
        stand.box((0.15, y - 0.015, 0.70), (0.20, y + 0.015, 0.74), name)
    bottle = jug(random)
    upside_down = moved(z=1.42, roll=math.pi)
    return merged([(stand, moved()), (bottle, upside_down)])


def extinguisher(random: np.random.Generator) -> Shape:
    """Red portable fire extinguisher with gauge, handle, hose and label."""
    shape = Shape()
    big = random.random() < 0.35
    radius, height = (0.085, 0.48) if big else (0.065, 0.36)
    red = str(random.choice(["paint:c3161c", "paint:b01218", "plain:c8302a"]))
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


def thermos(random: np.random.Generator) -> Shape:
    """Old-style thermos flask with a handle and a lid."""
    shape = Shape()
    name = str(
        random.choice(
            ["paint:c02838", "paint:2c6ab0", "paint:3c8a5a", "brushed:b8bcc0", "paint:d99ab0", "plain:8a2030"]
        )
    )
    turned(shape, [(0.0, 0.066), (0.02, 0.07), (0.26, 0.07), (0.32, 0.045), (0.34, 0.04)], name)
    turned(shape, [(0.335, 0.042), (0.38, 0.038), (0.395, 0.02)], "plain:d8d8d4")
    shape.path([(-0.04, 0, 0.33), (-0.12, 0, 0.31), (-0.125, 0, 0.12), (-0.068, 0, 0.08)], 0.011, "plain:d8d8d4")
    return shape


def bucket(random: np.random.Generator) -> Shape:
    """Open plastic bucket or tall paint pail."""
    shape = Shape()
    name = str(random.choice(["plain:b03028", "plain:2d6ab0", "plain:3c7a45", "plain:d8d8d4", "plain:c86a8a"]))
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
    name = str(random.choice(["plain:a4583a", "plain:d8d4c8", "plain:3a3d42", "paint:2c5a96"]))
    height = float(random.uniform(0.22, 0.45))
    turned(shape, [(0.0, height * 0.35), (height * 0.9, height * 0.5), (height, height * 0.55)], name)
    for _leaf in range(40):
        turn, rise, reach = random.uniform(0, 6.28), random.uniform(0.2, 0.9), random.uniform(0.08, 0.35)
        tip = np.array([reach * math.cos(turn), reach * math.sin(turn), height + rise])
        root = np.array([0.0, 0.0, height - 0.02]) + tip * np.array([0.2, 0.2, 0.0])
        side = np.array([-math.sin(turn), math.cos(turn), 0.0]) * random.uniform(0.02, 0.06)
        middle = (root + tip) / 2 + np.array([0, 0, 0.05])
        leaf = str(random.choice(["leaf", "leaf_light"]))
        shape.quad(np.array([root, middle - side, tip, middle + side]).tolist(), leaf)
    return shape


LOOK_ALIKES: dict[str, Callable[[np.random.Generator], Shape]] = {
    "jug": jug, "dispenser": dispenser, "extinguisher": extinguisher, "fire_cabinet": fire_cabinet, "thermos": thermos,
    "bucket": bucket, "flower_pot": flower_pot,
}  # fmt: skip
