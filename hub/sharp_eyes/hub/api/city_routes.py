"""Names of units, scenes and areas from the city pack; units are made, renamed and retired by administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from sharp_eyes.hub.api.area_schemas import NewUnit, UnitChange
from sharp_eyes.hub.api.city_changes import (
    ExpectedVersion,
    changing_city,
    check_whole_city,
    entity_tag,
    keep_change,
    note_act,
    refuse_while_in_use,
)
from sharp_eyes.hub.api.city_schemas import (
    AreaView,
    CategoryView,
    CityView,
    KindView,
    PlaceKindView,
    PremisesKindView,
    RoleView,
    UnitView,
)
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.areas.city_edits import with_units
from sharp_eyes.hub.areas.city_pack import CityPack, Unit
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.hanging import hanging_on_unit
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.people.placement import known_roles, needs_unit

router = APIRouter(tags=["city"])


@router.get("/units")
def get_units(hub: HubDependency, person: CurrentPerson, response: Response) -> list[UnitView]:
    """List the units that cases can be dispatched to; the header ETag is the city pack's version."""
    with hub.read_only() as work:
        response.headers["ETag"] = entity_tag(work.city_version)
        return [UnitView(id=unit.id, name=unit.name) for unit in work.city.units]


@router.post("/units", status_code=201)
def post_unit(
    hub: HubDependency, person: CurrentPerson, response: Response, expected: ExpectedVersion, body: NewUnit
) -> UnitView:
    """Make a unit. For administrators of the whole city: units work everywhere in it.

    403 not_allowed, 409 changed_meanwhile, 422 wrong_city, 428 version_missing.
    """
    check_whole_city(hub.city, person, "units")
    with changing_city(hub, expected, body.version) as work:
        unit = Unit(id=body.id, name=body.name.text())
        keep_change(work, person, with_units(work.city, (*work.city.units, unit)))
        note_act(work, person, Action.UNIT_ADDED, work.city.root, unit.id)
        response.headers["ETag"] = entity_tag(work.city_version)
        return UnitView(id=unit.id, name=unit.name)


@router.patch("/units/{unit_id}")
def patch_unit(
    hub: HubDependency,
    person: CurrentPerson,
    response: Response,
    expected: ExpectedVersion,
    unit_id: str,
    body: UnitChange,
) -> UnitView:
    """Give a unit another name; its id stays. 403, 404, 409 changed_meanwhile, 428 version_missing."""
    check_whole_city(hub.city, person, "units")
    with changing_city(hub, expected, body.version) as work:
        unit = _find(work.city, unit_id).model_copy(update={"name": body.name.text()})
        keep_change(
            work, person, with_units(work.city, (unit if one.id == unit_id else one for one in work.city.units))
        )
        note_act(work, person, Action.UNIT_CHANGED, work.city.root, unit.id)
        response.headers["ETag"] = entity_tag(work.city_version)
        return UnitView(id=unit.id, name=unit.name)


@router.delete("/units/{unit_id}", status_code=204)
def delete_unit(
    hub: HubDependency,
    person: CurrentPerson,
    expected: ExpectedVersion,
    unit_id: str,
    version: Annotated[int | None, Query(ge=1, description="In place of If-Match")] = None,
) -> None:
    """Retire a unit that nothing hangs on any more. 403, 404, 409 changed_meanwhile, 409 unit_in_use, 428."""
    check_whole_city(hub.city, person, "units")
    with changing_city(hub, expected, version) as work:
        unit = _find(work.city, unit_id)
        refuse_while_in_use("unit", unit.name, unit.id, hanging_on_unit(work, unit))
        keep_change(work, person, with_units(work.city, (one for one in work.city.units if one.id != unit_id)))
        note_act(work, person, Action.UNIT_RETIRED, work.city.root, unit.id)


@router.get("/city")
def get_city(hub: HubDependency, person: CurrentPerson) -> CityView:
    """Give names of scenes, units and the asker's areas, in both languages."""
    city = hub.city
    own = {role.id: role.name for role in city.roles}
    return CityView(
        name=city.name,
        timezone=city.timezone,
        scenes=[CategoryView(scene=row.scene, name=row.name, code=row.code) for row in city.categories],
        kinds=[KindView.model_validate(kind, from_attributes=True) for kind in city.kinds],
        place_kinds=[PlaceKindView.model_validate(kind, from_attributes=True) for kind in city.place_kinds],
        may_report=[source for source in Source if source in person.rights.reports],
        premises_kinds=[PremisesKindView(id=kind.id, name=kind.name) for kind in city.premises_kinds],
        areas=[AreaView(path=area.path, name=area.name) for area in city.areas if covers(person.area, area.path)],
        units=[UnitView(id=unit.id, name=unit.name) for unit in city.units],
        roles=[RoleView(id=role, name=own.get(role), needs_unit=needs_unit(city, role)) for role in known_roles(city)],
    )


def _find(city: CityPack, identity: str) -> Unit:
    unit = city.unit(identity)
    if unit is None:
        raise not_found(f"unit {identity}")
    return unit
