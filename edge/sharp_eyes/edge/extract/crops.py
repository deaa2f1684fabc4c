"""Squares cut out of a picture around a box, as a verifier is shown them."""

import cv2
import numpy as np

from sharp_eyes.edge.frame import Picture

PAD = 114
"""Grey level beyond the picture."""
SMALLEST = 8.0
"""Pixels of a box's longer side at least."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the picture."""


def square_around(picture: Picture, box: Box, context: float, side: int) -> Picture:
    """The square around a box, ``context`` times its longer side, as a picture of ``side`` x ``side`` pixels.

    What lies beyond the picture is grey. The box must touch the picture.
    """
    size = round(max(box[2] - box[0], box[3] - box[1], SMALLEST) * context)
    left, top = round((box[0] + box[2] - size) / 2), round((box[1] + box[3] - size) / 2)
    rows, columns = picture.shape[:2]
    part = picture[max(top, 0) : max(top + size, 1), max(left, 0) : max(left + size, 1)]
    beyond = max(-top, 0), max(top + size - rows, 0), max(-left, 0), max(left + size - columns, 0)
    square = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=(PAD, PAD, PAD)) if any(beyond) else part
    how = cv2.INTER_AREA if size > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (side, side), interpolation=how), np.uint8)
