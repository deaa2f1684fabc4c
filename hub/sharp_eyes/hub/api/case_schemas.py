"""Cases, as the HTTP interface says them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sharp_eyes.contract.event import Grade, Measure, Outcome, Phase, SceneName
from sharp_eyes.hub.api.look_back_schemas import SavedClipView
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.feedback.look_again import DraftVerdict
from sharp_eyes.hub.handle.photos import Moment
from sharp_eyes.hub.lifecycle.acts import ActorKind, Move
from sharp_eyes.hub.lifecycle.legality import Need
from sharp_eyes.hub.lifecycle.model import AssignmentOutcome, LeftBecause, Proposal, Source, State


class EscalationView(ResponseModel):
    """A step up a clock's ladder: which deadline was missed, and which roles were told when."""

    at: datetime
    clock: ClockKind
    told: list[str]


class NotedPlace(ResponseModel):
    """Where a phone was when it took a photo in the page: degrees in WGS 84, and how exact, in metres."""

    latitude: float
    longitude: float
    accuracy: float | None = None


class CaseSummary(ResponseModel):
    """A case in the list."""

    id: int
    number: str
    event_id: UUID = Field(description="The alarm or the report that made it")
    source: Source
    scene: SceneName | None = Field(description="Null where cameras see nothing of its kind")
    kind: str | None = Field(description="Of a report: its kind, by the city pack")
    kind_name: Text | None
    place: str = Field(description="Where it is, in words; empty where nobody has said")
    longitude: float | None = Field(description="Of the city pack's datum; null where only its camera may say")
    latitude: float | None
    code: str | None
    state: State
    grade: Grade
    gateway: str | None = Field(description="Null where no camera made it, as camera, zone, measure and score")
    camera: str | None
    camera_name: str | None
    area: str
    area_name: Text
    zone: str | None
    unit: str | None = Field(description="Unit that has it; the first of several")
    unit_name: Text | None
    opened_at: datetime
    reported_at: datetime
    updated_at: datetime
    due_at: datetime | None = Field(description="The next deadline that somebody must keep")
    late_since: datetime | None = Field(description="The first deadline that was missed; never taken back")
    suspended_until: datetime | None
    event_phase: Phase | None
    event_count: int = Field(description="Alarms that the case stands for: its own, and those that joined it")
    legal_hold: bool = Field(description="Nothing of this case is deleted, whatever its term")
    main_measure: Measure | None
    score: float | None
    measured_on_real: bool | None = Field(
        description="Whether the model was measured on real pictures for this class; null without a model"
    )
    picture_id: UUID | None
    crop_id: UUID | None
    verdict: DraftVerdict | None = Field(description="Draft from the camera's last second look")
    rank: int = Field(description="Place among open cases, the smallest first: grade, limit, age")
    box: tuple[float, float, float, float] | None = Field(
        description="Where in the picture: x1, y1, x2, y2 in shares", examples=[[0.12, 0.4, 0.31, 0.66]]
    )
    acknowledged_at: datetime | None = Field(
        description="When somebody of the centre first said that they have it; null while it calls (reported, filed)"
    )
    escalated: EscalationView | None = Field(description="The last step up a clock's ladder, while it is not handled")
    noted: str | None = Field(
        None,
        description="Part of a note in which stands what was looked for",
        examples=["The gate is <mark>locked</mark>"],
    )


class EvidenceView(ResponseModel):
    """A file of evidence."""

    id: UUID
    kind: Literal["full", "crop", "clip", "before", "after", "photo"]
    media_type: str = Field(examples=["image/jpeg"])
    size: int
    captured_at: datetime
    url: str
    by: str | None
    moment: Moment | None = Field(description="Of a handler's photo: before or after the work")
    place: NotedPlace | None = Field(description="Of a photo taken in the page: where the phone was")


class JoinedEventView(ResponseModel):
    """A further alarm that joined the case."""

    event_id: UUID
    camera: str
    camera_name: str
    zone: str
    zone_name: str | None = Field(description="As a case's", examples=["Fire lane"])
    started_at: datetime
    phase: Phase
    evidence: list[EvidenceView]


class LogView(ResponseModel):
    """A line of the case's log, such as ``dispatched``, with what it says."""

    sequence: int
    at: datetime
    said_at: datetime | None = Field(description="When it was done, as a phone says that was without network then")
    actor: str
    actor_kind: ActorKind
    on_behalf_of: str | None = Field(description="Whose deputy the actor was")
    what: str
    from_state: State | None
    to_state: State
    reason: str = Field(description="Code of the city pack's list, or what was written")
    reason_name: Text | None
    note: str
    units: list[str] = Field(description="Units that it is about")
    photo_ids: list[UUID]
    data: dict[str, Any] = Field(description="The rest of what the line says, by its kind")


class AssignmentView(ResponseModel):
    """A unit's turn."""

    number: int = Field(examples=[3])
    unit: str
    unit_name: Text | None
    person: str | None
    since: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None
    until: datetime | None
    outcome: AssignmentOutcome | None
    rework: bool
    is_lead: bool = Field(description="It answers for a response group, once the others are done")
    due_at: datetime | None
    late_since: datetime | None


class ClockView(ResponseModel):
    """One of the case's own clocks."""

    kind: ClockKind
    limit: str
    extensions: int
    started_at: datetime
    paused: bool
    due_at: datetime | None
    stopped_at: datetime | None
    late_since: datetime | None


class MilestoneView(ResponseModel):
    """What the units must reach on site by when."""

    id: str
    name: Text | None = Field(description="Null where the city pack has it no longer")
    limit: str
    due_at: datetime | None = Field(description="Null where its clock rests, or has stopped")
    reached_at: datetime | None
    unit: str | None = Field(description="Which said that it is reached")
    unit_name: Text | None
    late_since: datetime | None


class ReasonView(ResponseModel):
    """A reason that a person may pick."""

    code: str
    name: Text


class MoveView(ResponseModel):
    """A move that is legal for the asker now."""

    move: Move
    needs: list[Need] = Field(description="All of these must be given")
    either: list[Need] = Field(description="At least one of these must be given")
    reasons: list[ReasonView] = Field(description="Reasons to pick from; where there is none, any text is one")
    turns: list[str] = Field(description="Units of which one must be named as 'turn'")
    units: list[str] = Field(description="Units that may be sent, by the powers of the asker's tier; any where empty")
    callers: list[UUID] = Field(description="Reports whose senders have yet to be called back")
    note_for_unit: str | None = Field(
        description="Dispatching to this unit again needs a note, because it sent the case back"
    )


class LookAgainView(ResponseModel):
    """The last question to the camera and its answer."""

    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    outcome: Outcome | None
    reason: str
    before_id: UUID | None
    after_id: UUID | None
    draft: DraftVerdict | None


class DraftView(ResponseModel):
    """A move that the city pack proposes because the cameras see nothing more."""

    number: int = Field(description="To be named when it is confirmed or declined", examples=[5])
    move: Proposal
    reason: str
    reason_name: Text | None
    text: Text
    may_confirm: bool
    may_decline: bool
    turns: list[str] = Field(description="Units of which one must be named as 'turn'")


class CallingView(ResponseModel):
    """Who was called to a device's alarm, and is called now."""

    unit: str
    person: str | None = Field(description="User name of who is called now; null between two calls and at their end")
    name: str | None = Field(description="What they are called")
    until: datetime | None = Field(description="When the next is called")
    called: list[str] = Field(description="User names of all who were called, the first one first")
    went: str | None = Field(description="User name of who accepted")


class WorldPlace(ResponseModel):
    """Where a case is: degrees in WGS 84, as its report says, or its camera's."""

    longitude: float
    latitude: float


class CaseReportView(ResponseModel):
    """A report that made the case or joined it."""

    key: UUID
    source: Source
    kind: str
    kind_name: Text | None
    words: str
    address: str
    happened_at: datetime
    received_at: datetime
    by: str
    has_contact: bool = Field(description="Its reporter can be called: GET /api/reports/{key}/contact")
    photos: list[EvidenceView]


class CaseInspectionView(ResponseModel):
    """Of what premises and item of a checklist a case is, which an inspection made."""

    premises: int
    premises_name: str
    item: Text
    basis: Text = Field(description="The law or standard, as the checklist had it on that day")
    listed_since: datetime | None = Field(description="Since when it is on the list of hazards")


class DuplicateView(ResponseModel):
    """An open case that may be the same thing, until a person says whether it is."""

    case: CaseSummary
    position: WorldPlace | None
    metres: int
    minutes: int
    joins: str = Field(description="Number of the case that goes on where they are one", examples=["2026-000120"])
    may_answer: bool


class CaseDetail(CaseSummary):
    """A case with all that is known about it."""

    zone_name: str | None = Field(
        description="What its gateway's settings call the zone now, where they do", examples=["Fire lane"]
    )
    assignments: list[AssignmentView]
    clocks: list[ClockView]
    milestones: list[MilestoneView]
    counts: dict[str, int] = Field(description="How often it was sent back, reworked, extended, urged …")
    supervision_open: bool = Field(description="A leader waits for a reply")
    passed_to: Text | None = Field(description="The tier that it was passed up to")
    left_to_lead: LeftBecause | None = Field(
        description="Why the rules left it to the shift lead, who has sent nobody yet"
    )
    extension_asked_by: str | None
    merged_into: str | None
    rating: int | None

    position: WorldPlace | None
    reports: list[CaseReportView] = Field(description="The first hundred, the oldest first")
    duplicates: list[DuplicateView]
    inspection: CaseInspectionView | None
    measures: list[Measure]
    evidence: list[EvidenceView]
    saved_clips: list[SavedClipView] = Field(description="Stretches of kept video that people save, oldest first")
    joined: list[JoinedEventView] = Field(description="The newest events of a storm that joined the case, at most ten")
    log: list[LogView]
    moves: list[MoveView]
    look_again: LookAgainView | None
    draft: DraftView | None
    calling: CallingView | None
    object_class: str | None
    ended_at: datetime | None


class CasePage(ResponseModel):
    """A page of the list; ``next`` is the cursor of the following one."""

    items: list[CaseSummary]
    next: str | None
    total: int | None = Field(
        None,
        description="How many there are in the whole list; with its first page, where only open cases were asked for. "
        "Of those that words were looked for at most 1001, which stands for more than 1000",
    )


class CaseCountsView(ResponseModel):
    """How many open cases there are, how many of these in which stage, and how many are past their limit."""

    open: int
    new: int
    handling: int
    check: int
    overdue: int
    unacknowledged: int = Field(description="Of those that wait for the centre: nobody has said that they have it")
    unacknowledged_serious: int
    unacknowledged_major: int


class MoveBody(BaseModel):
    """What goes along with a move."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"units": ["traffic-police"], "note": "The van blocks the gate of No. 7."},
                {"reason": "permitted"},
            ]
        }
    )

    reason: StorableText = Field("", max_length=2000)
    unit: StorableText | None = Field(None, max_length=100, description="Unit that is sent: dispatch, reassign")
    units: list[StorableText] = Field(default_factory=list, max_length=20, description="Several units that are sent")
    turn: StorableText | None = Field(None, max_length=100, description="Whose turn it is about, of several units")
    person: StorableText | None = Field(None, max_length=100)
    anyway: bool = Field(False, description="Send a unit although nobody can sign in for it")
    note: StorableText = Field("", max_length=2000)
    photo_ids: list[UUID] = Field(default_factory=list, max_length=20)
    until: AwareDatetime | None = Field(None, description="Until when it is suspended")
    grade: Grade | None = None
    stars: int | None = Field(None, ge=1, le=5)
    case: StorableText | None = Field(None, max_length=20, description="Number of the other case")
    alarms: list[UUID] = Field(default_factory=list, max_length=200)
    granted: bool = False
    group: StorableText | None = Field(None, max_length=100, description="Response group that it is handed to")
    report: UUID | None = Field(None, description="Report whose sender was called back, of several")
    reached: bool | None = Field(
        None, description="Whether whoever was called back could be reached; they were, where it is left out"
    )
    milestone: StorableText | None = Field(None, max_length=100, description="Id of the one that is reached")
    said_at: AwareDatetime | None = Field(None, description="When it was done, where it could be sent only later")


class HoldBody(BaseModel):
    """Sets or ends a legal hold."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"held": True, "reason": "Asked for by the court"}]})

    held: bool
    reason: StorableText = Field(max_length=2000)


class PhotoView(ResponseModel):
    """A photo that was taken in."""

    id: UUID
    url: str
