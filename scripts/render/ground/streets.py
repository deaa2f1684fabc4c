"""Carriageways, pavements and kerbs in the scene, and the water that stands on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import bpy
import numpy as np
from scripts.render.mesh import Shape

from .fields import Array, Noise, Sheet, blob, road_height, rows, smooth
from .meshes import cards, put, sheet_mesh
from .plan import FAR, KERB, NEAR, Strip

SHORE = 0.012  # height above the water up to which the ground is dark with it, metres


def paved_sheet(strip: Strip, kind: str, random: np.random.Generator) -> Sheet:
    """Heights of a paved strip; ponding scenes have more uneven ones."""
    is_road = strip.kind == "road"
    xs = np.linspace(strip.x0, strip.x1, max(6, int(strip.width / (0.09 if is_road else 0.12))))
    ys = rows(NEAR, FAR, 0.075, 0.0065)
    x, y = np.meshgrid(xs, ys)
    if is_road:
        roughness = float(random.uniform(0.006, 0.022)) if kind == "ponding" else 0.004
        return Sheet(xs, ys, strip.z + road_height(x, y, (strip.x0, strip.x1), random, roughness))
    roughness = float(random.uniform(0.003, 0.01))
    return Sheet(xs, ys, strip.z + roughness * Noise(random, 5.0, 3)(x, y) + 0.0015 * Noise(random, 0.6, 2)(x, y))


def add_paved(strip: Strip, sheet: Sheet, random: np.random.Generator) -> bpy.types.Object:
    """Add a paved strip with stains; on a road also patches, markings and covers."""
    x, y = np.meshgrid(sheet.xs, sheet.ys)
    stain = np.zeros(x.shape)
    if strip.kind == "road":
        for _ in range(int(random.choice((0, 2, 8)))):
            centre = (float(random.uniform(strip.x0, strip.x1)), float(random.uniform(2, 30)))
            radius = float(random.uniform(0.15, 0.7))
            stain = np.maximum(stain, 1.1 * smooth(blob(x, y, centre, (radius, radius * 1.5), 0.0) + 0.25))
        road_details(strip, sheet, random)
    attributes = {"damp": np.zeros(x.size), "stain": stain}
    surface = {"road": "road", "slabs": "slabs", "path": "path"}[strip.kind]
    if random.random() < 0.25:
        litter(strip, sheet, random)
    return put(sheet_mesh(surface, sheet, surface, attributes))


def litter(strip: Strip, sheet: Sheet, random: np.random.Generator) -> None:
    """Fallen leaves on the pavement, thickest along its edges."""
    count = int(float(random.uniform(1, 14)) * strip.width * 28)
    edge = random.exponential(0.8, count) * random.choice((-1, 1), count)
    x = np.clip(np.where(edge > 0, strip.x0 + edge, strip.x1 + edge), strip.x0, strip.x1)
    y = random.uniform(0, 28, count)
    points = np.column_stack([x, y, sheet.height(x, y) + 0.012])
    put(cards("litter", points, np.full(count, 0.04), ["litter_paved"], random, 0.15))


def lay(sheet: Sheet, low: tuple[float, float], high: tuple[float, float], rise: float, surface: str) -> None:
    """A rectangle that follows the ground."""
    xs = np.linspace(low[0], high[0], max(2, int((high[0] - low[0]) / 0.1) + 1))
    ys = np.linspace(low[1], high[1], max(2, min(80, int((high[1] - low[1]) / 0.15) + 1)))
    x, y = np.meshgrid(xs, ys)
    cut = Sheet(xs, ys, sheet.height(x, y) + rise)
    put(sheet_mesh(surface, cut, surface, {"damp": np.zeros(x.size)}))


def road_details(strip: Strip, sheet: Sheet, random: np.random.Generator) -> None:
    """Markings, fresh dark asphalt, manhole covers."""
    markings(strip, sheet, random)
    for _ in range(int(random.choice((0, 0, 1, 3, 5)))):
        x, y = float(random.uniform(strip.x0 + 0.2, strip.x1 - 1.5)), float(random.uniform(2, 28))
        size = (float(random.uniform(0.7, min(3.2, strip.x1 - x - 0.1))), float(random.uniform(0.7, 6)))
        lay(sheet, (x, y), (x + size[0], y + size[1]), 0.0025, "new_asphalt")
    covers = Shape()
    for _ in range(int(random.integers(0, 4))):
        x, y = float(random.uniform(strip.x0 + 0.6, strip.x1 - 0.6)), float(random.uniform(3, 25))
        z = float(sheet.height(np.array([x]), np.array([y]))[0])
        covers.tube((x, y, z - 0.05), (x, y, z + 0.009), (0.34, 0.34), "manhole", sides=28)
    if covers.count:
        put(covers.mesh("covers"))


def markings(strip: Strip, sheet: Sheet, random: np.random.Generator) -> None:
    """Lane lines, edge lines and now and then a zebra crossing."""
    middle = strip.middle
    if random.random() < 0.8:
        double = random.random() < 0.3
        surface = "yellow_marking" if double or random.random() < 0.4 else "marking"
        length = 60.0 - NEAR if double else 2.5
        for x in (middle - 0.12, middle + 0.12) if double else (middle,):
            for y in np.arange(NEAR, 59.0, length + 3.5):
                lay(sheet, (x - 0.06, y), (x + 0.06, y + length), 0.004, surface)
    if random.random() < 0.4:
        for x in (strip.x0 + 0.3, strip.x1 - 0.42):
            lay(sheet, (x, NEAR), (x + 0.12, 60.0), 0.004, "marking")
    if random.random() < 0.25:
        y = float(random.uniform(5, 16))
        for x in np.arange(strip.x0 + 0.5, strip.x1 - 0.6, 0.95):
            lay(sheet, (x, y), (x + 0.48, y + 3.5), 0.004, "marking")


def add_kerbs(strips: Sequence[Strip]) -> None:
    """Kerb stones beside roads and low edging beside other borders, and a base below everything."""
    shape = Shape()
    for left, right in pairwise(strips):
        at_road = "road" in (left.kind, right.kind)
        half, top, name = (KERB / 2, 0.15, "kerb") if at_road else (0.05, 0.145, "edging")
        step = 1.0 if at_road else 2.0
        for y in np.arange(NEAR, 60, step):
            shape.box((left.x1 - half, y + 0.005, -0.5), (left.x1 + half, y + step - 0.005, top), name)
        shape.box((left.x1 - half, 60.0, -0.5), (left.x1 + half, FAR, top), name)
    shape.quad([(-150, NEAR - 40, -0.45), (150, NEAR - 40, -0.45), (150, 150, -0.45), (-150, 150, -0.45)], "slabs")
    shape.quad([(strips[0].x0 - 40, NEAR - 30, 0.05), (strips[0].x0, NEAR - 30, 0.05),
                (strips[0].x0, 150, 0.05), (strips[0].x0 - 40, 150, 0.05)], "slabs")  # fmt: skip
    shape.quad([(strips[-1].x1, NEAR - 30, 0.05), (strips[-1].x1 + 40, NEAR - 30, 0.05),
                (strips[-1].x1 + 40, 150, 0.05), (strips[-1].x1, 150, 0.05)], "slabs")  # fmt: skip
    put(shape.mesh("kerbs"))


def flood(sheet: Sheet, ground: bpy.types.Object | None, level: float) -> bpy.types.Object | None:
    """Let water stand up to a height; darkens the ground about it.

    Returns:
        The water, or None where all of the ground is higher.
    """
    if ground is not None:
        above = np.clip((sheet.z - level) / SHORE, 0, 1)
        damp = 1 - smooth(above) if np.isfinite(level) else np.zeros(sheet.z.shape)
        ground.data.attributes["damp"].data.foreach_set("value", damp.astype(np.float32).ravel())
        ground.data.update()
    if not np.isfinite(level) or level <= sheet.z.min():
        return None
    depth: Array = level - sheet.z
    surface = Sheet(sheet.xs, sheet.ys, np.full(sheet.z.shape, level))
    return put(sheet_mesh("water", surface, "water", {"depth": depth}, depth))
