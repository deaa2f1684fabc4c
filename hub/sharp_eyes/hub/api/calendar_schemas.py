"""The working calendar, as the HTTP interface says it."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.hub.api.area_schemas import Versioned
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText

_DAYS: dict[str, Any] = {
    "years": [2026],
    "weekdays": [1, 2, 3, 4, 5],
    "hours": ["09:00-12:00", "13:30-17:30"],
    "holidays": ["2026-10-01"],
    "swapped": ["2026-10-10"],
}
Year = Annotated[int, Field(ge=2000, le=2100)]


class CalendarDays(BaseModel):
    """Days and hours of work; what contradicts itself is refused with the place of each fault."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DAYS]})

    years: list[Year] = Field(min_length=1, max_length=50, description="Whose holidays are known")
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(
        max_length=7, description="Working days of a plain week; 1 is Monday"
    )
    hours: list[StorableText] = Field(
        max_length=20, description="Of a working day, in order", examples=[_DAYS["hours"]]
    )
    holidays: list[date] = Field(max_length=5000, description="Days off that would be worked")
    swapped: list[date] = Field(max_length=5000, description="Days worked that would be off (调休)")


class GivenCalendar(Versioned):
    """The days and hours as they are to be, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 3, "why": "Notice of the State Council", "calendar": _DAYS}]}
    )

    calendar: CalendarDays
    why: StorableText = Field("", max_length=2000)


class CalendarView(ResponseModel):
    """The calendar in force; none where limits count around the clock."""

    version: int = Field(description="Of the city pack; give it back with a change")
    calendar_version: str | None = Field(description="Cases note which one set their limits", examples=["2026.1"])
    calendar: CalendarDays | None
    today: date
    missing_years: list[int] = Field(
        description="This year or the coming one, where a limit would soon need it", examples=[[]]
    )


class CalendarMove(ResponseModel):
    """A deadline of an open case that would be another."""

    case: int = Field(examples=[17])
    number: str
    scene: str | None
    area: str
    clock: str = Field(description="Which of its clocks", examples=["handle"])
    unit: str | None = Field(description="Of a unit's own turn")
    before: datetime
    after: datetime


class CalendarTrial(ResponseModel):
    """What a calendar would do to open cases."""

    looked_at: int = Field(description="Open cases with a clock that counts working time", examples=[12])
    left_out: int = Field(description="More of them that were too many to look at", examples=[0])
    cases: int = Field(description="With a deadline that would move", examples=[1])
    stuck: list[str] = Field(description="Numbers of cases that need a year it does not hold", examples=[[]])
    moved: list[CalendarMove] = Field(description="The first two hundred deadlines, by what is due first")
