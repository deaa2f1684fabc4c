"""Working calendar: which moments count as working time, with holidays and swapped working days (调休). Pure.

All arithmetic is on moments in UTC; days and hours are those of the calendar's own time zone, so that a day with summer
time's change has 23 or 25 hours around the clock and its usual hours of work.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from sharp_eyes.configuration import CheckedSettings
from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.hub.clocks.time_zone import wrong_zone
from sharp_eyes.hub.errors import CalendarError

_ONE_DAY = timedelta(days=1)
_NONE = timedelta(0)


_STRETCH = r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)"

Stretch = Annotated[str, StringConstraints(pattern=f"^{_STRETCH}$")]
"""A part of a working day, such as ``09:00-12:00``."""


class WorkingCalendar(CheckedSettings):
    """Working days and hours of an office. Whatever it is asked about a year that it does not hold is refused."""

    version: str = Field(title="Version, such as '2026.1'; cases note which one set their limits", min_length=1)
    timezone: str = Field("Asia/Shanghai", title="Time zone of its days and hours")
    years: tuple[int, ...] = Field(title="Years whose holidays are known", min_length=1)
    weekdays: tuple[int, ...] = Field((1, 2, 3, 4, 5), title="Working days of a plain week; 1 is Monday")
    hours: tuple[Stretch, ...] = Field(min_length=1, title="Hours of a working day, in order, such as '09:00-12:00'")
    holidays: tuple[date, ...] = Field((), title="Days off that would be working days")
    swapped: tuple[date, ...] = Field((), title="Working days that would be days off")

    @property
    def zone(self) -> ZoneInfo:
        """The calendar's time zone."""
        return ZoneInfo(self.timezone)

    def is_working_day(self, day: date) -> bool:
        """Whether a day is worked.

        Raises:
            CalendarError: the calendar does not hold that year.
        """
        if day.year not in self.years:
            known = ", ".join(str(year) for year in self.years)
            raise CalendarError(
                f"calendar {self.version} knows {known} but not {day.year}; "
                f"make that year with 'sharp-eyes-hub city calendar {day.year}' and add it to the city pack"
            )
        if day in self.swapped:
            return True
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def add_working(self, start: datetime, amount: timedelta) -> datetime:
        """Give the moment at which ``amount`` of working time has passed since ``start``.

        Raises:
            CalendarError: it lies in a year that the calendar does not hold.
        """
        if amount <= _NONE:
            return start
        for begin, end in self._spans_from(start):
            here = end - max(begin, start)
            if here >= amount:
                return max(begin, start) + amount
            amount -= here
        raise AssertionError("working time never ends")

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Measure the working time between two moments; zero where ``end`` is not after ``start``.

        Raises:
            CalendarError: a day between them lies in a year that the calendar does not hold.
        """
        total = _NONE
        if end <= start:
            return total
        for begin, stop in self._spans_from(start):
            if begin >= end:
                break
            total += min(stop, end) - max(begin, start)
        return total

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Give the same time of day so many working days on; what begins off duty begins when work next does.

        Raises:
            CalendarError: it lies in a year that the calendar does not hold.
        """
        begin = next(max(begin, start) for begin, _ in self._spans_from(start)).astimezone(self.zone)
        day = begin.date()
        while days > 0:
            day += _ONE_DAY
            days -= self.is_working_day(day)
        return self._at(day, begin.time())

    def add_calendar_days(self, start: datetime, days: int) -> datetime:
        """Give the same time of day so many days on, weekends and holidays counted."""
        local = start.astimezone(self.zone)
        return self._at(local.date() + days * _ONE_DAY, local.time())

    def _spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Stretches of working time that end after ``start``, in order, without end."""
        day = start.astimezone(self.zone).date()
        while True:
            if self.is_working_day(day):
                for stretch in self.hours:
                    begin, end = (self._moment(day, minutes) for minutes in _minutes(stretch))
                    if end > start:
                        yield begin, end
            day += _ONE_DAY

    def _moment(self, day: date, minutes: int) -> datetime:
        whole_days, minute = divmod(minutes, 24 * 60)
        return self._at(day + whole_days * _ONE_DAY, time(minute // 60, minute % 60))

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    @classmethod
    def contradictions(cls, raw: Mapping[str, Any]) -> Iterator[SaidAt]:
        """Hours that run backwards or overlap, days both off and worked or of a year that is not held, a wrong zone."""
        yield from _wrong_hours(raw)
        yield from _wrong_days(raw)
        yield from wrong_zone(raw)


@cache
def around_the_clock(timezone: str) -> WorkingCalendar:
    """Give the calendar of a city that has none: every hour of every day counts."""
    years, week = tuple(range(2000, 2100)), (1, 2, 3, 4, 5, 6, 7)
    return WorkingCalendar(version="-", timezone=timezone, years=years, weekdays=week, hours=("00:00-24:00",))


def _minutes(stretch: str) -> tuple[int, int]:
    """Begin and end of a stretch in minutes of the day."""
    begin, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in stretch.split("-"))
    return begin, end


def _wrong_hours(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    until = 0
    for place, stretch in enumerate(_list(raw, "hours")):
        if not isinstance(stretch, str) or not re.fullmatch(_STRETCH, stretch):
            continue
        begin, end = _minutes(stretch)
        if end <= begin:
            yield ("hours", place), Said("hours_backwards", f"{stretch} ends before it begins", hours=stretch)
        if begin < until:
            words = f"{stretch} begins before the stretch above it has ended"
            yield ("hours", place), Said("hours_overlap", words, hours=stretch)
        until = max(until, end)


def _wrong_days(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    years = {year for year in _list(raw, "years") if isinstance(year, int)}
    days = {name: [_day(day) for day in _list(raw, name)] for name in ("holidays", "swapped")}
    for name, listed in days.items():
        for place, day in enumerate(listed):
            if day is not None and day.year not in years:
                words = f"{day} lies in a year that 'years' does not name"
                yield (name, place), Said("year_unnamed", words, day=day)
    for place, day in enumerate(days["swapped"]):
        if day is not None and day in days["holidays"]:
            words = f"{day} stands among the holidays too"
            yield ("swapped", place), Said("worked_holiday", words, day=day)


def _list(raw: Mapping[str, Any], key: str) -> Sequence[Any]:
    found = raw.get(key)
    return found if isinstance(found, Sequence) and not isinstance(found, str) else ()


def _day(given: Any) -> date | None:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        return None
