"""The lawn by day: a van, a cloud and someone who stands there do it no harm; then two people dig it up."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scripts.render.ground.fields import Noise

from .blending import Pixels, cloud, lay, mixed, tone, toned
from .lawn import DAYLIGHT, Lawn, pacing
from .layers import Layer
from .movers import Drive, Sprite, Walk

VAN = "parked before the lawn"


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
