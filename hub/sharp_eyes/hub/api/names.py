"""What areas, units and zones are called, also where the city pack no longer has them."""

from collections.abc import Set

from sqlalchemy import select, tuple_

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.store.tables import CameraSettings
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def area_name(city: CityPack, path: str) -> Text:
    """Name of an area; its path where the city pack no longer has it."""
    area = city.area(path)
    return Text(zh=path, en=path) if area is None else area.name


def named(name: Text) -> str:
    """A name in both languages, for words that are not translated."""
    return name.en if name.en == name.zh else f"{name.en} {name.zh}"


def unit_name(city: CityPack, identifier: str | None) -> Text | None:
    """Name of a unit; its identifier where the city pack no longer has it."""
    if identifier is None:
        return None
    unit = city.unit(identifier)
    return Text(zh=identifier, en=identifier) if unit is None else unit.name


def zone_names(work: UnitOfWork, cameras: Set[tuple[str | None, str | None]]) -> dict[tuple[str, str, str], str]:
    """What gateways' settings call zones and lines, where they do: by gateway, camera and the zone's identifier."""
    columns = (CameraSettings.gateway, CameraSettings.camera, CameraSettings.settings)
    where = tuple_(CameraSettings.gateway, CameraSettings.camera).in_(list(cameras))
    return {
        (gateway, camera, drawn["id"]): drawn["name"]
        for gateway, camera, settings in work.session.execute(select(*columns).where(where))
        for scene in settings.get("scenes", ())
        for drawings in scene.values()
        if isinstance(drawings, list)
        for drawn in drawings
        if isinstance(drawn, dict) and drawn.get("id") and drawn.get("name")
    }
