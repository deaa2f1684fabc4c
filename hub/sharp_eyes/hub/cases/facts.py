"""What cases are asked for by: when they came, where, who had them, what became of them.

One rule for the figures and for the lists of the cases behind them: so the number on a bar is the number in its list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy import case as one_of

from sharp_eyes.hub.areas.figure_facts import Count, Fact
from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.cases.cells import Cell
from sharp_eyes.hub.cases.milestone_sums import has_milestone
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.lifecycle.model import BEFORE_HANDLED, AppealState, AssignmentOutcome, State
from sharp_eyes.hub.store.case_tables import Assignment, Case, CaseClock
from sharp_eyes.hub.store.seconds import seconds_of

HOUR, DAY = 3600, 86400
_MONDAY = 3 * DAY
"""1970 began on a Thursday."""

_LEFT = (State.REJECTED, State.VOIDED, State.MERGED)
"""Ends without anything that was to be done."""


class Stage(StrEnum):
    """How far a case came, whatever became of it later."""

    DISPATCHED = "dispatched"
    ON_SITE = "on_site"
    HANDLED = "handled"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the city, the first and the last one included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Give the moment with which they begin, and the one before which they end."""
        begins, ends = (datetime.combine(day, time(), zone) for day in (self.first, self.last + timedelta(days=1)))
        return begins.astimezone(UTC), ends.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Facts:
    """Which cases are asked for; an empty field asks for all.

    Attributes:
        period: days on which they were reported.
        hour: of the day on which they were reported, 0 to 23; needs a period. ``weekday``: likewise, 1 is Monday.
        due: days on which they were due to be handled.
        cell: of the ground, in which they lie.
        count: facts of a figure's side (``areas/figure_facts.py``).
        answering: a unit that answers for them: it has them, did them, or had them until they ended.
        area: they lie there or below, as their log last said; ``direct``: there and not below.
        source: how they came in.
        had_unit: a unit that had a turn at them; ``late_turn``: and was late in it.
        late: some deadline was missed, or is past now.
        false_alarm: the camera was wrong.
        reworked: a check failed at least once.
        extended: more time was granted.
        appeal: how a unit's appeal stands.
        reached: they came so far.
        milestone: it was reached on site, or missed; ``kept``: reached in time.
    """

    period: Period | None = None
    hour: int | None = None
    area: str | None = None
    direct: bool = False
    grade: str | None = None
    source: str | None = None
    had_unit: str | None = None
    late_turn: bool = False
    late: bool = False
    false_alarm: bool = False
    reworked: bool = False
    extended: bool = False
    appeal: AppealState | None = None
    reached: Stage | None = None
    weekday: int | None = None
    due: Period | None = None
    cell: Cell | None = None
    count: Count | None = None
    answering: str | None = None
    milestone: str | None = None
    kept: bool = False

    def conditions(self, zone: ZoneInfo, now: datetime) -> Iterator[ColumnElement[bool]]:
        """Give them as conditions of a query on cases."""
        yield from self._days(zone)
        yield from self._places()
        if self.grade is not None:
            yield Case.grade == self.grade
        if self.source is not None:
            yield Case.source == self.source
        yield from self._units(now)
        if self.count is not None:
            yield is_counted(self.count)
        yield from self._outcomes(now)

    def _days(self, zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
        if self.period is not None:
            yield falls_in(Basis.REPORTED, self.period, zone)
            if self.hour is not None:
                yield local_hour(zone, self.period) == self.hour
            if self.weekday is not None:
                yield local_hour_of_week(zone, self.period) // 24 + 1 == self.weekday
        if self.due is not None:
            yield falls_in(Basis.DUE, self.due, zone)

    def _places(self) -> Iterator[ColumnElement[bool]]:
        if self.area is not None:
            yield Case.area == self.area if self.direct else within(Case.area, self.area)
        if self.cell is not None:
            yield _in_cell(self.cell)

    def _units(self, now: datetime) -> Iterator[ColumnElement[bool]]:
        if self.had_unit is not None:
            yield _has_turn(*self._turn(now))
        if self.answering is not None:
            yield _has_turn(Assignment.unit == self.answering, answers_for(Assignment))

    def _turn(self, now: datetime) -> Iterator[ColumnElement[bool]]:
        yield Assignment.unit == self.had_unit
        if self.late_turn:
            yield late_turn(Assignment, now)

    def _outcomes(self, now: datetime) -> Iterator[ColumnElement[bool]]:
        asked = (self.late, self.false_alarm, self.reworked, self.extended)
        said = (is_late(now), Case.false_alarm.is_(True), times("reworks") > 0, times("extensions") > 0)
        for is_asked, condition in zip(asked, said, strict=True):
            if is_asked:
                yield condition
        if self.appeal is not None:
            yield Case.appeal == self.appeal.value
        if self.reached is not None:
            yield reached(self.reached)
        if self.milestone is not None:
            yield has_milestone(self.milestone, now, kept=self.kept)


class Basis(StrEnum):
    """Which day of a case puts it into a period."""

    REPORTED = "reported"
    DUE = "due"

    @property
    def moment(self) -> Any:
        """The column that says it."""
        return Case.reported_at if self is Basis.REPORTED else Case.handle_due_at


def falls_in(basis: Basis, period: Period, zone: ZoneInfo) -> ColumnElement[bool]:
    """Whether a case falls into a period."""
    begins, ends = period.bounds(zone)
    return and_(basis.moment >= begins, basis.moment < ends)


def is_counted(count: Count) -> ColumnElement[bool]:
    """Whether a case is one of a side of a figure."""
    return and_(or_(*(FACTS[fact] for fact in count.any_of)), *(~FACTS[fact] for fact in count.none_of))


def answers_for(turn: type[Assignment]) -> ColumnElement[bool]:
    """Whether a unit answers for a case by a turn: not by one that it sent back, or that was taken from it."""
    return or_(turn.outcome.is_(None), turn.outcome.in_((AssignmentOutcome.DONE, AssignmentOutcome.ENDED)))


def _in_cell(cell: Cell) -> ColumnElement[bool]:
    south, west, north, east = cell.bounds
    return and_(Case.latitude >= south, Case.latitude < north, Case.longitude >= west, Case.longitude < east)


def reached(stage: Stage) -> ColumnElement[bool]:
    """Whether a case came so far."""
    return moment_of(stage).is_not(None) if stage is not Stage.CLOSED else Case.state == State.CLOSED.value


def moment_of(stage: Stage) -> Any:
    """The column that says when a case came so far."""
    columns = {
        Stage.DISPATCHED: Case.dispatched_at,
        Stage.ON_SITE: Case.on_site_at,
        Stage.HANDLED: Case.handled_at,
        Stage.CLOSED: Case.ended_at,
    }
    return columns[stage]


def is_late(now: datetime) -> ColumnElement[bool]:
    """Whether a case missed a deadline, whoever missed it, or has one behind it now."""
    return or_(Case.late_since.is_not(None), is_past(now))


def is_past(now: datetime) -> ColumnElement[bool]:
    """Whether a case that somebody has yet to handle has a deadline behind it."""
    return and_(Case.due_at <= now, Case.state.in_(BEFORE_HANDLED))


def late_turn(turn: type[Assignment], now: datetime) -> ColumnElement[bool]:
    """Whether a unit missed a deadline of its own in a turn, to report in or to be done, or has one behind it now."""
    return _has_clock(turn, or_(CaseClock.late_since.is_not(None), CaseClock.due_at <= now))


def _has_turn(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a case has such a turn; by itself also in a query that reads turns."""
    turns = select(Assignment.case_id).where(Assignment.case_id == Case.id, *conditions)
    return turns.correlate(Case).exists()


def was_late_turn(turn: type[Assignment]) -> ColumnElement[bool]:
    """Whether the case's log says that a unit missed a deadline of its own in a turn."""
    return _has_clock(turn, CaseClock.late_since.is_not(None))


def _has_clock(turn: type[Assignment], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    its_own = (
        CaseClock.case_id == turn.case_id,
        CaseClock.assignment == turn.number,
        CaseClock.unit == turn.unit,
    )
    return select(CaseClock.case_id).where(*its_own, condition).exists()


def times(name: str) -> ColumnElement[int]:
    """How often something happened to a case, by its name among its counts."""
    counted: ColumnElement[int] = Case.counts[name].as_integer()
    return counted


def _happened(name: str) -> ColumnElement[bool]:
    return func.coalesce(times(name), 0) > 0


_IS_CLOSED = Case.state == State.CLOSED.value
_TAKEN_UP = tuple(state.value for state in State if state not in _LEFT and state is not State.REPORTED)


def _callback(*only: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether reporters of a case that has ended are owed a call; one that is open again stopped its clock unheard."""
    its_own = CaseClock.case_id == Case.id, CaseClock.kind == ClockKind.CALLBACK.value
    return and_(Case.ended_at.is_not(None), select(CaseClock.case_id).where(*its_own, *only).exists())


_HEARD = CaseClock.stopped_at.is_not(None)

# None of them is ever null: each can be asked for and ruled out.
FACTS: Mapping[Fact, ColumnElement[bool]] = {
    Fact.REPORTED: true(),
    Fact.FILED: or_(Case.dispatched_at.is_not(None), Case.state.in_(_TAKEN_UP)),
    Fact.DISPATCHED: Case.dispatched_at.is_not(None),
    Fact.DUE: and_(Case.handle_due_at.is_not(None), Case.state.not_in(_LEFT)),
    Fact.HANDLED: Case.handled_at.is_not(None),
    Fact.CLOSED: _IS_CLOSED,
    Fact.CLOSED_IN_TIME: and_(_IS_CLOSED, Case.handle_due_at.is_not(None), Case.handle_late.is_(False)),
    Fact.EXTENDED: _happened("extensions"),
    Fact.SUSPENDED: _happened("suspensions"),
    Fact.REWORKED: _happened("reworks"),
    Fact.REOPENED: _happened("reopenings"),
    Fact.EXEMPTED: and_(Case.appeal.is_not(None), Case.appeal == AppealState.GRANTED.value),
    Fact.FALSE_ALARM: Case.false_alarm.is_(True),
    Fact.MERGED: Case.state == State.MERGED.value,
    Fact.RESPONDED: Case.responded_at.is_not(None),
    Fact.RESPONDED_IN_TIME: and_(Case.responded_at.is_not(None), Case.response_late.is_(False)),
    Fact.RATED: Case.rating.is_not(None),
    Fact.SATISFIED: and_(Case.rating.is_not(None), Case.rating >= 4),
    Fact.CALLBACK_DUE: _callback(),
    Fact.CALLED_BACK: _callback(_HEARD),
    Fact.CALLED_BACK_IN_TIME: _callback(_HEARD, CaseClock.late_since.is_(None)),
    Fact.CALLER_RATED: and_(Case.rating.is_not(None), _callback()),
    Fact.CALLER_SATISFIED: and_(Case.rating.is_not(None), Case.rating >= 4, _callback()),
}
"""How the database knows each fact of a figure."""


def local_seconds(zone: ZoneInfo, period: Period) -> ColumnElement[int]:
    """Seconds since 1970 by the city's own clocks of when a case was reported, within a period."""
    seconds = seconds_of(Case.reported_at)
    offsets = list(_offsets(zone, period))
    last = offsets[-1][1]
    if len(offsets) == 1:
        return seconds + last
    return seconds + one_of(*((Case.reported_at < until, offset) for until, offset in offsets[:-1]), else_=last)


def local_hour(zone: ZoneInfo, period: Period) -> ColumnElement[int]:
    """Hour of the day, by the city's own clocks, at which a case was reported."""
    return local_seconds(zone, period) % DAY // HOUR


def local_hour_of_week(zone: ZoneInfo, period: Period) -> ColumnElement[int]:
    """Hour of the week, 0 to 167 from Monday on, by the city's own clocks, at which a case was reported."""
    return (local_seconds(zone, period) + _MONDAY) % (7 * DAY) // HOUR


def _offsets(zone: ZoneInfo, period: Period) -> Iterator[tuple[datetime, int]]:
    """Stretches of a period in which the city's clocks stay as they are: until when, and their seconds before UTC."""
    moment, end = period.bounds(zone)
    quarter = timedelta(minutes=15)  # everywhere clocks are set at such a moment
    while moment < end:
        offset = moment.astimezone(zone).utcoffset()
        until = min(moment + timedelta(days=1), end)
        if until.astimezone(zone).utcoffset() != offset:
            until = moment + quarter
            while until.astimezone(zone).utcoffset() == offset:
                until += quarter
            yield until, _whole(offset)
        elif until == end:
            yield end, _whole(offset)
        moment = until


def _whole(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())
