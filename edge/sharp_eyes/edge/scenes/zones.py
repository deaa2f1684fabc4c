"""Where and when a scene watches: zones and schedules, as a deployer writes them."""

from datetime import datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.base import Identifier
from sharp_eyes.edge.polygons import Polygon, ScreenPoint


class Zone(Settings):
    """A polygon on the ground, in shares of the picture."""

    id: Identifier = Field(title="Identifier")
    name: str = Field("", title="Name shown to people")
    polygon: Polygon = Field(title="Corners as [x, y], shares of the picture's width and height")


class Line(Settings):
    """A line with a direction."""

    id: Identifier = Field(title="Identifier")
    name: str = Field("", title="Name shown to people")
    line: tuple[ScreenPoint, ScreenPoint] = Field(title="Start and end as [x, y]", json_schema_extra={"shape": "line"})
    direction: Literal["to_right", "to_left", "both"] = Field(
        "both", title="Which crossing counts, as one stands at the start and looks to the end"
    )

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.line[0] == self.line[1]:
            raise ValueError("the line's start and end are the same point")
        return self


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Hours(Settings):
    """One span of the day; it may run past midnight, and then belongs to the day it starts on."""

    days: tuple[Day, ...] = Field(_DAYS, title="Days of the week", min_length=1)
    start: time = Field(title="From, local time")
    end: time = Field(title="Until, local time; the same as the start means all day")

    @field_validator("start", "end", mode="before")
    @classmethod
    def _in_quotes(cls, value: object) -> object:
        if isinstance(value, int | float):  # YAML 1.1 reads 22:00 as the number 1320
            raise ValueError('write the time in quotes, such as "22:00"')
        return value

    @field_validator("start", "end")
    @classmethod
    def _without_zone(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("leave out the zone; it is the schedule's 'timezone'")
        return value


def _valid_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"time zone {name!r} is not known; use a name such as Asia/Shanghai") from None
    return name


class Schedule(Settings):
    """When a scene watches; without hours it always does."""

    timezone: Annotated[str, AfterValidator(_valid_timezone)] = Field("Asia/Shanghai", title="Time zone")
    hours: tuple[Hours, ...] = Field((), title="Spans of the day")

    def active(self, moment: float) -> bool:
        """Whether the scene watches at this moment (seconds since the Unix epoch)."""
        if not self.hours:
            return True
        local = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(self.timezone))
        today, yesterday = _DAYS[local.weekday()], _DAYS[local.weekday() - 1]
        return any(_within(span, local.time(), today, yesterday) for span in self.hours)


def _within(span: Hours, now: time, today: Day, yesterday: Day) -> bool:
    if span.start < span.end:
        return today in span.days and span.start <= now < span.end
    return (today in span.days and now >= span.start) or (yesterday in span.days and now < span.end)
