"""All outlines of a city's areas together: which of them hold a place, and where the middle of each is."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sharp_eyes.hub.areas.geometry import MultiPolygon, Polygon, middle

if TYPE_CHECKING:
    from shapely import STRtree


class Outlines:
    """Outlines by their areas' paths; places are in the outlines' own datum."""

    def __init__(self, outlines: Iterable[tuple[str, Polygon | MultiPolygon]]) -> None:
        self._given = dict(outlines)
        self._middles: dict[str, tuple[float, float]] = {}

    def at(self, point: tuple[float, float]) -> str | None:
        """Name the smallest area that holds a place, a border being part of both sides; None where none does.

        Of areas of one size the deeper one holds it, then the first by its path: the same place has always one grid.
        """
        if not self._given:
            return None
        # Loaded where there are outlines: it takes a quarter of a second, which each command would wait.
        from shapely.geometry import Point  # noqa: PLC0415

        paths, tree = self._sorted
        smallest = min(tree.query(Point(point), predicate="intersects"), default=None)
        return None if smallest is None else paths[smallest]

    def middle_of(self, path: str) -> tuple[float, float] | None:
        """Give a place inside an area near its middle, or inside the nearest one above it that has an outline."""
        at = path
        while at and at not in self._given:
            at = at.rpartition("/")[0]
        if not at:
            return None
        if at not in self._middles:
            self._middles[at] = middle(self._given[at])
        return self._middles[at]

    @cached_property
    def _sorted(self) -> "tuple[list[str], STRtree[Any]]":
        """Paths, the smallest area first, and a tree over their outlines in the same order."""
        from shapely import STRtree  # noqa: PLC0415
        from shapely.geometry import shape  # noqa: PLC0415

        sheets = {path: shape({"type": one.type, "coordinates": one.coordinates}) for path, one in self._given.items()}
        order = sorted(sheets, key=lambda path: (sheets[path].area, -path.count("/"), path))
        return order, STRtree([sheets[path] for path in order])
