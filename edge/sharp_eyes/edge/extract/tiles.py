"""Looks at a picture as a whole and once more in overlapping parts, so that small things are seen too.

Source of the method: Akyon, Altinuc and Temizel, "Slicing aided hyper inference and fine-tuning for small object
detection", 2022; what is found twice is one thing where most of the smaller box lies in the larger one.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.nms import MOST_CANDIDATES, areas, intersections
from sharp_eyes.edge.frame import Detections, Frame

OVERLAP = 0.2
"""Share of a part that it has in common with its neighbour."""
CUT = 2.0
"""Pixels from a part's inner edge within which a box is cut off there; its neighbour or the whole picture has it."""
ONE_THING = 0.65
"""Share of the smaller box in the larger one from which both show one thing."""

Detect = Callable[[Frame], Detections]


def tile_edges(length: int, count: int) -> list[tuple[int, int]]:
    """Start and end of ``count`` parts of a side of ``length`` pixels, each overlapping the next."""
    size = length / (1 + (count - 1) * (1 - OVERLAP))
    starts = [round(number * size * (1 - OVERLAP)) for number in range(count)]
    return [(start, min(round(start + size), length)) for start in starts]


def look_in_tiles(detect: Detect, frame: Frame, count: int) -> Detections:
    """What is found in the whole frame and in ``count`` x ``count`` parts of it, each thing once, best score first.

    With a ``count`` of 1 it is looked at as a whole and no more.

    Raises:
        ModelError: when the network fails.
    """
    whole = detect(frame)
    if count == 1:
        return whole
    found = [whole, *_parts(detect, frame, count)]
    boxes = np.concatenate([one.boxes for one in found])
    scores = np.concatenate([one.scores for one in found])
    classes = np.concatenate([one.classes for one in found])
    kept = merged(boxes, scores, classes)
    return Detections(boxes[kept], scores[kept], classes[kept], whole.names)


def merged(
    boxes: npt.NDArray[np.float32], scores: npt.NDArray[np.float32], classes: npt.NDArray[np.int32]
) -> npt.NDArray[np.intp]:
    """Indices of the boxes that stay, best score first: of two of one class that show one thing, the better one."""
    waiting = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
    kept: list[np.intp] = []
    while waiting.size:
        best, rest = waiting[0], waiting[1:]
        kept.append(best)
        shared = intersections(boxes[best : best + 1], boxes[rest])[0]
        smaller = np.minimum(areas(boxes[best : best + 1])[0], areas(boxes[rest]))
        same = (shared > ONE_THING * np.maximum(smaller, 1e-9)) & (classes[rest] == classes[best])
        waiting = rest[~same]
    return np.array(kept, dtype=np.intp)


def _parts(detect: Detect, frame: Frame, count: int) -> Iterator[Detections]:
    picture = frame.picture()
    for top, bottom in tile_edges(frame.height, count):
        for left, right in tile_edges(frame.width, count):
            part = np.ascontiguousarray(picture[top:bottom, left:right])
            found = detect(Frame.of_picture("", frame.time, part))
            boxes = found.boxes + np.array([left, top] * 2, np.float32)
            cut = np.zeros(len(boxes), bool)
            for axis, (low, high, end) in enumerate(((left, right, frame.width), (top, bottom, frame.height))):
                cut |= (boxes[:, axis] < low + CUT) & (low > 0)
                cut |= (boxes[:, axis + 2] > high - CUT) & (high < end)
            yield Detections(boxes, found.scores, found.classes, found.names).where(~cut)
