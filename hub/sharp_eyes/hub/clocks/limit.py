"""A limit: so much of one of the kinds of time. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never

from pydantic import Field, model_validator

from sharp_eyes.configuration import Settings
from sharp_eyes.hub.clocks.calendar import WorkingCalendar


class TimeUnit(StrEnum):
    """What a limit counts."""

    MINUTES = "minutes"
    """Around the clock, as hours are."""
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class Limit(Settings):
    """So many of a unit of time; in a file ``15 minutes``, ``2 working hours`` or ``3 working days``."""

    amount: int = Field(title="How many", ge=1, le=10_000)
    unit: TimeUnit = Field(title="Of what")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        amount, _, words = given.strip().partition(" ")
        unit = "_".join(words.split())
        singular = next((one for one in TimeUnit if unit == one.removesuffix("s")), unit)
        return {"amount": amount, "unit": singular}

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.replace('_', ' ')}"

    @property
    def counts_working_time(self) -> bool:
        """Whether nights and holidays stand still."""
        return self.unit in (TimeUnit.WORKING_HOURS, TimeUnit.WORKING_DAYS)

    @property
    def length(self) -> timedelta:
        """How long it is by its name alone, without nights and holidays: what a calendar knows nothing of."""
        match self.unit:
            case TimeUnit.MINUTES:
                return timedelta(minutes=self.amount)
            case TimeUnit.HOURS | TimeUnit.WORKING_HOURS:
                return timedelta(hours=self.amount)
            case TimeUnit.WORKING_DAYS | TimeUnit.CALENDAR_DAYS:
                return timedelta(days=self.amount)
            case unit:
                assert_never(unit)

    def times(self, factor: int) -> "Limit":
        """Give so many times as much."""
        return self if factor == 1 else Limit(amount=self.amount * factor, unit=self.unit)

    def due(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """Give the moment at which it ends when it runs from ``start`` without a pause.

        Raises:
            CalendarError: the calendar does not reach so far.
        """
        match self.unit:
            case TimeUnit.MINUTES:
                return start + timedelta(minutes=self.amount)
            case TimeUnit.HOURS:
                return start + timedelta(hours=self.amount)
            case TimeUnit.WORKING_HOURS:
                return calendar.add_working(start, timedelta(hours=self.amount))
            case TimeUnit.WORKING_DAYS:
                return calendar.add_working_days(start, self.amount)
            case TimeUnit.CALENDAR_DAYS:
                return calendar.add_calendar_days(start, self.amount)
            case unit:
                assert_never(unit)

    def add(self, start: datetime, amount: timedelta, calendar: WorkingCalendar) -> datetime:
        """Give the moment at which ``amount`` of the time that this limit counts has passed."""
        return calendar.add_working(start, amount) if self.counts_working_time else start + max(amount, timedelta(0))

    def between(self, start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
        """Measure the time that this limit counts between two moments."""
        if self.counts_working_time:
            return calendar.working_between(start, end)
        return max(end - start, timedelta(0))
