"""The road in the rain by day: it grows wet, then water stands in its dip."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scripts.render import conditions

from .blending import GREY_SKY, Pixels, lay, mirrored, mixed, splashes, toned
from .flooded_road import DAYLIGHT, Road
from .layers import Layer
from .movers import Drive, Sprite, Walk


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
