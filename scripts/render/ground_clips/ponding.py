"""Two clips of one street that is flooded: in the rain by day, and at night under lamps and headlights."""

from __future__ import annotations

import math
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render import conditions
from scripts.render.ground.classes import WATER
from scripts.render.timeline import Stance

from .blending import GREY_SKY, Pixels, ground_points, lay, mirrored, mixed, rippled, softened, splashes, tone, toned
from .layers import Layer, Layers
from .movers import Cast, Drive, Sprite, Walk, motion, over
from .places import HIGH_ZONE, LEVEL, ROAD_CAMERA, ROAD_STRIPS, ROAD_ZONE, road
from .record import GroundClip

PLACE_SEED = 4421
DAYLIGHT, NIGHTLIGHT = 104.0, 66.0  # mean grey levels
LAMPLIGHT = (0.42, 0.66, 0.84)  # street lamps against the clear sky that movers are rendered under; BGR
LAMP_HEIGHT, LAMP_AHEAD, LAMP_ASIDE = 0.66, 2.2, 0.62  # of a car's headlamps, metres


class Road(GroundClip):
    """What both clips share: the road, wet and with water that rises."""

    scene: ClassVar[str] = "waterlogging"
    threshold: ClassVar[float] = 0.1
    rising: ClassVar[tuple[float, float]]  # when the first water stands and when it is at its highest, s
    light: ClassVar[str]
    sky: ClassVar[tuple[float, float]]  # factor on the sky's light over the movers, and exposure in stops
    target: ClassVar[float]

    def __init__(self, cache: Path, samples: int) -> None:
        super().__init__(ROAD_CAMERA, {"road": ROAD_ZONE, "high_road": HIGH_ZONE})
        self.layers = Layers(cache / "road", road, PLACE_SEED, samples)
        self.x, self.y = ground_points(self.camera, 0.0)
        self.heights = self.layers.heights(self.x, self.y)
        self.flooded = self.layers.mask(("water",)) == WATER
        self.lowest = float(self.heights[self.flooded].min())
        wet = self.layers.picture(Layer((), self.light, 1.0))
        water = self.layers.picture(Layer(("water",), self.light, 1.0, 0.12))
        self.table = tone(wet, self.target)
        self.wet, self.water = toned(wet, self.table), toned(water, self.table)
        self.prepare()
        self.cast = Cast(cache / f"{self.name}_movers", self.camera, self.scripts, over(ROAD_STRIPS), 0.0, *self.sky)

    def prepare(self) -> None:
        """What only one of the clips needs."""

    def level(self, time: float) -> float:
        """Height of the water, metres."""
        return float(np.interp(time, self.rising, (self.lowest - 0.001, LEVEL)))

    def changed(self, time: float) -> NDArray[np.bool_]:
        """Standing water."""
        return np.asarray(self.flooded & (self.heights < self.level(time)), dtype=np.bool_)

    def ponded(self, wet: Pixels, time: float, restless: float) -> tuple[Pixels, Pixels]:
        """The wet road with the water that stands on it, and the water's weight."""
        weight = softened(self.changed(time))
        return mixed(wet, rippled(self.water, self.x, self.y, time, restless), weight), weight

    def role(self, _script: Walk | Drive) -> str:
        """Nobody does more than pass here."""
        return "passing"


class WaterloggingRain(Road):
    """By day: it starts to rain, the road grows wet, then water stands in its dip; cars drive through."""

    name: ClassVar[str] = "waterlogging_rain"
    seed: ClassVar[int] = 4401
    duration: ClassVar[float] = 64.0
    rising: ClassVar[tuple[float, float]] = (22.0, 48.0)
    light: ClassVar[str] = "overcast"
    sky: ClassVar[tuple[float, float]] = (0.9, 0.5)
    target: ClassVar[float] = DAYLIGHT
    scripts: ClassVar[tuple[Walk | Drive, ...]] = (
        Drive("sedan", "metallic:99a1a8", ((10.0, (2.9, -13.0)), (13.2, (2.9, 14.0)), (16.4, (2.9, 52.0)))),
        Drive("suv", "paint:24402f", ((31.0, (-1.9, 56.0)), (34.4, (-1.9, 16.0)), (37.6, (-1.9, -14.0)))),
        Walk(17, ((38.0, (-5.6, 24.0)), (51.0, (-5.4, 5.0)))),
        Drive("hatchback", "paint:a01a1c", ((53.0, (2.9, -13.0)), (56.6, (2.9, 14.0)), (59.8, (2.9, 48.0)))),
    )  # fmt: skip
    why: ClassVar[tuple[tuple[str, str, float, float], ...]] = (
        ("road", "the road is wet, but no water stands on it", 8.0, 22.0),
        ("high_road", "wet asphalt and dark repaired places, no standing water", 8.0, 64.0),
    )

    def prepare(self) -> None:
        """The road before the rain."""
        self.dry = toned(self.layers.picture(Layer((), "overcast")), self.table)

    def rain(self, time: float) -> float:
        """How hard it rains, 0 to 1."""
        return float(np.interp(time, (4.5, 9.0, 50.0, 64.0), (0.0, 0.7, 0.7, 0.5)))

    def picture(self, time: float, random: np.random.Generator) -> tuple[Pixels, list[Sprite]]:
        """Road, water, movers and rain."""
        patchy = np.clip((time - 6.0) / 10.0 + 0.25 * np.sin(self.x * 1.3) * np.sin(self.y * 0.9), 0, 1)
        damp = np.asarray(patchy * np.clip((time - 5.0) / 3.0, 0, 1), dtype=np.float32)[..., None]
        result, water = self.ponded(mixed(self.dry, self.wet, damp), time, 1.3)
        rain = self.rain(time)
        if rain > 0:
            splashes(result, self.camera, int(160 * rain), damp[..., 0] > 0.3, random)
        sprites = self.cast.sprites(time)
        for sprite in sprites:
            mirrored(result, sprite.pixels, sprite.at, sprite.box[3], self.table, water, 0.35)
            lay(result, sprite.pixels, sprite.at, self.table, GREY_SKY)
        if rain > 0:
            falling = conditions.rain(conditions.as_picture(result), 0.5 * rain, random)
            result = np.asarray(falling, dtype=np.float32)
        return result, sprites


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
