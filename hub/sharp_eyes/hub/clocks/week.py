"""The week of a whistle (吹哨报到): when problems are gathered and listed, and until when units report in. Pure.

What falls on a day off happens on the next working day, at the same time of day.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from sharp_eyes.configuration import Settings
from sharp_eyes.configuration.said import Said
from sharp_eyes.hub.clocks.calendar import WorkingCalendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "mon|tue|wed|thu|fri|sat|sun"
_ONE_DAY = timedelta(days=1)

Weekday = Annotated[str, StringConstraints(pattern=f"^({_DAY})$")]
WeekMoment = Annotated[str, StringConstraints(pattern=rf"^({_DAY}) ([01]\d|2[0-3]):[0-5]\d$")]
"""A moment of each week, such as ``thu 10:00``."""


class WhistleWeek(Settings):
    """How a city's week of whistles runs."""

    collect: tuple[Weekday, ...] = Field(
        ("mon", "tue", "wed"), title="Days whose problems stand on this week's list", min_length=1
    )
    list: WeekMoment = Field("thu 10:00", title="When the lists are made and the units are told")
    report_in: WeekMoment = Field("fri 17:30", title="Until when the units report in")

    @model_validator(mode="after")
    def _in_order(self) -> "WhistleWeek":
        days = [DAYS.index(day) for day in self.collect]
        if max(days) > _split(self.list)[0] or _split(self.list) >= _split(self.report_in):
            words = "a week gathers first, then makes the list, then lets units report in: put them in order"
            raise ValueError(Said("week_order", words))
        return self

    def gathers_for(self, now: datetime, calendar: WorkingCalendar) -> date:
        """Give the Monday of the week on whose list something is put now: this week's, or the next one's.

        Raises:
            CalendarError: the calendar does not hold that year.
        """
        today = now.astimezone(calendar.zone).date()
        monday = monday_of(today)
        on_time = DAYS[today.weekday()] in self.collect and now < self.list_at(monday, calendar)
        return monday if on_time else monday + 7 * _ONE_DAY

    def list_at(self, monday: date, calendar: WorkingCalendar) -> datetime:
        """When a week's lists are made.

        Raises:
            CalendarError: the calendar does not hold that year.
        """
        day, hour = _split(self.list)
        return _on_working_day(monday + day * _ONE_DAY, hour, calendar)

    def report_in_by(self, monday: date, made_at: datetime, calendar: WorkingCalendar) -> datetime:
        """Until when units report in whose list is made at a moment; on the next working day where that is over.

        Raises:
            CalendarError: the calendar does not hold that year.
        """
        day, hour = _split(self.report_in)
        wanted = _on_working_day(monday + day * _ONE_DAY, hour, calendar)
        if wanted > made_at:
            return wanted
        return _on_working_day(made_at.astimezone(calendar.zone).date() + _ONE_DAY, hour, calendar)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * _ONE_DAY


def _split(moment: str) -> tuple[int, time]:
    day, _, hour = moment.partition(" ")
    return DAYS.index(day), time.fromisoformat(hour)


def _on_working_day(day: date, hour: time, calendar: WorkingCalendar) -> datetime:
    while not calendar.is_working_day(day):
        day += _ONE_DAY
    return _at(day, hour, calendar.zone)


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
