"""Sponsors and the week's lists, as the HTTP interface says them."""

from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sharp_eyes.hub.api.notice_schemas import PersonView
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.api.seen import Seen
from sharp_eyes.hub.areas.city_pack import Text
from sharp_eyes.hub.lifecycle.model import AssignmentOutcome, State


class SponsorChange(BaseModel):
    """What of a sponsor can be changed; ``until`` ends it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"post": "Deputy head", "place": "", "person": None, "until": None}]}
    )

    post: StorableText = Field(min_length=1, max_length=200, description="Who is responsible, by their post")
    place: StorableText = Field("", max_length=200, description="Premises or part of the area; all of it where empty")
    person: StorableText | None = Field(None, max_length=100, description="User name of who holds the post")
    until: AwareDatetime | None = Field(None, description="When it ends, where it does")
    seen: Seen = None


class SponsorBody(SponsorChange):
    """A unit that sponsors an area, or a place in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"area": "demo/first-street/east", "unit": "parks", "post": "Head of the parks office"}]
        }
    )

    area: StorableText = Field(max_length=200)
    unit: StorableText = Field(max_length=100)
    since: AwareDatetime | None = Field(None, description="Now, where it is not said")


class SponsorView(ResponseModel):
    """A unit that sponsors an area, or a place in it."""

    id: int
    area: str
    area_name: Text
    place: str
    unit: str
    unit_name: Text | None
    post: str
    person: PersonView | None
    since: datetime
    until: datetime | None


class ListedTurnView(ResponseModel):
    """A unit's answer to a whistle."""

    unit: str
    unit_name: Text | None
    reported_in_at: datetime | None
    due_at: datetime | None = Field(
        description="Until when it is to report in; null while the week gathers, once it has, and where it is out of it"
    )
    late: bool = Field(description="It did not report in in time, whether it has by now or not")
    outcome: AssignmentOutcome | None


class ListedCaseView(ResponseModel):
    """A case on a week's list."""

    id: int
    number: str
    kind_name: Text | None
    place: str
    state: State
    turns: list[ListedTurnView] = Field(description="Of each unit that is to report in")
    may_report_in: bool = Field(description="The asker's unit has yet to report in")


class WhistleListView(ResponseModel):
    """The list of an area's week."""

    area: str
    area_name: Text
    made_at: datetime | None = Field(description="Null while it still gathers")
    report_in_by: datetime | None
    cases: list[ListedCaseView]
    asked: int = Field(description="Answers that are waited for or were given: one a unit and case")
    answered: int
    in_time: int
    late: int
    closed: int


class WhistleWeekView(ResponseModel):
    """A week of whistles in the areas that the asker sees."""

    kept: bool = Field(description="Whether the city pack has a week of whistles")
    week: date = Field(description="Its Monday")
    gathers_for: date | None = Field(description="The Monday of the week on whose list something is put now")
    list_at: datetime | None
    lists: list[WhistleListView]
