"""How high a point of the picture lies on the facade, from a known height and from its floors."""

from itertools import pairwise

from pydantic import Field, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import Settings
from sharp_eyes.edge.polygons import ScreenPoint

Point = tuple[float, float]
"""x, y in picture heights (y down)."""


class KnownHeight(Settings):
    """Two points of the facade, one above the other, and the metres between them."""

    bottom: ScreenPoint = Field(title="Lower point as [x, y], shares of the picture's width and height")
    top: ScreenPoint = Field(title="Upper point as [x, y]")
    metres: float = Field(title="Metres from the lower to the upper point", ge=2, le=600)
    halfway: ScreenPoint | None = Field(
        None, title="Point halfway up in metres, where the camera looks up and lower floors seem taller"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.bottom[1] - self.top[1] < 0.05:
            raise ValueError("'top' must lie above 'bottom' in the picture, by at least 0.05 of its height")
        if self.halfway is not None and not self.top[1] < self.halfway[1] < self.bottom[1]:
            raise ValueError("'halfway' must lie between 'bottom' and 'top'")
        return self


class Floors(Settings):
    """Which floor a point of the facade belongs to."""

    first: int = Field(1, title="Number of the lowest floor given here", ge=-9, le=300)
    lines: tuple[ScreenPoint, ...] = Field(
        title="Points on the floors' lower edges, from the lowest floor up, then one on the top floor's upper edge",
        min_length=2,
        max_length=300,
        json_schema_extra={"shape": "points"},
    )
    count: int | None = Field(
        None, title="Floors between two lines; where given, 'lines' are just the lowest and the highest", ge=1, le=300
    )

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        heights = [y for _, y in self.lines]
        if any(above >= below for below, above in pairwise(heights)):
            raise ValueError("'lines' must go upwards in the picture, each above the one before")
        if self.count is not None and len(self.lines) != 2:
            raise ValueError("with 'count' give exactly two 'lines', the lowest and the highest")
        return self


class Ruler:
    """Distances along the facade's vertical.

    A camera that looks up sees equal heights shrink upwards. Along one straight line this is a projective map of one
    dimension, which three points fix (Hartley and Zisserman, Multiple View Geometry, 2.5): u / (u + (1 - u) * bend).
    """

    def __init__(self, known: KnownHeight, aspect: float) -> None:
        """``aspect``: the picture's width by its height."""
        self._bottom = _scaled(known.bottom, aspect)
        top = _scaled(known.top, aspect)
        self._axis = (top[0] - self._bottom[0], top[1] - self._bottom[1])
        self._length = self._axis[0] ** 2 + self._axis[1] ** 2
        self._metres = known.metres
        self._bend = 1.0
        if known.halfway is not None:
            middle = self._along(_scaled(known.halfway, aspect))
            self._bend = middle / (1 - middle)

    def height(self, point: Point) -> float:
        """Metres above the lower point; points far below it are held at the map's end."""
        along = self._along(point)
        whole = along + (1 - along) * self._bend
        return self._metres * along / max(whole, 0.05)

    def row(self, x: float, metres: float) -> float:
        """The y, in picture heights, of a height at an x."""
        share = metres / self._metres
        along = share * self._bend / max(1 - share + share * self._bend, 1e-3)
        return self._bottom[1] + (along * self._length - (x - self._bottom[0]) * self._axis[0]) / self._axis[1]

    def _along(self, point: Point) -> float:
        x, y = point[0] - self._bottom[0], point[1] - self._bottom[1]
        return (x * self._axis[0] + y * self._axis[1]) / self._length


def floor_at(floors: Floors, share: float, ruler: Ruler | None, aspect: float) -> float | None:
    """Floor of a height in the picture as a real number (3.9: near the ceiling of floor 3); None outside the lines.

    Args:
        floors: the lines.
        share: y in shares of the picture's height.
        ruler: divides the height between two lines into equal floors by metres; without it by pixels.
        aspect: the picture's width by its height.
    """
    lines = floors.lines
    if not lines[-1][1] <= share <= lines[0][1]:
        return None
    index = next(i for i in range(len(lines) - 1) if share >= lines[i + 1][1])
    below, above = lines[index], lines[index + 1]
    part = (below[1] - share) / (below[1] - above[1])
    if ruler is not None:
        x = below[0] + part * (above[0] - below[0])
        low, high = (ruler.height(_scaled(point, aspect)) for point in (below, above))
        part = (ruler.height(_scaled((x, share), aspect)) - low) / (high - low)
    return floors.first + index + part if floors.count is None else floors.first + part * floors.count


def _scaled(point: ScreenPoint, aspect: float) -> Point:
    return point[0] * aspect, point[1]
