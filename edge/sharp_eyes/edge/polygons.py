"""Polygons that are drawn on the picture: zones, areas that do not count, masks. One that closes nothing is refused.

In shares of the picture, 0 to 1, x to the right, y down.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from sharp_eyes.contract.base import Share
from sharp_eyes.contract.video import MAX_CORNERS

Point = tuple[float, float]

ScreenPoint = Annotated[tuple[Share, Share], Field(json_schema_extra={"shape": "point"})]
"""What is drawn on the picture says so in its schema, under ``shape``: whoever offers a form draws it there."""

LEAST_AREA = 1e-5
"""Shares of the picture."""


def area(polygon: Sequence[Point]) -> float:
    """Area in shares of the picture (shoelace formula)."""
    total = 0.0
    previous_x, previous_y = polygon[-1]
    for x, y in polygon:
        total += previous_x * y - x * previous_y
        previous_x, previous_y = x, y
    return abs(total) / 2


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Whether two edges that are not neighbours cut each other."""
    count = len(polygon)
    edges = [(polygon[i], polygon[(i + 1) % count]) for i in range(count)]
    for i in range(count):
        for j in range(i + 2, count):
            neighbours = i == 0 and j == count - 1
            if not neighbours and segments_cross(*edges[i], *edges[j]):
                return True
    return False


def side(start: Point, end: Point, point: Point) -> float:
    """Positive where the point lies to the right of the line as one walks from start to end (y down)."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def segments_cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments a-b and c-d properly cut each other."""
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _valid_polygon(points: tuple[ScreenPoint, ...]) -> tuple[ScreenPoint, ...]:
    if len(points) < 3:
        raise ValueError(f"a polygon needs at least 3 points, this one has {len(points)}")
    if len(points) > MAX_CORNERS:  # before each pair of edges is looked at
        raise ValueError(f"a polygon may have {MAX_CORNERS} points, this one has {len(points)}")
    if crosses_itself(points):
        raise ValueError("the polygon's edges cross; list its corners in order around it")
    if area(points) < LEAST_AREA:
        raise ValueError("the polygon has no area")
    return points


Polygon = Annotated[
    tuple[ScreenPoint, ...],
    AfterValidator(_valid_polygon),
    Field(json_schema_extra={"shape": "polygon", "minItems": 3, "maxItems": MAX_CORNERS}),
]
