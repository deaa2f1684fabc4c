"""Fits a frame into the network's input without bending it, and takes boxes back to the frame."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.manifest import Input
from sharp_eyes.edge.frame import Boxes, Frame

Batch = npt.NDArray[np.float32] | npt.NDArray[np.uint8]
"""1 x 3 x height x width, as the network wants it."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where a frame's picture lies in the network's input.

    Attributes:
        frame_width, frame_height: pixels of the frame.
        left, top: corner of the picture in the input, pixels.
        width, height: size of the picture in the input, pixels.
    """

    frame_width: int
    frame_height: int
    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, frame_width: int, frame_height: int, wanted: Input) -> "Geometry":
        """Largest size that keeps the frame's proportions, centred or in the top left corner."""
        ratio = min(wanted.width / frame_width, wanted.height / frame_height)
        width = min(max(round(frame_width * ratio), 1), wanted.width)
        height = min(max(round(frame_height * ratio), 1), wanted.height)
        centred = wanted.fit == "letterbox"
        left = (wanted.width - width) // 2 if centred else 0
        top = (wanted.height - height) // 2 if centred else 0
        return cls(frame_width, frame_height, left, top, width, height)

    def to_frame(self, boxes: Boxes) -> Boxes:
        """Boxes (n x 4) in pixels of the input, as pixels of the frame; not clipped.

        Each axis has its own factor, because the size was rounded to whole pixels.
        """
        corner = np.array([self.left, self.top] * 2, dtype=np.float32)
        factor = np.array([self.frame_width / self.width, self.frame_height / self.height] * 2, dtype=np.float32)
        return np.asarray((boxes - corner) * factor, dtype=np.float32)

    def to_input(self, boxes: Boxes) -> Boxes:
        """Boxes (n x 4) in pixels of the frame, as pixels of the input."""
        corner = np.array([self.left, self.top] * 2, dtype=np.float32)
        factor = np.array([self.width / self.frame_width, self.height / self.frame_height] * 2, dtype=np.float32)
        return np.asarray(boxes * factor + corner, dtype=np.float32)


class Letterbox:
    """Fills one input buffer again and again; what it returns holds until the next call.

    Not for several threads at once.
    """

    def __init__(self, wanted: Input) -> None:
        self._wanted = wanted
        self._geometry: Geometry | None = None
        shape = (1, 3, wanted.height, wanted.width)
        self._batch: Batch = np.empty(shape, np.uint8) if wanted.dtype == "uint8" else np.empty(shape, np.float32)

    def fit(self, frame: Frame) -> tuple[Batch, Geometry]:
        """Fit a frame: the filled batch, and where the picture lies in it.

        The frame is asked for the small picture only, so that nothing is ever converted at full size.
        """
        geometry = Geometry.of(frame.width, frame.height, self._wanted)
        if geometry != self._geometry:
            self._batch.fill(self._wanted.pad * self._wanted.scale)
            self._geometry = geometry
        planes = frame.picture(geometry.width, geometry.height).transpose(2, 0, 1)
        if self._wanted.colour == "rgb":
            planes = planes[::-1]
        rows = slice(geometry.top, geometry.top + geometry.height)
        columns = slice(geometry.left, geometry.left + geometry.width)
        target = self._batch[0, :, rows, columns]
        if self._wanted.scale == 1.0:
            target[...] = planes
        else:
            np.multiply(planes, np.float32(self._wanted.scale), out=target)
        return self._batch, geometry
