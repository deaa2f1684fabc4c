"""What the HTTP interface says of notices, duty and snoozes."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.api.audit_routes import Moment
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText


class NoticeView(ResponseModel):
    """Something that one was told."""

    id: int
    at: datetime
    kind: str = Field(description="The line of a case's log, or not_told, handed_over, webhook_stopped")
    case_id: int | None
    area: str
    text: str = Field(description="In one line, in the language asked for")
    data: dict[str, Any]
    read_at: datetime | None


class NoticePage(ResponseModel):
    """What one was told, newest first; ``next`` is the cursor of the following page."""

    items: list[NoticeView]
    unread: int
    next: str | None


class ReadBody(BaseModel):
    """Up to which notice one has read."""

    up_to: int = Field(ge=0, lt=2**53, examples=[41])


class UntoldView(ResponseModel):
    """Something that could not be told to somebody."""

    id: int
    channel: str
    recipient: str = Field(description="User name; empty where the channel reaches a group")
    kind: str
    case_id: int | None
    area: str
    text: str
    error: str
    attempts: int
    created_at: datetime
    failed_at: datetime | None


class UntoldPage(ResponseModel):
    """What could not be told, newest first; ``next`` is the cursor of the following page."""

    items: list[UntoldView]
    next: str | None


class ChannelView(ResponseModel):
    """How a way of telling is doing."""

    id: str = Field(examples=["wecom"])
    kind: str
    waiting: int
    failed: int
    oldest: datetime | None = Field(description="Since when the oldest of those that wait could have left")
    last_sent_at: datetime | None


class ChannelTestBody(BaseModel):
    """Where a test goes, by a channel that reaches people."""

    to: StorableText | None = Field(None, max_length=200, description="Mail address or telephone number")


class ContactsBody(BaseModel):
    """Where one is reached outside, by the kind of channel: mail, sms."""

    contacts: dict[str, StorableText] = Field(max_length=8)


class ContactsView(ResponseModel):
    """Where one is reached outside, and what kinds of channels the hub has."""

    contacts: dict[str, str]
    kinds: list[str]


class PersonView(ResponseModel):
    """Somebody."""

    username: str
    display_name: str


class OnDutyView(ResponseModel):
    """Who is told at a moment."""

    at: datetime
    people: list[PersonView]
    by_roster: bool = Field(description="They are on duty; otherwise there is nobody on a roster and all are told")
    instead_of: str | None = Field(description="The role or unit in which there is nobody: these stand in")


class ShiftBody(BaseModel):
    """Somebody's shift, for a unit or as a role."""

    username: StorableText = Field(max_length=100)
    area: StorableText | None = Field(None, max_length=200, description="The person's own where left out")
    unit: StorableText | None = Field(None, max_length=100)
    role: StorableText | None = Field(None, max_length=100, description="A built-in role, or the city pack's own")
    begins_at: Moment
    ends_at: Moment
    note: StorableText = Field("", max_length=500)


class ShiftsBody(BaseModel):
    """A roster: all of these shifts, or none where one does not fit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "shifts": [
                        {
                            "username": "lead-east",
                            "begins_at": "2026-03-01T00:00:00Z",
                            "ends_at": "2026-03-01T08:00:00Z",
                        }
                    ]
                }
            ]
        }
    )

    shifts: list[ShiftBody] = Field(min_length=1, max_length=500)


class ShiftView(ResponseModel):
    """A shift."""

    id: int
    person: PersonView
    area: str
    unit: str | None
    role: str | None
    begins_at: datetime
    ends_at: datetime
    note: str
    made_by: str


class DeputyBody(BaseModel):
    """Who is away, and who is told and may act in their place."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"deputy": "lead-west", "ends_at": "2026-03-08T08:00:00Z", "reason": "On leave"}]
        }
    )

    username: StorableText | None = Field(None, max_length=100, description="Oneself where left out")
    deputy: StorableText = Field(max_length=100)
    begins_at: Moment | None = Field(None, description="Now where left out")
    ends_at: Moment
    reason: StorableText = Field(max_length=500)


class DeputyView(ResponseModel):
    """Who is away, and who is told and may act in their place."""

    id: int
    person: PersonView
    deputy: PersonView
    begins_at: datetime
    ends_at: datetime
    reason: str
    made_by: str


class ActBody(BaseModel):
    """In whose place."""

    username: StorableText = Field(max_length=100)


class PrincipalView(ResponseModel):
    """Somebody in whose place one may act now."""

    username: str
    display_name: str
    role: str
    area: str
    unit: str | None


class ActingView(ResponseModel):
    """In whose place one acts, and may act now."""

    acting: PrincipalView | None
    possible: list[PrincipalView]


class SnoozeBody(BaseModel):
    """A camera (with its gateway), a scene, or both, whose alarms nobody is to act on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gateway": "gate-01",
                    "camera": "east",
                    "scene": "illegal_parking",
                    "ends_at": "2026-03-08T08:00:00Z",
                    "reason": "Road works",
                }
            ]
        }
    )

    area: StorableText | None = Field(None, max_length=200, description="One's own where left out")
    gateway: StorableText | None = Field(None, max_length=100)
    camera: StorableText | None = Field(None, max_length=100)
    scene: SceneName | None = None
    zone: StorableText | None = Field(None, max_length=100)
    major_too: bool = Field(False, description="Also what is of the grade major, such as a fire")
    begins_at: Moment | None = Field(None, description="Now where left out")
    ends_at: Moment
    reason: StorableText = Field(max_length=500)


class SnoozeView(ResponseModel):
    """A snooze."""

    id: int
    area: str
    gateway: str | None
    camera: str | None
    scene: str | None
    zone: str | None
    major_too: bool
    begins_at: datetime
    ends_at: datetime
    reason: str
    made_by: str
    ended_by: str | None
