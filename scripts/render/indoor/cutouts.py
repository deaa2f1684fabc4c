"""Cut-outs: single things with a transparent background, from many heights, directions and lights."""

from __future__ import annotations

import math
from pathlib import Path

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render import engine, world
from scripts.render.actors import local_points
from scripts.render.camera import Camera
from scripts.render.index_file import read_index, write_index
from scripts.render.mesh import place

from . import surfaces, things
from .lighting import coarse_sky

LONGEST = 320  # pixels
VIEWS = 3  # pictures of each thing
SHARES = {
    "ebike": 0.40, "lpg": 0.12, "lpg_5kg": 0.03, "lpg_50kg": 0.03, "oxygen": 0.04, "jug": 0.05, "extinguisher": 0.04,
    "thermos": 0.03, "closed_bin": 0.03, "overflowing": 0.04, "heap": 0.04, "pram": 0.03, "wheelchair": 0.03,
    "bicycle": 0.03, "folding_bicycle": 0.03, "kick_scooter": 0.01, "bucket": 0.01, "suitcase": 0.01,
}  # fmt: skip


def viewpoint(points: NDArray[np.float64], elevation: float, azimuth: float, distance: float) -> Camera:
    """Square camera that looks at a thing's middle and just holds all its points (N, 3)."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    level = distance * math.cos(math.radians(elevation))
    turn = math.radians(azimuth)
    position = (
        float(middle[0] - level * math.sin(turn)),
        float(middle[1] - level * math.cos(turn)),
        float(middle[2] + distance * math.sin(math.radians(elevation))),
    )
    probe = Camera(position, azimuth, -elevation, 90.0, 2, 2)
    pixels, _depth = probe.project(points)
    reach = float(np.abs(pixels - 1.0).max()) * 1.04
    return Camera(position, azimuth, -elevation, 2 * math.degrees(math.atan(reach)), LONGEST, LONGEST)


def light(random: np.random.Generator) -> None:
    """Soft daylight, hard sun, a lamp overhead or a dim lamp from the side."""
    kind = random.random()
    if kind < 0.6:
        world.sky(random.uniform(15, 75), random.uniform(0, 360), random.uniform(0, 4.0), random.uniform(0.5, 1.1))
        return
    world.sky(40, 0, 0, random.uniform(0.08, 0.4))
    lamp = bpy.data.lights.new("lamp", "AREA")
    lamp.energy, lamp.size = random.uniform(60, 220), random.uniform(0.3, 1.5)
    lamp.color = [(1.0, 0.78, 0.55), (1.0, 0.95, 0.88), (0.82, 0.9, 1.0)][int(random.integers(3))]
    thing = place(lamp, "lamp")
    thing.location = (random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5), 2.8)
    thing.rotation_euler = (random.uniform(-0.4, 0.4), random.uniform(-0.4, 0.4), 0)


def cropped(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The part of a BGRA picture (height, width, 4) that is not fully transparent.

    Raises:
        ValueError: nothing in it is opaque.
    """
    rows, columns = np.flatnonzero(picture[..., 3].max(axis=1) > 8), np.flatnonzero(picture[..., 3].max(axis=0) > 8)
    if not len(rows) or not len(columns):
        raise ValueError("the cut-out is empty; does the camera see the thing?")
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def render_thing(number: int, seed: int, out: Path, samples: int) -> list[tuple[str, str, str, float]]:
    """Render the views of one thing; rows of (image, kind, class, elevation in degrees)."""
    random = np.random.default_rng([seed, number])
    kind = str(random.choice(tuple(SHARES), p=np.array(list(SHARES.values())) / sum(SHARES.values())))
    engine.fresh_scene(seed + number)
    surfaces.register()
    scene = bpy.context.scene
    scene.cycles.denoising_quality = "FAST"
    scene.render.film_transparent = True
    scene.render.image_settings.color_mode = "RGBA"
    scene.view_settings.exposure = float(random.uniform(0.2, 0.9))
    name, mesh = things.build(kind, random)
    place(mesh, kind)
    light(random)
    coarse_sky()
    points = local_points(mesh)
    rows = []
    for view in range(VIEWS):
        elevation = float(random.triangular(0, 22, 60))
        camera = viewpoint(points, elevation, float(random.uniform(0, 360)), float(random.uniform(2.2, 6.0)))
        image = f"{kind}_{seed}_{number}_{view}.png"
        if not (out / image).exists():
            engine.use_camera(camera)
            engine.render(samples, out / "scratch.png")
            picture = cv2.imread(str(out / "scratch.png"), cv2.IMREAD_UNCHANGED)
            cv2.imwrite(str(out / image), cropped(np.asarray(picture, dtype=np.uint8)))
        rows.append((image, kind, name, round(elevation, 1)))
    return rows


def render_cutouts(count: int, seed: int, out: Path, samples: int) -> None:
    """Render at least `count` cut-outs into `out`, listed in `out`/index.csv; finished ones are kept."""
    out.mkdir(parents=True, exist_ok=True)
    index = out / "index.csv"
    rows: dict[str, tuple[str, str, str, float]] = {}
    for row in read_index(index):
        rows[row["image"]] = (row["image"], row["kind"], row["class"], float(row["elevation"]))
    for number in range(math.ceil(count / VIEWS)):
        finished = [
            image for image in rows if image.endswith(tuple(f"_{seed}_{number}_{view}.png" for view in range(VIEWS)))
        ]
        if len(finished) == VIEWS and all((out / image).exists() for image in finished):
            continue
        rows.update({row[0]: row for row in render_thing(number, seed, out, samples)})
        write_index(index, ("image", "kind", "class", "elevation"), rows.values())
        print(f"{len(rows)} cut-outs", flush=True)
    (out / "scratch.png").unlink(missing_ok=True)
