"""A kindergarten's yard behind a fence of bars, seen from the street. The fence runs along x at `FENCE`."""

from __future__ import annotations

import math

import numpy as np
from scripts.render.buildings import building
from scripts.render.camera import Camera
from scripts.render.lights import as_the_camera, infrared_lamp, point_lamp
from scripts.render.mesh import Shape, place
from scripts.render.plants import hedge, tree
from scripts.render.world import bench, flat

CAMERA = Camera((-3.0, 0.9, 6.0), 10.0, -23.0, 60.0, 640, 360)
FENCE = 10.0
HEIGHT = 1.5
YARD = [
    (-6.8, 10.15, 0.0), (5.5, 10.15, 0.0), (7.6, 13.0, 0.0), (9.4, 17.0, 0.0), (9.6, 20.5, 0.0), (-9.6, 20.5, 0.0),
    (-8.6, 17.0, 0.0),
]  # fmt: skip
STREET_LAMP = (-6.5, 4.2, 5.2)


def build(seed: int) -> None:
    """Add pavement, fence, yard and house to an empty scene."""
    random = np.random.default_rng(seed)
    ground()
    fence()
    toys()
    shape = Shape()
    building(shape, (-26.0, 22.0), (8.0, 34.0), 3, False, "plaster_cream", random)
    building(shape, (14.0, 24.0), (34.0, 36.0), 4, False, "plaster_grey", random)
    shape.place("house")
    greens = Shape()
    hedge(greens, (-20.0, 21.0, 0), (-2.0, 21.7, 0.8), random)
    greens.place("hedge", 60)
    mesh = tree(random, 5.8, 3200)
    for x, y in ((9.6, 19.0), (-8.5, 19.2), (13.5, 15.0)):
        thing = place(mesh, "tree")
        thing.location = (x, y, 0)
        thing.rotation_euler[2] = float(random.uniform(0, 2 * math.pi))


def ground() -> None:
    """Carriageway, pavement with kerb, the yard's rubber floor and lawn."""
    shape = Shape()
    flat(shape, (-90, -60), (90, 90), -0.03, "soil")
    flat(shape, (-60, -30), (60, 4.8), -0.02, "asphalt")
    flat(shape, (-60, 5.0), (60, FENCE), 0.0, "paving")
    flat(shape, (-60, FENCE), (60, 60), 0.0, "grass")
    flat(shape, (-8.6, FENCE + 0.8), (8.2, 20.4), 0.008, "plaster_ochre")
    flat(shape, (-2.5, 12.6), (1.5, 15.8), 0.012, "court")
    for x in np.arange(-30, 30, 1.0):
        shape.box((x + 0.006, 4.8, -0.1), (x + 0.994, 5.0, 0.03), "kerb")
    shape.place("ground")


def fence() -> None:
    """Bars between posts on a low kerb."""
    shape = Shape()
    shape.box((-24.0, FENCE - 0.08, 0), (24.0, FENCE + 0.08, 0.16), "stone")
    for z in (0.3, HEIGHT - 0.15):
        shape.box((-24.0, FENCE - 0.02, z), (24.0, FENCE + 0.02, z + 0.035), "pole_green")
    for x in np.arange(-24.0, 24.01, 2.4):
        shape.box((x - 0.05, FENCE - 0.05, 0), (x + 0.05, FENCE + 0.05, HEIGHT + 0.08), "frame_dark")
    for x in np.arange(-23.76, 24.0, 0.24):
        shape.tube((x, FENCE, 0.16), (x, FENCE, HEIGHT), (0.009, 0.009), "pole_green", 5)
    shape.place("fence")


def toys() -> None:
    """Slide, sand pit, spring horse, bench."""
    shape = Shape()
    for x in (3.6, 4.4):
        shape.tube((x, 18.2, 0), (x, 18.2, 2.1), (0.05, 0.05), "sign_blue")
        shape.tube((x, 17.4, 0), (x, 17.4, 2.1), (0.05, 0.05), "sign_blue")
    shape.box((3.55, 17.35, 1.25), (4.45, 18.25, 1.32), "awning_red")
    shape.quad([(3.6, 17.4, 1.3), (4.4, 17.4, 1.3), (4.4, 15.0, 0.1), (3.6, 15.0, 0.1)][::-1], "awning_red")
    for x in (3.6, 4.4):
        shape.path([(x, 17.4, 1.5), (x, 15.0, 0.28)], 0.04, "sign_blue")
    for z in (0.3, 0.6, 0.9):
        shape.tube((3.6, 18.2, z), (4.4, 18.2, z), (0.03, 0.03), "sign_blue")
    shape.box((-6.6, 15.2, 0), (-4.0, 15.35, 0.25), "wood")
    shape.box((-6.6, 17.5, 0), (-4.0, 17.65, 0.25), "wood")
    for x in (-6.6, -4.15):
        shape.box((x, 15.2, 0), (x + 0.15, 17.65, 0.25), "wood")
    flat(shape, (-6.5, 15.3), (-4.1, 17.6), 0.12, "tactile")
    bench(shape, (-0.5, 19.0))
    shape.tube((STREET_LAMP[0], STREET_LAMP[1], 0), STREET_LAMP, (0.07, 0.05), "pole_green")
    shape.place("toys")


def light(infrared: float, lamp: float) -> None:
    """The camera's own infrared lamp and a street lamp behind the pavement, both in watts."""
    as_the_camera(infrared_lamp(86, 0.8, 0.08, infrared), CAMERA)
    place_ = (STREET_LAMP[0], STREET_LAMP[1] + 0.3, STREET_LAMP[2] - 0.1)
    point_lamp("lamp", place_, lamp, (1.0, 1.0, 1.0), 0.12)
