"""How cluttered standing bicycles are: how much their boxes cover one another, and how many lie on the ground."""

from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.scenes.geometry import Rectangle

_GRID = 256
"""Cells over the longer side of what is measured."""

_LOW = 0.65
"""Height, against upright ones at the same depth, up to which a bicycle lies."""

_SAME_DEPTH = 1.0
"""Distance of the lower edges, in heights, up to which two bicycles stand at the same depth."""

_ONE = 0.75
"""Share of the smaller of two boxes that lies in the other, from which both are of one bicycle."""

_OTHERS = 3
"""Bicycles at the same depth from which one can tell how high an upright one is."""


def clutter_index(boxes: Sequence[Rectangle], others: Sequence[Rectangle], aspect: float) -> float:
    """Clutter of some bicycles, 0 (apart and upright) to 1: ``1 - (1 - overlapped) * (1 - toppled)``.

    A tight, orderly row seen from its side overlaps too (0.4 to 0.6), so only values well above that mean a pile.

    Args:
        boxes: the bicycles in question, in shares of the picture.
        others: further bicycles, to tell how high an upright one is.
        aspect: width of the picture over its height.
    """
    if not boxes:
        return 0.0
    lying = toppled(boxes, others, aspect)
    return 1 - (1 - overlapped(boxes)) * (1 - len(lying) / len(boxes))


def single(boxes: Sequence[Rectangle]) -> list[int]:
    """Indices of the boxes that stand for a bicycle of their own, earlier ones first.

    In a row detectors tend to give a wheel or half a bicycle a box of its own, or two bicycles one more together.
    """
    kept: list[int] = []
    for i, box in enumerate(boxes):
        if all(_shared(box, boxes[j]) < _ONE for j in kept):
            kept.append(i)
    return kept


def overlapped(boxes: Sequence[Rectangle]) -> float:
    """Share of the boxes' area that is hidden in one another: 1 - area of the union / sum of the areas."""
    corners = np.asarray(boxes, np.float64)
    low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    scale = _GRID / max(float((high - low).max()), 1e-6)
    cells = np.round((corners - np.tile(low, 2)) * scale).astype(int)
    union = np.zeros((_GRID, _GRID), bool)
    total = 0
    for x1, y1, x2, y2 in cells:
        union[y1:y2, x1:x2] = True
        total += int((y2 - y1) * (x2 - x1))
    return 1 - int(union.sum()) / total if total else 0.0


def toppled(boxes: Sequence[Rectangle], others: Sequence[Rectangle], aspect: float) -> list[int]:
    """Which of the boxes lie: lower than upright ones at the same depth, and wider than high.

    An upright one's height is the upper quartile of those around; with fewer than three around nothing is said. A
    bicycle that lies away from the camera, or is half hidden, is not told from an upright one.
    """
    around = [*boxes, *others]
    return [i for i, box in enumerate(boxes) if _lies(box, [other for other in around if other is not box], aspect)]


def _lies(box: Rectangle, others: Sequence[Rectangle], aspect: float) -> bool:
    heights = [
        other[3] - other[1]
        for other in others
        if abs(other[3] - box[3]) <= _SAME_DEPTH * max(_height(other), _height(box))
    ]
    if len(heights) < _OTHERS:
        return False
    upright = float(np.percentile(heights, 75))
    wide = (box[2] - box[0]) * aspect
    return _height(box) <= _LOW * upright and wide >= 1.4 * _height(box) and wide >= 0.8 * upright


def _shared(a: Rectangle, b: Rectangle) -> float:
    """What two boxes share, as a share of the smaller one."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / max(min((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)), 1e-9)


def _height(box: Rectangle) -> float:
    return box[3] - box[1]
