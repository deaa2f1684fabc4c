"""Points, polygons and lines in shares of the picture (0 to 1, x to the right, y down)."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from sharp_eyes.edge.polygons import Point, side

Rectangle = tuple[float, float, float, float]
"""x1, y1, x2, y2; may reach beyond the picture."""

_GRID = 256
"""Cells a side for coverage; one cell is 0.4 % of the picture's width."""


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Whether the point lies inside (even-odd rule by ray casting)."""
    x, y = point
    inside = False
    previous_x, previous_y = polygon[-1]
    for corner_x, corner_y in polygon:
        if (corner_y > y) != (previous_y > y):
            crossing = corner_x + (y - corner_y) * (previous_x - corner_x) / (previous_y - corner_y)
            inside ^= x < crossing
        previous_x, previous_y = corner_x, corner_y
    return inside


def passes(line: tuple[Point, Point], before: Point, now: Point) -> int:
    """1 when the way from before to now leads over the line to its right, -1 to its left, 0 when not over it.

    A point on the line counts as right of it, so that a stop on the line is neither missed nor counted twice.
    """
    start, end = line
    was_right, is_right = side(start, end, before) >= 0, side(start, end, now) >= 0
    if was_right == is_right or side(before, now, start) * side(before, now, end) > 0:
        return 0
    return 1 if is_right else -1


def covered_share(polygon: Sequence[Point], boxes: Iterable[Rectangle]) -> float:
    """Share of the polygon's area that the boxes cover together, counted on a grid."""
    zone = np.zeros((_GRID, _GRID), np.uint8)
    corners = np.round(np.asarray(polygon, np.float64) * _GRID).astype(np.int32)
    cv2.fillPoly(zone, [corners], 1)
    covered = np.zeros_like(zone)
    for box in boxes:
        x1, y1, x2, y2 = (round(min(max(value, 0.0), 1.0) * _GRID) for value in box)
        covered[y1:y2, x1:x2] = 1
    whole = int(zone.sum())
    return int((zone & covered).sum()) / whole if whole else 0.0


def clipped(box: Rectangle) -> Rectangle:
    """The part of the box inside the picture."""
    x1, y1, x2, y2 = (min(max(value, 0.0), 1.0) for value in box)
    return x1, y1, x2, y2
