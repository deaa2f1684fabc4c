"""What a line of a case's log says: a typed payload for each kind of line; those about its time are ``time_lines``'.

A payload carries what was decided, with the limits that the city pack gave on that day, so that reading the log years
later asks nobody. What is added to a payload later has a default: old lines must always be readable.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from sharp_eyes.contract.event import ClipRefusal, Grade, Outcome
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle.line_base import Limits, LineBase, LineWithReason
from sharp_eyes.hub.lifecycle.model import LeftBecause, Proposal, Source

# -- how it came in, and what it is about


class Reported(LineBase):
    """A case was made. ``own_limit``: how long its units have, whatever its kind and grade say."""

    what: Literal["reported"] = "reported"
    source: Source
    grade: Grade
    area: str
    spot: str | None = None
    alarm: UUID | None = None
    report: UUID | None = None
    kind: str | None = None
    text: str = ""
    limits: Limits = Field(default_factory=dict)
    own_limit: Limit | None = None


class ReportJoined(LineBase):
    """A further report of the same thing: ``count`` by now; ``kind`` as the reporter called it."""

    what: Literal["report_joined"] = "report_joined"
    report: UUID
    kind: str
    count: int = Field(ge=1)
    text: str = ""


class DuplicateOffered(LineBase):
    """It may be the same as another open case, so far away and so long after; a person says whether it is."""

    what: Literal["duplicate_offered"] = "duplicate_offered"
    other: str
    metres: int = Field(ge=0)
    minutes: int = Field(ge=0)


class DuplicateRefused(LineBase):
    """A person says that it is another thing; the two are not offered again."""

    what: Literal["duplicate_refused"] = "duplicate_refused"
    other: str


class AlarmJoined(LineBase):
    """A further alarm of the same thing, or a storm's: ``count`` by now. Of many only some get a line."""

    what: Literal["alarm_joined"] = "alarm_joined"
    alarm: UUID
    count: int = Field(ge=1)


class AlarmUpdated(LineBase):
    """An alarm's event has other measures."""

    what: Literal["alarm_updated"] = "alarm_updated"
    alarm: UUID
    text: str = ""


class AlarmEnded(LineBase):
    """An alarm's event ended by itself: what it saw is gone, or the camera."""

    what: Literal["alarm_ended"] = "alarm_ended"
    alarm: UUID
    text: str = ""


class Drafted(LineBase):
    """What the cameras saw is gone, and the city pack proposes a move, with a text in both languages."""

    what: Literal["drafted"] = "drafted"
    move: Proposal
    reason: str = ""
    zh: str
    en: str


class DraftDeclined(LineWithReason):
    """Somebody who might have confirmed it does not; ``draft`` is the sequence of the line that made it."""

    what: Literal["draft_declined"] = "draft_declined"
    draft: int


class Regraded(LineWithReason):
    """Another grade, and with it other limits; those of ``unit`` and ``report_in`` are for the units' own clocks."""

    what: Literal["regraded"] = "regraded"
    grade: Grade
    limits: Limits = Field(default_factory=dict)


class Listed(LineBase):
    """挂牌督办: on the list of hazards until it ends. ``leads``: user names of those who answer for it.

    ``other``: the case that it took over, with its place on the list ``since`` then.
    """

    what: Literal["listed"] = "listed"
    leads: tuple[str, ...] = ()
    other: str | None = None
    since: datetime | None = None


class Unlisted(LineBase):
    """摘牌: it has ended, and is on the list no more. ``into``: the case that stands there in its place."""

    what: Literal["unlisted"] = "unlisted"
    into: str | None = None


class Inspected(LineBase):
    """现场检查: an inspection passed by before it was handled, and found it in order or not."""

    what: Literal["inspected"] = "inspected"
    in_order: bool
    text: str = ""


class Linked(LineBase):
    """Belongs with another case, such as a former one of the same spot."""

    what: Literal["linked"] = "linked"
    other: str


class Merged(LineWithReason):
    """Its alarms and its work go on in another case."""

    what: Literal["merged"] = "merged"
    into: str


class TookOver(LineBase):
    """Another case was merged into this one."""

    what: Literal["took_over"] = "took_over"
    other: str
    alarms: tuple[UUID, ...] = ()
    reports: tuple[UUID, ...] = ()


class Split(LineWithReason):
    """Some of its alarms became a case of their own."""

    what: Literal["split"] = "split"
    into: str
    alarms: tuple[UUID, ...]


class ClipSaved(LineBase):
    """Somebody saves a stretch of the camera's past as evidence; ``clip`` is the file's id, once it is here."""

    what: Literal["clip_saved"] = "clip_saved"
    clip: UUID
    since: datetime
    until: datetime
    text: str = ""


class ClipNotSaved(LineBase):
    """The gateway cannot give it."""

    what: Literal["clip_not_saved"] = "clip_not_saved"
    clip: UUID
    why: ClipRefusal


class Commented(LineBase):
    """Somebody said something. ``mentioned``: user names that it calls, of people who could see the case then."""

    what: Literal["commented"] = "commented"
    text: str
    photos: tuple[UUID, ...] = ()
    mentioned: tuple[str, ...] = ()


# -- the road


class Filed(LineBase):
    """立案: it is a case for this office."""

    what: Literal["filed"] = "filed"
    limits: Limits = Field(default_factory=dict)


class Acknowledged(LineBase):
    """Somebody of the centre has it before them: it calls nobody any more."""

    what: Literal["acknowledged"] = "acknowledged"


class Rejected(LineWithReason):
    """不予立案: it is none. ``false_alarm``: the camera was wrong, and learns from it."""

    what: Literal["rejected"] = "rejected"
    false_alarm: bool = False


class Voided(LineWithReason):
    """作废: it never was one. ``false_alarm``: the camera was wrong, and learns from it."""

    what: Literal["voided"] = "voided"
    false_alarm: bool = False


class Dispatched(LineBase):
    """派遣: these units are sent. Limits of ``unit`` and ``report_in`` are each unit's own, the others the case's.

    ``milestones``: limits, from the first dispatch on, by milestone. ``loads``, ``off_duty``: on what a rule chose;
    ``zh`` and ``en`` say it in words.
    """

    what: Literal["dispatched"] = "dispatched"
    units: tuple[str, ...] = Field(min_length=1)
    person: str | None = None
    text: str = ""
    limits: Limits = Field(default_factory=dict)
    milestones: dict[str, Limit] = Field(default_factory=dict)
    loads: dict[str, int] = Field(default_factory=dict)
    off_duty: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""


class LeftToLead(LineBase):
    """The rules can send nobody: it is the shift lead's. ``people``: who that was; ``zh`` and ``en`` say why."""

    what: Literal["left_to_lead"] = "left_to_lead"
    why: LeftBecause
    people: tuple[str, ...] = ()
    off_duty: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""


class Withdrawn(LineWithReason):
    """撤回: back to the centre; of all units where none is named."""

    what: Literal["withdrawn"] = "withdrawn"
    unit: str | None = None


class Reassigned(LineWithReason):
    """转派: another unit instead."""

    what: Literal["reassigned"] = "reassigned"
    unit: str
    to: str
    person: str | None = None
    limits: Limits = Field(default_factory=dict)


class Accepted(LineBase):
    """签收: the unit has read it."""

    what: Literal["accepted"] = "accepted"
    unit: str
    person: str | None = None


class Arrived(LineBase):
    """到场: somebody is there."""

    what: Literal["arrived"] = "arrived"
    unit: str
    text: str = ""


class MilestoneReached(LineBase):
    """A unit on site says that a milestone is reached; it stands once."""

    what: Literal["milestone_reached"] = "milestone_reached"
    milestone: str
    unit: str
    text: str = ""


class SentBack(LineWithReason):
    """退回: not ours."""

    what: Literal["sent_back"] = "sent_back"
    unit: str


class Handled(LineBase):
    """处置完成: the unit says that it is done."""

    what: Literal["handled"] = "handled"
    unit: str
    text: str = ""
    photos: tuple[UUID, ...] = ()
    limits: Limits = Field(default_factory=dict)


class LookedAgain(LineBase):
    """The camera was asked; ``question`` is the command's id."""

    what: Literal["looked_again"] = "looked_again"
    question: UUID
    expires_at: datetime


class LookAnswered(LineBase):
    """It answered; ``outcome`` is the contract's, ``text`` the camera's reason."""

    what: Literal["look_answered"] = "look_answered"
    question: UUID
    outcome: Outcome
    text: str = ""


class LookUnanswered(LineBase):
    """The camera never answered: a person decides."""

    what: Literal["look_unanswered"] = "look_unanswered"
    question: UUID


class Passed(LineBase):
    """核查通过: it is really done."""

    what: Literal["passed"] = "passed"
    text: str = ""


class Failed(LineWithReason):
    """返工: it is not; the units that said so go again."""

    what: Literal["failed"] = "failed"
    limits: Limits = Field(default_factory=dict)


class Closed(LineBase):
    """结案."""

    what: Literal["closed"] = "closed"
    text: str = ""


class ForceClosed(LineWithReason):
    """强制结案: closed from wherever it stood."""

    what: Literal["force_closed"] = "force_closed"


class Rated(LineBase):
    """评价: one to five stars from whoever reported it, or the community."""

    what: Literal["rated"] = "rated"
    stars: int = Field(ge=1, le=5)
    text: str = ""


class Reopened(LineWithReason):
    """重开: it goes on where its clocks were."""

    what: Literal["reopened"] = "reopened"
