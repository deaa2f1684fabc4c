"""A line of a case's log as a CloudEvent (CloudEvents 1.0, structured JSON), the same at every attempt.

All of it follows from the log up to that line, and from what of a case never changes: a repeat a week later says the
same. What people typed stays here, unless the webhook was made with ``notes``; telephone numbers of reporters are in
no log.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.lifecycle.entries import Entry, stored_payload
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.lifecycle.projection import evolve
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

PREFIX = "org.sharp-eyes"
_CODES = frozenset({
    "source", "grade", "area", "before", "kind", "limits", "count", "other", "metres", "minutes", "move", "draft",
    "into", "since", "until", "unit", "units", "to", "why", "outcome", "false_alarm", "stars", "clock", "due", "step",
    "up", "told", "granted", "held", "off_duty", "expires_at",
})  # fmt: skip
"""What of lines is a code, a moment or a number. What is added to a line later stays here until it is named."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose events they are. ``source``: a URI reference; ``page``: the page's address, for links."""

    source: str
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What is sent for one line. ``id``: case number and sequence; ``body``: UTF-8 JSON."""

    id: str
    body: bytes


def events_of(
    work: UnitOfWork, speaker: Speaker, case: Case, log: Sequence[Entry], wanted: Sequence[int], *, notes: bool
) -> list[Event]:
    """Say some lines of a case, by their sequences; ``log``: all of it from the beginning."""
    last, found = max(wanted, default=0), []
    state: CaseState | None = None
    for entry in log[:last]:
        state = evolve(state, entry, lambda version: calendar_of(work, version))
        if entry.sequence in wanted:
            data = {"case": _case(case, state, speaker), "line": _line(work.city, entry, notes=notes)}
            found.append(_event(speaker, case.number, entry, data))
    return found


def trial_event(speaker: Speaker, identity: str, moment: datetime) -> Event:
    """An event that tells of no case, to see whether it arrives."""
    return _packed(speaker, identity, f"{PREFIX}.webhook.test", moment, {})


def _event(speaker: Speaker, number: str, entry: Entry, data: Mapping[str, Any]) -> Event:
    identity = f"{number}-{entry.sequence}"
    kind = f"{PREFIX}.case.{entry.payload.what}"
    return _packed(speaker, identity, kind, entry.at, data, subject=number, sequence=f"{entry.sequence:010d}")


def _packed(
    speaker: Speaker, identity: str, kind: str, moment: datetime, data: Mapping[str, Any], **more: str
) -> Event:
    said = {
        "specversion": "1.0",
        "id": identity,
        "source": speaker.source,
        "type": kind,
        "time": moment.isoformat(),
        **more,
        "datacontenttype": "application/json",
        "data": data,
    }
    return Event(identity, json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def _case(case: Case, state: CaseState, speaker: Speaker) -> dict[str, Any]:
    """The case as it was after the line."""
    placed = case.latitude is not None and case.longitude is not None
    return {
        "number": case.number,
        "source": case.source,
        "kind": case.kind,
        "scene": case.scene,
        "gateway": case.gateway,
        "camera": case.camera,
        "reported_at": case.reported_at.isoformat(),
        "position": {"longitude": case.longitude, "latitude": case.latitude} if placed else None,
        "area": state.area,
        "state": state.state.value,
        "grade": state.grade,
        "units": list(state.units),
        "ended_at": None if state.ended_at is None else state.ended_at.isoformat(),
        "link": None if speaker.page is None else f"{speaker.page.rstrip('/')}/cases/{case.id}",
    }


def _line(city: CityPack, entry: Entry, *, notes: bool) -> dict[str, Any]:
    said = stored_payload(entry.payload)
    what = said.pop("what")
    head = {"sequence": entry.sequence, "what": what, "at": entry.at.isoformat(), "by": entry.actor_kind}
    if notes:
        return head | {"actor": entry.actor, "on_behalf_of": entry.on_behalf_of} | said
    # A reason is a code where the city lists some, and somebody's words where it lists none.
    codes = {one.code for one in city.reasons}
    return head | {
        name: value for name, value in said.items() if name in _CODES or (name == "reason" and value in codes)
    }
