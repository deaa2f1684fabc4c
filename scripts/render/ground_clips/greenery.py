"""Two clips of one lawn: dug up by day, and dug up after a night in which nothing may be said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render.ground.classes import SOIL
from scripts.render.ground.fields import Noise

from .blending import GREY_SKY, Array, Picture, Pixels, cloud, dug_out, ground_points, lay, mixed, softened, tone, toned
from .layers import Layer, Layers
from .movers import Cast, Drive, Sprite, Walk, over
from .places import GREEN_CAMERA, GREEN_STRIPS, GREEN_ZONE, HARM, green
from .record import GroundClip

LAWN = 0.09  # metres above the carriageway
PLACE_SEED = 4311
VAN = "parked before the lawn"
DAYLIGHT, NIGHTLIGHT, INFRARED = 112.0, 62.0, 96.0  # mean grey levels


class Lawn(GroundClip):
    """What both clips share: the lawn, whole and dug up."""

    scene: ClassVar[str] = "greenery_damage"
    threshold: ClassVar[float] = 0.05
    digging: ClassVar[tuple[tuple[float, float], ...]]  # of each harm: when its middle and its edge are reached
    sun: ClassVar[float]

    def __init__(self, cache: Path, samples: int) -> None:
        super().__init__(GREEN_CAMERA, {"belt": GREEN_ZONE})
        self.layers = Layers(cache / "lawn", green, PLACE_SEED, samples)
        self.x, self.y = ground_points(self.camera, LAWN)
        self.lost = dug_out(self.x, self.y, HARM, self.digging, np.random.default_rng(self.seed))
        whole, harmed = self.layers.mask(("whole",)), self.layers.mask(("harmed",))
        self.bared = (harmed == SOIL) & (whole != SOIL)
        self.prepare()
        self.cast = Cast(cache / f"{self.name}_movers", self.camera, self.scripts, over(GREEN_STRIPS), self.sun, 0.9)

    def prepare(self) -> None:
        """Render the pictures that the clip is blended from."""
        raise NotImplementedError

    def changed(self, time: float) -> NDArray[np.bool_]:
        """Soil where plants were."""
        return np.asarray(self.bared & (self.lost <= time), dtype=np.bool_)

    def dug(self, time: float) -> Pixels:
        """Weight of the dug-up lawn."""
        return softened(self.lost <= time)


def pacing(start: float, end: float, step: float, places: Sequence[tuple[float, float]]) -> list[
        tuple[float, tuple[float, float]]]:  # fmt: skip
    """Keys of someone who walks round and round through places, a place every `step` seconds."""
    times = np.arange(start, end, step)
    return [(float(time), places[index % len(places)]) for index, time in enumerate(times)]


class GreeneryDay(Lawn):
    """By day: a van parks before the lawn, a cloud passes over, someone stands on it; then two people dig it up."""

    name: ClassVar[str] = "greenery_day"
    seed: ClassVar[int] = 4301
    duration: ClassVar[float] = 64.0
    digging: ClassVar[tuple[tuple[float, float], ...]] = ((35.0, 43.5), (39.5, 46.0))
    sun: ClassVar[float] = 3.4
    scripts: ClassVar[tuple[Walk | Drive, ...]] = (
        Drive("van", "metallic:5b6a78", (
            (7.6, (-2.0, -14.0)), (10.6, (-2.0, 9.0)), (18.0, (-2.0, 9.0)), (21.0, (-2.0, 40.0)),
        ), VAN),
        Walk(37, ((1.0, (5.9, 21.0)), (12.0, (5.7, 3.0))), "walker"),
        Walk(26, (
            (20.4, (5.4, 14.5)), (24.4, (2.7, 9.4)), (29.5, (2.7, 9.4)), (33.0, (5.6, 5.6)),
        ), "stands on the lawn"),
        Walk(46, (
            (31.4, (5.4, 16.0)), *pacing(35.0, 46.0, 1.9, ((1.6, 9.6), (2.4, 8.6), (1.2, 8.9), (2.1, 10.2))),
            (50.4, (5.6, 16.4)),
        ), "digs"),
        Walk(4, (
            (35.4, (5.8, 15.0)), *pacing(39.2, 47.0, 2.1, ((2.7, 11.4), (2.0, 12.0), (3.1, 11.0))), (51.4, (5.9, 18.0)),
        ), "digs"),
    )  # fmt: skip
    why: ClassVar[tuple[tuple[str, str, float, float], ...]] = (
        ("belt", "the shadow of a cloud passes over it", 20.0, 28.0),
        ("belt", "a van stands before it", 9.5, 20.0),
        ("belt", "a person stands on it", 22.0, 32.0),
    )

    def prepare(self) -> None:
        """The lawn whole and dug up, in the sun and under a cloud."""
        found = {(state, sky): self.layers.picture(Layer((state,), sky))
                 for state in ("whole", "harmed") for sky in ("sun", "shade")}  # fmt: skip
        self.table = tone(found["whole", "sun"], DAYLIGHT)
        self.pictures = {key: toned(picture, self.table) for key, picture in found.items()}
        self.clouds = Noise(np.random.default_rng([self.seed, 2]), 9.0, 4)

    def clouded(self, time: float) -> Pixels:
        """Weight of clouds' shadows: one comes at 20 s, another at 53 s."""
        first = cloud(self.x, self.y, (-32.0 + 7.0 * (time - 19.0), 9.0), (14.0, 17.0), self.clouds)
        second = cloud(self.x, self.y, (-38.0 + 7.0 * (time - 52.0), 14.0), (19.0, 16.0), self.clouds)
        return np.asarray(np.maximum(first, second))

    def picture(self, time: float, _random: np.random.Generator) -> tuple[Pixels, list[Sprite]]:
        """Lawn, clouds and movers."""
        dug, clouded = self.dug(time), self.clouded(time)
        states = [mixed(self.pictures["whole", sky], self.pictures["harmed", sky], dug) for sky in ("sun", "shade")]
        result = mixed(states[0], states[1], clouded)
        sprites = self.cast.sprites(time)
        for sprite in sprites:
            column, row = int((sprite.box[0] + sprite.box[2]) / 2), min(int(sprite.box[3]), self.camera.height - 1)
            parked = self.scripts[sprite.number - 1].role == VAN
            shaded = max(float(clouded[row, column, 0]), 1.0 if parked else 0.0)  # the houses' shadow lies on the road
            lay(result, sprite.pixels, sprite.at, self.table, 0.85 - 0.4 * shaded, 1 - 0.75 * shaded)
        return result, sprites


class GreeneryHard(Lawn):
    """Leaves fall from evening to morning, over dusk and infrared light; when it is day again the lawn is dug up."""

    name: ClassVar[str] = "greenery_hard"
    seed: ClassVar[int] = 4302
    duration: ClassVar[float] = 76.0
    digging: ClassVar[tuple[tuple[float, float], ...]] = ((53.5, 60.5), (56.0, 62.0))
    sun: ClassVar[float] = 0.0
    scripts: ClassVar[tuple[Walk | Drive, ...]] = (
        Walk(38, (
            (50.0, (5.4, 16.0)), *pacing(53.4, 62.0, 1.9, ((1.6, 9.6), (2.4, 8.6), (1.2, 8.9), (2.1, 10.2))),
            (66.0, (5.6, 16.4)),
        ), "digs"),
    )  # fmt: skip
    why: ClassVar[tuple[tuple[str, str, float, float], ...]] = (
        ("belt", "leaves fall on it over hours", 2.0, 48.0),
        ("belt", "it grows dark", 9.0, 20.0),
        ("belt", "the camera sees by infrared light", 20.0, 36.0),
        ("belt", "it grows light again", 36.0, 48.0),
    )
    switches: ClassVar[tuple[float, float]] = (20.0, 36.0)  # to infrared light and back

    def prepare(self) -> None:
        """The lawn without and with leaves by day, at dusk and by infrared light, and dug up by day."""
        pictures: dict[tuple[bool, str], Picture] = {}
        for sky in ("overcast", "dusk", "infrared"):
            for leaves in (False, True):
                states = ("whole", "leaves") if leaves else ("whole",)
                pictures[leaves, sky] = self.layers.picture(Layer(states, sky))
        self.fallen = leaf_times(pictures[False, "overcast"], pictures[True, "overcast"], self.seed, 3.0, 66.0)
        targets = {"overcast": DAYLIGHT, "dusk": NIGHTLIGHT, "infrared": INFRARED}
        tables = {sky: tone(pictures[False, sky], target) for sky, target in targets.items()}
        self.table = tables["overcast"]
        self.pictures = {key: toned(picture, tables[key[1]]) for key, picture in pictures.items()}
        self.harmed = toned(self.layers.picture(Layer(("harmed",), "overcast")), self.table)

    def dark(self, time: float) -> float:
        """0 by day, 1 at dusk, 2 in the dark."""
        return float(np.interp(time, (8.0, 14.0, 19.5, 36.5, 41.0, 47.0), (0.0, 1.0, 2.0, 2.0, 1.0, 0.0)))

    def grain(self, time: float) -> float:
        """Much noise in the dark."""
        return 2.2 if self.infrared(time) else 1.0 + 0.9 * self.dark(time)

    def infrared(self, time: float) -> bool:
        """From dusk till dawn."""
        return self.switches[0] <= time < self.switches[1]

    def picture(self, time: float, _random: np.random.Generator) -> tuple[Pixels, list[Sprite]]:
        """Lawn in its light, fallen leaves and movers."""
        leaves = np.asarray(self.fallen <= time, dtype=np.float32)[..., None]
        if self.infrared(time):
            result = mixed(self.pictures[False, "infrared"], self.pictures[True, "infrared"], leaves)
            grey = cv2.cvtColor(result, cv2.COLOR_BGR2GRAY)[..., None]
            settling = 1 + 0.9 * float(np.exp(-(time - self.switches[0]) / 0.35))  # exposure finds its level
            return np.repeat(grey * settling, 3, axis=2), []
        dark = self.dark(time)
        skies = [mixed(self.pictures[False, sky], self.pictures[True, sky], leaves) for sky in ("overcast", "dusk")]
        skies[0] = mixed(skies[0], self.harmed, self.dug(time))
        result = mixed(skies[0], skies[1], min(1.0, dark))
        result = result * np.float32(1 - 0.62 * max(0.0, dark - 1))
        sprites = self.cast.sprites(time)
        for sprite in sprites:
            lay(result, sprite.pixels, sprite.at, self.table, GREY_SKY)
        return result, sprites


def leaf_times(before: Picture, after: Picture, seed: int, first: float, last: float) -> Array:
    """Time (s) at which each pixel gets its leaf; endless where none lies. Every patch of change is a leaf."""
    changed = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=2) > 9
    count, labels = cv2.connectedComponents(changed.astype(np.uint8), connectivity=4)
    leaves = np.random.default_rng([seed, 8]).uniform(first, last, count - 1)
    times = np.concatenate([[np.inf], leaves])
    return np.asarray(times[labels])
