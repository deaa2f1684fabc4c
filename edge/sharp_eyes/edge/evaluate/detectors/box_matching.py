"""Which detection meets which object: the rule of the COCO evaluation, for one overlap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.evaluate.detectors.labelled import Shares
from sharp_eyes.edge.frame import Boxes

MATCH = 0.5
"""Overlap (intersection over union) from which a detection meets an object."""

MOST = 100
"""Detections of a class that count in one picture, best first, as in the COCO evaluation."""

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

IGNORED, WRONG = -2, -1


@dataclass(frozen=True, slots=True)
class Matches:
    """How the detections of one class in one picture fared.

    Attributes:
        order: indices of the detections that count, best score first.
        scores: their scores.
        met: for each, the index of the object it met, or ``WRONG``, or ``IGNORED``.
        objects: how many objects there are.
    """

    order: Numbers
    scores: Floats
    met: Numbers
    objects: int


def shared_areas(first: Floats, second: Floats) -> Floats:
    """Area that each of ``first`` (n x 4) shares with each of ``second`` (m x 4): n x m."""
    corner = np.maximum(first[:, None, :2], second[None, :, :2])
    opposite = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.maximum(opposite - corner, 0)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float64)


def areas(boxes: Floats) -> Floats:
    """Area of each box (n x 4): n."""
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float64)


def overlaps(first: Floats, second: Floats) -> Floats:
    """Intersection over union: n x m."""
    shared = shared_areas(first, second)
    union = areas(first)[:, None] + areas(second)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-12), np.float64)


def to_pixels(boxes: Shares, width: int, height: int) -> Floats:
    """Shares of a picture as its pixels."""
    return np.asarray(boxes * np.array([width, height] * 2, np.float64), np.float64)


def match(boxes: Boxes, scores: npt.NDArray[np.float32], objects: Floats, regions: Floats) -> Matches:
    """Give each detection, best first, the free object that it overlaps most, if by at least ``MATCH``.

    One that meets no object and lies in an ignore region by at least ``MATCH`` of its own area is ignored.

    Args:
        boxes: n x 4, detections of one class in pixels.
        scores: n.
        objects: m x 4, objects of that class in pixels.
        regions: k x 4, ignore regions of that class in pixels.
    """
    order = np.argsort(-scores.astype(np.float64), kind="stable")[:MOST]
    found = boxes[order].astype(np.float64)
    shared = overlaps(found, objects)
    inside = shared_areas(found, regions) / np.maximum(areas(found)[:, None], 1e-12)
    free = np.ones(len(objects), bool)
    met = np.full(len(order), WRONG, np.int64)
    for index in range(len(order)):
        candidates = np.where(free, shared[index], -1.0)
        best = int(candidates.argmax()) if len(objects) else 0
        if len(objects) and candidates[best] >= MATCH:
            free[best] = False
            met[index] = best
        elif len(regions) and inside[index].max() >= MATCH:
            met[index] = IGNORED
    return Matches(order.astype(np.int64), scores[order].astype(np.float64), met, len(objects))
