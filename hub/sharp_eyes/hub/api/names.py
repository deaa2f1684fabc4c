"""What areas and units are called, also where the city pack no longer has them."""

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.text import Text


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
