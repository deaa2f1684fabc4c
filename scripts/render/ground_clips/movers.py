"""People and vehicles of a clip, each frame of each rendered alone with its shadow on a clear background."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render import engine, world
from scripts.render.actors import Act, Actor, Performer, Prop, Spot, steps
from scripts.render.camera import Camera
from scripts.render.cars import car
from scripts.render.ground.plan import Strip
from scripts.render.people import random_person
from scripts.render.story import Sun
from scripts.render.timeline import Motion, Stance
from scripts.render.timeline import Path as Way

from .place import SUN_AZIMUTH, SUN_HEIGHT

Picture = NDArray[np.uint8]
Ground = Callable[[float, float], float]
Key = tuple[float, tuple[float, float]]
MARGIN = 6
SAMPLES = 8


@dataclass(frozen=True)
class Walk:
    """Someone on foot: `seed` fixes the looks; the way goes through (time, place) keys."""

    seed: int
    keys: tuple[Key, ...]
    role: str = "walker"


@dataclass(frozen=True)
class Drive:
    """A vehicle; the way goes through (time, place) keys."""

    model: str
    paint: str
    keys: tuple[Key, ...]
    role: str = "passing"


@dataclass(frozen=True)
class Sprite:
    """Part of a picture with coverage (rows, columns, 4), its upper left pixel, and the thing's box in pixels."""

    pixels: Picture
    at: tuple[int, int]
    number: int
    box: tuple[float, float, float, float]
    away: float  # metres from the camera


def over(strips: Sequence[Strip]) -> Ground:
    """Heights of the ground of strips, which run along y; 0 beside them."""

    def height(x: float, _y: float) -> float:
        found = [strip.z for strip in strips if strip.x0 <= x < strip.x1]
        return found[0] if found else 0.0

    return height


class Stroll:
    """A way on foot through (time, place) keys that may cross itself or turn back; corners are walked softly."""

    STEP, SOFT = 0.05, 11

    def __init__(self, keys: Sequence[Key]) -> None:
        self.start, self.end = keys[0][0], keys[-1][0]
        times = np.arange(self.start, self.end + self.STEP, self.STEP)
        places = np.array([place for _time, place in keys])
        window = np.ones(self.SOFT) / self.SOFT
        self.places = np.stack([
            np.convolve(np.pad(np.interp(times, [time for time, _place in keys], places[:, axis]), self.SOFT // 2,
                               mode="edge"), window, mode="valid")
            for axis in range(2)
        ], axis=1)  # fmt: skip
        ways = np.gradient(self.places, self.STEP, axis=0)
        self.speeds = np.hypot(ways[:, 0], ways[:, 1])
        self.travelled = np.cumsum(self.speeds) * self.STEP
        headings = np.unwrap(np.arctan2(ways[:, 1], ways[:, 0]))
        going = np.maximum.accumulate(np.where(self.speeds > 0.05, np.arange(len(times)), 0))
        self.headings = headings[going]

    def stance(self, time: float) -> Stance | None:
        """Stance at a time in seconds; None before the first and after the last key."""
        if not self.start <= time <= self.end:
            return None
        index = min(round((time - self.start) / self.STEP), len(self.places) - 1)
        x, y = self.places[index]
        return Stance(float(x), float(y), float(self.headings[index]), float(self.speeds[index]),
                      round(float(self.travelled[index]), 3))  # fmt: skip


def motion(keys: Sequence[Key], wheelbase: float) -> Motion:
    """Motion along the straight lines between the keys' places, with rounded corners."""
    places = [place for _time, place in keys]
    corners = [place for index, place in enumerate(places) if index == 0 or place != places[index - 1]]
    return Motion(Way(corners, rounding=2), keys, wheelbase)


def actor_of(number: int, script: Walk | Drive, height: Ground) -> Actor:
    """Add a walker or a vehicle to the scene."""
    if isinstance(script, Drive):
        rolling = motion(script.keys, 2.7)

        def spot(time: float) -> Spot | None:
            stance = rolling.stance(time)
            return None if stance is None else Spot(stance.x, stance.y, height(stance.x, stance.y), stance.heading)

        return Prop(number, "car", script.role, car(script.model, script.paint), spot)
    walk = Stroll(script.keys)

    def act(time: float) -> Act | None:
        stance = walk.stance(time)
        return None if stance is None else steps(stance, height(stance.x, stance.y))

    return Performer(number, script.role, random_person(np.random.default_rng(script.seed)), act)


class Cast:
    """Renders and keeps the sprites of a clip. `sun` 0 gives soft shadows; `exposure` is in stops."""

    def __init__(
        self, folder: Path, camera: Camera, scripts: Sequence[Walk | Drive], height: Ground, sun: float, sky: float,
        exposure: float = 0.5,
    ) -> None:  # fmt: skip
        self.folder, self.camera, self.scripts, self.height = folder, camera, scripts, height
        self.sun, self.sky, self.exposure = sun, sky, exposure
        self.actors: list[Actor] = []
        folder.mkdir(parents=True, exist_ok=True)

    def set_up(self) -> None:
        """An empty scene with light, a ground that only catches shadows, and the actors."""
        engine.fresh_scene(1)
        scene = bpy.context.scene
        scene.render.film_transparent = True
        scene.render.image_settings.color_mode = "RGBA"
        scene.view_settings.exposure = self.exposure
        world.sky(SUN_HEIGHT, SUN_AZIMUTH, self.sun, self.sky)
        bpy.ops.mesh.primitive_plane_add(size=120.0, location=(0.0, 20.0, self.height(2.0, 9.0)))
        bpy.context.object.is_shadow_catcher = True
        engine.use_camera(self.camera)
        self.actors = [actor_of(number, script, self.height) for number, script in enumerate(self.scripts, 1)]

    def sprites(self, time: float) -> list[Sprite]:
        """What moves at a time, far things first."""
        if not self.actors:
            self.set_up()
        for actor in self.actors:
            actor.move(time)
        shown = [actor for actor in self.actors if actor.present]
        found = [sprite for sprite in (self.sprite(actor, shown) for actor in shown) if sprite is not None]
        return sorted(found, key=lambda sprite: -sprite.away)

    def sprite(self, actor: Actor, shown: Sequence[Actor]) -> Sprite | None:
        """One actor as it is now."""
        box = self.camera.box(actor.points)
        cast = actor.points
        if self.sun > 0:
            cast = np.concatenate([cast, Sun(SUN_HEIGHT, SUN_AZIMUTH).shadow(cast)])
        outer = self.camera.box(cast)
        if box is None or outer is None:
            return None
        x0, y0 = max(0, int(outer[0]) - MARGIN), max(0, int(outer[1]) - MARGIN)
        x1, y1 = min(self.camera.width, int(outer[2]) + MARGIN + 1), min(self.camera.height, int(outer[3]) + MARGIN + 1)
        away = float(np.linalg.norm(actor.points.mean(axis=0) - np.array(self.camera.position)))
        pixels = self.rendered(actor, shown, (x0, y0, x1, y1))
        return Sprite(pixels, (x0, y0), actor.number, box, away)

    def rendered(self, actor: Actor, shown: Sequence[Actor], region: tuple[int, int, int, int]) -> Picture:
        """The region around an actor alone, BGRA; kept by what it shows."""
        look = [actor.number, self.sun, self.sky, self.exposure, *region, str(self.scripts[actor.number - 1])]
        digest = hashlib.sha256(json.dumps(look).encode() + actor.points.round(3).tobytes()).hexdigest()[:20]
        path = self.folder / f"{digest}.png"
        if not path.exists():
            for other in shown:
                other.thing.hide_render = other is not actor
            scratch = self.folder / f"scratch_{os.getpid()}.png"
            engine.render(SAMPLES, scratch, region)
            scratch.replace(path)
            for other in shown:
                other.thing.hide_render = False
        pixels = np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), dtype=np.uint8)
        return pixels[: region[3] - region[1], : region[2] - region[0]]
