"""What stands at its place: cameras, units, and what the register of places holds."""

from collections.abc import Iterator

from sqlalchemy import select

from sharp_eyes.hub.areas.datum import to_wgs84
from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.notices import duty
from sharp_eyes.hub.one_map.layer import Thing, View, key_of, number_after, point_of
from sharp_eyes.hub.store.place_tables import Place
from sharp_eyes.hub.store.tables import Camera
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_AT_ONCE = 500


def cameras_on_map(work: UnitOfWork, scope: Scope, view: View) -> Iterator[Thing]:
    """Give the cameras of somebody's area that have a position."""
    query = select(Camera).where(within(Camera.area, scope.area), Camera.id > number_after(view)).order_by(Camera.id)
    for row in work.session.scalars(query):
        point = point_of(work, row.longitude, row.latitude)
        if point is not None:
            facts = {"gateway": row.gateway, "camera": row.camera, "scenes": row.scenes}
            yield Thing("cameras", key_of(row.id), "camera", row.name, row.area, point, state=row.state, facts=facts)


def units_on_map(work: UnitOfWork, scope: Scope, view: View) -> Iterator[Thing]:
    """Give the units that have a station, each with how many of its people are on duty for the asker's area."""
    on_duty: dict[str | None, set[int]] = {}
    for row in duty.shifts(work, scope.area):
        if row.begins_at <= work.now:
            on_duty.setdefault(row.unit, set()).add(row.account_id)
    for unit in sorted(work.city.units, key=lambda one: one.id):
        if unit.place is not None and unit.id > view.after:
            point = to_wgs84((unit.place[0], unit.place[1]), work.city.datum)
            area = work.city.outlines.at((unit.place[0], unit.place[1])) or work.city.root
            count = len(on_duty.get(unit.id, ()))
            state = "on_duty" if count else "off_duty"
            yield Thing("units", unit.id, "unit", unit.name, area, point, state=state, count=count)


def places_on_map(work: UnitOfWork, scope: Scope, view: View) -> Iterator[Thing]:
    """Give the places and things of somebody's area."""
    after = number_after(view)
    query = select(Place).where(within(Place.area, scope.area)).order_by(Place.id).limit(_AT_ONCE)
    if view.box is not None:
        west, south, east, north = view.box
        query = query.where(Place.longitude.between(west, east), Place.latitude.between(south, north))
    if view.kinds:
        query = query.where(Place.kind.in_(view.kinds))
    while True:
        rows = work.session.scalars(query.where(Place.id > after)).all()
        yield from (place_thing(work, row) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


def place_thing(work: UnitOfWork, row: Place) -> Thing:
    """Give a row of the register as it stands on the map; ``count``: households, where its kind counts them."""
    kind = work.city.place_kind(row.kind)
    counted = [row.facts.get(one.id) for one in (() if kind is None else kind.fields) if one.households]
    count = sum(one for one in counted if isinstance(one, int)) if counted else None
    facts = {"number": row.number, **row.facts}
    return Thing(
        "places", key_of(row.id), row.kind, row.name, row.area, (row.longitude, row.latitude), count=count, facts=facts
    )
