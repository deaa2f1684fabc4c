"""What a street camera adds to a clean picture: soft lens, vignette, noise and a time stamp."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def expose(picture: Picture, target: float) -> Picture:
    """Automatic exposure: the gamma that brings the mean grey level near `target` (0..255)."""
    mean = max(4.0, float(picture.mean()))
    gamma = float(np.clip(np.log(target / 255) / np.log(mean / 255), 0.45, 1.6))
    table = (255 * (np.arange(256) / 255) ** gamma).round().astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table), dtype=np.uint8)


def lens(picture: Picture, softness: float = 0.55, vignette: float = 0.16) -> Picture:
    """Slight blur and darker corners. `picture` is BGR (height, width, 3); the result has its shape."""
    soft = cv2.GaussianBlur(picture, (0, 0), softness).astype(np.float32)
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    shade = 1 - vignette * np.clip((x**2 + y**2) / 2, 0, 1) ** 1.3
    return np.asarray(np.clip(soft * shade[..., None], 0, 255), dtype=np.uint8)


def noise(picture: Picture, random: np.random.Generator, amount: float = 1.2) -> Picture:
    """Sensor noise, stronger in the shade; `amount` is its deviation in grey levels at mid grey."""
    height, width = picture.shape[:2]
    grain = random.normal(0, amount, (height, width, 1)) + random.normal(0, amount * 0.5, (height, width, 3))
    value = picture.astype(np.float32)
    weight = 1.25 - value.mean(axis=2, keepdims=True) / 255 * 0.7
    return np.asarray(np.clip(value + grain * weight, 0, 255), dtype=np.uint8)


def time_stamp(picture: Picture, seconds: float) -> Picture:
    """Clock in the upper left corner: outlined white digits, minutes, seconds and tenths."""
    text = f"{int(seconds // 60):02d}:{seconds % 60:04.1f}"
    marked = picture.copy()
    for colour, thickness in (((0, 0, 0), 4), ((240, 240, 240), 1)):
        cv2.putText(marked, text, (18, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.75, colour, thickness, cv2.LINE_AA)
    return marked
