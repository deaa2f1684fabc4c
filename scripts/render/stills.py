"""Varied single pictures of streets with YOLO labels, for training a detector.

Pictures come in groups of six that share a street (buildings, trees, light); split by group.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import bpy
import cv2
import numpy as np

from . import engine, world
from .actors import PAVEMENT, Actor, Vehicle, Walker
from .bus import bus
from .camera import Camera
from .cars import PLANS, car
from .chance import pick
from .index_file import write_index
from .indoor import yolo
from .labels import visible_share
from .occupied import Occupied
from .people import RIDING, random_person, walking
from .sensor import expose, lens, noise
from .truck import truck
from .two_wheelers import SEATS, bicycle, motorcycle, scooter

CLASSES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
PAINTS = (
    "paint:d2d2ce", "paint:1c1d20", "metallic:a8acb0", "metallic:46505a", "paint:a01a1c", "paint:2c5a96",
    "paint:20304a", "paint:d8d2c4", "metallic:6a4a34", "paint:24402f", "paint:d8a21c", "metallic:7d858c",
    "paint:5b1a26", "paint:8fb0c4",
)  # fmt: skip
BRIGHT = ("paint:2f7f5f", "paint:b03028", "paint:2c6ab0", "paint:d8a21c", "paint:d2d2ce", "paint:3aa0a8")
GROUP = 6
SIZE = (736, 414)
MODELS = {
    "car": tuple(PLANS), "truck": ("truck",), "bus": ("bus",), "bicycle": ("bicycle",),
    "motorcycle": ("scooter", "motorcycle"),
}  # fmt: skip
BUILDERS: dict[str, Callable[[str], bpy.types.Mesh]] = {
    **{kind: partial(car, kind) for kind in PLANS},
    "truck": truck, "bus": bus, "bicycle": bicycle, "scooter": scooter, "motorcycle": motorcycle,
}  # fmt: skip
LENGTHS = {"car": 4.8, "truck": 6.0, "bus": 10.8, "motorcycle": 2.1, "bicycle": 1.8}
LEAST_VISIBLE = 0.25
LEAST_PIXELS = 5


def random_camera(random: np.random.Generator) -> Camera:
    """A pole camera at either side of the street, looking either way."""
    up_street = random.random() < 0.75
    side = random.choice([-1.0, 1.0])
    x = 0.3 + side * random.uniform(3.5, 7.6)
    y = random.uniform(-4.0, 6.0) if up_street else random.uniform(62.0, 78.0)
    across = math.degrees(math.atan2(-(x - 0.3), 28.0)) + random.normal(0, 7)
    lens_angle = random.uniform(44, 84)
    return Camera(
        (float(x), float(y), float(random.uniform(3.6, 7.6))),
        float(across if up_street else 180 - across),
        float(random.uniform(-21, -8) - max(0.0, lens_angle - 70) * 0.15),
        float(lens_angle),
        *SIZE,
    )


def light(random: np.random.Generator) -> None:
    """Sunny, hazy or overcast day, sometimes low evening sun."""
    kind = random.random()
    elevation, azimuth = random.uniform(28, 65), random.uniform(0, 360)
    if kind < 0.55:
        world.sky(elevation, azimuth, random.uniform(2.8, 4.4), random.uniform(0.6, 1.0))
    elif kind < 0.85:
        world.sky(elevation, azimuth, random.uniform(0.0, 0.8), random.uniform(1.1, 1.8))
    else:
        world.sky(random.uniform(10, 20), azimuth, random.uniform(1.5, 2.5), random.uniform(0.35, 0.6))


def vehicle_kind(random: np.random.Generator) -> str:
    """Class of a random vehicle on the carriageway."""
    return str(random.choice(("car", "truck", "bus", "motorcycle", "bicycle"), p=(0.56, 0.13, 0.09, 0.12, 0.10)))


def vehicle(number: int, kind: str, paints: Sequence[str], random: np.random.Generator) -> tuple[Vehicle, str]:
    """A random vehicle of a class, and its model's name."""
    model = pick(random, MODELS[kind])
    paint = pick(random, BRIGHT if kind in ("bus", "bicycle") else paints)
    # a mesh that this street has already is shown again
    mesh = bpy.data.meshes.get(f"{model} {paint}") or BUILDERS[model](paint)
    return Vehicle(number, kind, model, mesh, None), model


class Crowd:
    """Fills a street with things; `actors` holds what was placed."""

    def __init__(self, random: np.random.Generator, paints: Sequence[str]) -> None:
        self.random = random
        self.paints = paints
        self.actors: list[Actor] = []
        self.occupied = Occupied()

    def ride(self, kind: str, x: float, y: float, heading: float, ridden: bool, z: float = 0.0) -> None:
        """Place a vehicle, with a rider on a two-wheeler if asked; long things take several discs."""
        length = LENGTHS[kind]
        spots = np.linspace(-0.5, 0.5, max(1, round(length / 2))) * (length - 1.8) if length > 3 else [0.0]
        radius = 1.15 if length > 3 else 0.5
        places = [(x + math.cos(heading) * s, y + math.sin(heading) * s) for s in spots]
        if not self.occupied.take_all(places, radius):
            return
        thing, model = vehicle(len(self.actors) + 1, kind, self.paints, self.random)
        thing.put(x, y, heading, z)
        self.actors.append(thing)
        if ridden:
            person = random_person(self.random)
            rider = Walker(len(self.actors) + 1, "rider", person, None)
            back, seat = SEATS[model]
            rise = seat - 0.84 * person.height / 1.72 + z
            rider.put(x + back * math.cos(heading), y + back * math.sin(heading), rise, heading, RIDING)
            self.actors.append(rider)

    def lanes(self) -> None:
        """Traffic in the four lanes and parked cars along both kerbs."""
        random = self.random
        for lane, heading, chance in (
            (world.TRAVEL_LANE, -90, 0.55), (world.AWAY_LANE, 90, 0.5),
            (world.KERB_LANE, -90, 0.6), (world.BAY, 90, 0.7),
        ):  # fmt: skip
            y = random.uniform(3, 9)
            busy = chance * random.uniform(0.4, 1.5)
            while y < 92:
                if random.random() < busy:
                    kind = "car" if lane == world.BAY and random.random() < 0.8 else vehicle_kind(random)
                    turn = math.radians(heading + random.normal(0, 2.5))
                    small = LENGTHS[kind] < 3
                    x = lane + random.normal(0, 0.5 if small else 0.18)
                    self.ride(kind, x, y + LENGTHS[kind] / 2, turn, small and random.random() < 0.85)
                    y += LENGTHS[kind]
                y += random.exponential(3.5) + 1.0
        for _ in range(int(random.integers(0, 3))):
            turn = math.radians(random.uniform(0, 360))
            self.ride("car", random.uniform(-4, 5), random.uniform(12, 60), turn, False)

    def pavements(self) -> None:
        """Rows of parked two-wheelers and people walking or standing, some on the carriageway."""
        random = self.random
        for _ in range(int(random.integers(1, 4))):
            kind = pick(random, ("bicycle", "motorcycle"))
            side = random.choice([-1.0, 1.0])
            x, y = (-6.9, random.uniform(8, 45)) if side < 0 else (7.6, random.uniform(12, 50))
            turn = math.radians(random.choice([0, 180]) + random.normal(0, 10))
            for _row in range(int(random.integers(2, 8))):
                self.ride(kind, x + random.normal(0, 0.1), y, turn + random.normal(0, 0.12), False, PAVEMENT)
                y += 1.05
        for _ in range(int(random.integers(8, 22))):
            where = random.random()
            if where < 0.42:
                x, z = random.uniform(-9.1, -6.4), PAVEMENT
            elif where < 0.82:
                x, z = random.uniform(6.9, 9.6), PAVEMENT
            else:
                x, z = random.uniform(-5.4, 6.0), 0.0
            y = random.uniform(5, 70) if z else random.choice([random.uniform(9.4, 13), random.uniform(15, 60)])
            self.walker(x, float(y), z)

    def walker(self, x: float, y: float, z: float) -> None:
        """A person in mid-step or standing."""
        if not self.occupied.take(x, y, 0.32):
            return
        random = self.random
        walker = Walker(len(self.actors) + 1, "walker", random_person(random), None)
        heading = (
            random.choice([90, -90]) + random.normal(0, 25) if z else random.choice([0, 180]) + random.normal(0, 20)
        )
        pose = walking(random.uniform(0, 6.28), float(random.random() > 0.2))
        walker.put(x, y, z, math.radians(heading), pose)
        self.actors.append(walker)

    def clear(self) -> None:
        """Take everything out of the scene."""
        for actor in self.actors:
            mesh = actor.thing.data
            bpy.data.objects.remove(actor.thing)
            if isinstance(actor, Walker):
                bpy.data.meshes.remove(mesh)
        self.actors.clear()


def label_lines(actors: list[Actor], camera: Camera, random: np.random.Generator) -> list[str]:
    """YOLO lines (class, centre, size, normalised) of the things that can be recognised."""
    lines = []
    for actor in actors:
        box = camera.box(actor.points)
        if box is None or min(box[2] - box[0], box[3] - box[1]) < LEAST_PIXELS:
            continue
        if visible_share(actor, camera, random) < LEAST_VISIBLE:
            continue
        lines.append(yolo.line(actor.kind, box, SIZE, CLASSES))
    return lines


def render_group(first: int, indices: list[int], out: Path, samples: int) -> None:
    """Render the missing pictures of one group; `first` is the group's seed."""
    random = np.random.default_rng(first)
    engine.fresh_scene(first)
    world.build(world.StreetPlan(first, yard=bool(random.random() < 0.5), trees=bool(random.random() < 0.85)))
    light(random)
    paints = [str(paint) for paint in random.choice(PAINTS, 5, replace=False)]
    bpy.context.scene.view_settings.exposure = 0.7
    for index in indices:
        picture_random = np.random.default_rng([first, index])
        crowd = Crowd(picture_random, paints)
        crowd.lanes()
        crowd.pavements()
        camera = random_camera(picture_random)
        engine.use_camera(camera)
        picture = engine.render(samples, out / "scratch.png")
        picture = expose(picture, float(picture_random.uniform(80, 135)))
        picture = noise(
            lens(picture, float(picture_random.uniform(0.3, 0.9))),
            picture_random,
            float(picture_random.uniform(0.8, 4.0)),
        )
        name = f"street_{first}_{index}"
        lines = label_lines(crowd.actors, camera, picture_random)
        (out / "labels" / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        quality = int(picture_random.integers(78, 95))
        cv2.imwrite(str(out / "images" / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        crowd.clear()


def render_stills(count: int, seed: int, out: Path, samples: int) -> None:
    """Render `count` pictures into `out`/images and `out`/labels, listed in `out`/index.csv."""
    for name in ("images", "labels"):
        (out / name).mkdir(parents=True, exist_ok=True)
    rows = [(seed + number // GROUP, number % GROUP) for number in range(count)]
    for first in sorted({first for first, _index in rows}):
        missing = [
            index for group, index in rows
            if group == first and not (out / "images" / f"street_{first}_{index}.jpg").exists()
        ]  # fmt: skip
        if missing:
            render_group(first, missing, out, samples)
        done = [row for row in rows if (out / "images" / f"street_{row[0]}_{row[1]}.jpg").exists()]
        listed = [(f"street_{one}_{index}.jpg", one, f"rendered_{one}") for one, index in done]
        write_index(out / "index.csv", ("image", "seed", "group"), listed)
        print(f"{len(done)}/{count} pictures", flush=True)
    (out / "scratch.png").unlink(missing_ok=True)
