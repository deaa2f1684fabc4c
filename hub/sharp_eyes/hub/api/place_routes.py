"""The register of places and things: seen by whoever sees the area, kept by clerks, shift leads and administrators."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from sharp_eyes.hub.api.audit_routes import note_export
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.place_schemas import (
    PlaceBody,
    PlaceFileBody,
    PlaceFileView,
    PlacePage,
    PlaceView,
)
from sharp_eyes.hub.api.schemas import RowFaultView
from sharp_eyes.hub.api.seen import check_seen
from sharp_eyes.hub.api.spreadsheet import csv_answer
from sharp_eyes.hub.areas.datum import AnyDatum, from_wgs84
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.one_map import places
from sharp_eyes.hub.one_map.place_files import COLUMNS, FileForm, take_file
from sharp_eyes.hub.one_map.places import PlaceFilter, PlaceWish
from sharp_eyes.hub.store.place_tables import Place

router = APIRouter(prefix="/places", tags=["places"])
MAX_ID = 2**53
_KEEPERS = frozenset({Role.CLERK.value, Role.SHIFT_LEAD.value, Role.ADMINISTRATOR.value})


@router.get("")
def get_places(
    hub: HubDependency,
    person: CurrentPerson,
    kind: Annotated[str | None, Query(max_length=200)] = None,
    area: Annotated[str | None, Query(max_length=200, description="Path of an area, with all below it")] = None,
    q: Annotated[str, Query(max_length=100, description="Each word must stand in the name or number")] = "",
    after: Annotated[int, Query(ge=0, le=MAX_ID, description="Cursor from 'next'")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PlacePage:
    """List the places of the asker's area."""
    with hub.read_only() as work:
        found, cursor = places.list_places(work, person.area, PlaceFilter(kind, area, q, after), limit)
        return PlacePage(items=[_view(row) for row in found], next=cursor)


@router.post("", status_code=201)
def post_place(hub: HubDependency, person: CurrentPerson, body: PlaceBody) -> PlaceView:
    """Put a place into the register. 403 not_allowed, 409 number_taken, 422 wrong_place."""
    _check_keeper(person)
    with hub.transaction() as work:
        return _view(places.add_place(work, person.origin, person.area, _wish(body)))


@router.get("/export", response_class=Response)
def get_places_export(
    hub: HubDependency, person: CurrentPerson, form: FileForm = "csv", datum: AnyDatum = "wgs84"
) -> Response:
    """Give the places of the asker's area as a file that the import takes, each position with its datum.

    It stands in the audit trail.
    """
    with hub.read_only() as work:
        rows = list(places.all_places(work, person.area))
        fields = [field.id for kind in work.city.place_kinds for field in kind.fields]
    note_export(hub, person, "places", lines=len(rows), format=form)
    if form == "geojson":
        collection = {"type": "FeatureCollection", "datum": datum, "features": [_feature(row, datum) for row in rows]}
        text = json.dumps(collection, ensure_ascii=False)
        headers = {"Content-Disposition": 'attachment; filename="places.geojson"'}
        return Response(text, media_type="application/geo+json", headers=headers)
    return csv_answer("places.csv", _table(rows, datum, list(dict.fromkeys(fields))))


@router.post("/import")
def post_places_import(hub: HubDependency, person: CurrentPerson, body: PlaceFileBody) -> PlaceFileView:
    """Take places from a file, all or none: known ones, by kind and number, are changed.

    403 not_allowed, 422 datum_missing, wrong_file.
    """
    _check_keeper(person)
    opened = hub.read_only() if body.check else hub.transaction()
    with opened as work:
        made = take_file(work, person.origin, person.area, body.form, body.text, body.datum, check=body.check)
    faults = [RowFaultView.of(line, fault) for line, fault in made.faults]
    return PlaceFileView(rows=made.rows, added=made.added, changed=made.changed, same=made.same, faults=faults)


@router.get("/{place_id}")
def get_place(hub: HubDependency, person: CurrentPerson, place_id: int) -> PlaceView:
    """Give a place of the asker's area. 404."""
    with hub.read_only() as work:
        return _view(places.get_place(work, person.area, place_id))


@router.put("/{place_id}")
def put_place(hub: HubDependency, person: CurrentPerson, place_id: int, body: PlaceBody) -> PlaceView:
    """Let a place be so. 403 not_allowed, 404, 409 number_taken, 422 wrong_place."""
    _check_keeper(person)
    with hub.transaction() as work:
        row = places.get_place(work, person.area, place_id)
        check_seen(body.seen, _view(row))
        places.change_place(work, person.origin, person.area, row, _wish(body))
        return _view(row)


@router.delete("/{place_id}", status_code=204)
def delete_place(hub: HubDependency, person: CurrentPerson, place_id: int) -> None:
    """Take a place out of the register. 403 not_allowed, 404."""
    _check_keeper(person)
    with hub.transaction() as work:
        places.remove_place(work, person.origin, places.get_place(work, person.area, place_id))


def _check_keeper(person: Person) -> None:
    if person.me.role not in _KEEPERS:
        raise RequestError(403, "not_allowed", "the register is kept by clerks, shift leads and administrators")


def _wish(body: PlaceBody) -> PlaceWish:
    return PlaceWish(**{name: getattr(body, name) for name in PlaceBody.model_fields if name != "seen"})


def _view(row: Place) -> PlaceView:
    return PlaceView(**{name: getattr(row, name) for name in PlaceView.model_fields})


def _said(row: Place, datum: AnyDatum) -> dict[str, Any]:
    longitude, latitude = (round(one, 7) for one in from_wgs84((row.longitude, row.latitude), datum))
    found = {name: getattr(row, name) for name in ("kind", "number", "name", "area")}
    return found | {"longitude": longitude, "latitude": latitude, "datum": datum} | row.facts


def _feature(row: Place, datum: AnyDatum) -> dict[str, Any]:
    said = _said(row, datum)
    corners = [said.pop("longitude"), said.pop("latitude")]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": corners}, "properties": said}


def _table(rows: Iterable[Place], datum: AnyDatum, fields: list[str]) -> Iterable[Iterable[object]]:
    heads = [*COLUMNS, *fields]
    yield heads
    for row in rows:
        said = _said(row, datum)
        yield [said.get(head) for head in heads]
