"""A line of a case's log as it is kept: who, when, and what it says. Everything else follows from the lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import time_lines as time_line

Payload = Annotated[
    line.Reported
    | line.AlarmJoined
    | line.ReportJoined
    | line.DuplicateOffered
    | line.DuplicateRefused
    | line.AlarmUpdated
    | line.AlarmEnded
    | line.Drafted
    | line.DraftDeclined
    | line.Regraded
    | line.Listed
    | line.Unlisted
    | line.Inspected
    | line.Linked
    | line.Merged
    | line.TookOver
    | line.Split
    | line.ClipSaved
    | line.ClipNotSaved
    | line.Commented
    | line.Filed
    | line.Acknowledged
    | line.Rejected
    | line.Voided
    | line.Dispatched
    | line.LeftToLead
    | call_line.Called
    | call_line.CallDeclined
    | call_line.CallUnanswered
    | call_line.NobodyAnswered
    | call_line.DeviceCleared
    | line.Withdrawn
    | line.Reassigned
    | line.Accepted
    | line.Arrived
    | line.SentBack
    | line.Handled
    | line.LookedAgain
    | line.LookAnswered
    | line.LookUnanswered
    | line.Passed
    | line.Failed
    | line.Closed
    | line.ForceClosed
    | line.Rated
    | line.Reopened
    | time_line.ExtensionAsked
    | time_line.ExtensionGranted
    | time_line.ExtensionRefused
    | time_line.Suspended
    | time_line.Resumed
    | time_line.Supervised
    | time_line.SupervisionAnswered
    | time_line.Urged
    | time_line.Reminded
    | time_line.Escalated
    | time_line.CalendarChanged
    | time_line.AreaChanged
    | time_line.Appealed
    | time_line.AppealDecided
    | time_line.HoldSet,
    Field(discriminator="what"),
]

_PAYLOADS: TypeAdapter[Payload] = TypeAdapter(Payload)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log.

    Attributes:
        sequence: counts from 1 in each case, without a gap.
        calendar: version of the calendar that clocks started by this line follow.
        pack: version of the city pack that decided.
        on_behalf_of: user name of whom the actor stood in for.
        said_at: when it was done, as a phone says that was without network; ``at`` counts.
    """

    sequence: int
    at: datetime
    actor: str
    actor_kind: str
    payload: Payload
    calendar: str = ""
    pack: str = ""
    on_behalf_of: str | None = None
    said_at: datetime | None = None


def read_payload(stored: Mapping[str, Any]) -> Payload:
    """Read a payload as it is stored.

    Raises:
        pydantic.ValidationError: it is none of ours.
    """
    return _PAYLOADS.validate_python(stored)


def stored_payload(payload: Payload) -> dict[str, Any]:
    """Give a payload as it is stored: JSON without what is empty."""
    stored: dict[str, Any] = _PAYLOADS.dump_python(payload, mode="json", exclude_defaults=True)
    return {"what": payload.what} | stored
