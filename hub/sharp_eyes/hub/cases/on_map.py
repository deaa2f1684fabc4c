"""What the map shows of cases: those that are open, with few words each, and how many came from each camera lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

COLUMNS = (
    *(
        "id",
        "number",
        "source",
        "scene",
        "kind",
        "grade",
        "state",
        "gateway",
        "camera",
        "area",
        "unit",
        "due_at",
        "rank",
    ),
    *("place", "longitude", "latitude"),
)
"""What is said of each open case, by the names of its columns."""

MOST_POINTS = 10_000
"""Open cases that a map shows; of more the first of the queue."""


@dataclass(frozen=True, slots=True)
class CameraCount:
    """How many cases came from a camera."""

    gateway: str
    camera: str
    count: int


def open_points(work: UnitOfWork, scope: Scope) -> Sequence[tuple[object, ...]]:
    """Give the open cases that somebody may see, the first of the queue first, as rows of :data:`COLUMNS`."""
    columns = [getattr(Case, name) for name in COLUMNS]
    query = select(*columns).where(Case.ended_at.is_(None), *matching(work, scope, CaseFilter()))
    return [tuple(row) for row in work.session.execute(query.order_by(Case.rank, Case.id).limit(MOST_POINTS))]


def count_by_camera(work: UnitOfWork, scope: Scope, since: datetime, scene: str | None) -> list[CameraCount]:
    """Count the cases of each camera that were reported since a moment, ended ones too, most first."""
    count = func.count()
    query = (
        select(Case.gateway, Case.camera, count)
        .where(Case.reported_at >= since, Case.camera.is_not(None), *matching(work, scope, CaseFilter(scene=scene)))
        .group_by(Case.gateway, Case.camera)
        .order_by(count.desc(), Case.gateway, Case.camera)
    )
    rows = work.session.execute(query)
    return [CameraCount(gateway or "", camera or "", number) for gateway, camera, number in rows]
