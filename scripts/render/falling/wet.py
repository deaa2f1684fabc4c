"""Rain in the air and drops on the lens of a camera that looks up; no Blender."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
SPEED = 7.5  # metres a second of a falling drop


def streaks(shape: tuple[int, int], focal: float, exposure: float, amount: float,
            random: np.random.Generator) -> Pixels:  # fmt: skip
    """Light that falling drops add to a picture (rows, columns), in grey levels; drops are 1 to 15 m away."""
    rows, columns = shape
    layer = np.zeros(shape, np.uint8)
    for _ in range(int(260 * amount)):
        away = float(1.0 + 14.0 * random.random() ** 0.6)
        length = min(70.0, focal * SPEED * exposure / away)
        x, y = float(random.uniform(0, columns)), float(random.uniform(-40, rows))
        end = (round(x + 0.10 * length), round(y + length))
        cv2.line(layer, (round(x), round(y)), end, int(6 + 44 / away**0.6), 1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.6), dtype=np.float32)


@dataclass
class Drop:
    """A drop on the lens: place and radius in pixels, and when it starts to run (s; never where it is infinite)."""

    x: float
    y: float
    radius: float
    runs: float

    def at(self, time: float) -> float:
        """Row of its middle: it creeps, runs, and is held up now and then."""
        gone = max(0.0, time - self.runs)
        return self.y + 26.0 * gone * (1 + 0.8 * math.sin(2.2 * gone)) + 5.0 * gone**2


def drops(count: int, size: tuple[int, int], duration: float, random: np.random.Generator) -> list[Drop]:
    """Drops of which a third runs down at some time."""
    return [
        Drop(float(random.uniform(0, size[0])), float(random.uniform(0, size[1] * 0.8)), float(random.uniform(6, 17)),
             float(random.uniform(2, duration)) if number % 3 == 0 else float("inf"))
        for number in range(count)
    ]  # fmt: skip


def through_drop(picture: Pixels, x: float, y: float, radius: float) -> None:
    """Bend the picture (rows, columns, 3) in place as a drop on the lens does: small, upside down, out of focus."""
    rows, columns = picture.shape[:2]
    reach = round(radius)
    x0, y0, x1, y1 = round(x) - reach, round(y) - reach, round(x) + reach + 1, round(y) + reach + 1
    if x0 < 0 or y0 < 0 or x1 > columns or y1 > rows:
        return
    far = reach * 4
    seen = picture[max(0, y0 - far) : y1 + far, max(0, x0 - far) : x1 + far]
    small = cv2.resize(seen[::-1, ::-1], (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 0.18 * radius)
    v, u = np.mgrid[-1 : 1 : (y1 - y0) * 1j, -1 : 1 : (x1 - x0) * 1j]
    distance = np.hypot(u, v * 0.9)
    cover = np.clip((1.0 - distance) / 0.35, 0, 1)[..., None].astype(np.float32) * 0.8
    rim = (0.82 + 0.3 * np.clip(-v, -1, 1))[..., None].astype(np.float32)
    region = picture[y0:y1, x0:x1]
    region *= 1 - cover
    region += small * rim * cover
