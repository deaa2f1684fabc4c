"""Grey over parts of a picture, so that nothing of them is left."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from sharp_eyes.edge.frame import Frame, Picture, Points

GREY = (114, 114, 114)

Region = tuple[float, float, float, float]
"""x1, y1, x2, y2 in shares of the picture."""


def paint_areas(picture: Picture, polygons: Sequence[Points]) -> None:
    """Fill polygons (shares of the picture), and a pixel around them, into which scaling has mixed what is inside."""
    height, width = picture.shape[:2]
    for polygon in polygons:
        corners = np.round(np.array(polygon, np.float64) * (width, height)).astype(np.int32)
        cv2.fillPoly(picture, [corners], GREY)
        cv2.polylines(picture, [corners], isClosed=True, color=GREY, thickness=3)


def paint_regions(picture: Picture, regions: Sequence[Region]) -> None:
    """Fill rectangles, rounded outwards."""
    height, width = picture.shape[:2]
    for x1, y1, x2, y2 in regions:
        left, top = max(0, int(np.floor(x1 * width)) - 1), max(0, int(np.floor(y1 * height)) - 1)
        right, bottom = int(np.ceil(x2 * width)) + 1, int(np.ceil(y2 * height)) + 1
        picture[top : max(bottom, 0), left : max(right, 0)] = GREY


def painted(frame: Frame, paint: Callable[[Picture], None]) -> Frame:
    """The frame as it looks once ``paint`` has been over it; nothing is computed before somebody asks for pixels."""
    scaled = frame.scaled

    def masked(width: int, height: int) -> Picture:
        picture = np.array(scaled(width, height), dtype=np.uint8)
        paint(picture)
        return picture

    return replace(frame, scaled=masked)
