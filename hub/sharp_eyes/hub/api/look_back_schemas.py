"""What is said of a case's surroundings in time."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sharp_eyes.contract.event import ClipRefusal
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText


class AlarmMoment(ResponseModel):
    """An alarm on the line of time."""

    started_at: datetime = Field(description="When the condition began")
    seen_at: datetime | None = Field(description="When it became an alarm, by its picture")
    ended_at: datetime | None


class LookBackSeat(ResponseModel):
    """Leave to look back: a WebSocket at ``/api/look-back/<ticket>``, once, within half a minute."""

    ticket: str = Field(description="Opens one WebSocket")
    since: datetime
    until: datetime
    alarms: list[AlarmMoment] = Field(description="The one that made the case comes first")


class SaveClipBody(BaseModel):
    """A stretch that becomes evidence."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"since": "2026-03-01T07:55:00Z", "until": "2026-03-01T08:00:00Z", "note": "Where the van came from"}
            ]
        }
    )

    since: AwareDatetime
    until: AwareDatetime
    note: StorableText = Field(max_length=500, description="Why this is evidence")


class SavedClipView(ResponseModel):
    """A stretch that somebody saves; once it is here it is evidence under the same id."""

    id: UUID
    since: datetime
    until: datetime
    note: str
    asked_at: datetime
    by: str
    state: Literal["waiting", "saved", "refused"]
    reason: ClipRefusal | None = Field(description="Why the gateway refused")
    gateway_online: bool = Field(description="Whether its gateway is there now; where not, it is asked when it is back")
