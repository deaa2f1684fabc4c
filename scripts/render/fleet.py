"""Cut-outs of vehicles with a transparent ground, a fleet for each view: laid side by side they are one car park.

All pictures of a view share the camera's direction and the light; a scale in metres for each pixel lets them be laid
at their true sizes beside one another.
"""

from __future__ import annotations

import math
from pathlib import Path

import bpy
import cv2
import numpy as np

from . import engine, stills
from .actors import local_points
from .cars import PLANS
from .chance import pick
from .index_file import read_index, write_index
from .indoor import surfaces, things
from .indoor.cutouts import cropped, viewpoint
from .mesh import place

SIZE = 192  # pixels of the longer side: they are laid small
FLEET = ("car", "car", "car", "car", "car", "large", "bicycle", "bicycle", "motorcycle", "motorcycle")
Row = tuple[str, str, int, float, float, float]


def build(kind: str, random: np.random.Generator) -> tuple[str, bpy.types.Mesh]:
    """Class and mesh of a random thing; `large` is a truck or a bus, half of the bicycles are shared ones."""
    if kind == "bicycle" and random.random() < 0.5:
        return things.build("shared_bicycle", random)
    if kind == "large":
        kind = pick(random, ("truck", "bus"))
    model = pick(random, tuple(PLANS)) if kind == "car" else pick(random, stills.MODELS[kind])
    paint = pick(random, stills.BRIGHT if kind in ("bus", "bicycle") else stills.PAINTS)
    return kind, stills.BUILDERS[model](paint)


def render_view(number: int, seed: int, out: Path, samples: int) -> list[Row]:
    """Render the fleet of one view; rows of (image, class, view, elevation, azimuth, metres a pixel)."""
    random = np.random.default_rng([seed, number])
    engine.fresh_scene(seed + number)
    surfaces.register()
    scene = bpy.context.scene
    scene.cycles.denoising_quality = "FAST"
    scene.render.film_transparent = True
    scene.render.image_settings.color_mode = "RGBA"
    scene.view_settings.exposure = float(random.uniform(0.3, 0.9))
    stills.light(random)
    elevation, azimuth = float(random.triangular(12, 38, 88)), float(random.uniform(0, 360))
    rows: list[Row] = []
    for index, wanted in enumerate(FLEET):
        kind, mesh = build(wanted, random)
        thing = place(mesh, kind)
        distance = float(random.uniform(14, 30)) * (0.5 if kind in ("bicycle", "motorcycle") else 1.0)
        turn = azimuth + float(random.normal(0, 4))
        camera = viewpoint(local_points(mesh), elevation, turn, distance)
        engine.use_camera(camera)
        scene.render.resolution_x = scene.render.resolution_y = SIZE
        engine.render(samples, out / "scratch.png")
        picture = cv2.imread(str(out / "scratch.png"), cv2.IMREAD_UNCHANGED)
        image = f"{kind}_{seed}_{number}_{index}.png"
        cv2.imwrite(str(out / image), cropped(np.asarray(picture, dtype=np.uint8)))
        metres = 2 * distance * math.tan(math.radians(camera.field_of_view / 2)) / SIZE
        rows.append((image, kind, number, round(elevation, 1), round(turn % 360, 1), round(metres, 5)))
        bpy.data.objects.remove(thing)
    return rows


def render_fleet(count: int, seed: int, out: Path, samples: int) -> None:
    """Render at least `count` cut-outs into `out`, listed in `out`/index.csv; finished views are kept."""
    out.mkdir(parents=True, exist_ok=True)
    index = out / "index.csv"
    names = ("image", "class", "view", "elevation", "azimuth", "metres")
    rows: list[tuple[object, ...]] = [tuple(row[name] for name in names) for row in read_index(index)]
    finished = {str(row[2]) for row in rows}
    for number in range(math.ceil(count / len(FLEET))):
        if str(number) in finished:
            continue
        rows.extend(render_view(number, seed, out, samples))
        write_index(index, names, rows)
        print(f"{len(rows)} cut-outs", flush=True)
    (out / "scratch.png").unlink(missing_ok=True)
