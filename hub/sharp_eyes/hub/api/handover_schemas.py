"""Handing a shift over, as the HTTP interface says it."""

from datetime import datetime

from pydantic import BaseModel, Field

from sharp_eyes.hub.api.notice_schemas import PersonView
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText


class HandoverBody(BaseModel):
    """What is handed over, and to whom."""

    to: StorableText | None = Field(
        None, max_length=100, description="User name; who is next by the roster if left out"
    )
    unit: StorableText | None = Field(None, max_length=100, description="A unit's work; one's own if both are left out")
    role: StorableText | None = Field(None, max_length=100, description="A role's work; one's own if both are left out")
    area: StorableText | None = Field(None, max_length=200, description="One's own where left out")
    note: StorableText = Field(max_length=4000, description="What whoever takes over has to know")


class TakeBody(BaseModel):
    """What whoever takes over has to say."""

    note: StorableText = Field("", max_length=4000)


class SheetLine(ResponseModel):
    """A case as it stood when the shift was handed over."""

    id: int
    number: str
    scene: str | None
    state: str
    grade: str
    area: str
    unit: str | None
    reported_at: datetime
    due_at: datetime | None
    late_since: datetime | None
    suspended_until: datetime | None


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
    taken_note: str
    withdrawn_at: datetime | None


class HandoverSheet(HandoverView):
    """The same with the cases that were open, the next deadline first."""

    sheet: list[SheetLine]


class HandoverPage(ResponseModel):
    """Handovers, newest first; ``next`` is the cursor of the following page."""

    items: list[HandoverView]
    next: str | None
