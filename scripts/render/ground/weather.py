"""What the air does to a finished picture: haze, rain and a grey infrared sensor."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Depth = NDArray[np.float32]


def haze(picture: Picture, depth: Depth, sight: float) -> Picture:
    """Blend far things into the air's own grey.

    Args:
        picture: BGR (height, width, 3).
        depth: metres (height, width).
        sight: distance in metres at which 63 % of a thing is lost.
    """
    lost = (1 - np.exp(-np.minimum(depth, 400.0) / sight))[..., None]
    value = picture.astype(np.float32)
    air = np.percentile(value.mean(axis=2), 85) * 0.9 + 12
    return np.asarray(np.clip(value * (1 - lost) + air * lost, 0, 255), dtype=np.uint8)


def rain_streaks(picture: Picture, amount: float, random: np.random.Generator) -> Picture:
    """Thin slanting streaks of falling drops; `amount` from 0 to 1."""
    height, width = picture.shape[:2]
    layer = np.zeros((height, width), dtype=np.uint8)
    slant = float(random.normal(0, 0.12))
    for _ in range(int(420 * amount)):
        x, y = random.uniform(0, width), random.uniform(-20, height)
        length = float(random.uniform(8, 34))
        end = (round(x + slant * length), round(y + length))
        cv2.line(layer, (round(x), round(y)), end, int(random.integers(12, 65)), 1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(layer, (0, 0), 0.7).astype(np.float32)[..., None]
    return np.asarray(np.clip(picture.astype(np.float32) + soft * 0.8, 0, 255), dtype=np.uint8)


def grey(picture: Picture) -> Picture:
    """The picture as an infrared camera shows it: no colour."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), dtype=np.uint8)
