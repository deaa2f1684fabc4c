"""Where an area lies: a polygon or several, as GeoJSON (RFC 7946) says them, in the city pack's datum."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from sharp_eyes.configuration import Settings

MOST_POSITIONS = 50_000
"""Positions of one area's outline; a province's coast has fewer at a metre's accuracy."""


def _flat(position: tuple[float, ...]) -> tuple[float, ...]:
    longitude, latitude = position[:2]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError(f"position {longitude}, {latitude} is no longitude and latitude in degrees")
    return position[:2]  # a height, which some programs write, says nothing of an area


_Number = Annotated[float, Field(allow_inf_nan=False)]
Position = Annotated[tuple[_Number, ...], Field(min_length=2, max_length=4), AfterValidator(_flat)]
"""Longitude and latitude in degrees."""


def _closed(ring: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    if ring[0] != ring[-1]:
        raise ValueError(f"a ring ends where it begins, at {ring[0]}, not at {ring[-1]}")
    return ring


Ring = Annotated[tuple[Position, ...], Field(min_length=4), AfterValidator(_closed)]
"""A closed line; of a polygon the first is the outline, the others are holes."""


def middle(outline: "Polygon | MultiPolygon") -> tuple[float, float]:
    """A place inside an outline, near its middle: longitude and latitude in degrees."""
    # Loaded where there are outlines, as below.
    from shapely.geometry import shape  # noqa: PLC0415

    point = shape({"type": outline.type, "coordinates": outline.coordinates}).representative_point()
    return point.x, point.y


class _Outline(Settings):
    """What both kinds share: the lines do not cross themselves or each other, and run in the standard's direction."""

    # Further members, such as a bounding box, may stand there by the standard; they say nothing new.
    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str
    coordinates: tuple[Any, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        positions = sum(1 for _ in _positions(self.coordinates))
        if positions > MOST_POSITIONS:
            raise ValueError(f"{positions} positions; simplify the outline to {MOST_POSITIONS} at most")
        # Loaded where there are outlines: it takes a quarter of a second, which each command would wait.
        import shapely  # noqa: PLC0415
        from shapely.geometry import mapping, shape  # noqa: PLC0415
        from shapely.validation import explain_validity  # noqa: PLC0415

        made = shape({"type": self.type, "coordinates": self.coordinates})
        if not made.is_valid:
            # Such as "Self-intersection[116.31 39.9]".
            raise ValueError(f"{self.type} is not valid: {explain_validity(made)}")
        oriented = tuple(mapping(shapely.orient_polygons(made))["coordinates"])
        object.__setattr__(self, "coordinates", oriented)
        return self


class Polygon(_Outline):
    """One piece of ground, perhaps with holes."""

    type: Literal["Polygon"]
    coordinates: tuple[Ring, ...] = Field(min_length=1, title="Rings: the outline, then holes")


class MultiPolygon(_Outline):
    """Several pieces of ground."""

    type: Literal["MultiPolygon"]
    coordinates: tuple[Annotated[tuple[Ring, ...], Field(min_length=1)], ...] = Field(
        min_length=1, title="Polygons, each with its rings"
    )


Geometry = Annotated[Polygon | MultiPolygon, Field(discriminator="type")]


def _positions(part: Any) -> Iterator[Any]:
    if part and isinstance(part[0], float):
        yield part
        return
    for one in part:
        yield from _positions(one)
