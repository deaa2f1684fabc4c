"""How a decoded picture is to be shown: turned, mirrored or stretched as its recording says.

A camera that hangs on its side, and every telephone, stores the picture as the sensor read it and says beside it how
it is turned: the recording does (the display matrix of ISO/IEC 14496-12), or the video itself, in a message beside a
picture here and there that holds for those behind it (display orientation, ITU-T H.264 and H.265). Old cameras store
pixels that are not square.
"""

import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from sharp_eyes.edge.frame import Picture

SQUARE = Fraction(1)
MOST_STRETCH = 4
"""A stream that says its pixels are longer than this does not know."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """From a stored picture to the one shown: swap its axes, then mirror it, with pixels of this shape.

    Attributes:
        swapped: rows become columns.
        mirrored_x, mirrored_y: the result is mirrored left to right, top to bottom.
        aspect: a stored pixel's width by its height.
    """

    swapped: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False
    aspect: Fraction = SQUARE

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height as shown of a picture stored so; it never loses rows or columns."""
        if self.aspect > 1:
            width = round(width * self.aspect)
        elif self.aspect < 1:
            height = round(height / self.aspect)
        return (height, width) if self.swapped else (width, height)

    def turned(self, picture: Picture) -> Picture:
        """Turn and mirror a picture whose pixels are square already."""
        if self.swapped:
            picture = np.asarray(cv2.transpose(picture), np.uint8)
        if self.mirrored_x or self.mirrored_y:
            code = -1 if self.mirrored_x and self.mirrored_y else int(self.mirrored_x)
            picture = np.asarray(cv2.flip(picture, code), np.uint8)
        return picture


UPRIGHT = Orientation()


class Turning:
    """How one stream's pictures are to be shown, in the order in which they are decoded.

    What one of them says holds until another says something else, also over keyframes: cameras that say it once at
    their start mean it for good.

    Attributes:
        held: what holds now, with square pixels.
    """

    def __init__(self, held: Orientation = UPRIGHT) -> None:
        self.held = held

    def of(self, frame: VideoFrame, aspect: Fraction | None) -> Orientation:
        """How a frame is to be shown; an angle between is taken as the nearest quarter turn.

        Args:
            frame: carries the display matrix, where it says something.
            aspect: a pixel's width by its height, as stream or codec say; None or 0 where they do not.
        """
        self.held = said_by(frame) or self.held
        shape = aspect if aspect and Fraction(1, MOST_STRETCH) <= aspect <= MOST_STRETCH else SQUARE
        return replace(self.held, aspect=shape)


def said_by(frame: VideoFrame) -> Orientation | None:
    """What a frame itself says of how it is turned; None where it says nothing."""
    notes: Any = frame.side_data  # PyAV's stub knows one kind only
    try:
        matrix = notes[Type.DISPLAYMATRIX]
    except KeyError:
        return None
    # One step right in the stored picture is (a, b) in the one shown, one step down is (c, d).
    a, b, _, c, d = struct.unpack("=5i", bytes(matrix)[:20])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(False, a < 0, d < 0)
    return Orientation(True, c < 0, b < 0)
