"""Open cases on the map, each where its report or its camera says, else in the middle of its area."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from sharp_eyes.hub.areas.datum import Point
from sharp_eyes.hub.cases.facts import is_late
from sharp_eyes.hub.cases.visibility import Scope, visible
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.one_map.layer import Certainty, Thing, View, key_of, middle_of, number_after, point_of
from sharp_eyes.hub.one_map.shapes import Box
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.tables import Camera
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_AT_ONCE = 500
_SHIFT = 0.02
"""Degrees by which positions of any two datums differ at most."""


def cases_on_map(work: UnitOfWork, scope: Scope, view: View) -> Iterator[Thing]:
    """Give the open cases that somebody may see."""
    after = number_after(view)
    columns = (*_COLUMNS, Camera.longitude, Camera.latitude, is_late(work.now))
    query = select(*columns).outerjoin(Camera, and_(Camera.gateway == Case.gateway, Camera.camera == Case.camera))
    query = query.where(Case.ended_at.is_(None), visible(scope)).order_by(Case.id).limit(_AT_ONCE)
    if view.box is not None:
        query = query.where(_near(view.box))
    while True:
        rows = work.session.execute(query.where(Case.id > after)).all()
        for row in rows:
            made = _thing(work, row)
            if made is not None:
                yield made
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


_COLUMNS = (
    *(Case.id, Case.number, Case.source, Case.scene, Case.kind, Case.area, Case.grade, Case.state, Case.unit),
    *(Case.due_at, Case.alarm_count, Case.longitude.label("own_x"), Case.latitude.label("own_y")),
)


def _near(box: Box) -> ColumnElement[bool]:
    """Where a case lies in a box, or may: those that only their area places are looked at one by one."""
    west, south, east, north = box
    own = and_(Case.longitude.between(west, east), Case.latitude.between(south, north))
    around = (
        Camera.longitude.between(west - _SHIFT, east + _SHIFT),
        Camera.latitude.between(south - _SHIFT, north + _SHIFT),
    )
    return or_(own, and_(Case.longitude.is_(None), or_(Camera.longitude.is_(None), and_(*around))))


def _thing(work: UnitOfWork, row: Any) -> Thing | None:
    identity, number, source, scene, kind, area, grade, state, unit, due_at, alarms, own_x, own_y, x, y, late = row
    found = _located(work, source, area, (own_x, own_y), (x, y))
    if found is None:
        return None
    subject = kind or scene
    return Thing(
        layer="cases",
        key=key_of(identity),
        kind=subject or "",
        name=number,
        area=area,
        point=found[0],
        certainty=found[1],
        state=state,
        count=alarms,
        facts={"grade": grade, "late": bool(late), "unit": unit, "due_at": due_at, "subject": _name(work, subject)},
    )


def place_of_case(work: UnitOfWork, case: Case) -> tuple[Point, Certainty] | None:
    """Say where a case is, in WGS 84, and whose position that is; None where not even its area has an outline."""
    query = select(Camera.longitude, Camera.latitude).where(
        Camera.gateway == case.gateway, Camera.camera == case.camera
    )
    row = work.session.execute(query).one_or_none()
    seen = (None, None) if row is None else (row.longitude, row.latitude)
    return _located(work, case.source, case.area, (case.longitude, case.latitude), seen)


_Maybe = tuple[float | None, float | None]


def _located(work: UnitOfWork, source: str, area: str, own: _Maybe, seen: _Maybe) -> tuple[Point, Certainty] | None:
    """Where a report says, or its camera stands now or stood then, or in the middle of its area."""
    said = None if own[0] is None or own[1] is None else (own[0], own[1])
    if said is not None and source != Source.CAMERA:
        return said, "own"
    camera = point_of(work, *seen) or said
    if camera is not None:
        return camera, "camera"
    middle = middle_of(work, area)
    return None if middle is None else (middle, "area")


def _name(work: UnitOfWork, subject: str | None) -> object:
    return None if subject is None else work.city.name_of(subject)
