"""Cells of the ground: a grid over the world, some 200 m wide, by which cases of one place are counted together."""

from dataclasses import dataclass
from math import floor

PER_DEGREE = 500
"""Cells in a degree, of latitude and of longitude."""

_ROUND = 2 * 180 * PER_DEGREE + 2
"""More cells than there are around the world."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A cell by its place in the grid, counted from the equator and from Greenwich."""

    south: int
    west: int

    @classmethod
    def at(cls, latitude: float, longitude: float) -> "Cell":
        """Give the cell in which a place lies, in degrees of WGS 84."""
        return cls(_line_below(latitude), _line_below(longitude))

    @classmethod
    def read(cls, name: str) -> "Cell":
        """Read what :meth:`__str__` gave.

        Raises:
            ValueError: it is no name of a cell.
        """
        south, west = name.split(",")
        return cls(int(south), int(west))

    @classmethod
    def of_number(cls, number: int) -> "Cell":
        """Give the cell of a :attr:`number`."""
        south, west = divmod(number, _ROUND)
        return cls(south - _ROUND // 2, west - _ROUND // 2)

    @property
    def number(self) -> int:
        """Tells it from all others; never negative, so that others may mean something else."""
        return (self.south + _ROUND // 2) * _ROUND + self.west + _ROUND // 2

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north and east in degrees; what lies on the north or east one lies in the next cell."""
        return (
            self.south / PER_DEGREE,
            self.west / PER_DEGREE,
            (self.south + 1) / PER_DEGREE,
            (self.west + 1) / PER_DEGREE,
        )

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude."""
        return (self.south + 0.5) / PER_DEGREE, (self.west + 0.5) / PER_DEGREE

    def __str__(self) -> str:
        return f"{self.south},{self.west}"


def _line_below(degrees: float) -> int:
    """Number of the line at or below; by the very comparison that a query makes, which a product may miss by a bit."""
    line = floor(degrees * PER_DEGREE)
    if degrees < line / PER_DEGREE:
        return line - 1
    return line + 1 if degrees >= (line + 1) / PER_DEGREE else line
