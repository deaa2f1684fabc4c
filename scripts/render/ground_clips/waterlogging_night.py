"""The road at night: lamps and headlights shine on it for long; then water stands on it."""

from __future__ import annotations

import math
from typing import ClassVar

import cv2
import numpy as np
from scripts.render import conditions
from scripts.render.timeline import Stance

from .blending import Pixels, lay, mixed, softened, toned
from .flooded_road import NIGHTLIGHT, Road
from .layers import Layer
from .movers import Drive, Sprite, Walk, motion
from .street import ROAD_STRIPS

LAMPLIGHT = (0.42, 0.66, 0.84)  # street lamps against the clear sky that movers are rendered under; BGR
LAMP_HEIGHT, LAMP_AHEAD, LAMP_ASIDE = 0.66, 2.2, 0.62  # of a car's headlamps, metres


class WaterloggingNight(Road):
    """At night: it rains, lamps and headlights shine on the wet road for long; then water stands on it."""

    name: ClassVar[str] = "waterlogging_night"
    seed: ClassVar[int] = 4402
    duration: ClassVar[float] = 68.0
    rising: ClassVar[tuple[float, float]] = (34.0, 54.0)
    light: ClassVar[str] = "night"
    sky: ClassVar[tuple[float, float]] = (0.05, 1.2)
    target: ClassVar[float] = NIGHTLIGHT
    scripts: ClassVar[tuple[Walk | Drive, ...]] = (
        Drive("sedan", "metallic:46505a", ((9.0, (-1.9, 60.0)), (12.5, (-1.9, 18.0)), (15.0, (-1.9, -14.0)))),
        Drive("suv", "paint:1c1d20", ((20.0, (-1.9, 62.0)), (24.0, (-1.9, 18.0)), (26.4, (-1.9, -14.0)))),
        Drive("hatchback", "paint:d2d2ce", ((27.0, (2.9, -13.0)), (29.6, (2.9, 14.0)), (32.4, (2.9, 52.0)))),
        Drive("sedan", "metallic:99a1a8", ((57.0, (-1.9, 60.0)), (61.0, (-1.9, 18.0)), (64.0, (-1.9, -14.0)))),
    )  # fmt: skip
    why: ClassVar[tuple[tuple[str, str, float, float], ...]] = (
        ("road", "lamps shine on the wet road", 7.0, 34.0),
        ("road", "headlights shine on the wet road", 9.0, 32.0),
        ("high_road", "lamps and headlights shine on the wet road", 7.0, 68.0),
    )

    def prepare(self) -> None:
        """The road before the rain, where the ground lies for the beams, and where the road can mirror."""
        self.dry = toned(self.layers.picture(Layer((), "night")), self.table)
        self.plane = conditions.ground_plane(self.camera)
        strip = next(strip for strip in ROAD_STRIPS if strip.kind == "road")
        on_road = (self.x > strip.x0) & (self.x < strip.x1) & (self.y < 90.0)
        self.on_road = softened(on_road)
        self.roads = [motion(script.keys, 2.7) for script in self.scripts]

    def grain(self, _time: float) -> float:
        """More noise than by day."""
        return 1.9

    def picture(self, time: float, random: np.random.Generator) -> tuple[Pixels, list[Sprite]]:
        """Road, water, beams, movers, lamps and drizzle."""
        damp = float(np.clip((time - 6.5) / 5.0, 0, 1))
        result, water = self.ponded(mixed(self.dry, self.wet, damp), time, 0.7)
        stances = [stance for stance in (one.stance(time) for one in self.roads) if stance is not None]
        for stance in stances:
            front = (stance.x + LAMP_AHEAD * math.cos(stance.heading), stance.y + LAMP_AHEAD * math.sin(stance.heading))
            lit = conditions.beam(conditions.as_picture(result), self.plane, front, stance.heading, 1.5)
            gain = np.asarray(lit, dtype=np.float32) - result
            result = result + gain * (1 - 0.75 * water)  # water throws the light onwards
        for stance in stances:
            self.mirror_lamps(result, stance, water)
        sprites = self.cast.sprites(time)
        for sprite in sprites:
            lay(result, sprite.pixels, sprite.at, self.table, LAMPLIGHT)
        done = conditions.as_picture(result)
        for stance in stances:
            places, radius, towards = self.lamps(stance, LAMP_HEIGHT)
            colour = conditions.WHITE if towards else (0.1, 0.1, 1.0)
            done = conditions.glow(done, places, radius, 1.0 if towards else 0.5, colour)
        done = conditions.rain(done, 0.15 * float(np.clip((time - 5.0) / 3.0, 0, 1)), random)
        return np.asarray(done, dtype=np.float32), sprites

    def lamps(self, stance: Stance, high: float) -> tuple[list[tuple[float, float]], float, bool]:
        """Pixels of a car's two lamps that the camera sees, their radius, and whether they are headlamps."""
        towards = math.sin(stance.heading) < 0
        ahead = LAMP_AHEAD if towards else -LAMP_AHEAD
        cosine, sine = math.cos(stance.heading), math.sin(stance.heading)
        places = np.array([
            (stance.x + ahead * cosine - side * sine, stance.y + ahead * sine + side * cosine, high)
            for side in (-LAMP_ASIDE, LAMP_ASIDE)
        ])  # fmt: skip
        pixels, depth = self.camera.project(places)
        if depth.min() < 2.0:
            return [], 1.0, towards
        return [(float(x), float(y)) for x, y in pixels], 0.10 * self.camera.focal / float(depth.mean()), towards

    def mirror_lamps(self, picture: Pixels, stance: Stance, water: Pixels) -> None:
        """Lamps in the road, in place: long soft streaks where it is wet, clear images where water stands."""
        places, radius, towards = self.lamps(stance, -LAMP_HEIGHT)
        colour = np.array(conditions.WHITE if towards else (0.1, 0.1, 1.0), np.float32)
        rows, columns = np.mgrid[0 : self.camera.height, 0 : self.camera.width].astype(np.float32)
        for x, y in places:
            across, along = ((columns - x) / radius) ** 2, ((rows - y) / radius) ** 2
            streak = 95 * np.exp(-across / 3 - along / 120) * (1 - water[..., 0])
            image = 190 * np.exp(-across / 2 - along / 9) * water[..., 0]
            shine = cv2.GaussianBlur((streak + image) * self.on_road[..., 0], (0, 0), 0.8)
            picture += shine[..., None] * colour
