"""Who is nearest to a place: units by their stations, and people on duty; an offer, the usual move sends them."""

from collections.abc import Iterable

from sharp_eyes.hub.areas.datum import Point, metres_between
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.one_map.layer import Thing, View
from sharp_eyes.hub.one_map.people_layer import people_on_map
from sharp_eyes.hub.one_map.standing import units_on_map
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Away = tuple[float, Thing]
"""Metres, and what is so far away."""


def units_by_distance(work: UnitOfWork, scope: Scope, middle: Point) -> list[Away]:
    """Give all units that have a station, the nearest to a place first."""
    return by_distance(units_on_map(work, scope, View()), middle)


def people_by_distance(work: UnitOfWork, scope: Scope, middle: Point, area: str) -> list[Away]:
    """Give the people who have duty for an area now, the nearest to a place first."""
    return by_distance((one for one in people_on_map(work, scope, View()) if covers(one.area, area)), middle)


def by_distance(things: Iterable[Thing], middle: Point) -> list[Away]:
    """Put things into the order of their distances from a place."""
    away = ((metres_between(middle, one.point), one) for one in things)
    return sorted(away, key=lambda one: (one[0], one[1].layer, one[1].key))
