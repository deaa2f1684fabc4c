"""Labels of indoor pictures: the city detector's classes, YOLO lines, lens distortion. Pure functions.

A picture with barrel distortion is made from a straight one: a point at radius r (1 is the picture's corner) of the
distorted picture shows what the straight one has at r (1 + k r²) / (1 + k), so the corners stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render import index_file

Array = NDArray[np.float64]
CLASSES = (
    "person", "bicycle", "ebike", "motorcycle", "car", "bus", "truck", "smoke", "fire", "gas_cylinder", "garbage",
    "garbage_overflow", "fallen_person",
)  # fmt: skip
LEAST_CONTRAST = 4.0  # grey levels
COLUMNS = ("image", "seed", "group", "kind")


def straight(points: Array, size: tuple[int, int], strength: float) -> Array:
    """Pixels (N, 2) of the straight picture that pixels of the distorted one show; size is (width, height)."""
    middle = np.array(size) / 2
    offset = (points - middle) / np.linalg.norm(middle)
    square = (offset**2).sum(axis=1, keepdims=True)
    return np.asarray(middle + offset * (1 + strength * square) / (1 + strength) * np.linalg.norm(middle))


def distorted(points: Array, size: tuple[int, int], strength: float) -> Array:
    """Inverse of `straight`, by Newton's method on the radius."""
    middle = np.array(size) / 2
    offset = (points - middle) / np.linalg.norm(middle)
    target = np.linalg.norm(offset, axis=1) * (1 + strength)
    radius = target / (1 + strength)
    for _round in range(12):
        radius = radius - (radius + strength * radius**3 - target) / (1 + 3 * strength * radius**2)
    scale = np.where(target > 1e-12, radius * (1 + strength) / np.maximum(target, 1e-12), 1 + strength)
    return np.asarray(middle + offset * scale[:, None] * np.linalg.norm(middle))


def bend_map(size: tuple[int, int], strength: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Maps for `cv2.remap` that turn a straight picture of that (width, height) into a distorted one."""
    width, height = size
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    source = straight(np.stack([x.ravel(), y.ravel()], axis=1), size, strength) - 0.5
    return source[:, 0].reshape(height, width).astype(np.float32), source[:, 1].reshape(height, width).astype(
        np.float32
    )


def tight_box(pixels: Array, size: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """Box (x0, y0, x1, y1) round pixels (N, 2) clipped to the picture; None when under two pixels of it are left."""
    if not len(pixels):
        return None
    x0, y0 = np.maximum(pixels.min(axis=0), 0.0)
    x1, y1 = np.minimum(pixels.max(axis=0), size)
    return (float(x0), float(y0), float(x1), float(y1)) if min(x1 - x0, y1 - y0) >= 2 else None


def share_inside(pixels: Array, size: tuple[int, int]) -> float:
    """Share of points (N, 2) that lie in the picture of that (width, height); 0 when there are none."""
    return float(((pixels >= 0) & (pixels < size)).all(axis=1).mean()) if len(pixels) else 0.0


def legible(picture: NDArray[np.uint8], box: tuple[float, float, float, float]) -> bool:
    """Whether a box of a BGR picture (height, width, 3) shows more than darkness and noise: grey levels that vary."""
    x0, y0, x1, y1 = (round(side) for side in box)
    part = cv2.cvtColor(picture[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)], cv2.COLOR_BGR2GRAY)
    return bool(cv2.blur(part, (5, 5)).std() >= LEAST_CONTRAST)


def line(
    name: str, box: tuple[float, float, float, float], size: tuple[int, int], classes: Sequence[str] = CLASSES
) -> str:
    """YOLO line (class number, centre and size, normalised).

    Raises:
        ValueError: the class is not one of `classes`.
    """
    if name not in classes:
        raise ValueError(f"{name}: not a class of the detector; the classes are {', '.join(classes)}")
    x0, y0, x1, y1 = box[0] / size[0], box[1] / size[1], box[2] / size[0], box[3] / size[1]
    return f"{classes.index(name)} {(x0 + x1) / 2:.5f} {(y0 + y1) / 2:.5f} {x1 - x0:.5f} {y1 - y0:.5f}"


def write_index(path: Path, rows: Iterable[tuple[str, int, str, str]]) -> None:
    """Write the list of pictures with seed, group (to split by) and kind of scene."""
    index_file.write_index(path, COLUMNS, rows)


def read_index(path: Path) -> list[tuple[str, int, str, str]]:
    """Rows of an index written before; none when there is no such file."""
    return [(row["image"], int(row["seed"]), row["group"], row["kind"]) for row in index_file.read_index(path)]
