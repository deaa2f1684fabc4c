"""What the clips of a lawn share: it is whole, then dug up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scripts.render.ground.classes import SOIL

from .belt import GREEN_CAMERA, GREEN_STRIPS, GREEN_ZONE, HARM, green
from .blending import Pixels, dug_out, ground_points, softened
from .layers import Layers
from .movers import Cast, over
from .record import GroundClip

LAWN = 0.09  # metres above the carriageway
PLACE_SEED = 4311
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
