"""Shows a detector the part of a picture that a camera's scenes watch, at up to the camera's own resolution.

The whole picture is scaled as for a larger network, and a window of the network's own size is taken out of it, so that
a pixel of the window is a pixel of that scaled picture and boxes come back by one factor an axis.
"""

from dataclasses import dataclass

import numpy as np

from sharp_eyes.edge.extract.input import Input
from sharp_eyes.edge.frame import Boxes, Detections, Frame, Picture

LEAST_GAIN = 1.15
"""How much larger things must come out than in the whole picture; for less it is not worth a part of the view."""

Region = tuple[float, float, float, float]
"""x1, y1, x2, y2 as shares of the picture."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture that is scaled to ``scaled_width`` x ``scaled_height``, in pixels of that.

    Attributes:
        frame_width, frame_height: of the camera's picture.
        left, top, width, height: the part.
    """

    frame_width: int
    frame_height: int
    scaled_width: int
    scaled_height: int
    left: int
    top: int
    width: int
    height: int

    def of(self, frame: Frame) -> Frame:
        """The part as a frame of its own; it belongs to no camera, since boxes in it are not the camera's."""

        def scaled(width: int, height: int) -> Picture:
            whole = frame.picture(self.scaled_width, self.scaled_height)
            part = whole[self.top : self.top + self.height, self.left : self.left + self.width]
            if (width, height) == (self.width, self.height):
                return np.ascontiguousarray(part)
            return Frame.of_picture("", frame.time, np.ascontiguousarray(part)).picture(width, height)

        return Frame("", frame.time, frame.index, self.width, self.height, frame.keyframe, frame.after_gap, scaled)

    def to_frame(self, boxes: Boxes) -> Boxes:
        """Boxes (n x 4) in pixels of the part, as pixels of the camera's picture; not clipped."""
        corner = np.array([self.left, self.top] * 2, np.float64)
        factor = np.array([self.frame_width / self.scaled_width, self.frame_height / self.scaled_height] * 2)
        return np.asarray((boxes + corner) * factor, np.float32)

    def look(self, found: Detections) -> Detections:
        """What was found in the part, in the camera's picture."""
        return Detections(self.to_frame(found.boxes), found.scores, found.classes, found.names)


def window_on(region: Region, frame_width: int, frame_height: int, wanted: Input) -> Window | None:
    """The window in which a region fills a network's input; None where the whole picture serves about as well.

    The picture is never made larger than the camera gives it.
    """
    whole = min(wanted.width / frame_width, wanted.height / frame_height)
    wide, high = (region[2] - region[0]) * frame_width, (region[3] - region[1]) * frame_height
    if wide <= 0 or high <= 0:
        return None
    scale = min(wanted.width / wide, wanted.height / high, 1.0)
    if scale < LEAST_GAIN * whole:
        return None
    scaled_width, scaled_height = max(1, round(frame_width * scale)), max(1, round(frame_height * scale))
    width, height = min(wanted.width, scaled_width), min(wanted.height, scaled_height)
    left = _placed(region[0], region[2], scaled_width, width)
    top = _placed(region[1], region[3], scaled_height, height)
    return Window(frame_width, frame_height, scaled_width, scaled_height, left, top, width, height)


def _placed(low: float, high: float, whole: int, part: int) -> int:
    """Where a part of a side begins so that its middle is that of two shares of the side, or as near as may be."""
    return min(max(round((low + high) / 2 * whole - part / 2), 0), whole - part)
