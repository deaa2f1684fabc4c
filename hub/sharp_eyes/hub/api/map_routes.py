"""The map: areas, units and open cases in one answer, counts by camera, and the tiles under them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from sqlalchemy import select

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.api.area_routes import features_of
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.map_schemas import CameraCountView, MapCaseView, MapUnitView, MapView, TilesView
from sharp_eyes.hub.api.report_views import city_place
from sharp_eyes.hub.cases.on_map import COLUMNS, MOST_POINTS, count_by_camera, open_points
from sharp_eyes.hub.cases.queries import CaseFilter
from sharp_eyes.hub.cases.queue import count_queue
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.notices import duty
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/map", tags=["map"])
_TILES = "/api/map/tiles"
_KEPT_BY_ITS_READER = {"Cache-Control": "private, max-age=3600"}


@router.get("")
def get_map(hub: HubDependency, person: CurrentPerson) -> MapView:
    """Give the asker's areas, units with a place and open cases; the stream tells what changes."""
    with hub.read_only() as work:
        points = open_points(work, person.scope)
        return MapView(
            datum=work.city.datum,
            tiles=tiles_view(hub),
            areas=features_of(work.city, person.area),
            units=_units(work, person),
            cases=[_point(work, row) for row in points],
            total=len(points) if len(points) < MOST_POINTS else count_queue(work, person.scope, CaseFilter()),
        )


@router.get("/counts")
def get_map_counts(
    hub: HubDependency,
    person: CurrentPerson,
    days: Annotated[int, Query(ge=1, le=366, description="Cases reported within so many days")] = 28,
    scene: SceneName | None = None,
) -> list[CameraCountView]:
    """Count the cases that came from each camera lately, ended ones too, most first."""
    with hub.read_only() as work:
        found = count_by_camera(work, person.scope, work.now - timedelta(days=days), scene)
        return [CameraCountView(**asdict(one)) for one in found]


@router.get("/tiles", response_class=FileResponse)
def get_map_tiles(hub: HubDependency, person: CurrentPerson) -> FileResponse:
    """Give the tiles that the settings name, to whoever is signed in; 404 where they name none."""
    return tiles_file(hub)


def tiles_file(hub: Hub) -> FileResponse:
    """Give the file of the tiles. Raises ``RequestError`` 404."""
    path = hub.settings.map.tiles
    if path is None or not path.is_file():
        raise not_found("map tiles")
    return FileResponse(path, media_type="application/vnd.pmtiles", headers=_KEPT_BY_ITS_READER)


def tiles_view(hub: Hub, url: str = _TILES) -> TilesView | None:
    """Say where the tiles are, if there are any."""
    settings = hub.settings.map
    if settings.tiles is None:
        return None
    return TilesView(url=url, datum=settings.tiles_datum, attribution=settings.attribution)


def _point(work: UnitOfWork, row: Sequence[object]) -> MapCaseView:
    found = MapCaseView.model_validate(dict(zip(COLUMNS, row, strict=True)))
    return found.model_copy(update=city_place(work, found.longitude, found.latitude))


def _units(work: UnitOfWork, person: Person) -> list[MapUnitView]:
    placed = {unit.id: unit for unit in work.city.units if unit.place is not None}
    on_duty: dict[str, list[str]] = {identity: [] for identity in placed}
    now = [row for row in duty.shifts(work, person.area) if row.begins_at <= work.now and row.unit in placed]
    accounts = select(Account.id, Account.display_name).where(Account.id.in_({row.account_id for row in now}))
    names = {row.id: row.display_name for row in work.session.execute(accounts)}
    for row in now:
        if row.unit is not None:
            on_duty[row.unit].append(names[row.account_id])
    return [
        MapUnitView(
            id=unit.id,
            name=unit.name,
            longitude=unit.place[0],
            latitude=unit.place[1],
            on_duty=sorted(set(on_duty[unit.id])),
        )
        for unit in placed.values()
        if unit.place is not None
    ]
