"""One map, as the HTTP interface says it: GeoJSON (RFC 7946), with the datum beside it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.datum import AnyDatum
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.one_map.layer import Certainty

LayerName = Literal["cases", "cameras", "units", "people", "premises", "devices", "places"]
Degrees = Annotated[float, Field(allow_inf_nan=False)]
Corner = Annotated[list[Degrees], Field(min_length=2, max_length=2)]
Ring = Annotated[list[Corner], Field(min_length=4, max_length=2000)]


class PointGeometry(ResponseModel):
    """A position, longitude first, in the collection's datum."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class ThingProperties(ResponseModel):
    """What is known of a thing, whatever its layer."""

    layer: LayerName
    kind: str = Field(description="A kind of place, a scene or kind of report, or the unit or role of somebody")
    name: str | Text
    area: str = Field(description="Path of its grid")
    certainty: Certainty = Field(
        description="own: its own position; camera: that of its camera; area: the area's middle"
    )
    state: str | None
    count: int | None = Field(description="Alarms of a case, people of a unit on duty, open failures, households")
    distance: float | None = Field(description="Metres from the place that was asked about; null where none was")
    facts: dict[str, Any]


class ThingFeature(ResponseModel):
    """A thing, as a feature."""

    type: Literal["Feature"] = "Feature"
    id: str = Field(description="Layer and key, such as places/000000000012")
    geometry: PointGeometry
    properties: ThingProperties


class ThingCollection(ResponseModel):
    """Things, as a collection of features."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    datum: AnyDatum = Field(description="Of all positions; a member of our own: GeoJSON itself knows WGS 84 alone")
    features: list[ThingFeature]
    next: str | None = Field(None, description="Cursor of the following page; null on the last")


class PolygonGeometry(BaseModel):
    """A piece of ground: the outline, then holes, each ring ending where it begins."""

    type: Literal["Polygon"]
    coordinates: list[Ring] = Field(min_length=1, max_length=50)


class CircleBody(BaseModel):
    """All that lies within so many metres of a place."""

    longitude: Degrees
    latitude: Degrees
    radius: float = Field(gt=0, le=20_000, allow_inf_nan=False, description="Metres")


class GroundBody(BaseModel):
    """What is asked for. What is given of ``polygon``, ``bounds``, ``circle`` and ``area`` must all hold."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "layers": ["places", "cameras"],
                    "datum": "gcj02",
                    "polygon": {
                        "type": "Polygon",
                        "coordinates": [[[120.52, 29.6], [120.54, 29.6], [120.54, 29.61], [120.52, 29.6]]],
                    },
                }
            ]
        }
    )

    layers: list[LayerName] = Field([], description="All that the asker may see where empty")
    kinds: list[StorableText] = Field([], max_length=50)
    words: StorableText = Field("", max_length=100)
    area: StorableText | None = Field(None, max_length=200, description="Path of an area, with all below it")
    polygon: PolygonGeometry | None = None
    bounds: Annotated[list[Degrees], Field(min_length=4, max_length=4)] | None = Field(
        None, description="West, south, east, north"
    )
    circle: CircleBody | None = None
    datum: AnyDatum | None = Field(
        None, description="Of all positions, in the request and in the answer; needed where the request has any"
    )


class FindBody(GroundBody):
    """Which things are wanted, page by page."""

    limit: int = Field(200, ge=1, le=1000)
    after: StorableText | None = Field(None, max_length=200, description="Cursor from 'next'")


class CountView(ResponseModel):
    """How many of something there are."""

    layer: LayerName
    name: str = Field(description="Of the kind, or the area's path")
    count: int


class GradeCountView(ResponseModel):
    """How many open cases are of a grade."""

    grade: Grade
    count: int


class HouseholdsView(ResponseModel):
    """How many households an area has, and in how many of them an elder lives alone."""

    households: int
    lone_elders: int


class AnalysisView(ResponseModel):
    """What lies on a piece of ground, in numbers."""

    datum: AnyDatum
    square_metres: float | None = Field(description="Of a polygon")
    layers: dict[LayerName, int]
    kinds: list[CountView] = Field(description="Things by kind, most first")
    areas: list[CountView] = Field(description="Things by grid, most first")
    counted: list[CountView] = Field(description="What things themselves count by kind, such as households")
    grades: list[GradeCountView] = Field(description="Open cases by grade")
    late: int = Field(description="Open cases of which a limit was missed")
    households: HouseholdsView | None = Field(description="Of the area; null where another ground is asked about")
    units: list[ThingFeature] = Field(description="The nearest to the ground's middle")


class NearestView(ResponseModel):
    """Who is nearest to a case; the move 'dispatch' sends them."""

    datum: AnyDatum
    case: int
    position: PointGeometry | None
    certainty: Certainty | None
    units: list[ThingFeature]
    people: list[ThingFeature] = Field(description="On duty for the case's area; none for who may send nobody")
