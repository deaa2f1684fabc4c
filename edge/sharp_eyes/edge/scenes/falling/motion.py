"""Small moving things in a part of the picture: where a frame departs from a slow background more than the last did.

So the hole a thing leaves behind does not count, nor the fading trail that a camera's noise filter draws after it, nor
a lamp that went on or a towel that was hung out. What belongs to something big that moves is left out too. Of what is
left, it is said whether it moves alone: arms, shadows, wheels and flocks do not.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.polygons import Point

Grey = npt.NDArray[np.uint8]
_Cells = npt.NDArray[np.bool_]

_WIDEST = 1280
"""Pixels across the watched part; beyond, it is scaled down: nothing more is seen of a thing some pixels wide."""

_SQUARE = np.ones((3, 3), np.uint8)
_CELL = 8
_ROUND = 5  # cells over which clutter is averaged
_BUSY = 0.18  # share of the latest seconds that a cell moved, from which it is a tree, laundry or a road
_MEMORY = 4.0  # seconds over which that share is taken
_FAINTEST = 12.0  # grey levels
_NOISE = 12.0  # threshold in mean arrivals, which are about half the mean difference between frames
_FILLED = 0.25  # share of a cell that differs from the background, from which it can be part of something big
_FOLLOW = 40.0  # grey levels a second by which the background follows the picture
_UPSET = 0.06  # share of the part that moves at once when the light, not a thing, has changed
_COMPANY = 0.03  # picture heights between a thing and what moves beside it, or the edge it comes in by
_MOST = 250  # blobs in a frame beyond which nothing can be told from them
_GAP = 1.0  # seconds without a frame after which the background is learnt anew


@dataclass(frozen=True, slots=True)
class Blob:
    """One moving thing, in picture heights, x to the right and y down, from the picture's upper left corner.

    ``clutter``: blobs usually seen around there, in a frame and square picture height; ``company``: whether something
    else moves beside it, or it lies on the left or right edge of what is watched, so that the rest of it may be hidden.
    """

    x: float
    y: float
    width: float
    height: float
    clutter: float = 0.0
    company: bool = False


@dataclass(frozen=True, slots=True)
class MovingBlobs:
    """What moves in one frame. ``pixel``: picture heights a pixel; ``area``: watched area in square picture heights."""

    blobs: tuple[Blob, ...]
    pixel: float
    area: float


class MotionDetector:
    """Motion within one polygon of one camera; frames must come in order."""

    def __init__(self, polygon: tuple[Point, ...], largest: float) -> None:
        """``largest``: size in picture heights beyond which a moving thing is none of ours."""
        self._polygon = polygon
        self._largest = largest
        self._part: _Part | None = None

    def step(self, frame: Frame) -> MovingBlobs:
        """Compare a frame with what was before; the first frame shows nothing."""
        part = self._part
        if part is None or part.size != (frame.width, frame.height):
            part = self._part = _Part(self._polygon, frame.width, frame.height)
        return MovingBlobs(part.step(frame, self._largest), part.pixel, part.area)


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
        self._departed: Grey | None = None
        self._time = 0.0
        self._seen = 0

    def step(self, frame: Frame, largest: float) -> tuple[Blob, ...]:
        picture = frame.picture(*self._whole)[self._top : self._bottom, self._left : self._right]
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        passed, self._time = frame.time - self._time, frame.time
        if self._background is None or self._departed is None or not 0 < passed <= _GAP:
            return self._begin(grey)
        departed = np.asarray(cv2.absdiff(grey, self._background), np.uint8)
        arrived = np.asarray(cv2.bitwise_and(cv2.subtract(departed, self._departed), self._mask), np.uint8)
        threshold = max(_FAINTEST, _NOISE * cv2.mean(arrived)[0] * arrived.size / self._inside)
        moving = np.asarray(cv2.threshold(arrived, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8)
        if cv2.countNonZero(moving) > _UPSET * self._inside:
            return self._begin(grey)
        self._background = _followed(self._background, grey, passed)
        self._departed = departed
        clutter = self._clutter(moving, passed)
        return self._blobs(moving, clutter, self._big(departed, threshold, largest), largest)

    def _begin(self, grey: Grey) -> tuple[Blob, ...]:
        """Learn the background anew."""
        self._background, self._departed = grey.copy(), np.zeros_like(grey)
        return ()

    def _blobs(self, moving: Grey, busy: npt.NDArray[np.float32], big: _Cells, largest: float) -> tuple[Blob, ...]:
        joined = cv2.dilate(moving, _SQUARE)
        outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        most = largest / self.pixel
        near = round(_COMPANY / self.pixel)
        boxes = np.array([cv2.boundingRect(outline) for outline in outlines], np.int32).reshape(-1, 4)
        beside_big = cv2.dilate(big.astype(np.uint8), np.ones((2 * (near // _CELL) + 1,) * 2, np.uint8))
        blobs = []
        for x, y, width, height in boxes.tolist():
            column, row = (2 * x + width) // (2 * _CELL), (2 * y + height) // (2 * _CELL)
            small = max(width, height) - 2 <= most and (width > 3 or height > 3)
            if small and not big[row, column] and busy[row, column] < _BUSY:
                middle = ((x + width / 2 + self._left) * self.pixel, (y + height / 2 + self._top) * self.pixel)
                size = ((width - 2) * self.pixel, (height - 2) * self.pixel)
                company = bool(beside_big[row, column]) or self._in_company((x, y, width, height), boxes, near)
                blobs.append(Blob(*middle, *size, float(busy[row, column]) / (_CELL * self.pixel) ** 2, company))
        return tuple(blobs) if len(blobs) <= _MOST else ()

    def _in_company(self, box: tuple[int, int, int, int], boxes: npt.NDArray[np.int32], near: int) -> bool:
        """Whether something else moves so near, or the box touches the left or right edge."""
        x, y, width, height = box
        if x <= 1 or x + width >= self._mask.shape[1] - 1:
            return True
        across = np.maximum(boxes[:, 0] - (x + width), x - (boxes[:, 0] + boxes[:, 2]))
        down = np.maximum(boxes[:, 1] - (y + height), y - (boxes[:, 1] + boxes[:, 3]))
        return int(np.count_nonzero(np.maximum(across, down) <= near)) > 1

    def _big(self, departed: Grey, threshold: float, largest: float) -> _Cells:
        """Cells in and beside what is bigger than a thing may be: people, cars, a swaying tree."""
        differing = np.asarray(cv2.threshold(departed, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8)
        filled = (self._in_cells(differing) >= _FILLED * 255).astype(np.uint8)
        outlines, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        most = largest / self.pixel / _CELL + 1
        large = [outline for outline in outlines if max(cv2.boundingRect(outline)[2:]) > most]
        within = np.zeros_like(filled)
        cv2.drawContours(within, large, -1, 1, cv2.FILLED)
        return np.asarray(cv2.dilate(within, _SQUARE) > 0)

    def _in_cells(self, values: Grey) -> Grey:
        """Mean of each cell; beyond the edge there is nothing."""
        rows, columns = values.shape
        below, right = self._cells[1] * _CELL - rows, self._cells[0] * _CELL - columns
        padded = cv2.copyMakeBorder(values, 0, below, 0, right, cv2.BORDER_CONSTANT)
        return np.asarray(cv2.resize(padded, self._cells, interpolation=cv2.INTER_AREA), np.uint8)

    def _clutter(self, moving: Grey, passed: float) -> npt.NDArray[np.float32]:
        """Share of frames in which the cells around each cell moved of late, before this frame, which it takes in."""
        usual = np.asarray(cv2.blur(self._busy, (_ROUND, _ROUND)), np.float32)
        self._seen += 1
        weight = max(passed / _MEMORY, 1 / (self._seen + 5))
        cv2.accumulateWeighted((self._in_cells(moving) > 0).astype(np.float32), self._busy, min(weight, 1.0))
        return usual


def _followed(background: Grey, grey: Grey, passed: float) -> Grey:
    """Move the background towards the picture by a limited step: what passes quickly leaves no trace in it."""
    step = max(1, round(_FOLLOW * passed))
    _, above = cv2.threshold(cv2.subtract(grey, background), step, 0, cv2.THRESH_TRUNC)
    _, below = cv2.threshold(cv2.subtract(background, grey), step, 0, cv2.THRESH_TRUNC)
    return np.asarray(cv2.subtract(cv2.add(background, above), below), np.uint8)
