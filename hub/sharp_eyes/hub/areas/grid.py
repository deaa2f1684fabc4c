"""The grid of a position: the smallest area whose outline holds it, wherever a position comes from."""

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.datum import Point, from_wgs84
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import RequestError


def grid_for(city: CityPack, ground: str, point: Point) -> str:
    """Give the area that a position (WGS 84) belongs to, for somebody who works in ``ground``.

    Where the outlines say no more than that it is theirs, or nothing, it is ``ground`` itself.

    Raises:
        RequestError: 422 ``outside_area``: the position lies in an area that is not theirs.
    """
    found = city.outlines.at(from_wgs84(point, city.datum))
    if found is None or covers(found, ground):
        return ground
    if not covers(ground, found):
        raise RequestError(422, "outside_area", f"the place lies in {found}, which is not within your area {ground}")
    return found
