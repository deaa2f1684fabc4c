"""What the clips of a road share: it grows wet, then water rises on it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scripts.render.ground.classes import WATER

from .blending import Pixels, ground_points, mixed, rippled, softened, tone, toned
from .layers import Layer, Layers
from .movers import Cast, Drive, Walk, over
from .record import GroundClip
from .street import HIGH_ZONE, LEVEL, ROAD_CAMERA, ROAD_STRIPS, ROAD_ZONE, road

PLACE_SEED = 4421
DAYLIGHT, NIGHTLIGHT = 104.0, 66.0  # mean grey levels


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
