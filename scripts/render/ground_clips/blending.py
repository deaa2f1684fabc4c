"""Pictures laid over and into each other: growing damage, rising water, clouds, movers; no Blender."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render.camera import Camera
from scripts.render.ground.fields import Noise, smooth
from scripts.render.ground.plan import Damage

Picture = NDArray[np.uint8]
Pixels = NDArray[np.float32]
Array = NDArray[np.float64]
Light = float | tuple[float, float, float]
GREY_SKY = (0.55, 0.61, 0.66)  # light under clouds against the clear sky that movers are rendered under; BGR
FADE = 9.0  # pixels from a sprite's border over which its shadow comes in
OUTER = 1.35  # radii of a dug-up place within which plants may be lost


def ground_points(camera: Camera, z: float) -> tuple[Array, Array]:
    """X and y in metres (rows, columns) where each pixel's ray meets a level; far away above the horizon."""
    right, down, forward = camera.axes()
    rows, columns = np.mgrid[0 : camera.height, 0 : camera.width] + 0.5
    u, v = (columns - camera.width / 2) / camera.focal, (rows - camera.height / 2) / camera.focal
    ray = forward + u[..., None] * right + v[..., None] * down
    steps = (camera.position[2] - z) / np.maximum(-ray[..., 2], 1e-3)
    return camera.position[0] + ray[..., 0] * steps, camera.position[1] + ray[..., 1] * steps


def inside(polygon: Sequence[Sequence[float]], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels (rows, columns) whose middle lies in a polygon given in shares of the picture."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    corners = np.rint((np.array(polygon) * size - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1, cv2.LINE_8, 4)
    return mask > 0


def dug_out(x: Array, y: Array, harms: Sequence[Damage], spans: Sequence[tuple[float, float]],
            random: np.random.Generator) -> Array:  # fmt: skip
    """Time (s) at which each point loses its plants: from the middle of each place outwards, with a frayed edge.

    `spans` holds for each place when its middle and when its edge is reached.
    """
    fray = Noise(random, 0.9, 4, 0.6)(x, y)
    reached = np.full(x.shape, np.inf)
    for harm, (first, last) in zip(harms, spans, strict=True):
        radius = 0.45 * harm.size + 0.15
        away = np.hypot(x - harm.x, y - harm.y) / radius + 0.18 * fray
        times = first + (last - first) * np.clip(away, 0.0, None) / OUTER
        reached = np.where(away < OUTER, np.minimum(reached, times), reached)
    return reached


def softened(mask: NDArray[np.bool_], width: float = 0.8) -> Pixels:
    """A mask as weights (rows, columns, 1) with soft edges."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), width)[..., None])


def mixed(first: Pixels, second: Pixels, weight: Pixels | float) -> Pixels:
    """`first` where the weight is 0, `second` where it is 1."""
    return np.asarray(first + (second - first) * weight, dtype=np.float32)


def cloud(x: Array, y: Array, centre: tuple[float, float], radii: tuple[float, float], noise: Noise) -> Pixels:
    """Weight (rows, columns, 1) of a cloud's shadow: 1 within, with a soft uneven edge."""
    away = np.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1])
    near = away < 1.7  # the noise is slow and needless elsewhere
    shade = np.zeros(x.shape, np.float32)
    uneven = 0.13 * noise(x[near] - centre[0], y[near] - centre[1])
    shade[near] = smooth((1.15 - away[near] - uneven) / 0.3)
    return shade[..., None]


def tone(reference: Picture, target: float) -> NDArray[np.uint8]:
    """Table of 256 grey levels that brings a picture's mean near `target`."""
    mean = max(4.0, float(reference.mean()))
    gamma = float(np.clip(math.log(target / 255) / math.log(mean / 255), 0.45, 1.6))
    return np.asarray((255 * (np.arange(256) / 255) ** gamma).round(), dtype=np.uint8)


def toned(picture: Picture, table: NDArray[np.uint8]) -> Pixels:
    """A picture seen through a table."""
    return np.asarray(cv2.LUT(picture, table), dtype=np.float32)


def lay(picture: Pixels, sprite: Picture, at: tuple[int, int], table: NDArray[np.uint8], light: Light = 1.0,
        shadow: float = 1.0) -> None:  # fmt: skip
    """Lay a BGRA sprite over a picture in place.

    Args:
        light: factor on the thing's own colours, one for all or one for each of blue, green and red.
        shadow: factor on the cover of what is black: the shadow on the ground.
    """
    height, width = sprite.shape[:2]
    region = picture[at[1] : at[1] + height, at[0] : at[0] + width, :]
    colour = cv2.LUT(sprite[..., :3], table).astype(np.float32) * np.asarray(light, np.float32)
    cover = sprite[..., 3:].astype(np.float32) / 255
    dark = np.clip(1 - sprite[..., :3].max(axis=2, keepdims=True).astype(np.float32) / 14, 0, 1)
    fading = shadow * faded(height, width, at, picture.shape[:2])
    cover = cover * (1 - dark * (1 - fading))
    region *= 1 - cover
    region += colour * cover


def faded(height: int, width: int, at: tuple[int, int], size: tuple[int, ...]) -> Pixels:
    """1 within a sprite, falling to 0 at its border, so that a cut-off shadow has no edge; not at the picture's."""
    rows, columns = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    sides = (
        rows[:, None] if at[1] > 0 else np.full((height, 1), np.inf),
        rows[::-1, None] if at[1] + height < size[0] else np.full((height, 1), np.inf),
        columns[None, :] if at[0] > 0 else np.full((1, width), np.inf),
        columns[None, ::-1] if at[0] + width < size[1] else np.full((1, width), np.inf),
    )
    nearest = np.minimum(np.minimum(sides[0], sides[1]), np.minimum(sides[2], sides[3]))
    return np.asarray(np.clip(nearest / FADE, 0, 1)[..., None], dtype=np.float32)


def mirrored(picture: Pixels, sprite: Picture, at: tuple[int, int], foot: float, table: NDArray[np.uint8],
             water: Pixels, strength: float) -> None:  # fmt: skip
    """Add a sprite's mirror image in standing water below its `foot` (row in pixels), in place."""
    bright = sprite[..., :3].max(axis=2, keepdims=True).astype(np.float32)
    cover = sprite[..., 3:].astype(np.float32) / 255 * np.clip(bright / 20, 0, 1)
    rows = max(0, min(sprite.shape[0], round(foot) - at[1]))
    colour = cv2.LUT(sprite[:rows, :, :3], table).astype(np.float32)[::-1]
    cover = cover[:rows][::-1]
    top, left = round(foot), at[0]
    rows = min(rows, picture.shape[0] - top)
    if rows <= 0:
        return
    part = (slice(top, top + rows), slice(left, left + sprite.shape[1]))
    weight = cover[:rows] * water[part] * strength
    picture[part] = picture[part] * (1 - weight) + colour[:rows] * weight


def rippled(picture: Pixels, x: Array, y: Array, time: float, amount: float) -> Pixels:
    """The picture as restless water shows it: rows and columns shift by up to `amount` pixels nearby."""
    near = np.clip(9.0 / np.maximum(y + 2.0, 3.0), 0.15, 1.6)
    wave = np.sin(5.1 * x + 3.3 * y + 4.1 * time) + np.sin(-3.7 * x + 6.4 * y - 5.3 * time) + np.sin(
        8.3 * x - 2.2 * y + 6.7 * time)  # fmt: skip
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    shift = (wave * near * amount / 3).astype(np.float32)
    return np.asarray(
        cv2.remap(picture, columns + 0.4 * shift, rows + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT),
        dtype=np.float32,
    )


def splashes(picture: Pixels, camera: Camera, count: int, wet: NDArray[np.bool_], random: np.random.Generator) -> None:
    """Rings of rain drops on wet ground and water, in place."""
    away = random.uniform(3.5, 26.0, count)
    aside = random.uniform(-0.7, 0.7, count) * away
    yaw = math.radians(camera.yaw)
    x = camera.position[0] + math.sin(yaw) * away + math.cos(yaw) * aside
    y = camera.position[1] + math.cos(yaw) * away - math.sin(yaw) * aside
    pixels, _depth = camera.project(np.column_stack([x, y, np.zeros(count)]))
    layer = np.zeros(picture.shape[:2], np.uint8)
    tilt = camera.position[2] / np.hypot(away, camera.position[2])
    for (column, row), distance, flat in zip(pixels, away, tilt, strict=True):
        radius = float(random.uniform(0.03, 0.11)) * camera.focal / distance
        axes = (max(1, round(radius)), max(1, round(radius * flat)))
        place = (round(column), round(row))
        if 0 <= place[0] < camera.width and 0 <= place[1] < camera.height and wet[place[1], place[0]]:
            cv2.ellipse(layer, place, axes, 0, 0, 360, int(random.integers(20, 60)), 1, cv2.LINE_AA)
    picture += layer.astype(np.float32)[..., None] * 0.55
