"""Small things as faces in space, and how a camera with an exposure time sees them; no Blender."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render.camera import Camera
from scripts.render.skin import skin

Array = NDArray[np.float64]
Colour = tuple[float, float, float]  # blue, green, red, 0..255
Pixels = NDArray[np.float32]
FINE = 8  # pixels are drawn this many times finer each way
LIGHT = np.array([-0.35, -0.75, 0.56])  # towards the brightest part of the sky


@dataclass(frozen=True)
class Solid:
    """Corners (N, 3) in metres around its middle, faces as corner indices, one colour a face."""

    corners: Array
    faces: tuple[tuple[int, ...], ...]
    colours: tuple[Colour, ...]


Form = Callable[[float], Solid]  # the thing's form at a time


def still_form(solid: Solid) -> Form:
    """A form that does not change."""
    return lambda _time: solid


def ball(radii: tuple[float, float, float], colour: Callable[[float], Colour], lumps: float = 0.0,
         random: np.random.Generator | None = None) -> Solid:  # fmt: skip
    """Ellipsoid with its colour by relative height; `lumps` makes it uneven."""
    columns, rows = 12, 8
    tilt = np.linspace(-math.pi / 2 + 0.15, math.pi / 2 - 0.15, rows)[:, None]
    turn = np.linspace(0, 2 * math.pi, columns, endpoint=False)[None, :]
    way = np.stack([np.cos(tilt) * np.cos(turn), np.cos(tilt) * np.sin(turn),
                    np.broadcast_to(np.sin(tilt), (rows, columns))], axis=-1)  # fmt: skip
    if random is not None:
        way = way * (1 + lumps * random.normal(size=(rows, columns, 1)))
    index = np.arange(rows * columns).reshape(rows, columns)
    faces: list[tuple[int, ...]] = [
        (index[r, c], index[r, (c + 1) % columns], index[r + 1, (c + 1) % columns], index[r + 1, c])
        for r in range(rows - 1)
        for c in range(columns)
    ]
    colours = [colour(float(np.sin(tilt[r, 0] / 2 + tilt[r + 1, 0] / 2))) for r in range(rows - 1) for _ in
               range(columns)]  # fmt: skip
    faces += [tuple(index[0]), tuple(index[-1])]
    colours += [colour(-1.0), colour(1.0)]
    return Solid(way.reshape(-1, 3) * np.array(radii), tuple(faces), tuple(colours))


def turned(profile: list[tuple[float, float]], colours: list[Colour], columns: int = 12) -> Solid:
    """A profile of (height, radius) turned about the upright axis; one colour a section."""
    turn = np.linspace(0, 2 * math.pi, columns, endpoint=False)
    rings = [np.stack([r * np.cos(turn), r * np.sin(turn), np.full(columns, z)], axis=1) for z, r in profile]
    faces: list[tuple[int, ...]] = []
    shades: list[Colour] = []
    for ring, _column, face in skin(len(profile), columns):
        faces.append(face)
        shades.append(colours[ring])
    faces += [tuple(range(columns)), tuple(range((len(profile) - 1) * columns, len(profile) * columns))]
    shades += [colours[0], colours[-1]]
    return Solid(np.concatenate(rings), tuple(faces), tuple(shades))


def box(size: tuple[float, float, float], colour: Colour, tape: Colour) -> Solid:
    """Carton with a strip of tape over its lid."""
    x, y, z = (side / 2 for side in size)
    corners = np.array([(a, b, c) for c in (-z, z) for b in (-y, y) for a in (-x, x)])
    strip = np.array([(-x, -y * 0.2, z + 0.004), (x, -y * 0.2, z + 0.004), (x, y * 0.2, z + 0.004),
                      (-x, y * 0.2, z + 0.004)])  # fmt: skip
    faces = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5), (8, 9, 10, 11))
    dark: Colour = (colour[0] * 0.86, colour[1] * 0.86, colour[2] * 0.86)
    return Solid(np.concatenate([corners, strip]), faces, (dark, colour, dark, colour, dark, colour, tape))


def sheet(corners: Array, colour: Colour) -> Solid:
    """A bent sheet from a grid of corners (rows, columns, 3)."""
    rows, columns = corners.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    faces = tuple((index[r, c], index[r, c + 1], index[r + 1, c + 1], index[r + 1, c])
                  for r in range(rows - 1) for c in range(columns - 1))  # fmt: skip
    return Solid(corners.reshape(-1, 3), faces, (colour,) * len(faces))


def spun(axis: Array, angle: float) -> Array:
    """Rotation matrix (3, 3) about an axis by an angle in radians."""
    matrix, _jacobian = cv2.Rodrigues((axis / np.linalg.norm(axis) * angle).astype(np.float64))
    return np.asarray(matrix, dtype=np.float64)


def draw(solids: list[tuple[Solid, Array]], camera: Camera) -> tuple[Pixels, tuple[int, int]] | None:
    """Picture of one thing in the positions that it takes while the shutter is open.

    Args:
        solids: form and place (its corners already turned) at each moment of the exposure.

    Returns:
        Colours times coverage and coverage (rows, columns, 4), with the column and row of its first pixel;
        None where it is out of the picture.
    """
    shots = []
    for solid, place in solids:
        pixels, depth = camera.project(solid.corners + place)
        if depth.min() < 0.05:
            return None
        shots.append((solid, pixels, depth))
    allp = np.concatenate([pixels for _solid, pixels, _depth in shots])
    low, high = np.floor(allp.min(axis=0)).astype(int) - 2, np.ceil(allp.max(axis=0)).astype(int) + 3
    if high[0] <= 0 or high[1] <= 0 or low[0] >= camera.width or low[1] >= camera.height or (high - low).max() > 500:
        return None
    columns, rows = (high - low).tolist()
    total = np.zeros((rows, columns, 4), np.float32)
    for solid, pixels, depth in shots:
        total += exposed(solid, (pixels - low) * FINE, depth, (rows, columns)) / len(shots)
    return total, (int(low[0]), int(low[1]))


def exposed(solid: Solid, pixels: Array, depth: Array, size: tuple[int, int]) -> Pixels:
    """One moment of a thing: colours times coverage, and coverage."""
    canvas = np.zeros((size[0] * FINE, size[1] * FINE, 3), np.uint8)
    cover = np.zeros((size[0] * FINE, size[1] * FINE), np.uint8)
    order = sorted(range(len(solid.faces)), key=lambda face: -float(depth[list(solid.faces[face])].mean()))
    for face in order:
        corners = solid.corners[list(solid.faces[face])]
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        length = float(np.linalg.norm(normal))
        if length < 1e-12:
            continue
        normal = normal / length
        if normal[1] > 0:  # the side towards the camera is seen
            normal = -normal
        shade = 0.55 + 0.45 * max(0.0, float(normal @ LIGHT))
        outline = np.rint(pixels[list(solid.faces[face])] * 16 - 8).astype(np.int32)
        cv2.fillPoly(canvas, [outline], [part * shade for part in solid.colours[face]], cv2.LINE_8, 4)
        cv2.fillPoly(cover, [outline], 255, cv2.LINE_8, 4)
    alpha = cv2.resize(cover, size[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    colour = cv2.resize(canvas.astype(np.float32), size[::-1], interpolation=cv2.INTER_AREA)
    return np.concatenate([colour, alpha[..., None]], axis=2)


def lay_over(picture: Pixels, drawn: Pixels, at: tuple[int, int], blur: float = 0.0, light: float = 1.0) -> None:
    """Lay a drawn thing over a picture (rows, columns, 3) in place; `blur` is its lack of focus in pixels."""
    if blur > 0:
        pad = int(3 * blur) + 1
        padded = cv2.copyMakeBorder(drawn, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0.0)
        drawn = np.asarray(cv2.GaussianBlur(padded, (0, 0), blur), dtype=np.float32)
        at = (at[0] - pad, at[1] - pad)
    x0, y0 = max(0, at[0]), max(0, at[1])
    x1, y1 = min(picture.shape[1], at[0] + drawn.shape[1]), min(picture.shape[0], at[1] + drawn.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = drawn[y0 - at[1] : y1 - at[1], x0 - at[0] : x1 - at[0]]
    region = picture[y0:y1, x0:x1]
    region *= 1 - part[..., 3:]
    region += part[..., :3] * light
