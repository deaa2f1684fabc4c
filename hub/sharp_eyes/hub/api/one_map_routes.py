"""One map: things of all layers by ground, area, kind and words; around a place; counted; nearest to a case."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.api.area_routes import GeoJsonResponse
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.one_map_schemas import (
    AnalysisView,
    CountView,
    FindBody,
    GradeCountView,
    GroundBody,
    HouseholdsView,
    LayerName,
    NearestView,
    PointGeometry,
    ThingCollection,
    ThingFeature,
    ThingProperties,
)
from sharp_eyes.hub.areas.datum import AnyDatum, Point, checked, from_wgs84, to_wgs84
from sharp_eyes.hub.cases.queries import find_case
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.one_map.analysis import analyse
from sharp_eyes.hub.one_map.case_layer import place_of_case
from sharp_eyes.hub.one_map.finding import Asked, Asker, find, nearest
from sharp_eyes.hub.one_map.layer import Thing, whoever_sends
from sharp_eyes.hub.one_map.nearest import Away, people_by_distance, units_by_distance
from sharp_eyes.hub.one_map.shapes import Bounds, Circle, Polygon, Shape

router = APIRouter(tags=["one map"])
MAX_ID = 2**53
_NEAREST = 5
_Limit = Annotated[int, Query(ge=1, le=1000)]
_Words = Annotated[str, Query(max_length=100, description="Each must stand in the name or number")]
_Datum = Annotated[AnyDatum | None, Query(description="Of all positions; needed where any is asked about")]
_Longitude = Annotated[float, Query(allow_inf_nan=False)]
_Latitude = Annotated[float, Query(allow_inf_nan=False)]


@router.get("/one-map/around", response_class=GeoJsonResponse)
def get_around(
    hub: HubDependency,
    person: CurrentPerson,
    longitude: _Longitude,
    latitude: _Latitude,
    datum: Annotated[AnyDatum, Query(description="Of the position; it is never guessed")],
    radius: Annotated[float, Query(gt=0, le=20_000, description="Metres")] = 300,
    layer: Annotated[list[LayerName] | None, Query()] = None,
    kind: Annotated[list[str] | None, Query(max_length=50)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ThingCollection:
    """Say what stands or happens within so many metres of a place, the nearest first. 403 not_allowed."""
    middle = _taken(longitude, latitude, datum)
    asked = Asked(tuple(layer or ()), kinds=frozenset(kind or ()))
    with hub.read_only() as work:
        found = nearest(work, _asker(person), asked, middle, radius, limit)
    return ThingCollection(datum=datum, features=_away(found, datum))


@router.get("/one-map/{layer}", response_class=GeoJsonResponse)
def get_layer(
    hub: HubDependency,
    person: CurrentPerson,
    layer: LayerName,
    bounds: Annotated[str | None, Query(max_length=200, description="West, south, east, north, with commas")] = None,
    longitude: _Longitude | None = None,
    latitude: _Latitude | None = None,
    radius: Annotated[float | None, Query(gt=0, le=20_000, description="Metres around longitude and latitude")] = None,
    area: Annotated[str | None, Query(max_length=200, description="Path of an area, with all below it")] = None,
    kind: Annotated[list[str] | None, Query(max_length=50)] = None,
    q: _Words = "",
    datum: _Datum = None,
    limit: _Limit = 200,
    after: Annotated[str | None, Query(max_length=200, description="Cursor from 'next'")] = None,
) -> ThingCollection:
    """List the things of one layer; POST /api/one-map asks for several at once, and by polygon. 403 not_allowed."""
    shapes: list[Shape] = []
    if bounds is not None:
        shapes.append(_box(bounds.split(","), datum))
    if (longitude, latitude, radius) != (None, None, None):
        if longitude is None or latitude is None or radius is None:
            raise RequestError(422, "invalid", "a circle is longitude, latitude and radius, all three")
        shapes.append(Circle(_taken(longitude, latitude, datum), radius))
    asked = Asked((layer,), tuple(shapes), area, frozenset(kind or ()), q)
    return _page(hub, person, asked, datum, after, limit)


@router.post("/one-map", response_class=GeoJsonResponse)
def post_find(hub: HubDependency, person: CurrentPerson, body: FindBody) -> ThingCollection:
    """List the things of several layers, by polygon, bounds, circle, area, kind and words; changes nothing."""
    return _page(hub, person, _asked(body), body.datum, body.after, body.limit)


@router.post("/one-map/analyse")
def post_analyse(hub: HubDependency, person: CurrentPerson, body: GroundBody) -> AnalysisView:
    """Count what lies on a piece of ground by layer, kind and area, cases by grade; name the nearest units."""
    asked, datum = _asked(body), body.datum or "wgs84"
    with hub.read_only() as work:
        made = analyse(work, _asker(person), asked, _NEAREST)
    polygons = [shape for shape in asked.shapes if isinstance(shape, Polygon)]
    return AnalysisView(
        datum=datum,
        square_metres=round(polygons[0].square_metres, 1) if polygons else None,
        layers=made.layers,
        kinds=_counts(made.kinds),
        areas=_counts(made.areas),
        counted=_counts(made.counted),
        grades=[GradeCountView(grade=Grade(one), count=count) for one, count in made.grades.items()],
        late=made.late,
        households=None if made.households is None else HouseholdsView(**asdict(made.households)),
        units=_away(made.units, datum),
    )


@router.get("/cases/{case_id}/nearest", response_class=GeoJsonResponse)
def get_nearest(hub: HubDependency, person: CurrentPerson, case_id: int, datum: AnyDatum = "wgs84") -> NearestView:
    """Offer the units and people on duty that are nearest to a case, with metres; a move of the case sends them."""
    with hub.read_only() as work:
        case = find_case(work, person.scope, min(max(case_id, 0), MAX_ID))
        found = place_of_case(work, case)
        if found is None:
            return NearestView(datum=datum, case=case.id, position=None, certainty=None, units=[], people=[])
        units = units_by_distance(work, person.scope, found[0])[:_NEAREST]
        sends = whoever_sends(person.rights)
        people = people_by_distance(work, person.scope, found[0], case.area)[:_NEAREST] if sends else []
    return NearestView(
        datum=datum,
        case=case_id,
        position=_point(found[0], datum),
        certainty=found[1],
        units=_away(units, datum),
        people=_away(people, datum),
    )


def _page(
    hub: HubDependency, person: Person, asked: Asked, datum: AnyDatum | None, after: str | None, limit: int
) -> ThingCollection:
    with hub.read_only() as work:
        found, cursor = find(work, _asker(person), asked, after, limit)
    said = datum or "wgs84"
    return ThingCollection(datum=said, features=[_feature(one, said) for one in found], next=cursor)


def _asker(person: Person) -> Asker:
    return Asker(person.scope, person.rights)


def _asked(body: GroundBody) -> Asked:
    shapes: list[Shape] = []
    if body.polygon is not None:
        rings = [[_taken(x, y, body.datum) for x, y in ring] for ring in body.polygon.coordinates]
        try:
            shapes.append(Polygon(rings))
        except ValueError as error:
            raise RequestError(422, "invalid", str(error)) from error
    if body.bounds is not None:
        shapes.append(_box(body.bounds, body.datum))
    if body.circle is not None:
        middle = _taken(body.circle.longitude, body.circle.latitude, body.datum)
        shapes.append(Circle(middle, body.circle.radius))
    return Asked(tuple(body.layers), tuple(shapes), body.area, frozenset(body.kinds), body.words)


def _box(said: Sequence[str | float], datum: AnyDatum | None) -> Bounds:
    try:
        west, south, east, north = map(float, said)
    except ValueError as error:
        raise RequestError(422, "invalid", "bounds are west, south, east, north, in degrees") from error
    low, high = _taken(west, south, datum), _taken(east, north, datum)
    if west > east or south > north:
        raise RequestError(422, "invalid", f"bounds {west}, {south}, {east}, {north}: west and south come first")
    return Bounds((*low, *high))


def _taken(longitude: float, latitude: float, datum: AnyDatum | None) -> Point:
    """A position that somebody asks about, in WGS 84."""
    if datum is None:
        message = "say what the positions refer to, it is not guessed: datum=wgs84, gcj02 or bd09"
        raise RequestError(422, "datum_missing", message)
    try:
        return to_wgs84(checked(longitude, latitude), datum)
    except ValueError as error:
        raise RequestError(422, "wrong_position", str(error)) from error


def _counts(counts: dict[tuple[str, str], int]) -> list[CountView]:
    rows = [{"layer": layer, "name": name, "count": count} for (layer, name), count in counts.items()]
    return sorted(map(CountView.model_validate, rows), key=lambda one: (-one.count, one.layer, one.name))


def _away(found: Iterable[Away], datum: AnyDatum) -> list[ThingFeature]:
    return [_feature(thing, datum, metres) for metres, thing in found]


def _point(point: Point, datum: AnyDatum) -> PointGeometry:
    longitude, latitude = from_wgs84(point, datum)
    return PointGeometry(coordinates=(round(longitude, 7), round(latitude, 7)))  # a centimetre


def _feature(thing: Thing, datum: AnyDatum, metres: float | None = None) -> ThingFeature:
    said = {name: getattr(thing, name) for name in ThingProperties.model_fields if name != "distance"}
    properties = ThingProperties(**said, distance=None if metres is None else round(metres, 1))
    return ThingFeature(id=f"{thing.layer}/{thing.key}", geometry=_point(thing.point, datum), properties=properties)
