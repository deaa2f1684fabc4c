"""The street itself: carriageway, markings, pavements, yard, houses, plants and street furniture.

The street runs along +y, away from the camera; x grows to the right. Traffic keeps right: lanes with
x < 0.4 come towards the camera, the others go away from it. Metres throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np

from .buildings import WALLS, building
from .chance import pick
from .mesh import Shape, place
from .plants import hedge, tree

LEFT_KERB, RIGHT_KERB = -5.8, 6.4
LEFT_FRONT, RIGHT_FRONT = -9.6, 10.0
CENTRE = 0.4
NEAR, FAR = -30.0, 101.0
SIDE_STREET = (46.5, 56.0)
KERB_LANE, TRAVEL_LANE, AWAY_LANE, BAY = -4.6, -1.35, 2.25, 5.2
STOP_LINE = 13.6
YARD = ((-16.3, 12.0), (-9.7, 25.0))
GATE = (17.2, 19.6)


@dataclass(frozen=True)
class StreetPlan:
    """What differs from street to street; `yard` keeps the fenced forecourt at the left."""

    seed: int
    yard: bool = True
    trees: bool = True


def build(plan: StreetPlan) -> None:
    """Add the whole static street to the scene."""
    random = np.random.default_rng(plan.seed)
    ground()
    markings()
    houses(plan, random)
    if plan.yard:
        yard(random)
    furniture()
    if plan.trees:
        planting(random)


def flat(shape: Shape, low: tuple[float, float], high: tuple[float, float], z: float, name: str) -> None:
    """Horizontal rectangle."""
    (x0, y0), (x1, y1) = low, high
    shape.quad([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], name)


def ground() -> None:
    """Carriageway, side street, raised pavements with kerb stones, gutters and repairs."""
    shape = Shape()
    flat(shape, (-120, -60), (120, 160), -0.02, "soil")
    flat(shape, (LEFT_KERB, NEAR), (RIGHT_KERB, FAR + 9), 0.0, "asphalt")
    flat(shape, (-90, SIDE_STREET[0]), (LEFT_KERB, SIDE_STREET[1]), 0.0, "asphalt")
    flat(shape, (-90, FAR), (LEFT_KERB, FAR + 9), 0.0, "asphalt")
    flat(shape, (RIGHT_KERB, FAR), (90, FAR + 9), 0.0, "asphalt")
    for begin, end in ((NEAR, SIDE_STREET[0]), (SIDE_STREET[1], FAR)):
        shape.box((LEFT_FRONT - 12, begin, -0.1), (LEFT_KERB - 0.18, end, 0.13), "paving")
        kerb(shape, LEFT_KERB - 0.18, LEFT_KERB, begin, end)
    shape.box((RIGHT_KERB + 0.18, NEAR, -0.1), (RIGHT_FRONT + 12, FAR, 0.13), "paving")
    kerb(shape, RIGHT_KERB, RIGHT_KERB + 0.18, NEAR, FAR)
    flat(shape, (-8.35, NEAR), (-8.0, SIDE_STREET[0]), 0.134, "tactile")
    flat(shape, (8.2, NEAR), (8.55, FAR), 0.134, "tactile")
    for low, high in (
        ((-2.6, 26.0), (-0.6, 30.5)),
        ((1.2, 15.0), (3.6, 16.4)),
        ((-4.4, 37.0), (-2.2, 38.0)),
        ((1.0, 36.0), (3.0, 44.0)),
    ):
        flat(shape, low, high, 0.003, "patch")
    for x, y in ((-0.9, 20.2), (2.9, 24.0), (-1.6, 40.0)):
        shape.tube((x, y, -0.01), (x, y, 0.006), (0.36, 0.36), "trim", sides=28)
    for y in np.arange(10.5, 46, 9.0):
        shape.box((LEFT_KERB + 0.02, y, 0.0), (LEFT_KERB + 0.34, y + 0.5, 0.006), "trim")
        shape.box((RIGHT_KERB - 0.34, y + 3, 0.0), (RIGHT_KERB - 0.02, y + 3.5, 0.006), "trim")
    shape.place("ground")


def kerb(shape: Shape, x0: float, x1: float, y0: float, y1: float) -> None:
    """Row of kerb stones a metre long with fine joints."""
    for y in np.arange(y0, y1, 1.0):
        shape.box((x0, y + 0.006, -0.1), (x1, min(y + 0.994, y1), 0.145), "kerb")


def markings() -> None:
    """Zebra crossing, stop line, lane lines, the double centre line, bays and the kerb's yellow line."""
    shape = Shape()
    z = 0.005
    for x in np.arange(LEFT_KERB + 0.45, RIGHT_KERB - 0.5, 0.95):
        flat(shape, (x, 9.4), (x + 0.48, 13.0), z, "marking")
    flat(shape, (LEFT_KERB + 0.2, STOP_LINE), (CENTRE - 0.15, STOP_LINE + 0.35), z, "marking")
    for x in (CENTRE - 0.12, CENTRE + 0.12):
        flat(shape, (x - 0.06, STOP_LINE), (x + 0.06, FAR), z, "yellow_marking")
    flat(shape, (-3.06, STOP_LINE + 0.35), (-2.94, 30.0), z, "marking")
    for y in np.arange(32.0, FAR, 6.0):
        flat(shape, (-3.06, y), (-2.94, y + 2.6), z, "marking")
    for low, high in ((STOP_LINE + 0.8, SIDE_STREET[0] - 1.5), (SIDE_STREET[1] + 1, FAR)):
        flat(shape, (LEFT_KERB + 0.12, low), (LEFT_KERB + 0.27, high), z, "yellow_marking")
    flat(shape, (4.05, 18.0), (4.15, 48.0), z, "marking")
    for y in np.arange(18.0, 48.1, 6.0):
        flat(shape, (4.15, y - 0.05), (RIGHT_KERB - 0.05, y + 0.05), z, "marking")
    arrow(shape, TRAVEL_LANE, 19.0)
    arrow(shape, TRAVEL_LANE, 33.0)
    for y in np.arange(-28.0, 8.5, 6.0):
        flat(shape, (CENTRE - 0.06, y), (CENTRE + 0.06, y + 3.0), z, "yellow_marking")
    shape.place("markings")


def arrow(shape: Shape, x: float, y: float) -> None:
    """Straight-ahead arrow that points to the camera."""
    flat(shape, (x - 0.09, y), (x + 0.09, y + 2.8), 0.005, "marking")
    shape.quad([(x, y - 1.6, 0.005), (x + 0.34, y, 0.005), (x - 0.34, y, 0.005)], "marking")


def houses(plan: StreetPlan, random: np.random.Generator) -> None:
    """Rows of houses on both sides and a closing row behind the far cross street."""
    shape = Shape()
    y = 26.0 if plan.yard else -10.0
    if plan.yard:
        building(shape, (-30.0, 9.0), (-17.0, 25.6), 3, False, "plaster_ochre", random)
    left, right = (LEFT_FRONT - 13.0, LEFT_FRONT), (RIGHT_FRONT, RIGHT_FRONT + 13.0)
    row(shape, left, (y, SIDE_STREET[0] - 1.0), random)
    row(shape, left, (SIDE_STREET[1] + 1.0, FAR - 1.0), random)
    row(shape, right, (12.0, FAR - 1.0), random)
    for x in np.arange(-60.0, 60.0, 20.0):
        building(
            shape, (x, FAR + 13.0), (x + 19.4, FAR + 26.0), int(random.integers(4, 8)), False, pick_wall(random), random
        )
    building(shape, (-60.0, 62.0), (-24.0, 80.0), 5, False, pick_wall(random), random)
    shape.place("houses")


def pick_wall(random: np.random.Generator) -> str:
    """Material of a house's walls."""
    return pick(random, WALLS)


def row(shape: Shape, across: tuple[float, float], along: tuple[float, float], random: np.random.Generator) -> None:
    """Adjoining houses of different widths and heights; `across` and `along` are spans of x and y."""
    (x0, x1), (y, y1) = across, along
    while y < y1 - 6:
        width = min(float(random.uniform(10, 17)), y1 - y)
        if y1 - y - width < 7:
            width = y1 - y
        building(shape, (x0, y), (x1, y + width - 0.25), int(random.integers(3, 6)), True, pick_wall(random), random)
        y += width


def yard(random: np.random.Generator) -> None:
    """Fenced forecourt: paving, planters, benches, a gate that stands open."""
    shape = Shape()
    (x0, y0), (x1, y1) = YARD
    flat(shape, (x0 - 0.7, y0), (x1, y1), 0.14, "court")
    for low, high in (((x1, y0), (x1, GATE[0])), ((x1, GATE[1]), (x1, y1)), ((x0, y0), (x1, y0))):
        fence(shape, low, high)
    for y in GATE:
        shape.box((x1 - 0.2, y - 0.2, 0.1), (x1 + 0.2, y + 0.2, 1.9), "brick")
        shape.box((x1 - 0.25, y - 0.25, 1.9), (x1 + 0.25, y + 0.25, 2.0), "stone")
    for share in np.linspace(0.05, 1.0, 9):
        shape.tube(
            (x1 - 0.25 - share, GATE[1] - 0.05, 0.2),
            (x1 - 0.25 - share, GATE[1] - 0.05, 1.5),
            (0.012, 0.012),
            "pole_green",
            6,
        )
    shape.box((x1 - 1.3, GATE[1] - 0.07, 1.45), (x1 - 0.2, GATE[1] - 0.03, 1.5), "pole_green")
    for y in (13.6, 21.6):
        bench(shape, (x0 + 0.6, y))
    for x, y in ((-11.0, 23.8), (-13.0, 23.8), (-15.0, 23.8)):
        shape.box((x - 0.7, y - 0.4, 0.13), (x + 0.7, y + 0.4, 0.55), "stone")
        hedge(shape, (x - 0.6, y - 0.3, 0.5), (x + 0.6, y + 0.3, 0.95), random)
    flat(shape, (-14.6, 14.0), (-11.4, 16.2), 0.145, "tactile")
    shape.place("yard")


def fence(shape: Shape, low: tuple[float, float], high: tuple[float, float]) -> None:
    """Low wall with upright bars between two points."""
    (x0, y0), (x1, y1) = low, high
    length = math.hypot(x1 - x0, y1 - y0)
    shape.box((min(x0, x1) - 0.1, min(y0, y1) - 0.1, 0.1), (max(x0, x1) + 0.1, max(y0, y1) + 0.1, 0.45), "brick")
    for height in (0.55, 1.35):
        shape.tube((x0, y0, height), (x1, y1, height), (0.018, 0.018), "pole_green", 6)
    for step in np.arange(0.0, length, 0.14):
        x, y = x0 + (x1 - x0) * step / length, y0 + (y1 - y0) * step / length
        shape.tube((x, y, 0.45), (x, y, 1.45), (0.009, 0.009), "pole_green", 5)


def bench(shape: Shape, at: tuple[float, float]) -> None:
    """Park bench with a back."""
    x, y = at
    for depth in (0.0, 0.14, 0.28):
        shape.box((x + depth, y, 0.55), (x + depth + 0.11, y + 1.6, 0.59), "wood")
    for height in (0.72, 0.86):
        shape.box((x - 0.06, y, height), (x - 0.02, y + 1.6, height + 0.1), "wood")
    for end in (y + 0.15, y + 1.4):
        shape.box((x - 0.04, end, 0.13), (x + 0.36, end + 0.05, 0.55), "frame_dark")
        shape.box((x - 0.05, end, 0.5), (x, end + 0.05, 0.95), "frame_dark")


def furniture() -> None:
    """Lamp posts, no-stopping signs, bollards and bins."""
    shape = Shape()
    for x, y, reach in ((7.0, 17.0, -1.6), (7.0, 43.0, -1.6), (-6.4, 36.0, 1.6), (-6.4, 66.0, 1.6), (7.0, 70.0, -1.6)):
        shape.tube((x, y, 0.1), (x, y, 7.4), (0.085, 0.05), "pole_green")
        shape.path([(x, y, 7.3), (x + reach * 0.4, y, 7.75), (x + reach, y, 7.85)], 0.035, "pole_green")
        shape.ellipsoid((x + reach * 1.15, y, 7.83), (0.36, 0.13, 0.07), "frame")
    sign(shape, (-6.2, 28.6))
    sign(shape, (-6.2, 44.0))
    for y in (9.0, 10.4, 11.6, 13.0):
        shape.tube((6.75, y, 0.1), (6.75, y, 0.95), (0.06, 0.06), "frame_dark")
    for x, y in ((7.4, 22.0), (-9.2, 27.6)):
        shape.box((x - 0.25, y - 0.3, 0.13), (x + 0.25, y + 0.3, 1.05), "bin_green")
        shape.box((x - 0.28, y - 0.33, 1.05), (x + 0.28, y + 0.33, 1.12), "trim")
    shape.place("furniture")


def sign(shape: Shape, at: tuple[float, float]) -> None:
    """No-stopping sign seen from the front: blue disc, red rim and cross."""
    x, y = at
    shape.tube((x, y, 0.1), (x, y, 2.9), (0.03, 0.03), "steel")
    for radius, depth, name in ((0.32, 0.02, "sign_red"), (0.27, 0.03, "sign_blue")):
        shape.tube((x, y + 0.03, 2.6), (x, y - depth, 2.6), (radius, radius), name, 28)
    for turn in (-1.0, 1.0):
        d = 0.19
        shape.tube(
            (x - d, y - 0.035, 2.6 - d * turn), (x + d, y - 0.035, 2.6 + d * turn), (0.025, 0.025), "sign_red", 6
        )


def planting(random: np.random.Generator) -> None:
    """Street trees in pits and hedges along the fronts."""
    meshes = [tree(random, height) for height in (6.6, 7.4)]
    spots = [
        (7.1, 30.0),
        (7.1, 37.0),
        (7.1, 52.0),
        (7.1, 61.0),
        (-6.7, 41.0),
        (-6.7, 60.0),
        (-6.7, 74.0),
        (7.1, 80.0),
        (-15.6, 21.0),
        (7.1, 90.0),
        (-6.7, 88.0),
    ]
    pits = Shape()
    for index, (x, y) in enumerate(spots):
        thing = place(meshes[index % 2], "tree")
        thing.location = (x, y, 0.12)
        thing.rotation_euler[2] = float(random.uniform(0, 6.28))
        scale = float(random.uniform(0.85, 1.1))
        thing.scale = (scale, scale, scale)
        flat(pits, (x - 0.55, y - 0.55), (x + 0.55, y + 0.55), 0.14, "soil")
    hedge(pits, (-9.55, 26.6, 0.13), (-9.0, 27.0, 0.8), random)
    hedge(pits, (-9.5, 9.6, 0.13), (-8.9, 11.7, 0.95), random)
    pits.place("pits", 60)


def sky(elevation: float, azimuth: float, sun_energy: float, sky_strength: float) -> None:
    """Sun and a soft sky.

    Args:
        elevation: height of the sun, degrees.
        azimuth: where the sun stands, degrees clockwise from +y.
        sun_energy: W/m²; 0 for an overcast day.
        sky_strength: factor on the sky's radiance.
    """
    scene = bpy.context.scene
    world = bpy.data.worlds.new("sky")
    scene.world = world
    world.use_nodes = True
    tree_ = world.node_tree
    place_ = tree_.nodes.new("ShaderNodeTexCoord")
    apart = tree_.nodes.new("ShaderNodeSeparateXYZ")
    ramp = tree_.nodes.new("ShaderNodeValToRGB")
    stops = (
        (0.0, (0.30, 0.30, 0.29)),
        (0.5, (0.72, 0.78, 0.84)),
        (0.58, (0.52, 0.66, 0.86)),
        (1.0, (0.16, 0.32, 0.66)),
    )
    elements = ramp.color_ramp.elements
    while len(elements) < len(stops):
        elements.new(0.5)
    for element, (position, colour) in zip(elements, stops, strict=True):
        element.position = position
        element.color = (*colour, 1.0)
    half = tree_.nodes.new("ShaderNodeMath")
    half.operation = "MULTIPLY_ADD"
    half.inputs[1].default_value = 0.5
    half.inputs[2].default_value = 0.5
    tree_.links.new(place_.outputs["Generated"], apart.inputs["Vector"])
    tree_.links.new(apart.outputs["Z"], half.inputs[0])
    tree_.links.new(half.outputs["Value"], ramp.inputs["Fac"])
    tree_.links.new(ramp.outputs["Color"], tree_.nodes["Background"].inputs["Color"])
    tree_.nodes["Background"].inputs["Strength"].default_value = sky_strength
    if sun_energy > 0:
        light = bpy.data.lights.new("sun", "SUN")
        light.energy = sun_energy
        light.angle = math.radians(0.6)
        light.color = (1.0, 0.94, 0.84)
        sun = place(light, "sun")
        sun.rotation_euler = (math.radians(90 - elevation), 0.0, math.radians(180 - azimuth))
