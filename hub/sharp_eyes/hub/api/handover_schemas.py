"""Handing a shift over, as the HTTP interface says it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.api.notice_schemas import PersonView
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.people.shift_sheet import Waits


class WhichPost(BaseModel):
    """Whose shift: of a unit or a role, in an area."""

    unit: StorableText | None = Field(None, max_length=100, description="A unit's work; one's own if both are left out")
    role: StorableText | None = Field(None, max_length=100, description="A role's work; one's own if both are left out")
    area: StorableText | None = Field(None, max_length=200, description="One's own where left out")


class HandoverBody(WhichPost):
    """What is handed over, and to whom."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"note": "The gate of No. 7 is locked after eight.", "to": "lead-west"}]}
    )

    to: StorableText | None = Field(
        None, max_length=100, description="User name; who is next by the roster if left out"
    )
    note: StorableText = Field(max_length=4000, description="What whoever takes over has to know")


class TakeBody(BaseModel):
    """What whoever takes over has to say."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Read; the two late ones are mine now."}]})

    note: StorableText = Field("", max_length=4000)


class SheetLine(ResponseModel):
    """A case as it stood when the shift was handed over."""

    id: int
    number: str
    scene: str | None
    kind: str | None = Field(None, description="Of what people and other systems report")
    state: State
    grade: Grade
    area: str
    place: str = ""
    unit: str | None
    waits: list[Waits] = Field([], description="What it waits for besides the hands of its unit")
    claimed_by: PersonView | None = Field(None, description="Who saw to it")
    reported_at: datetime
    due_at: datetime | None
    late_since: datetime | None
    suspended_until: datetime | None


class SheetComment(ResponseModel):
    """What somebody said of an open case during the shift."""

    case: int = Field(examples=[123])
    number: str
    at: datetime
    by: str = Field(description="Name for people")
    text: str


class SheetSnooze(ResponseModel):
    """A snooze that ends within a day: from then on there are alarms again."""

    gateway: str | None
    camera: str | None
    scene: str | None
    zone: str | None
    area: str
    reason: str
    ends_at: datetime


class SheetAway(ResponseModel):
    """A camera that gives no picture, or a gateway that is silent with all of its cameras."""

    gateway: str
    camera: str | None
    name: str
    since: datetime | None
    detail: str


class ShiftFacts(ResponseModel):
    """What belongs to a shift besides its cases."""

    since: datetime = Field(description="When the shift began; a day before the handover at most")
    comments: list[SheetComment]
    snoozes: list[SheetSnooze]
    away: list[SheetAway]


class HandoverView(ResponseModel):
    """A shift that was handed over."""

    id: int
    area: str
    unit: str | None
    role: str | None
    giver: PersonView
    on_behalf_of: str | None = Field(description="For whom the giver acted as a deputy")
    taker: PersonView
    note: str
    cases: int = Field(description="How many were open")
    made_at: datetime
    taken_at: datetime | None = Field(description="When it was confirmed; null while it waits")
    taken_note: str = Field(examples=["Read; the two late ones are mine now."])
    withdrawn_at: datetime | None


class HandoverSheet(HandoverView):
    """The same with the cases that were open, the next deadline first."""

    sheet: list[SheetLine]
    facts: ShiftFacts | None = Field(description="None of handovers that an older hub wrote")


class HandoverDraft(ResponseModel):
    """What a handover would say now, and who could take the shift."""

    area: str
    unit: str | None
    role: str | None
    shift_ends_at: datetime | None = Field(description="By the roster; null where there is none")
    next: PersonView | None = Field(description="Who follows by the roster")
    takers: list[PersonView] = Field(description="Who belongs to the same unit or role")
    cases: int
    sheet: list[SheetLine]
    facts: ShiftFacts


class HandoverPage(ResponseModel):
    """Handovers, newest first; ``next`` is the cursor of the following page."""

    items: list[HandoverView]
    next: str | None
