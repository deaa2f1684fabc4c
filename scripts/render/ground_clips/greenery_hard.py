"""The lawn after a night of fallen leaves, dusk and infrared light, in which nothing may be said; then it is dug up."""

from __future__ import annotations

from typing import ClassVar

import cv2
import numpy as np

from .blending import GREY_SKY, Array, Picture, Pixels, lay, mixed, tone, toned
from .lawn import DAYLIGHT, INFRARED, NIGHTLIGHT, Lawn, pacing
from .layers import Layer
from .movers import Drive, Sprite, Walk


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
