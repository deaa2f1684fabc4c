"""Which looks say nothing about the ground, and why. Saying nothing is better than saying something wrong."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.scenes.reference.glance import Glance, Sample


class Doubt(StrEnum):
    """Why a look is not trusted; the text is what people read."""

    HOURS = "outside its hours"
    PICTURE = "no picture of the ground"
    NIGHT = "too dark"
    INFRARED = "infrared picture without colours"
    COLOURS = "colours unlike the reference's"
    MOVED = "the camera has moved; the reference is learnt anew"
    UNLIKE = "the place is not recognised"
    SNOW = "snow"
    HIDDEN = "too much of the zone is hidden"
    UNSURE = "the ground is not told apart clearly"


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a whole picture.

    Attributes:
        brightness: mean of the brightest channel, 0 to 1.
        saturation: mean distance from grey, 0 to 1.
        cast: share of blue, green and red in all light.
        white: where it is bright and without colour, on the grid.
        coloured: where it has a colour, on the grid.
    """

    brightness: float
    saturation: float
    cast: tuple[float, float, float]
    white: npt.NDArray[np.bool_]
    coloured: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, glance: Glance) -> "Light":
        """Measure a look."""
        total = glance.colours.reshape(-1, 3).mean(axis=0)
        blue, green, red = (float(value) for value in total / max(float(total.sum()), 1.0))
        white = (glance.brightness > _WHITE) & (glance.saturation < _PALE)
        coloured = glance.saturation > _COLOURED
        means = float(glance.brightness.mean()), float(glance.saturation.mean())
        return cls(*means, (blue, green, red), white, coloured)

    @property
    def infrared(self) -> bool:
        """Without colours, as at night with an infrared lamp."""
        return self.saturation < _GREY

    @property
    def black(self) -> bool:
        """Too dark for anything."""
        return self.brightness < _BLACK

    def dark(self, usual: float | None) -> bool:
        """Night, or lamps of one colour; ``usual``: the reference's saturation, as a lawn alone is colourful, too."""
        lamps = self.saturation > _GARISH and self.brightness < _DIM
        return self.brightness < _NIGHT or (lamps and (usual is None or self.saturation > usual + _MORE_COLOUR))

    def other_colours(self, cast: tuple[float, float, float]) -> bool:
        """Whether the whole picture has another tint, as with an open infrared filter."""
        return sum(abs(a - b) for a, b in zip(self.cast, cast, strict=True)) > _OTHER_CAST


_GREY, _GARISH = 0.045, 0.42
_BLACK, _NIGHT, _DIM = 0.12, 0.28, 0.42
_MORE_COLOUR = 0.15
_OTHER_CAST = 0.15
_THING = 0.25
_WHITE, _PALE, _COLOURED = 0.7, 0.12, 0.18


def doubt_of_light(light: Light, cast: tuple[float, float, float] | None, usual: float | None) -> Doubt | None:
    """What speaks against the whole picture; ``cast`` and ``usual`` saturation are the reference's, if it has one."""
    if light.dark(usual):
        return Doubt.NIGHT
    if light.infrared:
        return Doubt.INFRARED
    if cast is not None and light.other_colours(cast):
        return Doubt.COLOURS
    return None


def snow(light: Light, was_coloured: npt.NDArray[np.bool_], sample: Sample) -> bool:
    """Whether the zone has turned white together with what is around it.

    Only ground that had a colour can tell: the sun alone makes asphalt and concrete white.
    """
    turned = light.white & was_coloured
    inside = sample.window.mean(sample.window.cut(turned))
    everywhere = float(turned.sum()) / max(float(was_coloured.sum()), 1.0)
    return inside > 0.5 or (inside > 0.15 and everywhere > 0.3)


def doubt_of_zone(sample: Sample, hidden: float, confidence: float) -> Doubt | None:
    """What speaks against one zone: share that may be hidden, and how sure the segmenter must be."""
    if sample.hidden > hidden:
        return Doubt.HIDDEN
    return Doubt.UNSURE if sample.confidence < confidence else None


def grown(mask: npt.NDArray[np.bool_], cells: int = 1) -> npt.NDArray[np.bool_]:
    """The mask and the cells beside it."""
    size = 2 * cells + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)


def with_their_rest(things: npt.NDArray[np.bool_], changed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """New things before the ground, and the changed ground that is rather a part of them.

    A van's roof may be called water or paved. It hangs together with what is seen as a van, and that makes up a good
    part of the whole; damage on which somebody stands is mostly changed ground.
    """
    joined = (things | changed).astype(np.uint8)
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    whole = np.bincount(labels.ravel(), minlength=count)
    seen = np.bincount(labels[things], minlength=count)
    rather = seen >= _THING * whole
    rather[0] = False
    return np.asarray(things | rather[labels])
