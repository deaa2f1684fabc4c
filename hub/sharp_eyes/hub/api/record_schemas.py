"""Records, as the HTTP interface says them: holds, storms, terms of keeping, the trail, the disk, recovery codes."""

from datetime import datetime
from typing import Any

from pydantic import Field

from sharp_eyes.hub.api.case_schemas import CaseSummary, JoinedEventView
from sharp_eyes.hub.api.schemas import ResponseModel


class RecoveryCodes(ResponseModel):
    """New recovery codes, shown only now."""

    codes: list[str]


class HoldView(ResponseModel):
    """A case under legal hold: since when, by whom and why."""

    case: CaseSummary
    since: datetime
    by: str
    reason: str


class HoldPage(ResponseModel):
    """Cases under legal hold, the newest case first; ``next`` is the cursor of the following page."""

    items: list[HoldView]
    next: str | None


class JoinedEventPage(ResponseModel):
    """Events of a storm that joined a case, newest first; ``next`` is the cursor of the older ones."""

    items: list[JoinedEventView]
    next: str | None


class TermView(ResponseModel):
    """A term of its own for some cases; null stands for all scenes or grades, or for the general term."""

    scene: str | None
    grade: str | None
    evidence_days: int | None
    case_days: int | None


class TermsView(ResponseModel):
    """How long what is kept."""

    evidence_days: int
    case_days: int
    received_days: int
    camera_change_days: int
    reporter_contact_days: int
    premises_contact_days: int
    inspection_days: int
    household_contact_days: int
    notice_days: int
    audit_days: int
    orphan_hours: int
    unfinished_minutes: int
    special: list[TermView]


class AuditLine(ResponseModel):
    """A line of the audit trail."""

    id: int
    at: datetime
    action: str
    actor: str
    address: str
    area: str
    subject: str
    detail: dict[str, Any] = Field(examples=[{"format": "cap"}])


class AuditPage(ResponseModel):
    """Lines of the audit trail; ``next`` is the cursor of the older ones."""

    items: list[AuditLine]
    next: str | None


class StorageView(ResponseModel):
    """What lies on the disk, in bytes, and what was deleted lately."""

    evidence: int
    files: int
    staging: int
    database: int
    broker: int
    free: int
    total: int
    deleted: list["DeletionView"]


class DeletionView(ResponseModel):
    """Something that was deleted at the end of its term."""

    at: datetime
    kind: str
    reference: str = Field(examples=["2026-000123"])
    count: int
    bytes: int
    reason: str
