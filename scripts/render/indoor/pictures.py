"""Varied pictures of stairwells, lobbies, lifts, kitchens, garages and entrances with YOLO labels.

Pictures come in groups of eight that share a room; split by group. The classes are those of the city detector.
"""

from __future__ import annotations

import math
from pathlib import Path

import bpy
import cv2
import numpy as np
from scripts.render import engine, sensor
from scripts.render.camera import Camera
from scripts.render.labels import visible_share
from scripts.render.stills import LEAST_PIXELS, LEAST_VISIBLE

from . import surfaces, yolo
from .filling import fill
from .kinds import kind_of, place
from .lighting import Lighting, Look, random_look
from .rooms import Room
from .stage import Stage

GROUP = 8
SIZE = (640, 384)
COARSE = 75  # per cent of that size is rendered; cameras' pictures are not sharp to the pixel either


def random_camera(random: np.random.Generator, room: Room) -> Camera:
    """Camera at one of the room's mounts that looks at a point on or above its floor."""
    x, y = room.mounts[int(random.integers(len(room.mounts)))]
    z = float(min(random.uniform(*room.hang), room.height - 0.12 if not room.outdoors else 9.0))
    away = 1 if y < room.depth / 2 else -1
    reach = min(room.depth * random.uniform(0.35, 0.75), 6.0)
    target = (random.normal(0, room.half_width * 0.3), y + away * reach, random.uniform(0.2, 0.9))
    across, along = float(target[0] - x), float(target[1] - y)
    return Camera(
        (float(x), float(y), z),
        math.degrees(math.atan2(across, along)),
        math.degrees(math.atan2(float(target[2]) - z, math.hypot(across, along))),
        float(random.uniform(*room.lens)),
        *SIZE,
    )


def finish(picture: engine.Picture, look: Look, random: np.random.Generator) -> engine.Picture:
    """What lens, sensor and recorder add; infrared becomes grey with a bright middle."""
    if look.bend:
        maps = yolo.bend_map(SIZE, look.bend)
        picture = np.asarray(
            cv2.remap(picture, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
        )
    if look.infrared:
        weights = random.uniform(0.2, 0.6, 3)
        grey = np.clip(picture.astype(np.float32) @ (weights / weights.sum()), 0, 255)
        picture = np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)
    picture = sensor.expose(picture, look.target)
    picture = sensor.lens(picture, look.softness, float(random.uniform(0.1, 0.3)))
    if random.random() < 0.08:
        streak = np.zeros((5, 5), np.float32)
        streak[2, :] = 0.2
        picture = np.asarray(cv2.filter2D(picture, -1, streak), dtype=np.uint8)
    grain = sensor.noise(picture, random, look.noise)
    if look.infrared:
        grain = np.repeat(grain[..., :1], 3, axis=2)
    if random.random() < 0.45:
        grain = sensor.time_stamp(grain, float(random.uniform(0, 3600)))
    return grain


def label_lines(stage: Stage, bend: float, picture: engine.Picture, random: np.random.Generator) -> list[str]:
    """YOLO lines of the things of the classes that can be recognised in the finished picture.

    Cameras hang close to things here and cut many off, so the least visible share is asked of the part that lies in
    the picture; what drowns in darkness is left out.
    """
    lines = []
    for actor in stage.actors:
        if not actor.kind:
            continue
        pixels, depth = stage.camera.project(actor.points)
        pixels = pixels[depth > 0.15]
        box = yolo.tight_box(yolo.distorted(pixels, SIZE, bend) if bend else pixels, SIZE)
        if box is None or min(box[2] - box[0], box[3] - box[1]) < LEAST_PIXELS:
            continue
        least = LEAST_VISIBLE * max(0.5, yolo.share_inside(pixels, SIZE))
        if visible_share(actor, stage.camera, random) >= least and yolo.legible(picture, box):
            lines.append(yolo.line(actor.kind, box, SIZE))
    return lines


def render_group(first: int, kind: str, indices: list[int], out: Path, samples: int) -> None:
    """Render the missing pictures of one group; `first` is the group's seed."""
    random = np.random.default_rng([first, 77])
    engine.fresh_scene(first)
    surfaces.register()
    bpy.context.scene.cycles.denoising_quality = "FAST"
    room = place(kind, random)
    lighting = Lighting(random, room)
    bpy.context.scene.view_settings.exposure = 0.8
    for index in indices:
        picture_random = np.random.default_rng([first, index])
        look, camera = random_look(picture_random, room), random_camera(picture_random, room)
        stage = Stage(picture_random, room, camera)
        fill(stage)
        engine.use_camera(camera)
        bpy.context.scene.render.resolution_percentage = COARSE
        bpy.context.scene.camera.data.clip_start = 0.05
        lighting.set(look, camera)
        drawn = cv2.resize(engine.render(samples, out / "scratch.png"), SIZE, interpolation=cv2.INTER_CUBIC)
        picture = finish(np.asarray(drawn, dtype=np.uint8), look, picture_random)
        name = f"{kind}_{first}_{index}"
        lines = label_lines(stage, look.bend, picture, np.random.default_rng([first, index, 1]))
        (out / "labels" / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        cv2.imwrite(str(out / "images" / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, look.quality])
        stage.clear()


def render_indoor(count: int, seed: int, out: Path, samples: int) -> None:
    """Render `count` pictures into `out`/images and `out`/labels, listed in `out`/index.csv; finished ones are kept."""
    for folder in ("images", "labels"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    rows = {row[0]: row for row in yolo.read_index(out / "index.csv")}
    for first in range(seed, seed + math.ceil(count / GROUP)):
        kind = kind_of(first)
        names = {index: f"{kind}_{first}_{index}.jpg" for index in range(min(GROUP, count - (first - seed) * GROUP))}
        missing = [index for index, name in names.items() if not (out / "images" / name).exists()]
        if missing:
            render_group(first, kind, missing, out, samples)
        rows |= {name: (name, first, f"indoor_{first}", kind) for name in names.values()}
        yolo.write_index(out / "index.csv", rows.values())
        print(f"{len(rows)} pictures", flush=True)
    (out / "scratch.png").unlink(missing_ok=True)
