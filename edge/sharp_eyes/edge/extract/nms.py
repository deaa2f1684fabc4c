"""Non-maximum suppression: one box an object."""

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Boxes

MOST_CANDIDATES = 2000
"""Boxes looked at, best first: bounds the time a very busy picture can take."""


def areas(boxes: Boxes) -> npt.NDArray[np.float32]:
    """Area of each box (n x 4): n."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1], dtype=np.float32)


def intersections(first: Boxes, second: Boxes) -> npt.NDArray[np.float32]:
    """Area that each of ``first`` (n x 4) shares with each of ``second`` (m x 4): n x m."""
    corner = np.maximum(first[:, None, :2], second[None, :, :2])
    opposite = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.maximum(opposite - corner, 0)
    return np.asarray(sides[..., 0] * sides[..., 1], dtype=np.float32)


def overlaps(first: Boxes, second: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of each of ``first`` (n x 4) with each of ``second`` (m x 4): n x m."""
    shared = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), dtype=np.float32)


def suppress(
    boxes: Boxes, scores: npt.NDArray[np.float32], classes: npt.NDArray[np.int32], iou: float
) -> npt.NDArray[np.intp]:
    """Greedy suppression within each class.

    Args:
        boxes: n x 4, x1, y1, x2, y2.
        scores: n.
        classes: n; boxes of different classes leave each other alone.
        iou: of two boxes that overlap by more than this, the one with the lower score goes.

    Returns:
        Indices of the boxes that stay, best score first.
    """
    waiting = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
    kept: list[np.intp] = []
    while waiting.size:
        best, rest = waiting[0], waiting[1:]
        kept.append(best)
        same = (overlaps(boxes[best : best + 1], boxes[rest])[0] > iou) & (classes[rest] == classes[best])
        waiting = rest[~same]
    return np.array(kept, dtype=np.intp)
