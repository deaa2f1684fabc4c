"""What one look gives to compare: ground classes, colours and grain on one grid, and the part of it that is a zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Frame, Picture, Segmentation, coverage
from sharp_eyes.edge.polygons import Point
from sharp_eyes.edge.scenes.base import Observation
from sharp_eyes.edge.scenes.geometry import Rectangle, clipped

Plane = npt.NDArray[np.float32]
"""Rows x columns of the grid, or of a zone's window in it."""

FINE = 4
"""Pixels a side of a cell in the picture that colours and grain are taken from."""


@dataclass(frozen=True)
class Glance:
    """One frame with its segmentation.

    Attributes:
        ground: classes of the ground; its grid is the grid of everything here.
        boxes: detected objects that hide the ground, in shares of the picture.
        people: the same of people, whose boxes show more ground than they hide.
    """

    frame: Frame
    ground: Segmentation
    boxes: tuple[Rectangle, ...] = ()
    people: tuple[Rectangle, ...] = ()

    @classmethod
    def of(cls, observation: Observation) -> "Glance | None":
        """Take it from a look; None where there is no picture or no segmenter."""
        if observation.frame is None or observation.ground is None:
            return None
        items = observation.tracks.items
        people = tuple(observation.box_of(track) for track in items if track.name == "person")
        boxes = tuple(observation.box_of(track) for track in items if track.name != "person")
        return cls(observation.frame, observation.ground(), boxes, people)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        rows, columns = self.ground.probabilities.shape[1:]
        return int(rows), int(columns)

    @cached_property
    def picture(self) -> Picture:
        """The frame at ``FINE`` pixels a cell."""
        rows, columns = self.shape
        return self.frame.picture(columns * FINE, rows * FINE)

    @cached_property
    def colours(self) -> Plane:
        """Mean colour of each cell, rows x columns x 3, BGR, 0 to 255."""
        rows, columns = self.shape
        return np.asarray(cv2.resize(self.picture, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)

    @cached_property
    def detail(self) -> Plane:
        """Brightness of the FINE² pixels of each cell, rows x columns x FINE², 0 to 255."""
        rows, columns = self.shape
        grey = cv2.cvtColor(self.picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
        blocks = grey.reshape(rows, FINE, columns, FINE).transpose(0, 2, 1, 3)
        return np.asarray(blocks.reshape(rows, columns, FINE * FINE), np.float32)

    @cached_property
    def brightness(self) -> Plane:
        """Brightest channel of each cell, 0 to 1."""
        return np.asarray(self.colours.max(axis=2) / 255, np.float32)

    @cached_property
    def saturation(self) -> Plane:
        """How far each cell is from grey, 0 to 1 (the S of HSV)."""
        low, high = self.colours.min(axis=2), self.colours.max(axis=2)
        return np.asarray((high - low) / np.maximum(high, 1), np.float32)

    def within(self, boxes: Sequence[Rectangle]) -> npt.NDArray[np.bool_]:
        """Cells that boxes touch."""
        rows, columns = self.shape
        hidden = np.zeros((rows, columns), np.bool_)
        for box in boxes:
            x1, y1, x2, y2 = clipped(box)
            hidden[int(y1 * rows) : int(np.ceil(y2 * rows)), int(x1 * columns) : int(np.ceil(x2 * columns))] = True
        return hidden


@dataclass(frozen=True)
class Window:
    """A zone's part of a grid.

    Attributes:
        shape: rows and columns of the whole grid.
        rows, columns: the smallest part of the grid that holds the zone.
        weights: share of each cell of that part that lies in the zone.
    """

    shape: tuple[int, int]
    rows: slice
    columns: slice
    weights: Plane

    @classmethod
    def of(cls, polygon: Sequence[Point], shape: tuple[int, int], margin: int = 0) -> "Window":
        """Find a zone on a grid; ``margin``: cells about it that are cut out with it, without weight.

        Raises:
            ValueError: when it covers nothing of it.
        """
        weights = coverage(polygon, *shape)
        rows, columns = np.flatnonzero(weights.any(axis=1)), np.flatnonzero(weights.any(axis=0))
        if not len(rows):
            raise ValueError("the polygon covers nothing of the picture")
        high = slice(max(int(rows[0]) - margin, 0), int(rows[-1]) + 1 + margin)
        wide = slice(max(int(columns[0]) - margin, 0), int(columns[-1]) + 1 + margin)
        return cls(shape, high, wide, weights[high, wide])

    def cut(self, plane: npt.NDArray[np.generic]) -> Plane:
        """The zone's part of a plane (or of a plane of vectors)."""
        return np.asarray(plane[self.rows, self.columns], np.float32)

    def mean(self, values: Plane | npt.NDArray[np.bool_]) -> float:
        """Mean of a plane of the window over the zone's area."""
        return float((values * self.weights).sum() / self.weights.sum())

    def whole(self, plane: Plane) -> Plane:
        """A plane of the window, laid into a grid that is zero elsewhere."""
        grid = np.zeros(self.shape, np.float32)
        grid[self.rows, self.columns] = plane
        return grid


@dataclass(frozen=True)
class Sample:
    """What a look gives of one zone, cut to its window.

    Attributes:
        classes: by name of the class, the probability among the classes of ground.
        colours: rows x columns x 3, BGR.
        detail: rows x columns x FINE², brightness of the pixels of each cell.
        other: probability of what is no ground.
        things: where something solid stands in front of the ground.
        unknown: where the ground is not seen: behind things and in the boxes of people.
        confidence: mean probability of the class that was given, where the ground is seen.
        flooded: probability that the place in the whole picture is flooded; None where the segmenter does not tell.
    """

    window: Window
    classes: dict[str, Plane]
    colours: Plane
    detail: Plane
    other: Plane
    things: npt.NDArray[np.bool_]
    unknown: npt.NDArray[np.bool_]
    confidence: float
    flooded: float | None = None

    @classmethod
    def of(cls, glance: Glance, window: Window) -> "Sample":
        """Cut a zone out of a look."""
        planes = {
            name: window.cut(plane)
            for name, plane in zip(glance.ground.names, glance.ground.probabilities, strict=True)
        }
        other = planes.pop("other", np.zeros_like(window.weights))
        things = (other > 0.5) | (window.cut(glance.within(glance.boxes)) > 0)
        unknown = things | (window.cut(glance.within(glance.people)) > 0)
        ground = np.maximum(1 - other, 1e-3)
        classes = {name: np.asarray(plane / ground, np.float32) for name, plane in planes.items()}
        seen = window.weights * ~unknown
        sure = window.cut(glance.ground.probabilities.max(axis=0))
        confidence = float((sure * seen).sum() / seen.sum()) if seen.any() else 0.0
        colours, detail = window.cut(glance.colours), window.cut(glance.detail)
        flooded = glance.ground.whole.get("flooded")
        return cls(window, classes, colours, detail, other, things, unknown, confidence, flooded)

    @property
    def hidden(self) -> float:
        """Share of the zone whose ground is not seen."""
        return self.window.mean(self.unknown)
