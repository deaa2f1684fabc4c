"""Premises, inspections and the list of hazards, as the HTTP interface says them."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.api.case_schemas import EvidenceView, WorldPlace
from sharp_eyes.hub.api.report_schemas import PositionBody
from sharp_eyes.hub.api.schemas import ResponseModel, RowFaultView, StorableText
from sharp_eyes.hub.api.seen import Seen
from sharp_eyes.hub.areas.city_pack import Text
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle.model import State

Result = Literal["pass", "fail", "not_applicable"]


class PremisesBody(BaseModel):
    """What premises are to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "hotel",
                    "name": "Willow Bridge Inn",
                    "area": "demo/first-street/east",
                    "address": "First Street 12",
                    "position": {"longitude": 120.531, "latitude": 29.606, "datum": "wgs84"},
                    "contact": "Front desk",
                    "phone": "13800000000",
                }
            ]
        }
    )

    kind: StorableText = Field(min_length=1, max_length=100, description="One of 'premises_kinds' of GET /api/city")
    name: StorableText = Field(min_length=1, max_length=100)
    area: StorableText = Field(min_length=1, max_length=200, description="Path of the area")
    address: StorableText = Field("", max_length=500)
    position: PositionBody | None = None
    contact: StorableText = Field("", max_length=100, description="Whom to ask for; kept with the telephone number")
    phone: StorableText | None = Field(None, max_length=40, description="The contact stays where this is left out")
    active: bool = Field(True, description="Whether they are inspected")
    seen: Seen = None

    @model_validator(mode="after")
    def _whom(self) -> Self:
        if self.contact.strip() and not (self.phone or "").strip():
            raise ValueError("a contact needs a telephone number")
        return self


class PremisesView(ResponseModel):
    """Premises of the register."""

    id: int
    kind: str
    kind_name: Text | None
    name: str
    area: str
    area_name: Text | None
    address: str
    position: WorldPlace | None
    active: bool
    inspected_at: datetime | None = Field(description="When the last whole inspection was handed in")
    due_at: datetime | None = Field(description="When the next one is due; none where the pack has no checklist")
    open_failures: int = Field(description="Open cases that inspections made")


class PremisesPage(ResponseModel):
    """Premises in the order in which they were added; ``next`` is the cursor of the following page."""

    items: list[PremisesView]
    next: int | None


class CheckItemView(ResponseModel):
    """One thing that is looked at."""

    id: str
    name: Text
    basis: Text
    photo: bool
    kind: str
    grade: Grade | None
    limit: str | None = Field(
        description="Time to put it right; that of its kind and grade where empty", examples=["3 calendar days"]
    )

    @field_validator("limit", mode="before")
    @classmethod
    def _in_words(cls, given: Any) -> Any:
        return given if given is None or isinstance(given, str) else str(Limit.model_validate(given))


class PastInspectionView(ResponseModel):
    """An inspection in few words."""

    key: UUID
    recheck: bool
    by: str
    begun_at: datetime
    submitted_at: datetime | None
    failed: int


class PremisesDetail(PremisesView):
    """Premises with their checklist and their past."""

    has_contact: bool = Field(description="Somebody can be called: GET /api/premises/{id}/contact")
    checklist: list[CheckItemView] = Field(description="Of a whole inspection")
    open_items: list[CheckItemView] = Field(description="What failed and is open: what a re-check looks at")
    inspections: list[PastInspectionView] = Field(description="The newest twenty, the newest first")


class PremisesContactView(ResponseModel):
    """Whom to call."""

    name: str
    phone: str


class ImportView(ResponseModel):
    """What an import did, or would do; with a fault it did nothing."""

    added: int
    changed: int
    faults: list[RowFaultView]


class BeginBody(BaseModel):
    """Which premises are inspected."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"premises": 12, "recheck": False}]})

    premises: int = Field(ge=1, le=2**53)
    recheck: bool = Field(False, description="Only of what failed and is still open")


class FoundBody(BaseModel):
    """What was found of one item."""

    item: StorableText = Field(min_length=1, max_length=100)
    result: Result
    note: StorableText = Field("", max_length=2000)
    photos: list[UUID] = Field(default_factory=list, max_length=20, description="Ids under which photos were sent")


class SubmitBody(BaseModel):
    """What was found, of each item of the checklist."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"item": "exits", "result": "pass", "photos": ["6f1c2f2e-3d5e-4a86-9d52-0f5a0f6f7a11"]},
                        {"item": "boiler-room", "result": "not_applicable", "note": "There is none."},
                    ]
                }
            ]
        }
    )

    items: list[FoundBody] = Field(max_length=200)


class ItemView(CheckItemView):
    """An item of an inspection, and what was found of it."""

    result: Result | None
    note: str
    photos: list[EvidenceView]
    case: int | None
    number: str | None
    state: State | None


class InspectionView(ResponseModel):
    """An inspection with all that was found."""

    key: UUID
    premises: int
    premises_name: str
    area: str
    version: str
    recheck: bool
    by: str
    begun_at: datetime
    submitted_at: datetime | None
    items: list[ItemView]


class DueView(ResponseModel):
    """Premises that are to be inspected."""

    premises: PremisesView
    overdue: bool
    rechecks: int = Field(description="Items that failed, were handled and wait for a second look")


class HazardView(ResponseModel):
    """A case on the list of hazards."""

    case: int
    number: str
    state: State
    since: datetime
    premises: int
    premises_name: str
    area: str
    item: Text
    basis: Text
    units: list[str]
    leads: list[str] = Field(description="Names of the leaders who answer for it")
    due_at: datetime | None
    late_since: datetime | None
