"""Paved place before an entrance: a dock for bicycles at the left, a bay for motorcycles at the right."""

from __future__ import annotations

import math

import bpy
import numpy as np
from scripts.render.actors import Actor, Vehicle
from scripts.render.buildings import building
from scripts.render.lights import point_lamp
from scripts.render.mesh import Shape, place
from scripts.render.plants import hedge, tree
from scripts.render.two_wheelers import bicycle, motorcycle, scooter
from scripts.render.world import bench, flat

ZONE = [(-3.9, 7.4, 0.0), (3.5, 7.4, 0.0), (6.2, 14.2, 0.0), (-6.4, 14.2, 0.0)]
DOCK = [(-6.0, 10.9, 0.0), (-3.2, 10.9, 0.0), (-3.2, 14.1, 0.0), (-6.0, 14.1, 0.0)]
BAY = [(4.1, 10.9, 0.0), (5.95, 10.9, 0.0), (5.95, 14.1, 0.0), (4.1, 14.1, 0.0)]
DOOR = (0.0, 15.3)
PAINTS = ("paint:e8b818", "paint:2c7ac0", "paint:2f9f6f")
FRONT = 15.0
LAMPS = ((-7.4, 9.0), (7.2, 9.0))
LAMP_HEIGHT = 4.4


def build(seed: int) -> None:
    """Add the place to an empty scene."""
    random = np.random.default_rng(seed)
    ground()
    entrance()
    shape = Shape()
    building(shape, (-34.0, FRONT), (-3.4, FRONT + 14), 5, False, "plaster_white", random)
    building(shape, (3.4, FRONT), (34.0, FRONT + 14), 5, False, "plaster_white", random)
    shape.box((-3.4, FRONT + 0.6, 0), (3.4, FRONT + 14, 15.7), "plaster_grey")
    shape.place("house")
    furniture()
    planting(random)


def ground() -> None:
    """Paving, cycle track, carriageway, the dock's and the bay's markings."""
    shape = Shape()
    flat(shape, (-90, -60), (90, 60), -0.03, "soil")
    flat(shape, (-34, 6.2), (34, FRONT + 2), 0.0, "paving")
    flat(shape, (-34, 3.4), (34, 6.2), 0.0, "court")
    flat(shape, (-34, -30), (34, 3.2), -0.01, "asphalt")
    for x in np.arange(-34, 34, 1.0):
        shape.box((x + 0.006, 3.2, -0.1), (x + 0.994, 3.4, 0.04), "kerb")
    for x in np.arange(-34, 34, 3.0):
        flat(shape, (x, 6.15), (x + 1.5, 6.25), 0.004, "marking")
        flat(shape, (x, -0.4), (x + 1.5, -0.28), 0.0, "marking")
    frame(shape, DOCK[0][:2], DOCK[2][:2], "marking")
    frame(shape, BAY[0][:2], BAY[2][:2], "yellow_marking")
    flat(shape, (-2.6, 13.4), (2.6, FRONT), 0.006, "paving_dark")
    shape.place("ground")


def frame(shape: Shape, low: tuple[float, float], high: tuple[float, float], name: str) -> None:
    """Painted outline of a rectangle."""
    (x0, y0), (x1, y1) = low, high
    for a, b in (
        ((x0, y0), (x1, y0 + 0.09)),
        ((x0, y1 - 0.09), (x1, y1)),
        ((x0, y0), (x0 + 0.09, y1)),
        ((x1 - 0.09, y0), (x1, y1)),
    ):
        flat(shape, a, b, 0.005, name)


def entrance() -> None:
    """Glazed porch with a canopy on posts."""
    shape = Shape()
    shape.box((-3.4, FRONT + 0.3, 0), (3.4, FRONT + 0.6, 3.3), "window")
    for x in np.linspace(-3.35, 3.35, 9):
        shape.box((x - 0.05, FRONT + 0.22, 0), (x + 0.05, FRONT + 0.34, 3.3), "frame_dark")
    for z in (2.3, 3.2):
        shape.box((-3.4, FRONT + 0.22, z), (3.4, FRONT + 0.34, z + 0.09), "frame_dark")
    shape.box((-4.0, FRONT - 1.6, 3.35), (4.0, FRONT + 0.6, 3.65), "steel")
    shape.box((-4.0, FRONT - 1.62, 3.3), (4.0, FRONT - 1.55, 3.7), "sign_blue")
    for x in (-3.8, 3.8):
        shape.tube((x, FRONT - 1.4, 0), (x, FRONT - 1.4, 3.4), (0.09, 0.09), "steel")
    shape.place("entrance")


def furniture() -> None:
    """Racks of the dock, lamps, bollards, a bench, bins."""
    shape = Shape()
    for x in np.arange(-5.9, -3.3, 0.75):
        shape.tube((x, 13.6, 0), (x, 13.6, 0.85), (0.06, 0.05), "steel")
        shape.box((x - 0.1, 13.45, 0.75), (x + 0.1, 13.7, 1.0), "sign_blue")
    for x, y in LAMPS:
        shape.tube((x, y, 0), (x, y, LAMP_HEIGHT), (0.06, 0.04), "frame_dark")
        shape.ellipsoid((x, y, LAMP_HEIGHT + 0.1), (0.24, 0.24, 0.14), "frame")
    for x in np.arange(-11, 12, 2.2):
        shape.tube((x, 3.8, 0), (x, 3.8, 0.8), (0.06, 0.06), "frame_dark")
    bench(shape, (9.0, 12.5))
    shape.box((8.0, 13.9, 0), (8.5, 14.5, 1.0), "bin_green")
    shape.place("furniture")


def planting(random: np.random.Generator) -> None:
    """Two trees and hedges along the front."""
    shape = Shape()
    hedge(shape, (-16.0, 13.9, 0), (-8.0, 14.6, 0.7), random)
    hedge(shape, (9.2, 14.0, 0), (17.0, 14.7, 0.7), random)
    shape.place("hedge", 60)
    mesh = tree(random, 5.4, 3600)
    for x, y in ((-10.5, 11.0), (11.4, 10.5)):
        thing = place(mesh, "tree")
        thing.location = (x, y, 0)
        thing.rotation_euler[2] = float(random.uniform(0, 2 * math.pi))


def light_lamps(power: float) -> None:
    """Lamps and the canopy's light, in watts."""
    places = [*((x, y, LAMP_HEIGHT - 0.15, 1.0) for x, y in LAMPS), (0.0, FRONT - 0.9, 3.2, 0.35)]
    for index, (x, y, z, share) in enumerate(places):
        point_lamp(f"lamp{index}", (x, y, z), power * share, (1.0, 0.82, 0.6), 0.2)


def bike_mesh(index: int) -> bpy.types.Mesh:
    """Shared bicycle; colours take turns."""
    paint = PAINTS[index % len(PAINTS)]
    return bpy.data.meshes.get(f"bicycle {paint}") or bicycle(paint)


def lying(mesh: bpy.types.Mesh, roll: float) -> float:
    """Height at which a toppled thing rests with its lowest part a little pressed into the ground."""
    points = np.zeros(len(mesh.vertices) * 3)
    mesh.vertices.foreach_get("co", points)
    _x, y, z = points.reshape(-1, 3).T
    return float(-np.quantile(y * math.sin(roll) + z * math.cos(roll), 0.03))


def standing_bike(number: int, role: str, x: float, y: float, heading: float, roll: float = 0.13) -> Vehicle:
    """A bicycle that is there for the whole clip; heading in degrees, a roll beyond 1 lies on its side."""
    mesh = bike_mesh(number)
    thing = Vehicle(number, "bicycle", role, mesh, None)
    thing.put(x, y, math.radians(heading), lying(mesh, roll) if abs(roll) > 0.6 else 0.0, roll)
    return thing


def always_there(first: int, random: np.random.Generator, docked: int = 3) -> list[Actor]:
    """Bicycles in the dock and motorcycles in their bay, numbered from `first`."""
    actors: list[Actor] = []
    for index in range(docked):
        number = first + len(actors)
        actors.append(standing_bike(number, "docked", -5.5 + index * 0.78, 12.5, 62 + float(random.normal(0, 3)), 0.1))
    for x, mesh in ((4.7, motorcycle("paint:a01a1c")), (5.45, scooter("paint:20304a"))):
        thing = Vehicle(first + len(actors), "motorcycle", "in bay", mesh, None)
        thing.put(x, 12.4, math.radians(72 + float(random.normal(0, 3))), 0.0, 0.12)
        actors.append(thing)
    return actors
