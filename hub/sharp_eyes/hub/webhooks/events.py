"""A line of a case's log as it is told: a CloudEvent (CloudEvents 1.0, structured JSON), the same at every attempt.

All of it follows from the log up to that line, and from what of a case never changes: a repeat a week later says the
same. What people typed stays here, unless the webhook was made with ``notes``; telephone numbers of reporters are in
no log.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.lifecycle.entries import Entry, stored_payload
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.outward.formats import Format, Message, Unsaid, messages, trial_message
from sharp_eyes.hub.outward.moments import Moment, Speaker, moments
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook

MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
PREFIX = "org.sharp-eyes"
_CODES = frozenset({
    "source", "grade", "area", "before", "kind", "limits", "count", "other", "metres", "minutes", "move", "draft",
    "into", "since", "until", "unit", "units", "to", "why", "outcome", "false_alarm", "stars", "clock", "due", "step",
    "up", "told", "granted", "held", "off_duty", "expires_at",
})  # fmt: skip
"""What of lines is a code, a moment or a number. What is added to a line later stays here until it is named."""


def messages_of(
    work: UnitOfWork, speaker: Speaker, webhook: Webhook, case: Case, log: Sequence[Entry], wanted: Sequence[int]
) -> list[Message | Unsaid]:
    """Say some lines of a case in a webhook's format, by their sequences; ``log``: all of it from the beginning."""
    known = moments(work, case, log[: max(wanted, default=0)])
    form = Format(webhook.format)
    if form is not Format.CLOUDEVENTS:
        return messages(form, known, wanted, work.city, speaker)
    return [_event(one, work.city, speaker, notes=webhook.notes) for one in known if one.entry.sequence in wanted]


def trial_event(form: Format, city: CityPack, speaker: Speaker, moment: datetime) -> Message:
    """A message that tells of no case, to see whether it arrives.

    Raises:
        UnsayableError: the city pack lacks what the format needs for it.
    """
    identity = f"test-{uuid4()}"
    if form is not Format.CLOUDEVENTS:
        return trial_message(form, city, speaker, identity, moment)
    return _packed(speaker, identity, f"{PREFIX}.webhook.test", moment, {})


def _event(moment: Moment, city: CityPack, speaker: Speaker, *, notes: bool) -> Message:
    entry = moment.entry
    data = {"case": _case(moment.case, moment.state, speaker), "line": _line(city, entry, notes=notes)}
    kind, more = f"{PREFIX}.case.{moment.what}", {"subject": moment.case.number, "sequence": f"{entry.sequence:010d}"}
    return _packed(speaker, moment.identity, kind, entry.at, data, **more)


def _packed(
    speaker: Speaker, identity: str, kind: str, moment: datetime, data: Mapping[str, Any], **more: str
) -> Message:
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
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(identity, body, MEDIA_TYPE)


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
