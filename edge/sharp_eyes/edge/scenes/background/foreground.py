"""Tells things from changes of the light, and from holes that a thing leaves which was there from the start."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.scenes.background.layers import Colours, Mask, largest

Level = npt.NDArray[np.float32]
"""Rows x columns: mean of the channels, or of their logarithms."""

_DARK = 8.0  # levels added before taking logarithms
_COLOUR = 0.25  # spread of the channels' log ratios from which a pixel has another colour
_COLOUR_OF_LIGHT = 0.45  # … where sunlight and skylight change in just this way: shade is bluer, sun is redder
_DARKEST, _BRIGHTEST = -1.1, 0.8  # log ratios beyond which it is neither shade nor light
_PATTERN = 0.1  # log ratio against its surroundings from which there is another pattern
_GRAIN = 0.02  # mean log ratio of an empty pixel against its surroundings from which the ground has a grain
_SAME_GRAIN = 0.25  # correlation of the grain from which the same ground is still to be seen
_NEW_PATTERN, _AT_LEAST = 1.8, 0.015  # grain now against that of the empty ground, from which it is another pattern
_KEPT_PATTERN = 0.5  # … unless it goes with the old one as closely as this
_ENOUGH = 50  # pixels from which a correlation says something
_SHARE = 0.3  # share of a blob's pixels that must be so for it to be a thing
_GHOST = 1.5  # edges along the outline in the empty picture against the present one, from which it is a hole
_LEAST = 9  # pixels


@dataclass(frozen=True, slots=True)
class ForegroundBlob:
    """One connected change.

    Attributes:
        mask: its pixels; for a thing without its shade.
        thing: something stands there now that did not.
        ghost: something stood there when the empty picture was learnt.
    """

    mask: Mask
    thing: bool
    ghost: bool


def foreground_blobs(changed: Mask, fast: Colours, slow: Colours, doubtful: Mask) -> list[ForegroundBlob]:
    """Look at each connected change between the empty and the present picture.

    Where it is ``doubtful`` a new pattern is no sign of a thing: the sun has just come out behind leaves.

    Chromaticity and texture tell shade and light from things, as in shadow detection after A. Prati et al.,
    "Detecting moving shadows: algorithms and evaluation", PAMI 2003; the outline tells holes from things.
    """
    kernel = np.ones((3, 3), np.uint8)
    opened = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    number, labels = cv2.connectedComponents(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel))
    if number < 2:
        return []
    pair = _Pair(fast, slow)
    found = []
    for label in range(1, number):
        mask = labels == label
        if int(mask.sum()) >= _LEAST:
            found.append(_judge(mask, pair, doubtful))
    return found


def strangeness(fast: Colours, slow: Colours) -> Mask:
    """Pixels whose change no change of the light explains."""
    pair = _Pair(fast, slow)
    return pair.inexplicable | pair.patterned


class _Pair:
    """The present and the empty picture, with what blobs are judged by."""

    def __init__(self, fast: Colours, slow: Colours) -> None:
        now, empty = np.log(fast + _DARK), np.log(slow + _DARK)
        self.now, self.empty = _level(now), _level(empty)
        self.inexplicable = _no_light(now - empty)
        self.patterned = np.abs(_grain(self.now - self.empty)) > _PATTERN
        self.grain_now, self.grain_empty = _grain(self.now), _grain(self.empty)

    def other_ground(self, inside: Mask) -> bool:
        """Whether the ground's grain is not to be seen any more, or another pattern lies over it."""
        if int(inside.sum()) < _ENOUGH:
            return False
        now, empty = self.grain_now[inside], self.grain_empty[inside]
        strength = float(np.sqrt((now * now).sum() * (empty * empty).sum()))
        alike = float((now * empty).sum()) / max(strength, 1e-6)
        grain, pattern = float(np.abs(empty).mean()), float(np.abs(now).mean())
        lost = grain >= _GRAIN and alike < _SAME_GRAIN
        return lost or (pattern >= _NEW_PATTERN * grain + _AT_LEAST and alike < _KEPT_PATTERN)


def _judge(mask: Mask, pair: _Pair, doubtful: Mask) -> ForegroundBlob:
    # At its edge everything has another pattern, hard shade too: only the inside tells.
    inside = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    strange = mask & (pair.inexplicable | (inside & pair.patterned))
    evidence = float(strange.sum() / mask.sum())
    coloured = evidence >= _SHARE
    trusted = float(doubtful[mask].mean()) < 0.5
    if not coloured and not (trusted and pair.other_ground(inside)):
        return ForegroundBlob(mask, thing=False, ghost=False)
    ghost = _edges(mask, pair.empty) > _GHOST * _edges(mask, pair.now)
    return ForegroundBlob(_without_shade(mask, strange) if coloured else mask, not ghost, ghost)


def _no_light(ratio: Colours) -> Mask:
    """Pixels whose change no shade and no light explains by its colour or strength."""
    level = _level(ratio)
    blue_red = ratio[..., 0] - ratio[..., 2]
    natural = np.where(level < 0, blue_red > 0, blue_red < 0)
    allowed = np.where(natural, _COLOUR_OF_LIGHT, _COLOUR)
    spread = largest(ratio) + largest(-ratio)
    return np.asarray((spread > allowed) | (level < _DARKEST) | (level > _BRIGHTEST))


def _grain(level: Level) -> Level:
    """Each pixel against its surroundings."""
    return np.asarray(level - cv2.blur(level, (5, 5)), np.float32)


def _level(colours: Colours) -> Level:
    return np.asarray((colours[..., 0] + colours[..., 1] + colours[..., 2]) / 3, np.float32)


def _without_shade(mask: Mask, strange: Mask) -> Mask:
    """The strange pixels of a blob with what they enclose."""
    closed = cv2.morphologyEx(strange.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(closed)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return np.asarray(filled.astype(bool) & mask)


def _edges(mask: Mask, level: Level) -> float:
    """Mean strength of the edges across the mask's outline."""
    kernel = np.ones((3, 3), np.uint8)
    binary = mask.astype(np.uint8)
    outline = (cv2.dilate(binary, kernel) - cv2.erode(binary, kernel)).astype(bool)
    across = np.hypot(cv2.Sobel(level, cv2.CV_32F, 1, 0), cv2.Sobel(level, cv2.CV_32F, 0, 1))
    return float(across[outline].mean()) if outline.any() else 0.0
