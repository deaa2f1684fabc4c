"""Reports, as the HTTP interface says them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sharp_eyes.hub.api.case_schemas import WorldPlace
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.datum import AnyDatum
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.lifecycle.model import Source, State

_Degrees = Annotated[float, Field(allow_inf_nan=False)]


class PositionBody(BaseModel):
    """Where something is, in a datum that is always said: maps of China are some hundred metres off WGS 84."""

    longitude: _Degrees = Field(ge=-180, le=180)
    latitude: _Degrees = Field(ge=-90, le=90)
    datum: AnyDatum = Field(description="wgs84: a phone's own place; gcj02, bd09: taken from a Chinese map")
    accuracy: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False, description="Metres")


class ContactBody(BaseModel):
    """How the reporter can be called; kept apart from the case, for a term of its own."""

    name: StorableText = Field("", max_length=100)
    phone: StorableText = Field(min_length=3, max_length=40)


class ReportBody(BaseModel):
    """What is reported. A position, an address or an area must be given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "grid_worker",
                    "kind": "parked_car",
                    "words": "A van stands across the gate of No. 7, nobody in it.",
                    "position": {"longitude": 104.0668, "latitude": 30.5728, "datum": "wgs84", "accuracy": 8},
                    "happened_at": "2026-03-01T08:00:00+08:00",
                },
                {
                    "source": "resident",
                    "kind": "gas_smell",
                    "words": "Smells of gas on the stairs, third floor.",
                    "address": "First Street 12, staircase 2",
                    "contact": {"name": "Ms Li", "phone": "13800000000"},
                },
            ]
        }
    )

    source: Source = Field(description="One from which the sender may report: 'may_report' of GET /api/city")
    kind: StorableText = Field(min_length=1, max_length=100, description="One of 'kinds' of GET /api/city")
    words: StorableText = Field("", max_length=2000)
    position: PositionBody | None = None
    address: StorableText = Field("", max_length=500)
    area: StorableText | None = Field(None, max_length=200, description="Path of the area, where it is known")
    happened_at: AwareDatetime | None = Field(None, description="When it was seen; now, where it is not said")
    contact: ContactBody | None = None


class ReportView(ResponseModel):
    """A report, and what has become of it."""

    key: UUID
    source: Source
    kind: str
    kind_name: Text | None
    words: str
    address: str
    position: WorldPlace | None
    happened_at: datetime
    received_at: datetime
    case: int = Field(examples=[123])
    number: str
    state: State
    joined: bool = Field(description="It joined a case that was there before")
    photos: int


class ReportPage(ResponseModel):
    """Reports, newest first; ``next`` is the cursor of the following page."""

    items: list[ReportView]
    next: int | None = Field(examples=[41])


class ReporterView(ResponseModel):
    """How a reporter can be called."""

    name: str
    phone: str
    email: str


class DuplicateBody(BaseModel):
    """Whether two cases are one thing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"same": True}, {"same": False}]})

    same: bool
