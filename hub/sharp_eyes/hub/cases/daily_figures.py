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
from sharp_eyes.hub.cases.day_spots import count_spots
from sharp_eyes.hub.cases.day_sums import ANY, Sums, count_sums
from sharp_eyes.hub.cases.facts import Basis, Period, falls_in
from sharp_eyes.hub.cases.outcomes import Outcomes, count_outcomes, dump_counts, load_kinds, load_units
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.figure_tables import DailyFigure, FigureProgress, StaleFigure
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory

_SETTLED = timedelta(hours=2)
"""After its end, before a day's sums are made."""

_YOUNG = timedelta(hours=1)
"""What changes at a case that came, or was due, so lately is not written down; no transaction lasts as long as the
rest."""

_AT_ONCE = 1000
"""Changes that are seen to in one transaction."""

_MOST_STALE = 500
"""Places that a reader counts from the cases; where there are more it counts everything so."""

_LOCK = 420845
"""PostgreSQL's lock by which one hub makes sums at a time."""

Place = tuple[date, str]
"""A day and an area."""


def note_change(work: UnitOfWork, case: Case, after: CaseState | None = None, due: datetime | None = None) -> None:
    """Write down that a case changes to a state, and is to be handled until ``due``; or that it goes."""
    if work.now - case.reported_at < _YOUNG:
        return
    areas = {case.area} | ({after.area} if after is not None else set())
    moments = {(Basis.DUE, one) for one in (case.handle_due_at, due) if one is not None and work.now - one >= _YOUNG}
    for basis, moment in sorted({(Basis.REPORTED, case.reported_at), *moments}):
        for area in sorted(areas):
            work.session.add_row(StaleFigure, {"basis": basis.value, "moment": moment, "area": area})


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
            for basis in Basis:
                _make_day(work, basis, progress.until)
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


def count_day(work: UnitOfWork, basis: Basis, day: date, areas: Sequence[str] = ()) -> dict[str, Sums]:
    """Count the cases of a day by the area in which they lie; ``areas``: only those that lie in one of these."""
    conditions = [falls_in(basis, Period(day, day), work.city.zone)]
    if areas:
        conditions.append(Case.area.in_(areas))
    found: dict[str, Sums] = defaultdict(Sums)
    if basis is Basis.REPORTED:
        for (_, area), sums in count_sums(work, conditions, ANY, by_area=True).items():
            found[area] = sums
        for (area,), spots in count_spots(work, conditions, Period(day, day), Case.area).items():
            found[area].spots = spots
    for (area,), outcomes in count_outcomes(work, conditions, Case.area).items():
        found[area].outcomes = outcomes
    return found


def _upwards(area: str) -> Iterable[str]:
    """An area and all above it."""
    while area:
        yield area
        area = parent(area)


def _make_day(work: UnitOfWork, basis: Basis, day: date) -> None:
    direct = count_day(work, basis, day)
    below: dict[str, Sums] = defaultdict(Sums)
    for area, sums in direct.items():
        for node in _upwards(area):
            below[node].add(sums)
    rows = [_row(basis, day, area, is_direct, sums) for is_direct, sums_of in ((True, direct), (False, below))
            for area, sums in sums_of.items()]  # fmt: skip
    if rows:
        work.session.execute(insert(DailyFigure), rows)


def _row(basis: Basis, day: date, area: str, is_direct: bool, sums: Sums) -> dict[str, object]:
    where = {"basis": basis.value, "day": day, "area": area, "parent": parent(area), "direct": is_direct}
    return where | _held(sums)


def _held(sums: Sums) -> dict[str, object]:
    kinds, units = dump_counts(sums.outcomes.kinds), dump_counts(sums.outcomes.units)
    counted = {"outcomes": kinds, "unit_outcomes": units, "spots": sums.spots.dump()}
    return {"late": sums.late(), "sums": sums.dump(), **counted}


def _make_again(work: UnitOfWork, progress: FigureProgress) -> bool:
    """Make the sums of what was written down again; of a day that has none yet nothing need be done."""
    columns = (StaleFigure.id, StaleFigure.basis, StaleFigure.moment, StaleFigure.area)
    rows = work.session.execute(select(*columns).order_by(StaleFigure.id).limit(_AT_ONCE)).all()
    work.session.execute(delete(StaleFigure).where(StaleFigure.id.in_([row.id for row in rows])))
    places: dict[tuple[Basis, date], set[str]] = defaultdict(set)
    for _, basis, moment, area in rows:
        places[Basis(basis), moment.astimezone(work.city.zone).date()].add(area)
    for (basis, day), areas in places.items():
        if day < progress.until:
            _make_places(work, basis, day, sorted(areas))
    return len(rows) == _AT_ONCE


def _make_places(work: UnitOfWork, basis: Basis, day: date, areas: Sequence[str]) -> None:
    """Bring what lies directly in areas up to date, and with it the sums of all above them."""
    wanted = {node for area in areas for node in _upwards(area)}
    row_of = DailyFigure
    query = select(row_of).where(row_of.basis == basis.value, row_of.day == day, row_of.area.in_(wanted))
    rows = {(row.area, row.direct): row for row in work.session.scalars(query)}
    below = {node: _sums(rows.get((node, False))) for node in wanted}
    now = count_day(work, basis, day, areas)
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
                work.session.add(DailyFigure(**_row(basis, day, area, is_direct, sums)))
            else:
                for name, value in _held(sums).items():
                    setattr(row, name, value)


def _sums(row: DailyFigure | None) -> Sums:
    if row is None:
        return Sums()
    sums = Sums.load(row.sums)
    sums.outcomes = Outcomes(load_kinds(row.outcomes), load_units(row.unit_outcomes))
    sums.spots.add_stored(row.spots)
    return sums


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


def kept_sums(work: UnitOfWork, area: str, period: Period) -> Kept | None:
    """Read the sums of an area and all below it, as far as they are made; none where they do not help."""
    found = made_days(work, Basis.REPORTED, area, period)
    if found is None:
        return None
    last, stale = found
    kept = Kept(last + timedelta(days=1), stale=stale)
    _read(work, area, period.first, last, kept)
    return kept


def made_days(work: UnitOfWork, basis: Basis, area: str, period: Period) -> tuple[date, set[Place]] | None:
    """Give the last day of a period that has sums, and the places to be counted from the cases; none where too many."""
    zone = work.city.zone
    progress = work.session.get(FigureProgress, 1)
    if progress is None or progress.zone != zone.key or progress.until <= period.first:
        return None
    last = min(period.last, progress.until - timedelta(days=1))
    begins, ends = Period(period.first, last).bounds(zone)
    written = select(StaleFigure.moment, StaleFigure.area).where(
        StaleFigure.basis == basis.value,
        StaleFigure.moment >= begins,
        StaleFigure.moment < ends,
        within(StaleFigure.area, area),
    )
    stale = {(moment.astimezone(zone).date(), where) for moment, where in work.session.execute(written)}
    return None if len(stale) > _MOST_STALE else (last, stale)


def lies_in(places: Iterable[Place], basis: Basis, zone: ZoneInfo) -> ColumnElement[bool]:
    """Whether a case lies in one of some places, as a condition of a query."""
    areas: dict[date, list[str]] = defaultdict(list)
    for day, area in sorted(places):
        areas[day].append(area)
    days = (and_(falls_in(basis, Period(day, day), zone), Case.area.in_(theirs)) for day, theirs in areas.items())
    return or_(false(), *days)


def _read(work: UnitOfWork, area: str, first: date, last: date, kept: Kept) -> None:
    """Read all rows in one statement, so that they are of one moment."""
    row = DailyFigure
    days = row.basis == Basis.REPORTED.value, row.day >= first, row.day <= last
    whole = select(row.area, row.day, literal_column("0"), row.sums).where(row.area == area, ~row.direct, *days)
    below = select(row.area, row.day, literal_column("1"), row.late).where(row.parent == area, ~row.direct, *days)
    places = tuple_(row.area, row.day).in_([(where, day) for day, where in sorted(kept.stale)])
    own = select(row.area, row.day, literal_column("2"), row.sums).where(row.direct, *days, places)
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
