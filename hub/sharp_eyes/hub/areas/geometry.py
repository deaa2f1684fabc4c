"""Where an area lies: a polygon or several, as GeoJSON (RFC 7946) says them, in the city pack's datum."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, model_validator

from sharp_eyes.configuration import Settings
from sharp_eyes.configuration.said import Said

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_POSITIONS = 50_000
"""Positions of one area's outline; a province's coast has fewer at a metre's accuracy."""

_DUST = 1e-12
"""Square degrees, about a hundredth of a square metre: what rounding leaves along a line that two outlines share."""


def _flat(position: tuple[float, ...]) -> tuple[float, ...]:
    longitude, latitude = position[:2]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        words = f"position {longitude}, {latitude} is no longitude and latitude in degrees"
        raise ValueError(Said("no_degrees", words, longitude=longitude, latitude=latitude))
    return position[:2]  # a height, which some programs write, says nothing of an area


_Number = Annotated[float, Field(allow_inf_nan=False)]
Position = Annotated[tuple[_Number, ...], Field(min_length=2, max_length=4), AfterValidator(_flat)]
"""Longitude and latitude in degrees."""


def _closed(ring: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    if ring[0] != ring[-1]:
        words = f"a ring ends where it begins, at {ring[0]}, not at {ring[-1]}"
        raise ValueError(Said("ring_open", words, begin=_plain(ring[0]), end=_plain(ring[-1])))
    return ring


def _plain(position: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in position[:2])


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
            words = f"{positions} positions; simplify the outline to {MOST_POSITIONS} at most"
            raise ValueError(Said("many_positions", words, count=positions, most=MOST_POSITIONS))
        # Loaded where there are outlines: it takes a quarter of a second, which each command would wait.
        import shapely  # noqa: PLC0415
        from shapely.geometry import mapping, shape  # noqa: PLC0415
        from shapely.validation import explain_validity  # noqa: PLC0415

        made = shape({"type": self.type, "coordinates": self.coordinates})
        if not made.is_valid:
            # Such as "Self-intersection[116.31 39.9]".
            why = explain_validity(made)
            raise ValueError(Said("outline_crossed", f"{self.type} is not valid: {why}", why=why))
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


def holds(outline: Polygon | MultiPolygon, point: tuple[float, float]) -> bool:
    """Whether a place, in the outline's datum, lies inside of it or on its line."""
    from shapely.geometry import Point  # noqa: PLC0415

    return bool(_sheet(outline).covers(Point(point)))


def joined(one: Polygon | MultiPolygon, other: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """The ground of both."""
    made = _sheet(one).union(_sheet(other))
    result = _outline(made)
    if result is None:
        raise ValueError("the two outlines have no ground")
    return result


def cut(outline: Polygon | MultiPolygon, by: Polygon | MultiPolygon) -> tuple[Polygon | MultiPolygon, ...]:
    """The ground inside and outside of another outline; one of the two is missing where that takes all or nothing."""
    whole, knife = _sheet(outline), _sheet(by)
    parts = (_outline(whole.intersection(knife)), _outline(whole.difference(knife)))
    return tuple(part for part in parts if part is not None)


def _sheet(outline: Polygon | MultiPolygon) -> "BaseGeometry":
    from shapely.geometry import shape  # noqa: PLC0415

    return shape({"type": outline.type, "coordinates": outline.coordinates})


def _outline(sheet: "BaseGeometry") -> Polygon | MultiPolygon | None:
    """The ground of what two outlines made: lines and points where they only touch are none."""
    from shapely.geometry import MultiPolygon as Sheets  # noqa: PLC0415
    from shapely.geometry import mapping  # noqa: PLC0415

    pieces = [one for one in getattr(sheet, "geoms", (sheet,)) if one.geom_type == "Polygon" and one.area > _DUST]
    if not pieces:
        return None
    given = mapping(pieces[0] if len(pieces) == 1 else Sheets(pieces))
    return TypeAdapter[Polygon | MultiPolygon](Geometry).validate_python(given)


def _positions(part: Any) -> Iterator[Any]:
    if part and isinstance(part[0], float):
        yield part
        return
    for one in part:
        yield from _positions(one)
