"""What stands on and beside the ground: houses, trees, lamps, vehicles, people. Built once, shown again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import bmesh
import bpy
import numpy as np
from scripts.render.buildings import WALLS, building
from scripts.render.bus import bus
from scripts.render.cars import PLANS, car
from scripts.render.chance import pick
from scripts.render.materials import linear
from scripts.render.mesh import Shape
from scripts.render.occupied import Occupied
from scripts.render.people import RIDING, body, random_person, walking
from scripts.render.plants import tree
from scripts.render.truck import truck
from scripts.render.two_wheelers import SEATS, bicycle, scooter

from .fields import Sheet
from .graph import Graph, remade
from .meshes import cards, put
from .plan import FAR, Strip

PAINTS = ("paint:d2d2ce", "paint:1c1d20", "metallic:a8acb0", "paint:a01a1c", "paint:2c5a96", "metallic:46505a")
PEOPLE, BUILDINGS, TREES = 10, 6, 4
BLOCK = (15.0, 12.0)


def shared(name: str, build: Callable[[], bpy.types.Mesh]) -> bpy.types.Mesh:
    """A mesh of this process's library, built on first use."""
    label = f"library {name}"
    found = bpy.data.meshes.get(label)
    if found is None:
        found = build()
        found.name = label
        found.use_fake_user = True
    return found


def shrubs() -> list[bpy.types.Mesh]:
    """Balls of leaves of radius 1 m."""
    return [shared(f"shrub {number}", partial(shrub, number)) for number in range(2)]


def shrub(number: int) -> bpy.types.Mesh:
    """Leaf cards on a ball with a dark inside."""
    random = np.random.default_rng([71, number])
    count = 1500
    way = random.normal(size=(count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    inner = Shape()
    inner.ellipsoid((0, 0, 0), (0.9, 0.9, 0.9), "leaf_dark")
    ball = inner.mesh("inner")
    way *= random.uniform(0.85, 1.03, (count, 1))
    leaves = cards("shrub", way, np.full(count, 0.09), ["leaf", "leaf_light"], random)
    return joined(leaves, ball)


def joined(first: bpy.types.Mesh, second: bpy.types.Mesh) -> bpy.types.Mesh:
    """One mesh out of two."""
    offset = len(first.materials)
    for material in second.materials:
        first.materials.append(material)
    work = bmesh.new()
    work.from_mesh(first)
    known = len(work.faces)
    work.from_mesh(second)
    work.faces.ensure_lookup_table()
    for face in work.faces[known:]:
        face.material_index += offset
    work.to_mesh(first)
    work.free()
    bpy.data.meshes.remove(second)
    return first


def glows() -> None:
    """Surfaces that shine at night: lit windows, shops, lamp heads, headlamps."""
    for name, colour, strength in (
        ("curtain", (1.0, 0.72, 0.38), 2.0), ("shop_interior", (1.0, 0.85, 0.65), 2.2),
        ("lamp", (1.0, 0.78, 0.5), 60.0), ("headlamp", (1.0, 0.95, 0.85), 14.0), ("neon", (0.9, 0.1, 0.15), 6.0),
    ):  # fmt: skip
        glow = remade(name)
        glow.cycles.emission_sampling = "NONE"  # the spot lights give the light; these are only looked at
        graph = Graph(glow.node_tree)
        made = graph.node("ShaderNodeBsdfPrincipled")
        made.inputs["Base Color"].default_value = (*(linear("8a8274") if name == "curtain" else (0.5, 0.5, 0.5)), 1.0)
        made.inputs["Emission Color"].default_value = (*colour, 1.0)
        graph.feed(made.inputs["Emission Strength"], graph.math("MULTIPLY", graph.control("lamps"), strength))
        graph.finish(made.outputs[0])


def houses(strips: Sequence[Strip], kind: str, random: np.random.Generator) -> None:
    """Rows of blocks on both sides and across the far end; sometimes one side stays open."""
    open_side = int(random.choice((0, 1, 2), p=(0.25, 0.25, 0.5)))
    for side, edge in ((0, strips[0].x0), (1, strips[-1].x1)):
        y = float(random.uniform(-14, 4))
        gap = 12.0 if kind == "yard" else 0.6
        back = 0.3 if side != open_side else float(random.uniform(14, 30))
        while y < FAR:
            x = edge - BLOCK[1] - back if side == 0 else edge + back
            block(random, (x, y), side == 0)
            y += BLOCK[0] + gap * float(random.uniform(0.5, 1.5))
    for x in np.arange(-50.0, 50.0, BLOCK[1] + 1.5):
        block(random, (x, FAR + 4.0), False)


def block(random: np.random.Generator, at: tuple[float, float], shop: bool) -> None:
    """One block of flats with its low corner at a place."""
    number = int(random.integers(BUILDINGS))

    def build() -> bpy.types.Mesh:
        own = np.random.default_rng([72, number])
        shape = Shape()
        building(shape, (0, 0), (BLOCK[1], BLOCK[0]), 3 + number, number % 2 == 0, str(own.choice(WALLS)), own)
        return shape.mesh("block")

    put(shared(f"block {number}", build), (at[0], at[1], 0.0))
    if shop and random.random() < 0.3:
        sign = Shape()
        x, y = at[0] + BLOCK[1] + 0.2, at[1] + 3.0
        sign.box((x, y, 3.0), (x + 0.15, y + 3.5, 3.6), "neon")
        put(sign.mesh("sign"))


def trees(strips: Sequence[Strip], random: np.random.Generator) -> None:
    """Rows of trees in the belts."""
    for strip in strips:
        if strip.kind != "belt" or random.random() < 0.45:
            continue
        y = float(random.uniform(7, 14))
        step = float(random.uniform(6, 14))
        while y < 80:
            number = int(random.integers(TREES))
            mesh = shared(f"tree {number}", partial(street_tree, number))
            put(mesh, (strip.middle + random.normal(0, 0.15 * strip.width), y, strip.z), float(random.uniform(0, 6)),
                float(random.uniform(0.7, 1.15)))  # fmt: skip
            y += step * float(random.uniform(0.7, 1.4))


def street_tree(number: int) -> bpy.types.Mesh:
    """One of the library's trees."""
    return tree(np.random.default_rng([73, number]), 5.5 + number * 0.8, 3600)


def lamps(strips: Sequence[Strip], random: np.random.Generator) -> list[bpy.types.Object]:
    """Street lamps along one side of the roads (or a path) with their lights, unlit."""
    roads = [strip for strip in strips if strip.kind == "road"] or [strip for strip in strips if strip.kind != "belt"]
    lights = []
    shape = Shape()
    for strip in roads[:2]:
        side = float(random.choice((-1.0, 1.0)))
        x = strip.x0 - 0.4 if side < 0 else strip.x1 + 0.4
        reach = -side * min(1.8, strip.width * 0.3)
        height = float(random.uniform(4.5, 8.0))
        colour = (1.0, 0.62, 0.28) if random.random() < 0.4 else (1.0, 0.88, 0.72)
        for y in np.arange(float(random.uniform(4, 12)), 80, float(random.uniform(16, 26))):
            shape.tube((x, y, 0.0), (x, y, height), (0.085, 0.05), "pole_green")
            shape.path([(x, y, height - 0.1), (x + reach, y, height + 0.3)], 0.035, "pole_green")
            shape.ellipsoid((x + reach, y, height + 0.24), (0.34, 0.14, 0.08), "lamp")
            data = bpy.data.lights.new("lamp", "SPOT")
            data.spot_size, data.spot_blend, data.shadow_soft_size = math.radians(150), 0.6, 0.15
            data.energy, data.color = 0.0, colour
            spot = bpy.data.objects.new("lamp", data)
            spot.location = (x + reach, y, height + 0.1)
            bpy.context.scene.collection.objects.link(spot)
            lights.append(spot)
    put(shape.mesh("lamps"))
    return lights


class Crowd:
    """Vehicles and people of one picture."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.placed: list[bpy.types.Object] = []
        self.occupied = Occupied()

    def fill(self, strips: Sequence[Strip], sheets: Sequence[Sheet]) -> None:
        """Traffic and parked things on roads, people and bikes on pavements, now and then on a belt."""
        random = self.random
        for strip, sheet in zip(strips, sheets, strict=True):
            if strip.kind == "road":
                self.traffic(strip, sheet, float(random.choice((0.0, 0.15, 0.5))))
            rate = {"road": 1.0, "slabs": 4.0, "path": 3.0, "belt": 0.7}[strip.kind]
            for _ in range(int(random.poisson(rate))):
                self.person(strip, sheet)
            if strip.kind in ("slabs", "path", "road") and random.random() < 0.35:
                self.bikes(strip, sheet)

    def traffic(self, strip: Strip, sheet: Sheet, chance: float) -> None:
        """Cars in lanes and at the kerb."""
        random = self.random
        for x in np.arange(strip.x0 + 1.2, strip.x1 - 1.0, 2.9):
            y = float(random.uniform(2, 9))
            while y < 70:
                if random.random() < chance:
                    turn = math.radians((90 if x > strip.middle else -90) + random.normal(0, 3))
                    kind = str(
                        random.choice(("truck", "bus", *PLANS), p=(0.09, 0.05, *[0.86 / len(PLANS)] * len(PLANS)))
                    )
                    if self.occupied.take(x, y, 2.4 if kind != "bus" else 5.5):
                        self.add(self.vehicle(kind), sheet, x, y, turn)
                y += float(random.uniform(5.5, 13))

    def vehicle(self, kind: str) -> bpy.types.Mesh:
        """A vehicle of a kind in one of a few paints."""
        paint = PAINTS[(sum(map(ord, kind)) + 2 * int(self.random.integers(2))) % len(PAINTS)]
        builders: dict[str, Callable[[str], bpy.types.Mesh]] = {
            "truck": truck, "bus": bus, "bicycle": bicycle, "scooter": scooter,
        }  # fmt: skip
        return shared(f"{kind} {paint}", lambda: builders[kind](paint) if kind in builders else car(kind, paint))

    def person(self, strip: Strip, sheet: Sheet) -> None:
        """Someone who walks or stands."""
        random = self.random
        number = int(random.integers(PEOPLE))
        x, y = float(random.uniform(strip.x0 + 0.3, strip.x1 - 0.3)), float(random.uniform(3, 32))
        if self.occupied.take(x, y, 0.35):
            self.add(figure(number, False), sheet, x, y, float(random.uniform(0, 6.28)))

    def bikes(self, strip: Strip, sheet: Sheet) -> None:
        """A row of parked two-wheelers, or one ridden by."""
        random = self.random
        kind = pick(random, ("bicycle", "scooter"))
        mesh = self.vehicle(kind)
        x, y = float(random.uniform(strip.x0 + 0.4, strip.x1 - 0.4)), float(random.uniform(4, 24))
        turn = float(random.choice((0, math.pi)) + random.normal(0, 0.2))
        if strip.kind == "road" or random.random() < 0.3:
            if self.occupied.take(x, y, 0.6):
                turn += math.pi / 2
                thing = self.add(mesh, sheet, x, y, turn)
                back, seat = SEATS[kind]
                person = figure(int(random.integers(PEOPLE)), True)
                self.placed.append(put(person, (x + back * math.cos(turn), y + back * math.sin(turn),
                                                thing.location[2] + seat - 0.84), turn))  # fmt: skip
            return
        for row in range(int(random.integers(1, 9))):
            if self.occupied.take(x, y + row * 0.8, 0.35):
                aside, tilt = random.normal(0, 0.08), random.normal(0, 0.1)
                self.add(mesh, sheet, x + float(aside), y + row * 0.8, turn + float(tilt))

    def add(self, mesh: bpy.types.Mesh, sheet: Sheet, x: float, y: float, turn: float) -> bpy.types.Object:
        """Stand a thing on the ground."""
        z = float(sheet.height(np.array([x]), np.array([y]))[0])
        thing = put(mesh, (x, y, z), turn)
        self.placed.append(thing)
        return thing

    def clear(self) -> None:
        """Take everything out of the scene."""
        for thing in self.placed:
            bpy.data.objects.remove(thing)
        self.placed.clear()


def figure(number: int, rides: bool) -> bpy.types.Mesh:
    """A person of the library on foot or in the saddle."""

    def build() -> bpy.types.Mesh:
        random = np.random.default_rng([74, number])
        pose = RIDING if rides else walking(float(random.uniform(0, 6.28)), float(number % 4 != 0))
        return body(random_person(random), pose).mesh("person")

    return shared(f"person {number} {rides}", build)
