"""Decides with each line of a case's log who is told of it and by which way, and writes that into the outbox.

It runs in the line's own transaction: what is committed is told, and what is rolled back never was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.notice_rules import CALLED, LADDER, PAGE, RESPONSIBLE, UNIT, NoticeRule
from sharp_eyes.hub.channel_settings import PERSONAL, ChannelSettings
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import office_lines as office_line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.entries import Entry, Payload
from sharp_eyes.hub.lifecycle.model import CaseState, Proposal
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.outbox import FAILED, WAITING, add_once
from sharp_eyes.hub.notices.people import Listener, by_name, of_role, of_unit
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.notice_tables import Delivery, Notice
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork

_OF_DESK = {
    ClockKind.TRIAGE: Role.CLERK,
    ClockKind.DISPATCH: Role.DISPATCHER,
    ClockKind.CHECK: Role.CHECKER,
    ClockKind.CALLBACK: Role.CLERK,
}
"""Desks that must act by a clock; by the others the units must."""

_CONFIRMS: Mapping[Proposal, Role] = {
    "withdraw": Role.DISPATCHER,
    "void": Role.DISPATCHER,
    "force_close": Role.SHIFT_LEAD,
}
"""Desks whose word a drafted move waits for; the units' where it is that they are done."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of a case's log, with the case before and after it."""

    case: Case
    entry: Entry
    before: CaseState | None
    after: CaseState


@dataclass(slots=True)
class _Told:
    """What a line comes to: people on the page, and what is to leave by channels, by channel and recipient.

    ``nobody``: roles and units in which nobody was found, each with words for it.
    """

    page: dict[str, Listener] = field(default_factory=dict)
    outside: dict[tuple[str, str], tuple[ChannelSettings, Listener | None, bool]] = field(default_factory=dict)
    nobody: dict[str, str] = field(default_factory=dict)


def tell_of(work: UnitOfWork, happened: Happened) -> None:
    """Write down who is told of a line, where anybody is."""
    if work.hushed:
        return
    _tell_mentioned(work, happened)
    told = _Told()
    for rule in work.city.notices.by_line.get(happened.entry.payload.what, ()):
        if _fits(rule, happened):
            _follow(work, rule, happened, told)
    _tell_of_empty_units(work, happened, told)
    if isinstance(happened.entry.payload, call_line.Called):  # by whatever else the rules say: the page rings
        told.page |= {one.account.username: one for one in by_name(work, happened.entry.payload.person)}
    if told.page or told.outside or told.nobody:
        _write(work, happened, told)


def _tell_mentioned(work: UnitOfWork, happened: Happened) -> None:
    """Tell on the page, whatever the pack's rules say, whom a comment calls."""
    case, entry = happened.case, happened.entry
    names = set(vars(entry.payload).get("mentioned", ())) - {entry.actor}
    if not names:
        return
    people = work.session.scalars(select(Account).where(Account.username.in_(names)).order_by(Account.id)).all()
    about = {"case_id": case.id, "kind": "mentioned", "area": case.area, "at": work.now}
    key, data = f"case/{case.id}/{entry.sequence}/mentioned", describe(work, happened)
    add_once(
        work, Notice, [about | {"key": f"{key}/{one.username}", "account_id": one.id, "data": data} for one in people]
    )
    shown = {"case": case.id, "kind": "mentioned"}
    work.live_updates.append(LiveUpdate("notice", case.area, shown, people=frozenset(names)))


def _fits(rule: NoticeRule, happened: Happened) -> bool:
    if rule.states and happened.after.state.value not in rule.states:
        return False
    return not rule.grades or happened.after.grade in rule.grades


def _follow(work: UnitOfWork, rule: NoticeRule, happened: Happened, told: _Told) -> None:
    people = {one.account.username: one for who in rule.tell for one in _people(work, who, rule, happened, told)}
    entry = happened.entry
    if entry.actor_kind == "person":
        people.pop(entry.actor, None)  # they know
    for way in rule.by:
        channel = work.channels.get(way)
        if way == PAGE:
            told.page = people | told.page
        elif channel is not None and channel.kind in PERSONAL:
            for name, one in people.items():
                _outside(told, channel, name, one, urgent=rule.urgent)
        elif channel is not None and people:
            _outside(told, channel, "", None, urgent=rule.urgent)


def _tell_of_empty_units(work: UnitOfWork, happened: Happened, told: _Told) -> None:
    """Whatever the rules say: where a unit is sent in which there is nobody, whoever stands in for it is told."""
    match happened.entry.payload:
        case line.Dispatched() | office_line.HandedToGroup() as payload:
            sent = payload.units
        case line.Reassigned() as payload:
            sent = (payload.to,)
        case _:
            return
    for unit in sent:
        found = of_unit(work, unit, happened.case.area)
        if not found:
            told.nobody[unit] = f"nobody can sign in for unit {unit}, nor as shift lead or administrator"
        told.page |= {one.account.username: one for one in found if one.instead_of is not None}


def _outside(told: _Told, channel: ChannelSettings, recipient: str, one: Listener | None, *, urgent: bool) -> None:
    known = told.outside.get((channel.id, recipient))
    told.outside[channel.id, recipient] = (channel, one, urgent or (known is not None and known[2]))


def _people(work: UnitOfWork, who: str, rule: NoticeRule, happened: Happened, told: _Told) -> list[Listener]:
    area, payload = happened.case.area, happened.entry.payload
    if who == UNIT:
        return _of_units(work, happened)
    if who == CALLED:
        return by_name(work, payload.person) if isinstance(payload, call_line.Called) else []
    if who == LADDER:
        if not isinstance(payload, time_line.Escalated | office_line.PassedUp):
            return []
        return [one for role in payload.told for one in _of_role(work, role, area, payload.up, told)]
    if who == RESPONSIBLE:
        desk = _desk(payload)
        return _of_units(work, happened) if desk is None else _of_role(work, desk, area, 0, told)
    return _of_role(work, who, area, rule.up, told)


def _desk(payload: Payload) -> Role | None:
    """Which desk must act now; ``None`` where the units must."""
    match payload:
        case line.Drafted():
            return _CONFIRMS.get(payload.move)
        case time_line.Reminded() | time_line.Escalated():
            return _OF_DESK.get(payload.clock)
    return None


def _of_role(work: UnitOfWork, role: str, area: str, up: int, told: _Told) -> list[Listener]:
    found = of_role(work, role, area, up)
    if not found:
        told.nobody[role] = f"nobody holds the role {role}"
    return found


def _of_units(work: UnitOfWork, happened: Happened) -> list[Listener]:
    turns = (*(() if happened.before is None else happened.before.open_assignments), *happened.after.open_assignments)
    named = {turn.person for turn in turns if turn.person is not None}
    area = happened.case.area
    return [one for unit in _units(happened) for one in of_unit(work, unit, area, named)]


def _units(happened: Happened) -> Iterable[str]:
    """The units that a line is about: those that it names, or all that have the case or had it until now."""
    said = vars(happened.entry.payload)
    named = [*said.get("units", ()), said.get("unit"), said.get("to")]
    found = [one for one in named if isinstance(one, str)]
    if not found and happened.before is not None:
        found = [turn.unit for turn in happened.before.open_assignments]
    return dict.fromkeys(found or happened.after.units)


def _write(work: UnitOfWork, happened: Happened, told: _Told) -> None:
    case, entry = happened.case, happened.entry
    data = describe(work, happened)
    about = {"case_id": case.id, "kind": entry.payload.what, "area": case.area}
    key = f"case/{case.id}/{entry.sequence}"
    notices = [
        about | {"key": f"{key}/{name}", "account_id": one.account.id, "at": work.now, "data": _for(data, one)}
        for name, one in told.page.items()
    ]
    add_once(work, Notice, notices)
    if notices:
        shown = {"case": case.id, "kind": entry.payload.what}
        work.live_updates.append(LiveUpdate("notice", case.area, shown, people=frozenset(told.page)))
    rows = []
    for (channel, recipient), (settings, one, urgent) in told.outside.items():
        due = _due(work, happened, settings, one, urgent=urgent)
        if due is not None:
            row = {"key": f"{key}/{channel}/{recipient}", "channel": channel, "recipient": recipient, "due_at": due}
            rows.append(about | row | {"data": _for(data, one), "urgent": urgent, "state": WAITING, "error": ""})
    for post, words in told.nobody.items():
        row = {"key": f"{key}/nobody/{post}", "channel": PAGE, "recipient": "", "due_at": work.now, "data": data}
        rows.append(about | row | {"urgent": False, "state": FAILED, "error": words})
    ended = {WAITING: None, FAILED: work.now}
    add_once(work, Delivery, [row | {"created_at": work.now, "ended_at": ended[str(row["state"])]} for row in rows])


def _for(data: dict[str, Any], one: Listener | None) -> dict[str, Any]:
    return data if one is None or one.instead_of is None else data | {"instead_of": one.instead_of}


def _due(
    work: UnitOfWork, happened: Happened, channel: ChannelSettings, one: Listener | None, *, urgent: bool
) -> datetime | None:
    """When it may leave; ``None`` where quiet hours would hold a reminder back beyond its deadline."""
    quiet = work.city.notices.quiet
    if quiet is None or not channel.quiet or urgent or happened.after.grade in quiet.grades:
        return work.now
    if one is not None and one.awake:
        return work.now
    ends = quiet.ends(work.now, work.city.zone)
    payload = happened.entry.payload
    if ends is not None and isinstance(payload, time_line.Reminded) and ends >= payload.due:
        return None
    return ends or work.now


def describe(work: UnitOfWork, happened: Happened) -> dict[str, Any]:
    """Say of a line what is fit to leave the hub: no free text, no names of people."""
    case, after, payload = happened.case, happened.after, happened.entry.payload
    found: dict[str, Any] = {
        "case": case.id,
        "number": case.number,
        "scene": case.scene,
        "kind": case.kind,
        "code": case.code,
        "area": case.area,
        "grade": Grade(after.grade).value,
        "state": after.state.value,
        "units": list(_units(happened)),
        "due": None if case.due_at is None else case.due_at.isoformat(),
        "late_since": None if case.late_since is None else case.late_since.isoformat(),
    }
    name = None if case.subject is None else work.city.name_of(case.subject)
    if name is not None:
        found["name"] = name.model_dump()
    if isinstance(payload, time_line.Reminded | time_line.Escalated):
        found |= {"clock": payload.clock.value, "due": payload.due.isoformat()}
    if isinstance(payload, time_line.Escalated):
        found["step"] = payload.step
    reached = work.city.milestone(case.kind, vars(payload).get("milestone"))
    if reached is not None:
        found["milestone"] = reached.name.model_dump()
    return found
