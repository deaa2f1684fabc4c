"""Fits a frame into the network's input without bending it, and takes boxes back to the frame."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.input import Input
from sharp_eyes.edge.frame import Boxes, Frame, Picture

Batch = npt.NDArray[np.float32] | npt.NDArray[np.uint8]
"""1 x 3 x height x width or 1 x height x width x 3, as the network wants it."""


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
        """Largest size that keeps the frame's proportions, centred or in the top left corner; or all of the input."""
        if wanted.fit == "stretch":
            return cls(frame_width, frame_height, 0, 0, wanted.width, wanted.height)
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
        self._batch: Batch = (
            np.empty(wanted.shape, np.uint8) if wanted.dtype == "uint8" else np.empty(wanted.shape, np.float32)
        )
        # The same memory, always height x width x 3 and in the frame's own order of channels.
        pixels = self._batch[0] if wanted.layout == "nhwc" else self._batch[0].transpose(1, 2, 0)
        self._pixels: npt.NDArray[Any] = pixels if wanted.colour == "bgr" else pixels[:, :, ::-1]
        swap = slice(None) if wanted.colour == "bgr" else slice(None, None, -1)
        self._factor = (wanted.scale / np.array(wanted.std)).astype(np.float32)[swap]
        self._offset = (np.array(wanted.mean) / np.array(wanted.std)).astype(np.float32)[swap]

    def fit(self, frame: Frame) -> tuple[Batch, Geometry]:
        """Fit a frame: the filled batch, and where the picture lies in it.

        The frame is asked for the small picture only, so that nothing is ever converted at full size.
        """
        geometry = Geometry.of(frame.width, frame.height, self._wanted)
        if geometry != self._geometry:
            self._pixels[...] = self._wanted.pad * self._factor - self._offset
            self._geometry = geometry
        rows = slice(geometry.top, geometry.top + geometry.height)
        columns = slice(geometry.left, geometry.left + geometry.width)
        self._fill(self._pixels[rows, columns], frame.picture(geometry.width, geometry.height))
        return self._batch, geometry

    def _fill(self, target: npt.NDArray[Any], picture: Picture) -> None:
        if self._wanted.scale == 1.0 and self._wanted.plain:
            target[...] = picture
            return
        np.multiply(picture, self._factor, out=target)
        if not self._wanted.plain:
            target -= self._offset
