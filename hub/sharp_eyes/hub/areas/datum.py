"""Positions of Chinese maps turned into WGS 84 and back; within the hub a case's place is WGS 84 alone.

GCJ-02 shifts every place in China by some hundred metres, BD-09 shifts GCJ-02 once more. Neither shift is published;
their approximations have been known since 2010 and agree with the official ones within a few metres (see "Restrictions
on geographic data in China" at Wikipedia, and ``hub/page/src/map/datum.ts``, which does the same for the map). The ways
back have no formula and are found step by step. Which datum a position has is always said, never guessed.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Literal

from sharp_eyes.hub.areas.row_error import RowError

AnyDatum = Literal["wgs84", "gcj02", "bd09"]
"""What a longitude and a latitude refer to."""

Point = tuple[float, float]
"""Longitude and latitude in degrees."""

_AXIS, _ECCENTRICITY = 6378245.0, 0.006693421622965943
"""Krasovsky 1940: half of the great axis in metres, and the eccentricity squared."""

_CLOSE = 1e-9
"""About a tenth of a millimetre."""

_MOST_STEPS = 30
_EARTH = 6371008.8
"""Mean radius in metres."""


def to_wgs84(point: Point, datum: AnyDatum) -> Point:
    """Give a position of a datum in WGS 84."""
    match datum:
        case "bd09":
            return to_wgs84(_back(point, _gcj_to_bd), "gcj02")
        case "gcj02":
            return _back(point, _wgs_to_gcj)
        case _:
            return point


def from_wgs84(point: Point, datum: AnyDatum) -> Point:
    """Give a position of WGS 84 in another datum."""
    match datum:
        case "bd09":
            return _gcj_to_bd(_wgs_to_gcj(point))
        case "gcj02":
            return _wgs_to_gcj(point)
        case _:
            return point


def checked(longitude: float, latitude: float) -> Point:
    """Take a longitude and a latitude that somebody gives, in degrees of any datum.

    Raises:
        RowError: they are none; says so, and where they look swapped, that.
    """
    if -180 <= longitude <= 180 and -90 <= latitude <= 90:
        return longitude, latitude
    said = f"longitude {longitude:g}, latitude {latitude:g} is no place on earth: they go to 180 and to 90 degrees"
    is_swapped = abs(longitude) <= 90 < abs(latitude) <= 180
    if is_swapped:
        said += "; they look swapped, longitude comes first"
    code = "swapped" if is_swapped else "no_place_on_earth"
    raise RowError(code, said, longitude=f"{longitude:g}", latitude=f"{latitude:g}")


def metres_between(one: Point, other: Point) -> float:
    """Say how far two positions of one datum lie apart, along the ground."""
    (east, north), (east2, north2) = ((radians(x), radians(y)) for x, y in (one, other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * _EARTH * atan2(sqrt(half), sqrt(1 - half))


def degrees_of(metres: float, latitude: float) -> Point:
    """Say how many degrees of longitude and latitude so many metres are at most, at a latitude."""
    north = metres / 110_000  # a degree is 110.6 km at least
    return north / max(cos(radians(min(abs(latitude) + north, 89.0))), 0.01), north


def _back(point: Point, way: Callable[[Point], Point]) -> Point:
    longitude, latitude = point
    for _ in range(_MOST_STEPS):
        there, up = way((longitude, latitude))
        longitude, latitude = longitude + point[0] - there, latitude + point[1] - up
        if abs(point[0] - there) < _CLOSE and abs(point[1] - up) < _CLOSE:
            break
    return longitude, latitude


def _is_shifted(longitude: float, latitude: float) -> bool:
    """The shift is applied within a rectangle around China only."""
    return 72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271


def _wgs_to_gcj(point: Point) -> Point:
    longitude, latitude = point
    if not _is_shifted(longitude, latitude):
        return point
    x, y = longitude - 105, latitude - 35
    flat = 1 - _ECCENTRICITY * sin(radians(latitude)) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / flat**1.5 * (pi / 180)
    parallel = _AXIS / sqrt(flat) * cos(radians(latitude)) * (pi / 180)
    return longitude + _east(x, y) / parallel, latitude + _north(x, y) / meridian


def _gcj_to_bd(point: Point) -> Point:
    longitude, latitude = point
    if not _is_shifted(longitude, latitude):
        return point
    turn = pi * 3000 / 180
    length = hypot(longitude, latitude) + 2e-5 * sin(latitude * turn)
    angle = atan2(latitude, longitude) + 3e-6 * cos(longitude * turn)
    return length * cos(angle) + 0.0065, length * sin(angle) + 0.006


def _wave(amplitude: float, argument: float) -> float:
    return amplitude * sin(argument * pi)


def _ripple(x: float) -> float:
    return _wave(20, 6 * x) + _wave(20, 2 * x)


def _east(x: float, y: float) -> float:
    slow = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return slow + 2 / 3 * (_ripple(x) + _wave(20, x) + _wave(40, x / 3) + _wave(150, x / 12) + _wave(300, x / 30))


def _north(x: float, y: float) -> float:
    slow = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return slow + 2 / 3 * (_ripple(x) + _wave(20, y) + _wave(40, y / 3) + _wave(160, y / 12) + _wave(320, y / 30))
