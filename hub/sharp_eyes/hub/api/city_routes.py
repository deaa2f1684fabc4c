"""Names from the city pack, the stream of changes, and the hub's own health."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from sharp_eyes.hub.api.asking import TheHub, ThePerson, look_up
from sharp_eyes.hub.api.schemas import AreaView, CategoryView, CityView, HealthView, UnitView
from sharp_eyes.hub.api.stream import lines
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import RequestError

router = APIRouter(tags=["city"])


@router.get("/units")
def get_units(hub: TheHub, person: ThePerson) -> list[UnitView]:
    """List the units that cases can be dispatched to."""
    return [UnitView(id=unit.id, name=unit.name) for unit in hub.city.units]


@router.get("/city")
def get_city(hub: TheHub, person: ThePerson) -> CityView:
    """Give names of scenes, units and the asker's areas, in both languages."""
    city = hub.city
    return CityView(
        name=city.name,
        timezone=city.timezone,
        scenes=[CategoryView(scene=row.scene, name=row.name, code=row.code) for row in city.categories],
        areas=[AreaView(path=area.path, name=area.name) for area in city.areas if covers(person.area, area.path)],
        units=[UnitView(id=unit.id, name=unit.name) for unit in city.units],
    )


@router.get("/stream", response_class=StreamingResponse)
async def get_stream(hub: TheHub, person: ThePerson) -> StreamingResponse:
    """Server-sent events: case, camera and gateway changes of the asker's area; ``:ping`` when quiet.

    After a reconnect the page loads its list again; Last-Event-ID is not replayed.
    """

    def still_signed_in() -> bool:
        try:
            # A page left open is no sign that someone sits before it.
            return look_up(hub, person.token, in_use=False) is not None
        except RequestError:
            return False

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = lines(hub.stream, person.area, still_signed_in)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@router.get("/health")
def get_health(hub: TheHub) -> HealthView:
    """Tell whether database and broker work."""
    database, broker = hub.database.works(), hub.broker_connected()
    return HealthView(status="ok" if database and broker else "degraded", database=database, broker=broker)
