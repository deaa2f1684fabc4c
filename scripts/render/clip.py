"""Renders the demo clip: a good still of the street, then only what moves, frame by frame."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray

from . import engine, story, world
from .actors import Actor, Vehicle, Walker
from .camera import Camera
from .cars import car
from .encode import write_clip
from .heavy import truck
from .labels import frame_boxes, shadow_points, truth
from .people import random_person
from .sensor import lens, noise, time_stamp

Picture = NDArray[np.uint8]
Region = tuple[int, int, int, int]
States = dict[int, tuple[Region | None, bytes]]  # of each moving actor: its region and its vertices
MARGIN = 7
CLASS_OF = {"truck": "truck"}


def vehicle_mesh(kind: str, paint: str) -> bpy.types.Mesh:
    """Mesh of a vehicle kind of the story."""
    return truck(paint) if kind == "truck" else car(kind, paint)


def set_up() -> list[Actor]:
    """Build street and actors; returns the actors in the order of their numbers."""
    engine.fresh_scene(story.SEED)
    world.build(world.StreetPlan(story.SEED))
    world.sky(*story.SUN, story.SUN_ENERGY, story.SKY_STRENGTH)
    actors: list[Actor] = []
    for drive in story.DRIVES:
        mesh = vehicle_mesh(drive.kind, drive.paint)
        kind = CLASS_OF.get(drive.kind, "car")
        actors.append(Vehicle(len(actors) + 1, kind, drive.role, mesh, drive.motion()))
    for parked in story.PARKED:
        vehicle = Vehicle(len(actors) + 1, "car", "parked", vehicle_mesh(parked.kind, parked.paint), None)
        vehicle.put(*parked.place, np.radians(parked.heading))
        actors.append(vehicle)
    for walk in story.WALKS:
        person = random_person(np.random.default_rng(walk.seed))
        actors.append(Walker(len(actors) + 1, walk.role, person, walk.motion()))
    return actors


def moving(actors: list[Actor]) -> list[Vehicle | Walker]:
    """The actors that follow a motion."""
    return [actor for actor in actors if isinstance(actor, Vehicle | Walker) and actor.motion is not None]


def ground_truth(actors: list[Actor]) -> dict[str, Any]:
    """Ground truth of all frames (moves the actors through the whole story)."""
    engine.use_camera(story.CAMERA)
    random = np.random.default_rng(story.SEED)
    frames = []
    for index in range(story.FRAMES):
        seconds = index / story.FPS
        for actor in moving(actors):
            actor.move(seconds)
        frames.append({"index": index, "time": seconds, "boxes": frame_boxes(actors, story.CAMERA, random)})
    return truth(actors, frames)


def write_truth(actors: list[Actor], path: Path) -> None:
    """Write the ground truth, one frame a line."""
    document = ground_truth(actors)
    lines = []
    for key, value in document.items():
        if key in ("frames", "objects", "events"):
            rows = ",\n  ".join(json.dumps(row, separators=(",", ":")) for row in value)
            lines.append(f'"{key}": [\n  {rows}\n]')
        else:
            lines.append(f'"{key}": {json.dumps(value)}')
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def region_of(actor: Actor, camera: Camera) -> Region | None:
    """Picture region of an actor with its shadow, with a margin."""
    if not actor.present:
        return None
    low = actor.points.copy()
    box = camera.box(np.concatenate([low, shadow_points(low, *story.SUN)]))
    if box is None:
        return None
    return (
        max(0, int(box[0]) - MARGIN), max(0, int(box[1]) - MARGIN),
        min(camera.width, int(box[2]) + 1 + MARGIN), min(camera.height, int(box[3]) + 1 + MARGIN),
    )  # fmt: skip


def area(region: Region) -> int:
    """Pixels of a region."""
    return (region[2] - region[0]) * (region[3] - region[1])


def joined(regions: list[Region]) -> list[Region]:
    """Merge regions while one render of the hull costs less than two; every render has its fixed cost."""
    fixed = 8000
    result = list(regions)
    merged = True
    while merged:
        merged = False
        for first in range(len(result)):
            for second in range(first + 1, len(result)):
                a, b = result[first], result[second]
                hull = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
                if area(hull) <= area(a) + area(b) + fixed:
                    result = [r for i, r in enumerate(result) if i not in (first, second)] + [hull]
                    merged = True
                    break
            if merged:
                break
    return result


def actor_mask(actors: list[Actor], camera: Camera) -> NDArray[np.float32]:
    """1 where an actor may be seen (hull of its vertices), else 0."""
    mask = np.zeros((camera.height, camera.width), np.uint8)
    for actor in actors:
        if not actor.present:
            continue
        pixels, depth = camera.project(actor.points)
        if depth.min() < 0.5:
            pixels = pixels[depth > 0.5]
        if len(pixels) >= 3:
            hull = cv2.convexHull(np.clip(pixels, -4000, 4000).astype(np.int32))
            cv2.fillConvexPoly(mask, hull, 255)
    return np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)).astype(np.float32) / 255)


def blend(still: Picture, fresh: Picture, mask: NDArray[np.float32]) -> Picture:
    """Take the fresh render where an actor is or where it differs (shadows), else the quiet still."""
    difference = np.abs(still.astype(np.float32) - fresh.astype(np.float32)).max(axis=2)
    difference = cv2.GaussianBlur(difference, (0, 0), 2.0)
    shade = np.clip((difference - 5.0) / 7.0, 0, 1)
    weight = cv2.GaussianBlur(np.maximum(mask, shade), (0, 0), 1.0)[..., None]
    return np.asarray(still * (1 - weight) + fresh * weight + 0.5, dtype=np.uint8)


class ClipRenderer:
    """Renders frames in order into a folder; frames that exist already are kept."""

    def __init__(self, actors: list[Actor], folder: Path, camera: Camera, samples: int, still_samples: int) -> None:
        self.actors, self.camera, self.samples = actors, camera, samples
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.scratch = folder / "scratch.png"
        engine.use_camera(camera)
        self.still = self.background(still_samples)

    def background(self, samples: int) -> Picture:
        """The street without anything that moves, rendered once."""
        path = self.folder / "still.png"
        if not path.exists():
            for actor in moving(self.actors):
                actor.hide()
            print(f"rendering the still street with {samples} samples", flush=True)
            cv2.imwrite(str(path), engine.render(samples, self.scratch))
        return np.asarray(cv2.imread(str(path)), dtype=np.uint8)

    def states(self) -> States:
        """Region and exact vertices of every moving actor, to tell what changed."""
        return {
            actor.number: (region_of(actor, self.camera), actor.points.round(4).tobytes() if actor.present else b"")
            for actor in moving(self.actors)
        }

    def run(self) -> None:
        """Render all frames that are missing."""
        picture = self.still.copy()
        before: States = {actor.number: (None, b"") for actor in moving(self.actors)}
        started, done = time.monotonic(), 0
        for index in range(story.FRAMES):
            for actor in moving(self.actors):
                actor.move(index / story.FPS)
            now = self.states()
            path = self.folder / f"{index:04d}.png"
            if path.exists():
                picture = np.asarray(cv2.imread(str(path)), dtype=np.uint8)
            else:
                picture = self.next_picture(picture, before, now)
                partial = self.folder / "partial.png"
                cv2.imwrite(str(partial), picture)
                partial.replace(path)
                done += 1
                if done % 8 == 0:
                    pace = (time.monotonic() - started) / done
                    print(f"frame {index + 1}/{story.FRAMES}, {pace:.1f} s a frame", flush=True)
            before = now

    def next_picture(self, picture: Picture, before: States, now: States) -> Picture:
        """The picture after the changes between two states."""
        changed = [number for number in now if now[number][1] != before[number][1]]
        regions = [r for number in changed for r in (before[number][0], now[number][0]) if r is not None]
        result = picture.copy()
        mask = actor_mask(list(moving(self.actors)), self.camera)
        for x0, y0, x1, y1 in joined(regions):
            fresh = engine.render(self.samples, self.scratch, (x0, y0, x1, y1))
            fresh = fresh[: y1 - y0, : x1 - x0]
            height, width = fresh.shape[:2]
            rows, columns = slice(y0, y0 + height), slice(x0, x0 + width)
            result[rows, columns] = blend(self.still[rows, columns], fresh, mask[rows, columns])
        return result

    def finished(self) -> Iterator[Picture]:
        """The frames as the camera would send them."""
        random = np.random.default_rng(story.SEED)
        for index in range(story.FRAMES):
            picture = np.asarray(cv2.imread(str(self.folder / f"{index:04d}.png")), dtype=np.uint8)
            size = (story.CAMERA.width, story.CAMERA.height)
            if picture.shape[1] != size[0]:
                picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
            yield time_stamp(noise(lens(picture), random), index / story.FPS)


def render_clip(folder: Path, out: Path, samples: int, still_samples: int, scale: float, quality: int) -> None:
    """Render the whole clip and write `street.mp4` and `street.json` into `out`.

    Args:
        folder: cache of frames; an interrupted run continues there.
        scale: share of the full picture size at which to render (the clip keeps its size).
        quality: x264's CRF.
    """
    actors = set_up()
    out.mkdir(parents=True, exist_ok=True)
    write_truth(actors, out / "street.json")
    print(f"wrote {out / 'street.json'}", flush=True)
    full = story.CAMERA
    camera = replace(full, width=round(full.width * scale), height=round(full.height * scale))
    renderer = ClipRenderer(actors, folder, camera, samples, still_samples)
    renderer.run()
    clip = out / "street.mp4"
    write_clip(clip, renderer.finished(), story.FPS, (full.width, full.height), quality)
    print(f"wrote {clip}, {clip.stat().st_size / 1e6:.2f} MB", flush=True)
