"""What walks through the rooms: a frame, what was detected in it, and what was tracked."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, BGR, 0 to 255."""

Boxes = npt.NDArray[np.float32]
"""n x 4: x1, y1, x2, y2 in pixels of the full frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture of one camera; pixels are converted only for those who ask.

    Attributes:
        camera: identifier of the camera.
        time: the frame's own timestamp, seconds since the Unix epoch (UTC).
        index: number of the decoded frame since the source started.
        width, height: full size in pixels.
        keyframe: whether it can be decoded alone.
        after_gap: whether video is missing between the frame before and this one.
        scaled: gives the picture at a width and height in pixels; see :meth:`picture`.
    """

    camera: str
    time: float
    index: int
    width: int
    height: int
    keyframe: bool
    after_gap: bool
    scaled: Callable[[int, int], Picture]

    def picture(self, width: int | None = None, height: int | None = None) -> Picture:
        """Return the picture as BGR, at full size or scaled to exactly ``width`` x ``height``."""
        return self.scaled(width or self.width, height or self.height)

    @classmethod
    def of_picture(cls, camera: str, time: float, picture: Picture, index: int = 0) -> "Frame":
        """Make a frame from a picture in memory (stills, tests)."""
        import cv2  # noqa: PLC0415 - only stills and tests need it here

        def scaled(width: int, height: int) -> Picture:
            if (height, width) == picture.shape[:2]:
                return picture
            resized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            return np.asarray(resized, dtype=np.uint8)

        rows, columns = picture.shape[:2]
        return cls(camera, time, index, columns, rows, keyframe=True, after_gap=False, scaled=scaled)


@dataclass(frozen=True, slots=True)
class Detections:
    """What a detector found in one frame.

    Attributes:
        boxes: n x 4 float32, pixels of the full frame.
        scores: n float32, 0 to 1.
        classes: n int32, index into ``names``.
        names: class names in the model's order.
    """

    boxes: Boxes
    scores: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls, names: tuple[str, ...]) -> "Detections":
        """Nothing found."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32), names)


@dataclass(frozen=True, slots=True)
class Track:
    """One object as it stands in one frame.

    Attributes:
        id: counts up per camera from 1.
        name: class name.
        score: the detection's score, 0 to 1.
        box: x1, y1, x2, y2 in pixels of the full frame.
        first_seen: timestamp of the first frame it was seen in.
    """

    id: int
    name: str
    score: float
    box: tuple[float, float, float, float]
    first_seen: float


@dataclass(frozen=True, slots=True)
class Tracks:
    """All objects seen in one frame (those predicted but not seen are left out)."""

    time: float
    width: int
    height: int
    items: tuple[Track, ...]
