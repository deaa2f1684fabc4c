"""Fills a room with things and people in front of the camera, without letting them stand in each other."""

from __future__ import annotations

import math

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray
from scripts.render.actors import Actor, Walker, local_points
from scripts.render.camera import Camera
from scripts.render.mesh import Shape, place
from scripts.render.people import RIDING, Pose, random_person, walking

from . import poses, things
from .ebikes import SEAT
from .forms import moved
from .rooms import Room

Array = NDArray[np.float64]
TRIES = 40


class Item(Actor):
    """Rigid thing placed by a matrix and set down on the floor."""

    def __init__(self, number: int, kind: str, mesh: bpy.types.Mesh) -> None:
        super().__init__(number, kind, "thing", place(mesh, f"item{number}"))
        self.local = local_points(mesh)

    def put(self, matrix: Array, floor: float | None = 0.0) -> None:
        """Take the matrix (4, 4); lifted so that the lowest point is on `floor` unless that is None."""
        points = self.local @ matrix[:3, :3].T + matrix[:3, 3]
        if floor is not None:
            matrix = matrix.copy()
            matrix[2, 3] += floor - points[:, 2].min()
        self.points = self.local @ matrix[:3, :3].T + matrix[:3, 3]
        self.thing.matrix_world = Matrix(matrix.tolist())
        self.show()


class Stage:
    """The things of one picture; `actors` holds them all, look-alikes with an empty class."""

    def __init__(self, random: np.random.Generator, room: Room, camera: Camera) -> None:
        self.random, self.room, self.camera = random, room, camera
        self.actors: list[Actor] = []
        self.discs: list[tuple[float, float, float]] = []

    def free(self, discs: list[tuple[float, float, float]]) -> bool:
        """Whether discs (x, y, radius) lie in the room, off the furniture and off each other."""
        room, camera = self.room, self.camera.position
        for x, y, radius in discs:
            if abs(x) > room.half_width - radius or not radius < y < room.depth - radius:
                return False
            if any(x0 - radius < x < x1 + radius and y0 - radius < y < y1 + radius for x0, y0, x1, y1 in room.blocked):
                return False
            if any(math.hypot(x - a, y - b) < radius + other for a, b, other in self.discs):
                return False
            if math.hypot(x - camera[0], y - camera[1]) < radius + 0.25 and room.kind != "lift":
                return False
        return True

    def seen(self, x: float, y: float) -> bool:
        """Whether something knee-high at a place would be in the picture."""
        pixels, depth = self.camera.project(np.array([[x, y, 0.45]]))
        inside = np.abs(pixels[0] / (self.camera.width, self.camera.height) - 0.5).max() < 0.46
        return bool(inside and depth[0] > 0.5)

    def spot(self, length: float, width: float, aligned: bool) -> tuple[float, float, float] | None:
        """A free, visible place (x, y, heading) for a footprint in metres; None when none was found."""
        random, room = self.random, self.room
        if room.kind == "lift" and length > 1.2:
            return self.lift_spot(width)
        radius = width / 2
        reach = np.linspace(-0.5, 0.5, max(1, math.ceil(length / max(width, 0.3)))) * max(0.0, length - width)
        for _try in range(TRIES):
            heading = random.uniform(0, 2 * math.pi)
            if aligned and random.random() < 0.75:
                heading = random.choice([0.0, 0.5, 1.0, 1.5]) * math.pi + random.normal(0, 0.14)
            x, y = random.uniform(-room.half_width, room.half_width), random.uniform(0, room.depth)
            if random.random() < 0.4:  # against a wall
                x = math.copysign(
                    room.half_width - radius - 0.03 - abs(math.cos(heading)) * max(0.0, length - width) / 2, x
                )
            discs = [(x + math.cos(heading) * s, y + math.sin(heading) * s, radius) for s in reach]
            if self.seen(x, y) and self.free(discs):
                self.discs.extend(discs)
                return float(x), float(y), float(heading)
        return None

    def lift_spot(self, width: float) -> tuple[float, float, float] | None:
        """Lengthwise or a little askew in a lift car, where a two-wheeler nearly touches both ends."""
        if self.discs:
            return None
        random, room = self.random, self.room
        heading = random.choice([0.5, 1.5]) * math.pi + random.normal(0, 0.22)
        x = random.uniform(-1, 1) * max(0.0, room.half_width - width / 2 - 0.05)
        y = room.depth / 2 + random.uniform(-1, 1) * max(0.05, room.depth / 2 - 0.95)
        self.discs.extend((float(x), float(y + s), width / 2) for s in (-0.5, 0.0, 0.5))
        return float(x), float(y), float(heading)

    def thing(self, kind: str, toppled: bool = False) -> Item | None:
        """A thing of the catalogue on the floor; None when there is no room for it."""
        name, mesh = things.build(kind, self.random)
        points = local_points(mesh)
        size = points.max(axis=0) - points.min(axis=0)
        long = size[0] > 1.3 * size[1]
        flat = 0.9 * size[1] if not toppled else 0.9 * size[2]
        spot = self.spot(size[0], float(min(flat, 0.62) if long else max(size[:2]) * 0.9), bool(size[0] > 0.9))
        if spot is None:
            bpy.data.meshes.remove(mesh)
            return None
        roll = 0.0
        if toppled:
            roll = float(self.random.choice([-1, 1]) * self.random.uniform(1.25, 1.5))
        elif name in ("bicycle", "ebike"):
            roll = float(self.random.normal(0, 0.06))
        item = Item(len(self.actors) + 1, name, mesh)
        item.put(moved(spot[0], spot[1], 0, spot[2], roll))
        self.actors.append(item)
        return item

    def put_mesh(self, name: str, mesh: bpy.types.Mesh, matrix: Array, floor: float | None = 0.0) -> Item:
        """Add a mesh at a known place."""
        item = Item(len(self.actors) + 1, name, mesh)
        item.put(matrix, floor)
        self.actors.append(item)
        return item

    def person(self, x: float, y: float, heading: float, pose: Pose, z: float = 0.0) -> None:
        """A person of random looks in a pose."""
        walker = Walker(len(self.actors) + 1, "walker", random_person(self.random), None)
        walker.put(x, y, z, heading, pose)
        self.actors.append(walker)

    def bystander(self) -> None:
        """Someone who stands, walks, telephones, crouches or sits on a stool."""
        random = self.random
        spot = self.spot(0.5, 0.5, False)
        if spot is None:
            return
        kind = random.random()
        if kind < 0.12:
            _name, mesh = things.build("stool", random)
            self.put_mesh("", mesh, moved(spot[0] - 0.05 * math.cos(spot[2]), spot[1] - 0.05 * math.sin(spot[2])))
            self.person(*spot, poses.SITTING)
        elif kind < 0.22:
            self.person(*spot, poses.CROUCHING)
        elif kind < 0.35:
            self.person(*spot, poses.telephoning())
        else:
            self.person(*spot, walking(float(random.uniform(0, 6.28)), float(random.random() > 0.45)))

    def pushed(self, kind: str) -> None:
        """A two-wheeler with someone who pushes it (beside it) or sits on it."""
        item = self.thing(kind)
        if item is None:
            return
        matrix = np.array(item.thing.matrix_world)
        heading = math.atan2(matrix[1, 0], matrix[0, 0])
        rider = self.random.random() < (0.2 if kind == "ebike" else 0.08) and self.room.kind != "lift"
        if rider:
            person = matrix @ np.array([SEAT[0], 0, 0, 1.0])
            self.person(float(person[0]), float(person[1]), heading, RIDING, SEAT[1] - 0.84)
            return
        for side in self.random.permutation([1.0, -1.0]):
            person = matrix @ np.array([self.random.uniform(-0.3, 0.05), side * self.random.uniform(0.42, 0.5), 0, 1.0])
            if abs(person[0]) < self.room.half_width - 0.15 and 0.15 < person[1] < self.room.depth - 0.15:
                self.discs.append((float(person[0]), float(person[1]), 0.25))
                self.person(
                    float(person[0]),
                    float(person[1]),
                    heading - side * self.random.uniform(0.1, 0.4),
                    poses.pushing(self.random),
                )
                return

    def carried(self) -> None:
        """Someone who carries a gas cylinder before the belly, in one hand or on the shoulder."""
        random = self.random
        spot = self.spot(0.7, 0.7, False)
        if spot is None:
            return
        kind = "lpg_5kg" if random.random() < 0.3 else "lpg"
        _name, mesh = things.build(kind, random)
        x, y, heading = spot
        manner = random.random()
        turn = float(random.uniform(0, 6.28))
        if manner < 0.4:
            pose, ahead, aside, z, roll = poses.carrying(random), 0.34, 0.0, 0.62, float(random.normal(0, 0.2))
        elif manner < 0.75:
            pose, ahead, aside, z, roll = poses.one_handed(random), 0.04, 0.36, 0.1, float(random.normal(0, 0.08))
        else:
            pose, ahead, aside, z, roll = poses.telephoning(), 0.0, 0.26, 1.40, math.pi / 2
            turn = heading + math.pi / 2
        place_x = x + ahead * math.cos(heading) - aside * math.sin(heading)
        place_y = y + ahead * math.sin(heading) + aside * math.cos(heading)
        self.put_mesh("gas_cylinder", mesh, moved(place_x, place_y, 0, turn, roll), z)
        self.person(x, y, heading, pose)

    def fallen(self) -> None:
        """Someone who lies on the floor."""
        shape: Shape = poses.lying(random_person(self.random), self.random)
        spot = self.spot(1.7, 0.55, False)
        if spot is not None:
            self.put_mesh("fallen_person", shape.mesh("fallen", 60), moved(spot[0], spot[1], 0.0, spot[2]))

    def row(self, kind: str, count: int) -> None:
        """Two-wheelers side by side, close together, now and then one across or toppled."""
        random, room = self.random, self.room
        meshes = [things.build(kind, random)[1] for _mesh in range(min(count, 4))]
        heading = float(random.choice([0.5, 0.5, 1.5, 0.0])) * math.pi + float(random.normal(0, 0.1))
        for _try in range(TRIES):
            x, y = float(random.uniform(-0.8, 0.3)) * room.half_width, float(random.uniform(0.25, 0.75)) * room.depth
            if self.seen(x + 0.6 * abs(math.sin(heading)), y + 0.6 * abs(math.cos(heading))):
                break
        gap = float(random.uniform(0.32, 0.62))
        slant = heading + float(random.uniform(0.2, 0.7)) * float(random.random() < 0.3)
        clutter = random.random() < 0.4
        name = things.CATALOGUE[kind][0]
        for index in range(count):
            across = index * gap + random.normal(0, 0.05)
            px = x + across * abs(math.sin(heading)) + random.normal(0, 0.08)
            py = y + across * abs(math.cos(heading)) + random.normal(0, 0.08)
            if abs(px) > room.half_width - 0.5 or not 0.7 < py < room.depth - 0.7:
                break
            fallen = clutter and random.random() < 0.3
            roll = (
                float(random.choice([-1, 1]) * random.uniform(1.1, 1.45))
                if fallen
                else float(random.normal(0.07, 0.04))
            )
            turn = slant + float(random.normal(0, 0.5 if clutter else 0.07))
            self.put_mesh(name, meshes[index % len(meshes)], moved(px, py, 0, turn, roll))
            self.discs.append((px, py, 0.4))

    def clear(self) -> None:
        """Take everything out of the scene."""
        meshes = {actor.thing.data for actor in self.actors}
        for actor in self.actors:
            bpy.data.objects.remove(actor.thing)
        for mesh in meshes:
            bpy.data.meshes.remove(mesh)
        self.actors.clear()
