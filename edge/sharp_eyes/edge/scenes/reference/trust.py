"""Which looks say nothing about the ground, and why. Saying nothing is better than saying something wrong."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.contract.backports import StrEnum
from sharp_eyes.edge.scenes.reference.glance import Glance, Plane, Sample


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
        tinted: the same over patches so large that the sensor's noise of colours falls out.
        cast: share of blue, green and red in all light.
        white: where it is bright and without colour, on the grid.
        coloured: where it has a colour, on the grid.
    """

    brightness: float
    saturation: float
    tinted: float
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
        rows, columns = glance.shape
        patches = cv2.resize(glance.colours, (max(columns // 8, 1), max(rows // 8, 1)), interpolation=cv2.INTER_AREA)
        tinted = float(_saturation(np.asarray(patches, np.float32)).mean())
        means = float(glance.brightness.mean()), float(glance.saturation.mean()), tinted
        return cls(*means, (blue, green, red), white, coloured)

    @property
    def infrared(self) -> bool:
        """Without colours, as at night with an infrared lamp."""
        return self.tinted < _GREY

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


_GREY, _GARISH = 0.035, 0.42
_FADED = 0.08
_COLOURED_PART = 0.2
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


def colourless(was_coloured: npt.NDArray[np.bool_], sample: Sample) -> bool:
    """Whether ground that had a colour has none, as by infrared light with a faint tint of the camera's own."""
    had = sample.window.cut(was_coloured) * sample.window.weights * ~sample.unknown
    if had.sum() < _COLOURED_PART * sample.window.weights.sum():
        return False
    soft = np.asarray(cv2.GaussianBlur(sample.colours, (0, 0), 2.0), np.float32)
    return float((_saturation(soft) * had).sum() / had.sum()) < _FADED


def snow(light: Light, was_coloured: npt.NDArray[np.bool_], sample: Sample) -> bool:
    """Whether the zone has turned white together with what is around it.

    Only ground that had a colour can tell: the sun alone makes asphalt and concrete white.
    """
    turned = light.white & was_coloured
    inside = sample.window.mean(sample.window.cut(turned))
    everywhere = float(turned.sum()) / max(float(was_coloured.sum()), 1.0)
    return inside > 0.5 or (inside > 0.15 and everywhere > 0.3)


def _saturation(colours: Plane) -> Plane:
    low, high = colours.min(axis=2), colours.max(axis=2)
    return np.asarray((high - low) / np.maximum(high, 1), np.float32)


def doubt_of_zone(
    light: Light, was_coloured: npt.NDArray[np.bool_] | None, sample: Sample, hidden: float, confidence: float
) -> Doubt | None:
    """What speaks against one zone.

    Args:
        was_coloured: where the reference has a colour; None before there is one.
        hidden: share of the zone that may be hidden.
        confidence: how sure the segmenter must be.
    """
    if was_coloured is not None and snow(light, was_coloured, sample):
        return Doubt.SNOW
    if was_coloured is not None and colourless(was_coloured, sample):
        return Doubt.INFRARED
    if sample.hidden > hidden:
        return Doubt.HIDDEN
    return Doubt.UNSURE if sample.confidence < confidence else None


def grown(mask: npt.NDArray[np.bool_], cells: int = 1) -> npt.NDArray[np.bool_]:
    """The mask and the cells beside it."""
    size = 2 * cells + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)


def with_their_rest(
    things: npt.NDArray[np.bool_], changed: npt.NDArray[np.bool_], near: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """New things before the ground, and the changed ground that is rather a part of them.

    A van's roof may be called water or paved. It hangs together with what is seen as a van, and that makes up a good
    part of the whole; damage on which somebody stands is mostly changed ground. What lies farther from the zone than
    ``near`` is not weighed: a flooded road touches houses and kerbs on all sides, and is no part of them.
    """
    joined = (things | changed).astype(np.uint8)
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    whole = np.bincount(labels[near], minlength=count)
    seen = np.bincount(labels[things & near], minlength=count)
    rather = (seen >= _THING * whole) & (seen > 0)
    rather[0] = False
    return np.asarray(things | rather[labels])
