"""The grids of what the register of places holds, found anew where the city's outlines are others."""

from sqlalchemy import select

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.datum import from_wgs84
from sharp_eyes.hub.areas.tree import parent
from sharp_eyes.hub.store.place_tables import Place
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def outlines_differ(one: CityPack, other: CityPack) -> bool:
    """Whether two packs put the same positions into different areas, perhaps."""
    first, second = ({area.path: area.geometry for area in pack.areas} for pack in (one, other))
    return (first, one.datum) != (second, other.datum)


def find_grids(work: UnitOfWork) -> None:
    """Give each place the grid that holds it now; where none does it stays, or goes up to what is left of the tree."""
    paths = {area.path for area in work.city.areas}
    for row in work.session.scalars(select(Place)):
        held_by = work.city.outlines.at(from_wgs84((row.longitude, row.latitude), work.city.datum))
        area = held_by or row.area
        while area not in paths and parent(area):
            area = parent(area)
        row.area = area if area in paths else work.city.root
