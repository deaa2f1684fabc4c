"""Small moving things in a part of the picture, by comparing each frame with a slow background and the frame before.

What counts must differ from both: from the background, so that the hole a thing leaves behind is not one, and from
the frame before, so that a lamp that went on or a towel that was hung out is not one either.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.geometry import Point

Grey = npt.NDArray[np.uint8]

_WIDEST = 1280
"""Pixels across the watched part; beyond, it is scaled down: nothing more is seen of a thing some pixels wide."""

_CELL = 8
_BUSY = 0.18  # share of the latest seconds that a cell moved, from which it is a tree, laundry or a road
_MEMORY = 4.0  # seconds over which that share is taken
_FAINTEST = 12.0  # grey levels
_NOISE = 6.0  # threshold in mean differences between frames
_FOLLOW = 40.0  # grey levels a second by which the background follows the picture
_UPSET = 0.06  # share of the part that moves at once when the light, not a thing, has changed
_MOST = 250  # blobs in a frame beyond which nothing can be told from them
_GAP = 1.0  # seconds without a frame after which the background is learnt anew


@dataclass(frozen=True, slots=True)
class Blob:
    """One moving thing; all in picture heights, x to the right and y down, from the picture's upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Moving:
    """What moves in one frame. ``pixel``: picture heights a pixel; ``area``: watched area in square picture heights."""

    blobs: tuple[Blob, ...]
    pixel: float
    area: float


class Motion:
    """Motion within one polygon of one camera; frames must come in order."""

    def __init__(self, polygon: tuple[Point, ...], largest: float) -> None:
        """``largest``: size in picture heights beyond which a moving thing is none of ours."""
        self._polygon = polygon
        self._largest = largest
        self._part: _Part | None = None

    def step(self, frame: Frame) -> Moving:
        """Compare a frame with what was before; the first frame shows nothing."""
        part = self._part
        if part is None or part.size != (frame.width, frame.height):
            part = self._part = _Part(self._polygon, frame.width, frame.height)
        return Moving(part.step(frame, self._largest), part.pixel, part.area)


class _Part:
    """The polygon's bounding box in pixels and the state of its background, for one size of picture."""

    def __init__(self, polygon: tuple[Point, ...], width: int, height: int) -> None:
        self.size = (width, height)
        corners = np.asarray(polygon, np.float64)
        low, high = corners.min(axis=0), corners.max(axis=0)
        self._scale = min(1.0, _WIDEST / ((high[0] - low[0]) * width))
        self._whole = (round(width * self._scale), round(height * self._scale))
        pixels = corners * self._whole
        self._left, self._top = (int(value) for value in np.floor(pixels.min(axis=0)))
        self._right, self._bottom = (int(value) for value in np.ceil(pixels.max(axis=0)))
        self.pixel = 1 / self._whole[1]
        shape = (self._bottom - self._top, self._right - self._left)
        self._mask = np.zeros(shape, np.uint8)
        shifted = np.round(pixels - (self._left, self._top)).astype(np.int32)
        cv2.fillPoly(self._mask, [shifted], 255)
        self._inside = max(cv2.countNonZero(self._mask), 1)
        self.area = self._inside * self.pixel**2
        self._cells = (math.ceil(shape[1] / _CELL), math.ceil(shape[0] / _CELL))
        self._busy = np.zeros((self._cells[1], self._cells[0]), np.float32)
        self._background: Grey | None = None
        self._before: Grey | None = None
        self._time = 0.0
        self._seen = 0

    def step(self, frame: Frame, largest: float) -> tuple[Blob, ...]:
        picture = frame.picture(*self._whole)[self._top : self._bottom, self._left : self._right]
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        before, passed = self._before, frame.time - self._time
        self._before, self._time = grey, frame.time
        if before is None or self._background is None or not 0 < passed <= _GAP:
            self._background = grey.copy()
            return ()
        moving = self._moving(grey, before, self._background)
        if cv2.countNonZero(moving) > _UPSET * self._inside:
            self._background = grey.copy()
            return ()
        self._background = _followed(self._background, grey, passed)
        return self._blobs(moving, passed, largest)

    def _moving(self, grey: Grey, before: Grey, background: Grey) -> Grey:
        step = cv2.absdiff(grey, before)
        threshold = max(_FAINTEST, _NOISE * cv2.mean(step, self._mask)[0])
        step = cv2.min(step, cv2.absdiff(grey, background))
        _, moving = cv2.threshold(step, threshold, 255, cv2.THRESH_BINARY)
        return np.asarray(cv2.bitwise_and(moving, self._mask), np.uint8)

    def _blobs(self, moving: Grey, passed: float, largest: float) -> tuple[Blob, ...]:
        quiet = self._quiet(moving, passed)
        joined = cv2.dilate(moving, np.ones((3, 3), np.uint8))
        outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        boxes = [cv2.boundingRect(outline) for outline in outlines]
        most = largest / self.pixel
        big = [box for box in boxes if max(box[2], box[3]) - 2 > most]
        blobs = []
        for x, y, width, height in boxes:
            middle = (x + width / 2, y + height / 2)
            small = max(width, height) - 2 <= most and (width > 3 or height > 3)
            if small and quiet[int(middle[1]) // _CELL, int(middle[0]) // _CELL] and not _near(middle, big):
                blobs.append(self._blob(middle, width - 2, height - 2))
        return tuple(blobs) if len(blobs) <= _MOST else ()

    def _quiet(self, moving: Grey, passed: float) -> npt.NDArray[np.bool_]:
        """Cells that did not move much of late; takes in this frame."""
        self._seen += 1
        rows, columns = moving.shape
        padded = cv2.copyMakeBorder(
            moving, 0, self._cells[1] * _CELL - rows, 0, self._cells[0] * _CELL - columns, cv2.BORDER_CONSTANT
        )
        stirred = cv2.resize(padded, self._cells, interpolation=cv2.INTER_AREA) > 0
        weight = max(passed / _MEMORY, 1 / (self._seen + 5))
        quiet = cv2.dilate(self._busy, np.ones((3, 3), np.uint8)) < _BUSY
        cv2.accumulateWeighted(stirred.astype(np.float32), self._busy, min(weight, 1.0))
        return np.asarray(quiet)

    def _blob(self, middle: Point, width: float, height: float) -> Blob:
        x, y = (middle[0] + self._left) * self.pixel, (middle[1] + self._top) * self.pixel
        return Blob(x, y, width * self.pixel, height * self.pixel)


def _near(point: Point, boxes: list[cv2.typing.Rect]) -> bool:
    """Whether the point belongs to something big that moves: a limb, a leaf of the tree."""
    x, y = point
    return any(
        left - width / 4 <= x <= left + 1.25 * width and top - height / 4 <= y <= top + 1.25 * height
        for left, top, width, height in boxes
    )


def _followed(background: Grey, grey: Grey, passed: float) -> Grey:
    """Move the background towards the picture by a limited step: what passes quickly leaves no trace in it."""
    step = max(1, round(_FOLLOW * passed))
    above = np.minimum(cv2.subtract(grey, background), step)
    below = np.minimum(cv2.subtract(background, grey), step)
    return np.asarray(cv2.subtract(cv2.add(background, above), below), np.uint8)
