"""Green belts in the scene: soil, turf, blades, ground cover, hedges, shrubs and fallen leaves."""

from __future__ import annotations

import bpy
import numpy as np
from scripts.render.mesh import Shape

from .damage import Belt
from .fields import Array, Noise, Sheet
from .meshes import blades, cards, put, sheet_mesh

BANDS = ((-8.0, 9.0, 1.0, 1.0), (9.0, 18.0, 0.42, 1.5), (18.0, 36.0, 0.14, 2.4), (36.0, 72.0, 0.04, 4.0))
# near y, far y, share of the density, size factor


def scatter(belt: Belt, density: float, random: np.random.Generator, least: float = 0.0) -> tuple[Array, Array]:
    """Points (N, 2) on the covered part of a belt and their size factor; thinner and larger far away."""
    points, sizes = [], []
    for near, far, share, size in BANDS:
        count = int(density * share * belt.strip.width * (far - near))
        x = random.uniform(belt.strip.x0, belt.strip.x1, count)
        y = random.uniform(near, far, count)
        keep = belt.cover.height(x, y) > least + 0.35 * random.random(count) ** 2
        points.append(np.stack([x[keep], y[keep]], axis=1))
        sizes.append(np.full(int(keep.sum()), size))
    return np.concatenate(points), np.concatenate(sizes)


def add_belt(belt: Belt, shrubs: list[bpy.types.Mesh], random: np.random.Generator) -> None:
    """Add a belt's soil and plants to the scene."""
    flat = {"damp": np.zeros(belt.soil.z.size)}
    put(sheet_mesh("earth", belt.soil, "earth", flat))
    cover = belt.strip.cover
    turf_depth = 0.03
    sward = Sheet(belt.soil.xs, belt.soil.ys, belt.soil.z + turf_depth * belt.cover.z)
    if cover != "bed":
        put(sheet_mesh("turf", sward, "turf", None, belt.cover.z + 0.05))
        grass(belt, random)
    if cover == "bed":
        ground_cover(belt, random)
    if cover == "hedge":
        hedge(belt, random)
    if cover == "shrubs" or random.random() < 0.2:
        clipped_shrubs(belt, shrubs, random)
    if random.random() < 0.3:
        fallen_leaves(belt, random)


def grass(belt: Belt, random: np.random.Generator) -> None:
    """Blades over the sward; mown short or left long."""
    long = float(random.choice((random.uniform(0.04, 0.08), random.uniform(0.08, 0.2)), p=(0.7, 0.3)))
    points, size = scatter(belt, 420.0, random)
    x, y = points[:, 0], points[:, 1]
    tufts = 0.75 + 0.35 * np.clip(Noise(random, 0.9, 3)(x, y), -1.5, 2.0)
    roots = np.column_stack([points, belt.soil.height(x, y)])
    length = long * tufts * random.uniform(0.6, 1.3, len(x)) + 0.02
    put(blades("blades", roots, length, 0.014 * size, random))


def canopy(belt: Belt, height: float, profile: Array) -> Sheet:
    """Upper surface of a mass of leaves; below the soil where there is none."""
    grown = np.clip(np.minimum(profile, belt.cover.z * 2.2), -1, 1)
    return Sheet(belt.soil.xs, belt.soil.ys, belt.soil.z - 0.08 + (height + 0.02) * np.where(grown > 0, grown, -0.2))


def leafy(belt: Belt, top: Sheet, density: float, size: float, surfaces: tuple[str, ...],
          random: np.random.Generator) -> None:  # fmt: skip
    """Dark inside of a mass of leaves and cards on and in it."""
    put(sheet_mesh("inside", top, "leaf_dark", None, top.z - belt.soil.z))
    points, factor = scatter(belt, density, random)
    soil = belt.soil.height(points[:, 0], points[:, 1])
    rise = top.height(points[:, 0], points[:, 1]) + 0.05 - soil
    keep = rise > 0.03
    share = 1 - random.random(int(keep.sum())) ** 2.2
    share = np.where(random.random(len(share)) < 0.6, 1.0, share)
    z = soil[keep] + rise[keep] * share + random.normal(0, 0.015, len(share))
    put(cards("leaves", np.column_stack([points[keep], z]), size * factor[keep], surfaces, random))


def ground_cover(belt: Belt, random: np.random.Generator) -> None:
    """Low plants in a bed, some in flower."""
    height = float(random.uniform(0.14, 0.42))
    x, y = np.meshgrid(belt.soil.xs, belt.soil.ys)
    uneven = np.clip(0.8 + 0.22 * Noise(random, 0.7, 3)(x, y), 0.3, 1.2)
    margin = np.clip(np.minimum(x - belt.strip.x0, belt.strip.x1 - x) / 0.12, 0.05, 1)
    surfaces: tuple[str, ...] = ("cover", "cover", "leaf_light", "cover")
    if random.random() < 0.35:
        surfaces = (*surfaces, "flower")
    leafy(belt, canopy(belt, height, uneven * margin), 330.0, 0.055, surfaces, random)


def hedge(belt: Belt, random: np.random.Generator) -> None:
    """Clipped hedge along the belt with gaps where the cover is gone, and dead twigs in the gaps."""
    strip = belt.strip
    width = min(strip.width * 0.9, float(random.uniform(0.5, 1.1)))
    side = float(random.choice((strip.x0 + width / 2 + 0.06, strip.x1 - width / 2 - 0.06, strip.middle)))
    height = float(random.uniform(0.45, 1.15))
    x, _y = np.meshgrid(belt.soil.xs, belt.soil.ys)
    profile = np.clip((1 - np.abs(x - side) / (width / 2)) * 7.0, -1, 1)
    leafy(belt, canopy(belt, height, profile), 520.0, 0.055, ("leaf", "leaf", "leaf_light"), random)
    twigs = Shape()
    for _ in range(260):
        at = np.array([side + random.normal(0, width * 0.25), random.uniform(1, 28)])
        cover = float(belt.cover.height(at[:1], at[1:])[0])
        if -0.95 < cover < 0.3:
            z = float(belt.soil.height(at[:1], at[1:])[0])
            lean = random.normal(0, 0.16, 2)
            tip = (at[0] + lean[0], at[1] + lean[1], z + random.uniform(0.1, 0.5) * height)
            twigs.tube((at[0], at[1], z - 0.05), tip, (0.010, 0.004), "twig", 5)
    if twigs.count:
        put(twigs.mesh("twigs"))


def clipped_shrubs(belt: Belt, shrubs: list[bpy.types.Mesh], random: np.random.Generator) -> None:
    """Round shrubs in a row; none where the ground is bare."""
    y = float(random.uniform(1.5, 5.0))
    step = float(random.uniform(1.3, 5.0))
    while y < 60:
        x = belt.strip.middle + float(random.normal(0, 0.12 * belt.strip.width))
        at = (np.array([x]), np.array([y]))
        if float(belt.cover.height(*at)[0]) > 0.4:
            scale = float(random.uniform(0.3, 0.7))
            mesh = shrubs[int(random.integers(len(shrubs)))]
            put(mesh, (x, y, float(belt.soil.height(*at)[0]) + 0.55 * scale), float(random.uniform(0, 6)), scale)
        y += step * float(random.uniform(0.7, 1.4))


def fallen_leaves(belt: Belt, random: np.random.Generator) -> None:
    """Litter that lies on the sward and on bare soil; it counts as what it lies on."""
    density = float(random.uniform(3, 40))
    for surface, sign in (("litter_turf", 1.0), ("litter_earth", -1.0)):
        count = int(density * belt.strip.width * 28)
        x, y = random.uniform(belt.strip.x0, belt.strip.x1, count), random.uniform(0, 28, count)
        keep = belt.cover.height(x, y) * sign > 0.02
        z = belt.soil.height(x, y) + (0.05 if sign > 0 else 0.012)
        if keep.any():
            points = np.column_stack([x, y, z])[keep]
            put(cards(surface, points, np.full(len(points), 0.04), [surface], random, 0.15))
