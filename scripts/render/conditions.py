"""Weather, lamps and sensors laid over finished frames: night, infrared, rain, wet ground, fog, headlights, clouds.

Every function takes a BGR picture (height, width, 3; uint8) and gives one of the same shape. What is random comes
from the given generator: with one that is seeded by the frame's number, a frame is the same on every run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .camera import Camera

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]
Colour = tuple[float, float, float]  # blue, green, red
WHITE: Colour = (1.0, 0.97, 0.9)


def as_picture(value: NDArray[Any]) -> Picture:
    """Floating grey levels as a picture."""
    return np.asarray(np.clip(value + 0.5, 0, 255), dtype=np.uint8)


@dataclass(frozen=True)
class GroundPlane:
    """Where the ray of each pixel meets the ground z = 0: x, y and distance in metres; far away above the horizon."""

    x: Plane
    y: Plane
    distance: Plane

    @property
    def below_horizon(self) -> NDArray[np.bool_]:
        """Pixels that look down onto the ground."""
        return self.distance < FAR


FAR = 900.0


def ground_plane(camera: Camera) -> GroundPlane:
    """The ground as a camera sees it, with nothing standing on it."""
    right, down, forward = camera.axes()
    rows, columns = np.mgrid[0 : camera.height, 0 : camera.width] + 0.5
    ray = (
        forward
        + ((columns - camera.width / 2) / camera.focal)[..., None] * right
        + ((rows - camera.height / 2) / camera.focal)[..., None] * down
    )
    fall = np.where(ray[..., 2] < -1e-4, -ray[..., 2], 1e-4)
    steps = np.minimum(camera.position[2] / fall, FAR)
    place = np.array(camera.position) + ray * steps[..., None]
    return GroundPlane(
        np.asarray(place[..., 0], np.float32), np.asarray(place[..., 1], np.float32), np.asarray(steps, np.float32)
    )


def night(picture: Picture, level: float, tint: Colour = (1.12, 1.0, 0.86)) -> Picture:
    """A day picture darkened to the share `level` of its light, contrast kept low in the shade, slightly bluish."""
    value = np.asarray(picture, np.float32) / 255
    dark = np.asarray(value**1.35 * level, np.float32)
    grey = dark.mean(axis=2, keepdims=True)
    return as_picture((grey + (dark - grey) * 0.65) * np.array(tint, np.float32) * 255)


def grain(picture: Picture, random: np.random.Generator, amount: float) -> Picture:
    """Noise of a sensor at high gain: fine and, half as strong, in soft blotches of colour; `amount` in grey levels."""
    height, width = picture.shape[:2]
    fine = random.normal(0, amount, (height, width, 1)).astype(np.float32)
    coarse = random.normal(0, amount * 0.8, (height // 3 + 1, width // 3 + 1, 3)).astype(np.float32)
    blotches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return as_picture(picture.astype(np.float32) + fine + blotches * 0.6)


def infrared(picture: Picture, random: np.random.Generator, falloff: float = 0.45, amount: float = 3.0) -> Picture:
    """Grey picture of a camera with its own infrared lamp: brighter in the middle, `falloff` darker at the corners."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    height, width = grey.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    grey *= 1 - falloff * np.asarray(np.clip((x**2 + y**2) / 2, 0, 1), np.float32)
    grey += np.asarray(random.normal(0, amount, (height, width)), np.float32)
    return as_picture(np.repeat(grey[..., None], 3, axis=2))


def rain(picture: Picture, amount: float, random: np.random.Generator, slant: float = 0.08) -> Picture:
    """Streaks of drops falling past the lens, long and faint near it, short further away.

    Args:
        amount: 0 to 1, from a drizzle to a cloudburst.
        slant: sideways per downward way.
    """
    height, width = picture.shape[:2]
    layer = np.zeros((height, width), np.uint8)
    for _ in range(int(260 * amount)):
        x, y = random.uniform(-20, width + 20), random.uniform(-30, height)
        near = float(random.random()) ** 3
        length = height * (0.03 + 0.12 * near)
        end = (round(x + slant * length), round(y + length))
        cv2.line(layer, (round(x), round(y)), end, int(random.integers(18, 60)), 1 + int(near > 0.7), cv2.LINE_AA)
    streaks = cv2.GaussianBlur(layer, (0, 0), 0.6).astype(np.float32)[..., None]
    return as_picture(picture.astype(np.float32) * (1 - 0.08 * amount) + streaks * 0.7 + 5.0 * amount)


def wet(picture: Picture, ground: NDArray[np.bool_], amount: float) -> Picture:
    """Wet ground: darker, with bright things above smeared down over it.

    Args:
        ground: where the ground is seen (height, width).
        amount: 0 to 1.
    """
    value = picture.astype(np.float32)
    length = max(9, picture.shape[0] // 5)
    kernel = np.zeros((2 * length + 1, 1), np.float32)
    kernel[length:, 0] = np.linspace(0.0, 1.0, length + 1)  # a pixel gathers from the pixels above it
    kernel = kernel[::-1] / kernel.sum()
    bright = np.maximum(value - 110.0, 0.0)
    smear = cv2.GaussianBlur(cv2.filter2D(bright, -1, kernel), (0, 0), 1.2)
    soft = cv2.GaussianBlur(ground.astype(np.float32), (0, 0), 1.5)[..., None]
    return as_picture(value * (1 - 0.18 * amount * soft) + smear * 0.9 * amount * soft)


def fog(picture: Picture, distance: Plane, sight: float, colour: Colour = (0.74, 0.73, 0.71)) -> Picture:
    """Far things fade into the fog's own grey; at `sight` metres 63 % of a thing is lost.

    Args:
        distance: metres (height, width), for instance `ground_plane(camera).distance`.
    """
    lost = (1 - np.exp(-np.minimum(distance, 400.0) / sight))[..., None]
    air = np.array(colour, np.float32) * 255
    return as_picture(picture.astype(np.float32) * (1 - lost) + air * lost)


def glow(
    picture: Picture, lamps: Sequence[tuple[float, float]], radius: float, strength: float, colour: Colour = WHITE
) -> Picture:
    """Lamps that shine into the lens: a saturated core and a wide halo.

    Args:
        lamps: places in pixels; those far outside the picture do nothing.
        radius: of the core, pixels.
        strength: 0 to 1.
    """
    height, width = picture.shape[:2]
    value = picture.astype(np.float32)
    for x, y in lamps:
        reach = math.ceil(radius * 9)
        x0, x1 = max(0, int(x) - reach), min(width, int(x) + reach + 1)
        y0, y1 = max(0, int(y) - reach), min(height, int(y) + reach + 1)
        if x0 >= x1 or y0 >= y1:
            continue
        rows, columns = np.mgrid[y0:y1, x0:x1]
        away = ((columns - x) ** 2 + (rows - y) ** 2) / radius**2
        light = 255 * np.exp(-away / 1.2) + 70 * np.exp(-away / 14) + 16 * np.exp(-away / 40)
        value[y0:y1, x0:x1] += (light * strength)[..., None].astype(np.float32) * np.array(colour, np.float32)
    return as_picture(value)


def beam(
    picture: Picture, plane: GroundPlane, place: tuple[float, float], heading: float, strength: float,
    reach: float = 16.0, colour: Colour = WHITE,
) -> Picture:  # fmt: skip
    """The ground before a vehicle lit by its headlamps; a reflection that shines already gains no more.

    Args:
        place: of the vehicle's front on the ground, metres; `heading` in radians.
        strength: how many times the light there grows.
        reach: length of the lit patch, metres.
    """
    ahead = (plane.x - place[0]) * math.cos(heading) + (plane.y - place[1]) * math.sin(heading)
    aside = -(plane.x - place[0]) * math.sin(heading) + (plane.y - place[1]) * math.cos(heading)
    spread = 1.0 + 0.16 * np.maximum(ahead, 0)
    along = np.clip(ahead / 1.5, 0, 1) * np.exp(-np.maximum(ahead, 0) / (reach * 0.45))
    light = along * np.exp(-((aside / spread) ** 2)) * strength * plane.below_horizon
    gain = np.asarray(light, np.float32)[..., None] * np.array(colour, np.float32)
    value = np.asarray(picture, np.float32)
    return as_picture(value + np.minimum(value, 90.0) * gain * (1 - value / 255) + 8 * gain)


def cloud_shadow(
    picture: Picture, plane: GroundPlane, centre: tuple[float, float], size: tuple[float, float], depth: float
) -> Picture:
    """Soft-edged shadow on the ground, such as a passing cloud's.

    Args:
        centre: metres; `size` its half axes in metres.
        depth: share of the light taken in the middle, 0 to 1.
    """
    away = ((plane.x - centre[0]) / size[0]) ** 2 + ((plane.y - centre[1]) / size[1]) ** 2
    shade = depth / (1 + np.exp(np.clip((away - 1) * 5, -40, 40)))
    return as_picture(picture.astype(np.float32) * (1 - np.asarray(shade, np.float32)[..., None]))
