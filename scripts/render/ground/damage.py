"""Cover and heights of a belt's soil, whole or damaged; plain functions without the renderer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .fields import Array, Noise, Sheet, band, blob, rows, smooth
from .plan import FAR, NEAR, Damage, Strip

EDGE = 0.28  # how far noise frays the edge of a bare place, as a share of its size


@dataclass(frozen=True)
class Belt:
    """A belt's soil and how well it is covered: from -1 (bare) to 1 (dense), 0 on the edge."""

    strip: Strip
    soil: Sheet
    cover: Sheet


def belt_ground(strip: Strip, damages: Sequence[Damage], random: np.random.Generator) -> Belt:
    """Soil heights and cover of a belt with its damages."""
    xs = np.linspace(strip.x0, strip.x1, max(8, int(strip.width / 0.055)))
    ys = rows(NEAR, FAR - 20, 0.06, 0.0055)
    x, y = np.meshgrid(xs, ys)
    fray = Noise(random, 1.1, 5, 0.62)(x, y)
    bare = np.full(x.shape, -3.0)
    z = strip.z + 0.012 * Noise(random, 1.2, 3)(x, y) + 0.006 * Noise(random, 0.2, 2)(x, y)
    for damage in damages:
        shape = outline(damage, strip, x, y, random)
        bare = np.maximum(bare, shape)
        z = z + relief(damage, shape, random)
    sparse = random.uniform(0.2, 1.8) if damages and random.random() < 0.25 else random.uniform(2.6, 3.6)
    if strip.cover == "bed" and random.random() < 0.3:
        sparse = random.uniform(-0.2, 0.8)  # newly planted
    thin = 0.22 * (Noise(random, 2.5, 4, 0.65)(x, y) - sparse)
    cover = np.clip(-3.2 * np.maximum(bare + EDGE * fray, thin), -1.0, 1.0)
    cover = np.where(bare < -2.0, np.maximum(cover, -1.0), cover)
    return Belt(strip, Sheet(xs, ys, z), Sheet(xs, ys, cover))


def outline(damage: Damage, strip: Strip, x: Array, y: Array, random: np.random.Generator) -> Array:
    """1 in the middle of the bare place, 0 about its edge."""
    size = damage.size
    if damage.kind == "trodden":
        slope = random.uniform(-1.5, 1.5)
        share = np.linspace(-0.1, 1.1, 7)
        along = damage.y + (share - 0.5) * slope * strip.width + random.normal(0, 0.15, 7)
        return band(x, y, np.stack([strip.x0 + share * strip.width, along], axis=1), 0.22 + 0.16 * size)
    if damage.kind == "ruts":
        return np.maximum(*(band(x, y, wheel_track(damage, strip, offset), 0.17 + 0.03 * size)
                            for offset in (-0.78, 0.78)))  # fmt: skip
    if damage.kind == "edge":
        side = strip.x0 if damage.turn < math.pi / 2 else strip.x1
        length = 2.5 * size + 1.0
        return blob(x, y, (side, damage.y), (0.2 + 0.25 * size, length), 0.0)
    if damage.kind == "gap":
        return blob(x, y, (strip.middle, damage.y), (strip.width * 0.8, 0.35 + 0.4 * size), 0.0)
    radii = (0.45 * size + 0.15, (0.45 * size + 0.15) * random.uniform(0.6, 2.2))
    return blob(x, y, (damage.x, damage.y), radii, damage.turn)


def wheel_track(damage: Damage, strip: Strip, offset: float) -> Array:
    """Points (N, 2) of one wheel of a vehicle that strayed onto the belt and left it again."""
    share = np.linspace(-1, 1, 13)
    left = damage.turn < math.pi / 2
    kerb, sign = (strip.x0, 1.0) if left else (strip.x1, -1.0)
    depth = min(strip.width * 0.9, 0.8 + damage.size)
    x = kerb + sign * (depth * (1 - share**2) - 0.4) + sign * offset * 0.6
    y = damage.y + share * (4.0 + 2.5 * damage.size) + 0.8 * offset * share
    return np.stack([x, y], axis=1)


def relief(damage: Damage, shape: Array, random: np.random.Generator) -> Array:
    """Change of the soil's height by a damage, metres."""
    depth = {"ruts": -0.09, "hole": -0.28, "trodden": -0.025, "bare": -0.02, "edge": -0.02}.get(damage.kind, 0.0)
    if damage.kind == "hole":
        depth *= random.uniform(0.5, 1.3)
    change = depth * smooth(shape * (1.6 if damage.kind != "ruts" else 2.2))
    if damage.kind in ("ruts", "hole"):
        change = change + 0.05 * np.exp(-((shape / 0.35) ** 2))
    if damage.kind == "pile":
        change = change + min(0.6, 0.34 * damage.size + 0.12) * smooth(shape * 1.1)
    return np.asarray(change)
