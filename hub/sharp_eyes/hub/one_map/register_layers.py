"""Premises and devices on the map, as their own registers give them; of households no more than how many there are."""

from collections.abc import Iterator

from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.devices.register import HouseholdCount, devices_on_map, households_by_area
from sharp_eyes.hub.inspections.premises import premises_on_map
from sharp_eyes.hub.one_map.layer import Thing, View, key_of, number_after
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def premises_layer(work: UnitOfWork, scope: Scope, view: View) -> Iterator[Thing]:
    """Give the premises that are inspected; ``count``: open cases of failed items."""
    after = number_after(view)
    for one in premises_on_map(work, scope):
        if one.id > after:
            point = one.longitude, one.latitude
            facts = {"inspected_at": one.inspected_at}
            count = one.open_failures
            yield Thing("premises", key_of(one.id), one.kind, one.name, one.area, point, count=count, facts=facts)


def devices_layer(work: UnitOfWork, scope: Scope, view: View) -> Iterator[Thing]:
    """Give the devices that give alarms, each by its kind alone: whose it is stands in the register."""
    after = number_after(view)
    for one in sorted(devices_on_map(work, scope), key=lambda one: one.id):
        if one.id > after:
            point = one.longitude, one.latitude
            name = one.kind if one.name is None else one.name
            yield Thing("devices", key_of(one.id), one.kind, name, one.area, point, state=one.state)


def households_in(work: UnitOfWork, scope: Scope, area: str) -> HouseholdCount:
    """Count an area's households, and those in which an elder lives alone, as far as somebody may know of them."""
    found = [count for path, count in households_by_area(work, scope).items() if covers(area, path)]
    return HouseholdCount(sum(one.households for one in found), sum(one.lone_elders for one in found))
