"""A housing compound with a marked fire lane between its blocks. The lane runs along +y, away from the camera."""

from __future__ import annotations

import math

import bpy
import numpy as np
from scripts.render.actors import Actor, Vehicle
from scripts.render.buildings import building
from scripts.render.camera import Camera
from scripts.render.cars import car
from scripts.render.chance import pick
from scripts.render.lights import point_lamp
from scripts.render.mesh import Shape, place
from scripts.render.plants import hedge, tree
from scripts.render.world import bench, flat

CAMERA = Camera((-5.4, -1.0, 5.6), 16.0, -17.0, 62.0, 640, 360)
HALF = 2.1  # of the lane's width
LANE = [(-2.0, 9.0, 0.0), (2.0, 9.0, 0.0), (2.0, 18.0, 0.0), (-2.0, 18.0, 0.0)]
LAMPS = ((3.4, 9.5), (-2.9, 24.0), (3.4, 40.0))
LAMP_HEIGHT = 4.6
BAYS = ((-3.9, 32.0, "suv", "metallic:46505a"), (-3.9, 38.5, "hatchback", "paint:d2d2ce"))


def build(seed: int) -> None:
    """Add the compound to an empty scene."""
    random = np.random.default_rng(seed)
    ground()
    blocks(random)
    furniture()
    planting(random)


def ground() -> None:
    """Lane with its yellow box, paving at the left, lawn at the right."""
    shape = Shape()
    flat(shape, (-90, -40), (90, 130), -0.03, "soil")
    flat(shape, (-8.0, -20), (-HALF - 0.15, 72), 0.0, "paving")
    flat(shape, (-HALF, -20), (HALF, 72), 0.0, "asphalt")
    flat(shape, (HALF + 0.15, -20), (9.6, 72), 0.0, "grass")
    flat(shape, (4.6, -20), (6.0, 72), 0.012, "paving")
    flat(shape, (HALF, 26.5), (9.6, 29.5), 0.01, "paving")
    flat(shape, (-5.1, 29.0), (-HALF, 42.0), 0.006, "patch")
    for x in (-HALF - 0.15, HALF):
        for y in np.arange(-20, 72, 1.0):
            shape.box((x, y + 0.006, -0.1), (x + 0.15, y + 0.994, 0.03), "kerb")
    box_marking(shape)
    for y in (29.0, 35.4, 42.0):
        flat(shape, (-5.0, y - 0.05), (-HALF - 0.2, y + 0.05), 0.011, "marking")
    shape.place("ground")


def box_marking(shape: Shape) -> None:
    """Yellow outline of the fire lane with slanting bars."""
    (x0, y0, _), (x1, y1, _) = LANE[0], LANE[2]
    z, wide = 0.004, 0.1
    for low, high in (
        ((x0, y0), (x1, y0 + wide)), ((x0, y1 - wide), (x1, y1)),
        ((x0, y0), (x0 + wide, y1)), ((x1 - wide, y0), (x1, y1)),
    ):  # fmt: skip
        flat(shape, low, high, z, "yellow_marking")
    for y in np.arange(y0, y1 - (x1 - x0) + 0.1, 2.0):
        shape.quad(
            [(x0, y, z), (x0, y + 0.16, z), (x1, y + x1 - x0 + 0.16, z), (x1, y + x1 - x0, z)][::-1], "yellow_marking"
        )


def blocks(random: np.random.Generator) -> None:
    """Housing blocks on both sides and one that closes the view."""
    shape = Shape()
    building(shape, (-21.0, 3.0), (-8.2, 27.0), 6, False, "plaster_cream", random)
    building(shape, (-21.0, 31.0), (-8.2, 58.0), 6, False, "plaster_white", random)
    building(shape, (9.8, 6.0), (22.0, 25.0), 6, False, "plaster_grey", random)
    building(shape, (9.8, 31.0), (22.0, 60.0), 6, False, "brick", random)
    building(shape, (-24.0, 74.0), (24.0, 86.0), 7, False, "plaster_ochre", random)
    shape.place("blocks")


def furniture() -> None:
    """Lamp posts, bins, benches, an upright no-parking board."""
    shape = Shape()
    for x, y in LAMPS:
        shape.tube((x, y, 0), (x, y, LAMP_HEIGHT), (0.06, 0.04), "pole_green")
        shape.ellipsoid((x, y, LAMP_HEIGHT + 0.12), (0.22, 0.22, 0.16), "frame")
    for x, y in ((-7.2, 15.0), (-7.2, 15.8)):
        shape.box((x - 0.25, y - 0.3, 0), (x + 0.25, y + 0.3, 1.0), "bin_green")
    bench(shape, (-7.4, 19.0))
    shape.tube((2.5, 18.6, 0), (2.5, 18.6, 1.9), (0.03, 0.03), "steel")
    shape.box((2.2, 18.56, 1.3), (2.8, 18.6, 1.9), "sign_red")
    shape.box((2.28, 18.55, 1.5), (2.72, 18.56, 1.7), "white")
    shape.place("furniture")


def planting(random: np.random.Generator) -> None:
    """Hedge along the lawn and trees."""
    shape = Shape()
    for y0, y1 in ((4.0, 12.0), (13.5, 25.5), (30.5, 44.0)):
        hedge(shape, (2.5, y0, 0.0), (3.1, y1, 0.65), random)
    shape.place("hedge", 60)
    meshes = [tree(random, height, 3600) for height in (5.6, 6.6)]
    for index, (x, y) in enumerate(((7.6, 15.5), (7.4, 23.0), (7.8, 36.0), (-6.6, 27.5), (-6.4, 45.0), (7.2, 50.0))):
        thing = place(meshes[index % 2], "tree")
        thing.location = (x, y, 0)
        thing.rotation_euler[2] = float(random.uniform(0, 2 * math.pi))


def parked(number: int) -> list[Actor]:
    """Cars that stand in their bays for the whole clip; `number` is the first one's."""
    actors: list[Actor] = []
    for x, y, kind, paint in BAYS:
        vehicle = Vehicle(number + len(actors), "car", "parked", car(kind, paint), None)
        vehicle.put(x, y, math.pi / 2)
        actors.append(vehicle)
    return actors


def light_lamps(power: float) -> None:
    """Lamp posts that shine, in watts."""
    for index, (x, y) in enumerate(LAMPS):
        point_lamp(f"lamp{index}", (x, y, LAMP_HEIGHT - 0.2), power, (1.0, 0.78, 0.5), 0.15)


def trolley(seed: int, count: int = 22) -> bpy.types.Mesh:
    """Flat trolley with a pile of cartons of different sizes, pushed along +x; its handle is at the rear."""
    random = np.random.default_rng(seed)
    shape = Shape()
    shape.box((-0.82, -0.55, 0.16), (0.82, 0.55, 0.22), "sign_blue")
    for x in (-0.65, 0.65):
        for y in (-0.45, 0.45):
            shape.tube((x, y - 0.025, 0.08), (x, y + 0.025, 0.08), (0.08, 0.08), "tyre", 12)
    shape.path([(-0.8, -0.45, 0.2), (-0.86, -0.45, 1.0), (-0.86, 0.45, 1.0), (-0.8, 0.45, 0.2)], 0.018, "steel")
    stack(shape, random, (-0.78, 0.84), (-0.56, 0.56), 0.22, count)
    return shape.mesh(f"trolley {seed}", 30)


def stack(
    shape: Shape, random: np.random.Generator, across: tuple[float, float], deep: tuple[float, float],
    base: float, count: int,
) -> None:  # fmt: skip
    """Cartons in layers, each taped along the top."""
    colours = ("plain:a8845a", "plain:b8956a", "plain:8f6f4a", "plain:c8b48a")
    x, z, row, layer = across[0], base, 0, float(random.uniform(0.28, 0.42))
    middle = (deep[0] + deep[1]) / 2
    for _ in range(count):
        wide = float(random.uniform(0.38, 0.56))
        if x + wide > across[1]:
            x, row = across[0] + float(random.uniform(0, 0.08)), row + 1
            if row % 2 == 0:
                z, layer = z + layer, float(random.uniform(0.26, 0.4))
        y0, y1 = (deep[0], middle - 0.01) if row % 2 == 0 else (middle + 0.01, deep[1])
        high = layer - float(random.uniform(0, 0.03))
        shape.box((x, y0, z), (x + wide - 0.015, y1, z + high), pick(random, colours))
        tape = (y0 + y1) / 2
        shape.box((x - 0.001, tape - 0.03, z + 0.1), (x + wide - 0.014, tape + 0.03, z + high + 0.002), "plain:d8c8a0")
        x += wide
