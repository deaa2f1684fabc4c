"""A residential tower seen from the street, rendered once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render import engine, world
from scripts.render.buildings import Wall, building, window
from scripts.render.camera import Camera
from scripts.render.chance import pick
from scripts.render.materials import MAKERS, linear
from scripts.render.mesh import Shape, place
from scripts.render.picture_file import write_picture
from scripts.render.plants import hedge, tree

from . import plan

Picture = NDArray[np.uint8]
Region = tuple[int, int, int, int]
LARGER = 2
GLOW, GLOW_STRENGTH = "glow:ffc98a", 0.9
RAIL_PANES = ("plain:9db3b8", "plain:9db3b8", "white", "frame_dark")
LAUNDRY = ("cloth:c9d4dd", "cloth:7f93ad", "cloth:b5615a", "cloth:dad6c8", "cloth:4c5a55")


@dataclass(frozen=True)
class Sky:
    """Light of a clip: the sun in W/m², factor on the sky, exposure in stops, share of flats with a light on."""

    sun: float
    strength: float
    exposure: float = 0.0
    lit: float = 0.0


def balcony(shape: Shape, wall: Wall, span: tuple[float, float], base: float, random: np.random.Generator) -> None:
    """Recessed balcony: slab, side walls, parapet, glazed door; a third of them closed with windows."""
    left, right = span
    deep = plan.BALCONY_DEPTH
    wall.box(shape, span, (-0.3, deep), (base - 0.12, base + 0.1), "plaster_white")
    for u in ((left, left + 0.14), (right - 0.14, right)):
        wall.box(shape, u, (0, deep), (base, base + plan.FLOOR - 0.12), "plaster_cream")
    wall.box(shape, (left + 0.7, right - 0.9), (0.0, 0.02), (base + 0.1, base + 2.3), "window")
    for u in np.linspace(left + 0.7, right - 0.9, 4):
        wall.box(shape, (u - 0.03, u + 0.03), (0.02, 0.06), (base + 0.1, base + 2.35), "frame")
    wall.box(shape, (left + 0.14, right - 0.14), (deep - 0.1, deep), (base + 0.1, base + 0.62), "plaster_white")
    pane = pick(random, RAIL_PANES)
    if random.random() < 0.42:
        wall.box(shape, (left + 0.14, right - 0.14), (deep - 0.06, deep - 0.03), (base + 0.62, base + 2.6), "window")
        for u in np.linspace(left + 0.16, right - 0.16, 5):
            wall.box(shape, (u - 0.035, u + 0.035), (deep - 0.08, deep + 0.01), (base + 0.6, base + 2.65), "frame")
        for z in (base + 0.64, base + 1.15, base + 2.62):
            wall.box(shape, (left + 0.14, right - 0.14), (deep - 0.08, deep + 0.01), (z - 0.03, z + 0.03), "frame")
        return
    wall.box(shape, (left + 0.14, right - 0.14), (deep - 0.05, deep - 0.02), (base + 0.62, base + 1.05), pane)
    wall.box(shape, (left + 0.14, right - 0.14), (deep - 0.08, deep), (base + 1.05, base + 1.11), "frame")
    if random.random() < 0.5:
        washing(shape, wall, (left + 0.5, right - 0.6), base + 2.25, random)
    if random.random() < 0.35:
        wall.box(shape, (left + 0.4, left + 1.1), (0.4, 0.9), (base + 0.1, base + 0.9), "wood")


def washing(shape: Shape, wall: Wall, span: tuple[float, float], line: float, random: np.random.Generator) -> None:
    """Clothes that hang still on a line inside the balcony."""
    wall.box(shape, span, (0.8, 0.82), (line, line + 0.02), "frame_dark")
    u = span[0] + float(random.uniform(0, 0.8))
    while u < span[1] - 0.5:
        wide, long = float(random.uniform(0.3, 0.6)), float(random.uniform(0.45, 0.95))
        wall.box(shape, (u, u + wide), (0.8, 0.83), (line - long, line), pick(random, LAUNDRY))
        u += wide + float(random.uniform(0.08, 0.9))


def flat_window(shape: Shape, wall: Wall, span: tuple[float, float], base: float, random: np.random.Generator) -> None:
    """Window of a room with an air conditioner below it."""
    middle = (span[0] + span[1]) / 2
    window(shape, wall, middle, base + 0.85, 1.7, 1.5, random)
    if random.random() < 0.75:
        at = middle + float(random.choice((-0.45, 0.45)))
        wall.box(shape, (at - 0.42, at + 0.42), (0.1, 0.42), (base + 0.12, base + 0.66), "white")
        wall.box(shape, (at - 0.3, at + 0.14), (0.42, 0.43), (base + 0.18, base + 0.58), "trim")
        wall.box(shape, (at - 0.5, at + 0.5), (0.0, 0.5), (base + 0.05, base + 0.1), "frame_dark")


def front(shape: Shape, random: np.random.Generator) -> None:
    """The tower's front towards the camera."""
    wall = Wall((0.0, 0.0), (1, 0), (0, -1), plan.FRONT)
    shape.box((plan.LEFT, 0.0, 0.0), (plan.RIGHT, 15.0, plan.TOP), "plaster_cream")
    for floor in range(2, plan.FLOORS + 2):
        base = plan.floor_base(floor)
        for kind, left, right in plan.bays():
            if kind == "balcony":
                balcony(shape, wall, (left, right), base, random)
            elif kind == "window":
                wall.box(shape, (left, right), (0, 0.03), (base - 0.1, base + 0.75), "plaster_ochre")
                flat_window(shape, wall, (left, right), base, random)
            else:
                wall.box(shape, (left, right), (0, 0.25), (base - 0.1, base + plan.FLOOR), "plaster_grey")
                wall.box(shape, (left + 0.5, right - 0.5), (0.25, 0.27), (base + 1.0, base + 2.2), "window")
                wall.box(shape, (left + 0.45, right - 0.45), (0.25, 0.33), (base + 0.92, base + 1.0), "stone")
    lobby(shape, wall)
    wall.box(shape, (plan.LEFT - 0.3, plan.RIGHT + 0.3), (-0.3, 1.5), (plan.TOP - 0.1, plan.TOP + 0.2), "plaster_white")
    wall.box(shape, (plan.LEFT, plan.RIGHT), (-0.2, 0.0), (plan.TOP, plan.TOP + 1.2), "plaster_cream")
    shape.box((-4.0, 3.0, plan.TOP), (4.0, 9.0, plan.TOP + 3.2), "plaster_grey")
    shape.tube((6.0, 5.0, plan.TOP), (6.0, 5.0, plan.TOP + 5.0), (0.06, 0.04), "frame_dark")


def lobby(shape: Shape, wall: Wall) -> None:
    """Stone-clad ground floor with an entrance and its canopy."""
    wall.box(shape, (plan.LEFT, plan.RIGHT), (0, 0.06), (0, plan.LOBBY - 0.2), "stone")
    wall.box(shape, (-2.2, 2.2), (0.06, 0.1), (0.1, 3.0), "frame_dark")
    wall.box(shape, (-2.0, 2.0), (0.1, 0.12), (0.15, 2.9), "window")
    wall.box(shape, (-3.0, 3.0), (0, 2.6), (3.3, 3.55), "frame_dark")
    for middle in (-11.0, -7.4, 7.4, 11.0):
        wall.box(shape, (middle - 1.1, middle + 1.1), (0.06, 0.1), (0.9, 3.0), "window")


def surroundings(shape: Shape, random: np.random.Generator) -> None:
    """Neighbouring houses, ground, hedges and trees."""
    shape.quad([(-120, -70, 0), (120, -70, 0), (120, 140, 0), (-120, 140, 0)], "paving")
    shape.box((plan.LEFT - 8, -9.0, 0), (plan.RIGHT + 8, -2.4, 0.12), "grass")
    building(shape, (-52.0, 22.0), (-29.0, 38.0), 9, False, "brick", random)
    building(shape, (27.0, 30.0), (52.0, 45.0), 11, False, "plaster_grey", random)
    building(shape, (-80.0, 55.0), (-58.0, 70.0), 15, False, "plaster_white", random)
    hedge(shape, (plan.LEFT - 6, -9.0, 0.0), (plan.RIGHT + 6, -8.0, 1.0), random)


def build(seed: int, lit: float) -> None:
    """Add everything that stands still to an empty scene; `lit` is the share of flats with a light on."""
    random = np.random.default_rng(seed)
    shape = Shape()
    front(shape, random)
    surroundings(shape, random)
    place(shape.mesh("tower"), "tower")
    for x, y, height in ((-24.0, -4.0, 9.0), (23.0, -6.0, 8.0), (-31.0, 6.0, 11.0), (33.0, 3.0, 10.0)):
        thing = place(tree(random, height, 9000), "tree")
        thing.location = (x, y, 0.0)
    for floor in range(2, plan.FLOORS + 2):
        for bay in range(len(plan.BAYS)):
            if random.random() < lit:
                light(floor, bay)


def light(floor: int, bay: int) -> Region:
    """Switch a light on behind the windows of a part of a floor; returns where it is seen."""
    kind, left, right = plan.bays()[bay]
    base = plan.floor_base(floor)
    middle = (left + right) / 2
    u, z = ((left + 0.7, right - 0.9), (base + 0.15, base + 2.3)) if kind == "balcony" else (
        (middle - 0.85, middle + 0.85), (base + 0.85, base + 2.35))  # fmt: skip
    if kind == "stairs":
        u, z = (left + 0.5, right - 0.5), (base + 1.0, base + 2.2)
    out = 0.275 if kind == "stairs" else 0.022
    shape = Shape()
    shape.box((u[0], -out - 0.002, z[0]), (u[1], -out, z[1]), GLOW)
    place(shape.mesh("light"), "light")
    corners = [plan.pixel(a, b, c) for a in (left, right) for b in (0.0, -plan.BALCONY_DEPTH)
               for c in (base, base + plan.FLOOR)]  # fmt: skip
    xs, ys = [x for x, _y in corners], [y for _x, y in corners]
    return (
        max(0, int(min(xs)) - 3), max(0, int(min(ys)) - 3),
        min(plan.SIZE[0], int(max(xs)) + 4), min(plan.SIZE[1], int(max(ys)) + 4),
    )  # fmt: skip


def glow(made: bpy.types.Material, code: str) -> None:
    """Fill a material that shines like a lit curtain."""
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (0.4, 0.36, 0.3, 1.0)
    shader.inputs["Emission Color"].default_value = (*linear(code), 1.0)
    shader.inputs["Emission Strength"].default_value = GLOW_STRENGTH


class Stills:
    """Pictures of the tower in one light, rendered on first use and kept in a folder.

    They are rendered twice as large, so that thin rails and frames are smooth.
    """

    def __init__(self, folder: Path, sky: Sky, seed: int, samples: int) -> None:
        self.folder, self.sky, self.seed, self.samples = folder, sky, seed, samples
        self.built = False
        folder.mkdir(parents=True, exist_ok=True)

    def set_up(self) -> None:
        """Build the scene once."""
        if self.built:
            return
        MAKERS["glow"] = glow
        engine.fresh_scene(self.seed)
        build(self.seed, self.sky.lit)
        world.sky(48.0, 205.0, self.sky.sun, self.sky.strength)
        bpy.context.scene.view_settings.exposure = self.sky.exposure
        one = plan.CAMERA
        engine.use_camera(
            Camera(one.position, one.yaw, one.pitch, one.field_of_view, one.width * LARGER, one.height * LARGER)
        )
        self.built = True

    def picture(self) -> Picture:
        """The tower, BGR, of the clip's size."""
        path = self.folder / "still.png"
        if not path.exists():
            self.set_up()
            print(f"rendering the tower with {self.samples} samples", flush=True)
            self.keep(path, engine.render(self.samples, self.folder / "scratch.png"))
        return np.asarray(cv2.imread(str(path)), dtype=np.uint8)

    def lit(self, floor: int, bay: int) -> tuple[Picture, Region]:
        """A part of the picture with one more light on, and where it belongs."""
        path = self.folder / f"light_{floor}_{bay}.png"
        self.picture()
        self.set_up()
        region = light(floor, bay)
        if not path.exists():
            x0, y0, x1, y1 = (LARGER * side for side in region)
            part = engine.render(self.samples, self.folder / "scratch.png", (x0, y0, x1, y1))
            self.keep(path, part[: y1 - y0, : x1 - x0])
        return np.asarray(cv2.imread(str(path)), dtype=np.uint8), region

    def keep(self, path: Path, large: Picture) -> None:
        """Write a picture in the clip's size."""
        size = (large.shape[1] // LARGER, large.shape[0] // LARGER)
        write_picture(path, np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
