"""Looks closer at what a detector found: the same network, shown the place from nearer by.

A network that sees a street in 320 lines takes a bollard for a cylinder; shown the bollard in 320 lines it does so more
rarely, while what is really there is still seen. The mean over several distances parts them better than the score of
the whole picture does (docs/decisions/0031).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sharp_eyes.edge.extract.box_overlap import Box, overlap
from sharp_eyes.edge.frame import Detections, Frame, Picture

CONTEXTS = (1.6, 2.4, 3.5)
"""Sides of the window in sides of the box, for the present look."""
PAST_CONTEXT = 2.4
"""The same for moments before it."""
SAME_PLACE = 0.3
"""Overlap from which a box in the window stands for the candidate."""
SMALLEST = 16
"""Pixels of a window's height at least."""
NOTHING = "nothing"
"""What a candidate is likeliest where nothing is found in its place."""


class LooksCloser(Protocol):
    """What is needed of the detectors."""

    def limit_of(self, class_name: str) -> float | None:
        """Mean score below which a candidate of a class is refused; None where nobody looks closer."""

    def look_closer(self, class_name: str, frame: Frame) -> Detections:
        """Look at a part of a picture with the detector that knows a class."""

    def input_shape(self, class_name: str) -> tuple[int, int]:
        """Width and height of that detector's input, pixels."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One moment of a candidate: a picture, the box in its pixels, and how much around it is shown."""

    picture: Picture
    box: Box
    contexts: tuple[float, ...]


def look(detectors: LooksCloser, class_name: str, glimpses: Sequence[Glimpse]) -> tuple[float, str]:
    """Mean score that a closer look at a candidate gives it, and what it is likeliest.

    Raises:
        ModelError: when a network fails.
    """
    width, height = detectors.input_shape(class_name)
    scores: list[dict[str, float]] = []
    for glimpse in glimpses:
        for context in glimpse.contexts:
            scores.append(_scores(detectors, class_name, glimpse, context, width / height))
    names = {name for one in scores for name in one}
    means = {name: sum(one.get(name, 0.0) for one in scores) / len(scores) for name in names}
    own = means.get(class_name, 0.0)
    best = max(means, key=lambda name: means[name], default=NOTHING)
    return own, best if means.get(best, 0.0) >= (detectors.limit_of(best) or 0.3) else NOTHING


def window(width: int, height: int, box: Box, context: float, aspect: float) -> tuple[int, int, int, int]:
    """Part of a picture around a box, ``context`` times as large and as wide to high as ``aspect``, within the picture.

    Returns:
        Left, top, right, bottom in pixels.
    """
    high = max(max((box[2] - box[0]) / aspect, box[3] - box[1]) * context, SMALLEST)
    x, y, wide = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, high * aspect
    left, top = min(max(int(x - wide / 2), 0), width - 2), min(max(int(y - high / 2), 0), height - 2)
    right, bottom = min(max(int(x + wide / 2), left + 2), width), min(max(int(y + high / 2), top + 2), height)
    return left, top, right, bottom


def _scores(
    detectors: LooksCloser, class_name: str, glimpse: Glimpse, context: float, aspect: float
) -> dict[str, float]:
    """Best score of each class in the candidate's place."""
    rows, columns = glimpse.picture.shape[:2]
    left, top, right, bottom = window(columns, rows, glimpse.box, context, aspect)
    part = np.ascontiguousarray(glimpse.picture[top:bottom, left:right])
    found = detectors.look_closer(class_name, Frame.of_picture("", 0.0, part))
    best: dict[str, float] = {}
    for (x1, y1, x2, y2), score, number in zip(found.boxes, found.scores, found.classes, strict=True):
        place = (float(x1) + left, float(y1) + top, float(x2) + left, float(y2) + top)
        if overlap(place, glimpse.box) >= SAME_PLACE:
            name = found.names[int(number)]
            best[name] = max(best.get(name, 0.0), float(score))
    return best
