"""How many alarms of each camera, scene and zone were false, and for which reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, distinct, func, select, tuple_
from sqlalchemy import case as one_of
from sqlalchemy.orm import aliased

from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.cases.verdicts import Verdict
from sharp_eyes.hub.cases.visibility import Scope, visible
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Level = Literal["camera", "scene", "zone"]
"""What one row stands for: a camera, one of its scenes, or one zone of a scene."""

Place = tuple[Any, ...]
"""Names of a place, as many as its level has."""

_PLACES: Mapping[Level, tuple[Any, ...]] = {
    "camera": (Alarm.gateway, Alarm.camera),
    "scene": (Alarm.gateway, Alarm.camera, Alarm.scene),
    "zone": (Alarm.gateway, Alarm.camera, Alarm.scene, Alarm.zone),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which alarms are counted: those that came from ``since`` until before ``until``; an empty field asks for all."""

    since: datetime
    until: datetime
    gateway: str | None = None
    camera: str | None = None
    scene: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """Alarms of one place. ``cases``: that they made or joined; ``reasons``: false cases by their reason's code."""

    gateway: str
    camera: str
    scene: str | None
    zone: str | None
    area: str
    alarms: int
    false: int
    confirmed: int
    cases: int
    false_cases: int
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def unjudged(self) -> int:
        """Alarms of which nobody has said what they were."""
        return self.alarms - self.false - self.confirmed


def count_false_alarms(
    work: UnitOfWork, scope: Scope, asked: Asked, level: Level, limit: int
) -> tuple[list[PlaceCounts], bool]:
    """Count by place, most false alarms first, and say whether there are more places than ``limit``.

    Of the cases that somebody may see; places that lie level are in the order of their names.
    """
    places = _PLACES[level]
    false, confirmed = (_how_many(Alarm.verdict == one.value) for one in (Verdict.FALSE, Verdict.CONFIRMED))
    query = _asked(select(*places, func.min(Alarm.area), func.count(), false, confirmed), scope, asked)
    ordered = query.group_by(*places).order_by(false.desc(), func.count().desc(), *places)
    rows = work.session.execute(ordered.limit(limit + 1)).all()
    counted = {tuple(row[:-4]): tuple(row[-4:]) for row in rows[:limit]}
    cases = _cases(work, scope, asked, places, list(counted))
    reasons = _reasons(work, scope, asked, places, [place for place, row in counted.items() if row[2]])
    found = []
    for place, row in counted.items():
        names = (*place, None, None)[:4]
        values: list[Any] = [*names, *row, *cases.get(place, (0, 0)), reasons.get(place, {})]
        found.append(PlaceCounts(*values))
    return found, len(rows) > limit


def _cases(
    work: UnitOfWork, scope: Scope, asked: Asked, places: tuple[Any, ...], wanted: Sequence[Place]
) -> dict[Place, tuple[int, int]]:
    """Count the cases of some places, and the false ones. For all places the database would sort every alarm."""
    if not wanted:
        return {}
    false = func.count(distinct(one_of((Alarm.verdict == Verdict.FALSE.value, Alarm.case_id))))
    query = _asked(select(*places, func.count(distinct(Alarm.case_id)), false), scope, asked)
    rows = work.session.execute(query.where(tuple_(*places).in_(wanted)).group_by(*places))
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in rows}


def _reasons(
    work: UnitOfWork, scope: Scope, asked: Asked, places: tuple[Any, ...], wanted: Sequence[Place]
) -> dict[Place, dict[str, int]]:
    """Count the false cases of some places by their reasons."""
    if not wanted:
        return {}
    reason = aliased(Case)
    query = select(*places, reason.end_reason, func.count(distinct(Alarm.case_id)))
    query = query.join(reason, reason.id == Alarm.case_id)
    query = _asked(query, scope, asked).where(Alarm.verdict == Verdict.FALSE.value, tuple_(*places).in_(wanted))
    found: dict[Place, dict[str, int]] = {}
    ordered = query.group_by(*places, reason.end_reason).order_by(*places, func.count().desc(), reason.end_reason)
    for row in work.session.execute(ordered):
        found.setdefault(tuple(row[:-2]), {})[row[-2] or ""] = row[-1]
    return found


def _asked(query: Select[Any], scope: Scope, asked: Asked) -> Select[Any]:
    path = scope.ground.path_since(asked.since)
    if path is None or scope.unit is not None:
        query = query.join(Case, Case.id == Alarm.case_id).where(visible(scope))
    else:
        query = query.where(within(Alarm.area, path))
    query = query.where(Alarm.received_at >= asked.since, Alarm.received_at < asked.until)
    for column, value in ((Alarm.gateway, asked.gateway), (Alarm.camera, asked.camera), (Alarm.scene, asked.scene)):
        query = query if value is None else query.where(column == value)
    return query


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(one_of((condition, 1), else_=0)), 0)
