"""Where and when cases come most: by cells of the ground, and by hours of the week."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from sharp_eyes.hub.cases.cells import Cell
from sharp_eyes.hub.cases.facts import Facts, local_hour_of_week
from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

HOURS_OF_WEEK = 7 * 24


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A cell with many cases: how many, of which scenes or kinds, and of the latest one where it is."""

    cell: Cell
    count: int
    subjects: Sequence[tuple[str | None, int]]
    place: str
    area: str
    gateway: str | None
    camera: str | None


@dataclass(frozen=True, slots=True)
class HotSpots:
    """``hours``: cases by hour of the week from Monday on; ``unplaced``: those of which nobody knows where they are."""

    hours: Sequence[int]
    spots: Sequence[HotSpot]
    unplaced: int


def count_hot_spots(work: UnitOfWork, scope: Scope, only: CaseFilter, most: int) -> HotSpots:
    """Count the cases that somebody may see, of a filter with a period."""
    period = only.facts.period
    if period is None:
        raise ValueError("hot spots are of a period")
    conditions = matching(work, scope, only)
    hour = local_hour_of_week(work.city.zone, period)
    rows = work.session.execute(select(hour, func.count()).where(*conditions).group_by(hour))
    by_hour: dict[int, int] = dict(rows.all())
    here = Case.latitude, Case.longitude, func.coalesce(Case.kind, Case.scene)
    counts: dict[Cell, Counter[str | None]] = defaultdict(Counter)
    unplaced = 0
    for latitude, longitude, subject, count in work.session.execute(
        select(*here, func.count()).where(*conditions).group_by(*here)
    ):
        if latitude is None or longitude is None:
            unplaced += count
        else:
            counts[Cell.at(latitude, longitude)][subject] += count
    worst = sorted(counts, key=lambda cell: (-counts[cell].total(), cell))[:most]
    spots = [_spot(work, scope, only, cell, counts[cell]) for cell in worst]
    return HotSpots([by_hour.get(number, 0) for number in range(HOURS_OF_WEEK)], spots, unplaced)


def _spot(work: UnitOfWork, scope: Scope, only: CaseFilter, cell: Cell, counts: Counter[str | None]) -> HotSpot:
    facts = only.facts
    inside = CaseFilter(scene=only.scene, facts=Facts(facts.period, area=facts.area, source=facts.source, cell=cell))
    columns = Case.place, Case.area, Case.gateway, Case.camera
    latest = select(*columns).where(*matching(work, scope, inside)).order_by(Case.id.desc()).limit(1)
    return HotSpot(cell, counts.total(), counts.most_common(), *work.session.execute(latest).one())
