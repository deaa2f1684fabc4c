"""Tells things from changes of the light, and from holes that a thing leaves which was there from the start."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.scenes.backdrop.layers import Colours, Mask

_DARK = 8.0  # levels added before taking logarithms
_COLOUR = 0.25  # spread of the channels' log ratios from which a pixel has another colour
_COLOUR_OF_LIGHT = 0.45  # … where sunlight and skylight change in just this way: shade is bluer, sun is redder
_DARKEST, _BRIGHTEST = -1.1, 0.8  # log ratios beyond which it is neither shade nor light
_PATTERN = 0.1  # log ratio against its surroundings from which there is another pattern
_SHARE = 0.3  # share of a blob's pixels that must be so for it to be a thing
_GHOST = 1.5  # edges along the outline in the empty picture against the present one, from which it is a hole
_LEAST = 9  # pixels


@dataclass(frozen=True, slots=True)
class Blob:
    """One connected change.

    Attributes:
        mask: its pixels; for a thing without its shade.
        thing: something stands there now that did not.
        ghost: something stood there when the empty picture was learnt.
        evidence: share of its pixels that no change of the light explains.
    """

    mask: Mask
    thing: bool
    ghost: bool
    evidence: float


def blobs(changed: Mask, fast: Colours, slow: Colours) -> list[Blob]:
    """Look at each connected change between the empty and the present picture.

    Chromaticity and texture tell shade and light from things, as in shadow detection after A. Prati et al.,
    "Detecting moving shadows: algorithms and evaluation", PAMI 2003; the outline tells holes from things.
    """
    kernel = np.ones((3, 3), np.uint8)
    opened = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    number, labels = cv2.connectedComponents(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel))
    if number < 2:
        return []
    ratio = np.log(fast + _DARK) - np.log(slow + _DARK)
    inexplicable, patterned = _no_light(ratio), _other_pattern(ratio)
    found = []
    for label in range(1, number):
        mask = labels == label
        if int(mask.sum()) >= _LEAST:
            found.append(_judge(mask, inexplicable, patterned, fast, slow))
    return found


def strangeness(fast: Colours, slow: Colours) -> Mask:
    """Pixels whose change no change of the light explains."""
    ratio = np.log(fast + _DARK) - np.log(slow + _DARK)
    return _no_light(ratio) | _other_pattern(ratio)


def _judge(mask: Mask, inexplicable: Mask, patterned: Mask, fast: Colours, slow: Colours) -> Blob:
    # At its edge everything has another pattern, hard shade too: only the inside tells.
    inside = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    strange = mask & (inexplicable | (inside & patterned))
    evidence = float(strange.sum() / mask.sum())
    if evidence < _SHARE:
        return Blob(mask, thing=False, ghost=False, evidence=evidence)
    ghost = _edges(mask, slow) > _GHOST * _edges(mask, fast)
    return Blob(_without_shade(mask, strange), not ghost, ghost, evidence)


def _no_light(ratio: Colours) -> Mask:
    """Pixels whose change no shade and no light explains by its colour or strength."""
    level = ratio.mean(axis=2)
    blue_red = ratio[..., 0] - ratio[..., 2]
    natural = np.where(level < 0, blue_red > 0, blue_red < 0)
    allowed = np.where(natural, _COLOUR_OF_LIGHT, _COLOUR)
    spread = ratio.max(axis=2) - ratio.min(axis=2)
    return np.asarray((spread > allowed) | (level < _DARKEST) | (level > _BRIGHTEST))


def _other_pattern(ratio: Colours) -> Mask:
    level = np.asarray(ratio.mean(axis=2), np.float32)
    return np.asarray(np.abs(level - cv2.blur(level, (5, 5))) > _PATTERN)


def _without_shade(mask: Mask, strange: Mask) -> Mask:
    """The strange pixels of a blob with what they enclose."""
    closed = cv2.morphologyEx(strange.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(closed)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return np.asarray(filled.astype(bool) & mask)


def _edges(mask: Mask, picture: Colours) -> float:
    """Mean strength of the edges across the mask's outline."""
    kernel = np.ones((3, 3), np.uint8)
    binary = mask.astype(np.uint8)
    outline = (cv2.dilate(binary, kernel) - cv2.erode(binary, kernel)).astype(bool)
    grey = np.asarray(np.log(picture.mean(axis=2) + _DARK), np.float32)
    across = _gradient(grey)
    return float(across[outline].mean()) if outline.any() else 0.0


def _gradient(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    dx = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    dy = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(np.hypot(dx, dy), np.float32)
