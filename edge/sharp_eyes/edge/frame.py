"""What walks through the rooms: a frame, what was detected in it, and what was tracked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.errors import ConfigError

if TYPE_CHECKING:
    import supervision

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, BGR, 0 to 255."""

Boxes = npt.NDArray[np.float32]
"""n x 4: x1, y1, x2, y2 in pixels of the full frame."""


Points = Sequence[tuple[float, float]]
"""Corners of a polygon as x, y in shares of the frame's width and height."""

Grid = npt.NDArray[np.float32]
"""Rows x columns; together the cells cover the frame, whatever its size."""

FINENESS = 8
"""A polygon's edge is found to this part of a cell."""


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

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Detections":
        """Those of a mask of n booleans."""
        return Detections(self.boxes[chosen], self.scores[chosen], self.classes[chosen], self.names)

    def to_supervision(self) -> "supervision.Detections":
        """The same as ``supervision.Detections``, with the names under ``class_name``.

        Raises:
            ConfigError: the extra ``notebook`` is not installed.
        """
        made: supervision.Detections = _supervision().Detections(
            xyxy=self.boxes.copy(),
            confidence=self.scores.copy(),
            class_id=self.classes.astype(np.int64),
            data={"class_name": np.array([self.names[number] for number in self.classes], dtype=str)},
        )
        return made

    @classmethod
    def from_supervision(cls, detections: "supervision.Detections", names: Sequence[str] | None = None) -> "Detections":
        """What another program found.

        Args:
            detections: masks, trackers' numbers and other data are left out; without a confidence it is 1.
            names: names of its class numbers; by default the ``class_name`` that the detections carry.

        Raises:
            ConfigError: the detections carry no class numbers, or no names and none are given.
        """
        numbers = np.zeros(len(detections), np.int32) if detections.class_id is None else detections.class_id
        carried = detections.data.get("class_name")
        if (detections.class_id is None or (names is None and carried is None)) and len(detections):
            raise ConfigError("the detections carry no class numbers or no names: give names=[…] in their order")
        if names is None:
            known = dict(zip(numbers.tolist(), [] if carried is None else np.asarray(carried).tolist(), strict=True))
            names = [str(known.get(number, "")) for number in range(max(known, default=-1) + 1)]
        scores = np.ones(len(detections)) if detections.confidence is None else detections.confidence
        return cls(
            np.asarray(detections.xyxy, np.float32).reshape(-1, 4),
            np.asarray(scores, np.float32),
            np.asarray(numbers, np.int32),
            tuple(names),
        )


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


def coverage(polygon: Points, rows: int, columns: int) -> Grid:
    """Share of each cell of a grid that lies in a polygon, 0 to 1.

    Even-odd rule along fine scan lines: each edge toggles all that lies to its right.
    """
    high, wide = rows * FINENESS, columns * FINENESS
    toggled = np.zeros((high, wide + 1), np.uint8)
    middles = np.arange(high) + 0.5
    corners = np.array(polygon, np.float64) * (wide, high)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crossed = np.flatnonzero((y1 <= middles) != (y2 <= middles))
        x = x1 + (middles[crossed] - y1) * (x2 - x1) / (y2 - y1) if len(crossed) else crossed
        toggled[crossed, np.clip(np.ceil(x - 0.5), 0, wide).astype(np.int64)] ^= 1
    inside = np.bitwise_xor.accumulate(toggled, axis=1)[:, :wide]
    return np.asarray(inside.reshape(rows, FINENESS, columns, FINENESS).mean(axis=(1, 3)), np.float32)


@dataclass(frozen=True, slots=True)
class Segmentation:
    """What the ground is, place by place, in one frame.

    Attributes:
        probabilities: classes x rows x columns, float32; the grid covers exactly the frame.
        names: class names in the model's order.
        whole: probability, 0 to 1, of what the model tells of the whole frame, by name; empty where it tells nothing.
    """

    probabilities: npt.NDArray[np.float32]
    names: tuple[str, ...]
    whole: Mapping[str, float] = field(default_factory=dict)

    @property
    def class_map(self) -> npt.NDArray[np.uint8]:
        """Most probable class of each cell, rows x columns, index into ``names``."""
        return np.asarray(self.probabilities.argmax(axis=0), np.uint8)

    def shares(self, polygon: Points | None = None) -> dict[str, float]:
        """Share of the polygon's area (the whole frame's without one) that each class covers; they sum to 1.

        Raises:
            ValueError: when the polygon covers nothing of the frame.
        """
        weights = self._weights(polygon)
        covered = np.bincount(self.class_map.ravel(), weights.ravel(), minlength=len(self.names))
        return {name: float(value) for name, value in zip(self.names, covered / weights.sum(), strict=True)}

    def confidence(self, polygon: Points | None = None) -> float:
        """Mean probability, 0 to 1, of the class that each place of the polygon was given.

        Raises:
            ValueError: when the polygon covers nothing of the frame.
        """
        weights = self._weights(polygon)
        return float((self.probabilities.max(axis=0) * weights).sum() / weights.sum())

    def _weights(self, polygon: Points | None) -> Grid:
        rows, columns = self.probabilities.shape[1:]
        weights = np.ones((rows, columns), np.float32) if polygon is None else coverage(polygon, rows, columns)
        if not weights.any():
            raise ValueError("the polygon covers nothing of the frame; give corners as shares of 0 to 1")
        return weights


def _supervision() -> Any:
    try:
        return import_module("supervision")
    except ImportError as error:
        raise ConfigError("the extra 'notebook' is not installed: run `pip install 'sharp-eyes[notebook]'`") from error
