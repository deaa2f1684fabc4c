"""Sums of each of the city's days and of each area, made once the day is over and again whenever a case of it changes.

Whoever changes a case of such a day writes that down in the same transaction (:func:`note_change`). A thread of one hub
makes the sums of what was written down again from the cases themselves; a reader counts what is written down and not
yet made again from the cases (:func:`kept_sums`), so that figures are right at every moment. A case is soon told apart
from its day: it may go on to change while nobody waits for a row of sums.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, false, func, insert, literal_column, or_, select, text, tuple_

from sharp_eyes.hub.areas.tree import parent, within
from sharp_eyes.hub.cases.day_sums import ANY, Sums, count_sums
from sharp_eyes.hub.cases.facts import Period
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.figure_tables import DailyFigure, FigureProgress, StaleFigure
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory

_SETTLED = timedelta(hours=2)
"""After its end, before a day's sums are made."""

_YOUNG = timedelta(hours=1)
"""What changes at a case that came so lately is not written down; no transaction lasts as long as the rest."""

_AT_ONCE = 1000
"""Changes that are seen to in one transaction."""

_MOST_STALE = 500
"""Places that a reader counts from the cases; where there are more it counts everything so."""

_LOCK = 420845
"""PostgreSQL's lock by which one hub makes sums at a time."""

Place = tuple[date, str]
"""A day and an area."""


def note_change(work: UnitOfWork, case: Case, after: CaseState | None = None) -> None:
    """Write down that a case changes to a state, or goes."""
    if work.now - case.reported_at < _YOUNG:
        return
    areas = {case.area} | ({after.area} if after is not None else set())
    for area in sorted(areas):
        work.session.add_row(StaleFigure, {"reported_at": case.reported_at, "area": area})


def forget_all(work: UnitOfWork) -> None:
    """Let all sums be made anew, as after a doubt; until then figures are counted from the cases."""
    for table in (FigureProgress, DailyFigure, StaleFigure):
        work.session.execute(delete(table))


def make_sums(transaction: UnitOfWorkFactory) -> bool:
    """Do one step: begin anew, make the sums of one more day, or make some again. Whether there may be more to do."""
    with transaction() as work:
        if not _is_first(work):
            return False
        progress = work.session.get(FigureProgress, 1)
        if progress is None or progress.zone != work.city.zone.key:
            return _begin(work)
        is_over = _bounds(progress.until, work.city.zone)[1] + _SETTLED <= work.now
        if is_over:
            _make_day(work, progress.until)
            progress.until += timedelta(days=1)
        return _make_again(work, progress) or is_over


def _is_first(work: UnitOfWork) -> bool:
    """Whether no other hub is at it; on SQLite there is one writer anyway."""
    if work.session.get_bind().dialect.name != "postgresql":
        return True
    return bool(work.session.scalar(text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")))


def _begin(work: UnitOfWork) -> bool:
    forget_all(work)
    first = work.session.scalar(select(func.min(Case.reported_at)))
    if first is None:
        return False
    zone = work.city.zone
    begun = {"id": 1, "zone": zone.key, "until": first.astimezone(zone).date()}
    work.session.execute(insert(FigureProgress), [begun])
    return True


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return Period(day, day).bounds(zone)


def _count_day(work: UnitOfWork, day: date, areas: Sequence[str] = ()) -> dict[str, Sums]:
    begins, ends = _bounds(day, work.city.zone)
    conditions = [Case.reported_at >= begins, Case.reported_at < ends]
    if areas:
        conditions.append(Case.area.in_(areas))
    found = count_sums(work, conditions, ANY, by_area=True)
    return {area: sums for (_, area), sums in found.items()}


def _upwards(area: str) -> Iterable[str]:
    """An area and all above it."""
    while area:
        yield area
        area = parent(area)


def _make_day(work: UnitOfWork, day: date) -> None:
    direct = _count_day(work, day)
    below: dict[str, Sums] = defaultdict(Sums)
    for area, sums in direct.items():
        for node in _upwards(area):
            below[node].add(sums)
    rows = [_row(day, area, is_direct, sums) for is_direct, sums_of in ((True, direct), (False, below))
            for area, sums in sums_of.items()]  # fmt: skip
    if rows:
        work.session.execute(insert(DailyFigure), rows)


def _row(day: date, area: str, is_direct: bool, sums: Sums) -> dict[str, object]:
    where = {"day": day, "area": area, "parent": parent(area), "direct": is_direct}
    return {**where, "late": sums.late(), "sums": sums.dump()}


def _make_again(work: UnitOfWork, progress: FigureProgress) -> bool:
    """Make the sums of what was written down again; of a day that has none yet nothing need be done."""
    rows = work.session.execute(
        select(StaleFigure.id, StaleFigure.reported_at, StaleFigure.area).order_by(StaleFigure.id).limit(_AT_ONCE)
    ).all()
    work.session.execute(delete(StaleFigure).where(StaleFigure.id.in_([row.id for row in rows])))
    places: dict[date, set[str]] = defaultdict(set)
    for _, reported_at, area in rows:
        places[reported_at.astimezone(work.city.zone).date()].add(area)
    for day, areas in places.items():
        if day < progress.until:
            _make_places(work, day, sorted(areas))
    return len(rows) == _AT_ONCE


def _make_places(work: UnitOfWork, day: date, areas: Sequence[str]) -> None:
    """Bring what lies directly in areas up to date, and with it the sums of all above them."""
    wanted = {node for area in areas for node in _upwards(area)}
    query = select(DailyFigure).where(DailyFigure.day == day, DailyFigure.area.in_(wanted))
    rows = {(row.area, row.direct): row for row in work.session.scalars(query)}
    below = {node: _sums(rows.get((node, False))) for node in wanted}
    now = _count_day(work, day, areas)
    direct = {area: now.get(area, Sums()) for area in areas}
    for area, sums in direct.items():
        before = _sums(rows.get((area, True)))
        for node in _upwards(area):
            below[node].take(before)
            below[node].add(sums)
    for is_direct, sums_of in ((True, direct), (False, below)):
        for area, sums in sums_of.items():
            row = rows.get((area, is_direct))
            if row is None:
                work.session.add(DailyFigure(**_row(day, area, is_direct, sums)))
            else:
                row.late, row.sums = sums.late(), sums.dump()


def _sums(row: DailyFigure | None) -> Sums:
    return Sums() if row is None else Sums.load(row.sums)


@dataclass(slots=True)
class Kept:
    """Sums of a stretch of days.

    Attributes:
        until: the first day that they do not hold.
        sums: of each day, without its stale places.
        late: by area right below, day and scene: cases and late ones, with the stale places.
        stale: places that are to be counted from the cases; ``gone``: what ``late`` still holds of each.
    """

    until: date
    sums: dict[date, Sums] = field(default_factory=lambda: defaultdict(Sums))
    late: dict[tuple[str, date], dict[str, list[int]]] = field(default_factory=dict)
    stale: set[Place] = field(default_factory=set)
    gone: dict[Place, Sums] = field(default_factory=dict)

    def is_stale(self, zone: ZoneInfo) -> ColumnElement[bool]:
        """Whether a case lies in one of the stale places, as a condition of a query."""
        areas: dict[date, list[str]] = defaultdict(list)
        for day, area in sorted(self.stale):
            areas[day].append(area)
        days = ((_bounds(day, zone), theirs) for day, theirs in areas.items())
        return or_(
            false(),
            *(and_(Case.reported_at >= begins, Case.reported_at < ends, Case.area.in_(theirs))
              for (begins, ends), theirs in days),
        )  # fmt: skip


def kept_sums(work: UnitOfWork, area: str, period: Period) -> Kept | None:
    """Read the sums of an area and all below it, as far as they are made; none where they do not help."""
    zone = work.city.zone
    progress = work.session.get(FigureProgress, 1)
    if progress is None or progress.zone != zone.key or progress.until <= period.first:
        return None
    last = min(period.last, progress.until - timedelta(days=1))
    kept = Kept(last + timedelta(days=1))
    begins, ends = Period(period.first, last).bounds(zone)
    written = select(StaleFigure.reported_at, StaleFigure.area).where(
        StaleFigure.reported_at >= begins, StaleFigure.reported_at < ends, within(StaleFigure.area, area)
    )
    kept.stale = {(moment.astimezone(zone).date(), where) for moment, where in work.session.execute(written)}
    if len(kept.stale) > _MOST_STALE:
        return None
    _read(work, area, period.first, last, kept)
    return kept


def _read(work: UnitOfWork, area: str, first: date, last: date, kept: Kept) -> None:
    """Read all rows in one statement, so that they are of one moment."""
    row = DailyFigure
    days = row.day >= first, row.day <= last
    whole = select(row.area, row.day, literal_column("0"), row.sums).where(row.area == area, ~row.direct, *days)
    below = select(row.area, row.day, literal_column("1"), row.late).where(row.parent == area, ~row.direct, *days)
    places = tuple_(row.area, row.day).in_([(where, day) for day, where in sorted(kept.stale)])
    own = select(row.area, row.day, literal_column("2"), row.sums).where(row.direct, places)
    query = whole.union_all(below, own) if kept.stale else whole.union_all(below)
    for where, day, kind, held in work.session.execute(query):
        if kind == 0:
            kept.sums[day].add(Sums.load(held))
        elif kind == 1:
            kept.late[where, day] = held
        else:
            kept.gone[day, where] = Sums.load(held)
    for (day, _), sums in kept.gone.items():
        kept.sums[day].take(sums)
