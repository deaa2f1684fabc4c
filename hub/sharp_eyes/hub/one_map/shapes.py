"""A piece of ground that is asked about: a box, a polygon or a circle, in WGS 84. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, radians
from typing import TYPE_CHECKING

from sharp_eyes.hub.areas.datum import Point, degrees_of, metres_between

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

_DEGREE = 111_195.0
"""Metres of a degree of latitude on the sphere of :func:`metres_between`."""


class Polygon:
    """The ground within rings of positions: the outline, then holes."""

    def __init__(self, rings: Sequence[Sequence[Point]]) -> None:
        """Take rings.

        Raises:
            ValueError: they cross themselves or each other, or have no ground.
        """
        from shapely.geometry import Polygon as Sheet  # noqa: PLC0415
        from shapely.validation import explain_validity  # noqa: PLC0415

        self._sheet: BaseGeometry = Sheet(rings[0], rings[1:])
        if not self._sheet.is_valid or self._sheet.area == 0:
            raise ValueError(f"the polygon is not valid: {explain_validity(self._sheet)}")

    @cached_property
    def box(self) -> Box:
        """What encloses it."""
        west, south, east, north = self._sheet.bounds
        return west, south, east, north

    @cached_property
    def middle(self) -> Point:
        """A place inside of it, near its middle."""
        found = self._sheet.representative_point()
        return found.x, found.y

    @cached_property
    def square_metres(self) -> float:
        """Its ground, taken as flat: right within a thousandth for a district."""
        return float(self._sheet.area) * _DEGREE**2 * cos(radians(self.middle[1]))

    def holds(self, point: Point) -> bool:
        """Whether a place lies inside or on its line."""
        from shapely.geometry import Point as Dot  # noqa: PLC0415

        return bool(self._sheet.covers(Dot(point)))


@dataclass(frozen=True, slots=True)
class Circle:
    """All that lies within so many metres of a place."""

    middle: Point
    metres: float

    @property
    def box(self) -> Box:
        """What encloses it."""
        wide, high = degrees_of(self.metres, self.middle[1])
        x, y = self.middle
        return x - wide, y - high, x + wide, y + high

    def holds(self, point: Point) -> bool:
        """Whether a place lies within."""
        return metres_between(self.middle, point) <= self.metres


@dataclass(frozen=True, slots=True)
class Bounds:
    """All that lies within a box."""

    box: Box

    def holds(self, point: Point) -> bool:
        """Whether a place lies inside or on its line."""
        return is_within(self.box, point)


Shape = Polygon | Circle | Bounds


def is_within(box: Box, point: Point) -> bool:
    """Whether a place lies in a box."""
    west, south, east, north = box
    return west <= point[0] <= east and south <= point[1] <= north


def overlap(boxes: Sequence[Box]) -> Box | None:
    """What lies in all boxes, perhaps nothing; None where there is no box."""
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return max(west), max(south), min(east), min(north)
