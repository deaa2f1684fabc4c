"""Names of units, scenes and areas from the city pack."""

from fastapi import APIRouter

from sharp_eyes.hub.api.city_schemas import AreaView, CategoryView, CityView, UnitView
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.areas.tree import covers

router = APIRouter(tags=["city"])


@router.get("/units")
def get_units(hub: HubDependency, person: CurrentPerson) -> list[UnitView]:
    """List the units that cases can be dispatched to."""
    return [UnitView(id=unit.id, name=unit.name) for unit in hub.city.units]


@router.get("/city")
def get_city(hub: HubDependency, person: CurrentPerson) -> CityView:
    """Give names of scenes, units and the asker's areas, in both languages."""
    city = hub.city
    return CityView(
        name=city.name,
        timezone=city.timezone,
        scenes=[CategoryView(scene=row.scene, name=row.name, code=row.code) for row in city.categories],
        areas=[AreaView(path=area.path, name=area.name) for area in city.areas if covers(person.area, area.path)],
        units=[UnitView(id=unit.id, name=unit.name) for unit in city.units],
    )
