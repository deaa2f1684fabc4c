"""A stored case: its log read into a state, a line added, and what lists and filters need written from the state.

Everybody who changes a case holds its row's lock; then the log cannot grow under their feet.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import instance_state

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.cases.daily_figures import note_change
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.cases.verdicts import judge_alarms
from sharp_eyes.hub.cases.words import note_words
from sharp_eyes.hub.clocks import clock as clocks
from sharp_eyes.hub.clocks.clock import Clock
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE, Actor
from sharp_eyes.hub.lifecycle.deadlines import ClockRules, next_moment
from sharp_eyes.hub.lifecycle.entries import Entry, Payload, read_payload, stored_payload
from sharp_eyes.hub.lifecycle.line_base import Limits
from sharp_eyes.hub.lifecycle.lines import Listed, Merged, Regraded, Reopened, Reported, Unlisted
from sharp_eyes.hub.lifecycle.model import CaseState, Counts
from sharp_eyes.hub.lifecycle.projection import evolve, replay
from sharp_eyes.hub.lifecycle.rank import queue_rank
from sharp_eyes.hub.lifecycle.time_lines import AreaChanged
from sharp_eyes.hub.notices.planning import Happened, tell_of
from sharp_eyes.hub.notices.subscribed import note_line
from sharp_eyes.hub.store.case_tables import Assignment, Case, CaseClock, CaseLog, CaseMilestone, CaseTimer
from sharp_eyes.hub.store.prepared import Row
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)
_LINE: tuple[InstrumentedAttribute[Any], ...] = (
    CaseLog.case_id, CaseLog.sequence, CaseLog.at, CaseLog.actor, CaseLog.actor_kind, CaseLog.payload,
    CaseLog.calendar, CaseLog.pack, CaseLog.on_behalf_of, CaseLog.said_at,
)  # fmt: skip


def read_log(work: UnitOfWork, case_id: int) -> list[Entry]:
    """Read a case's log, oldest line first."""
    return read_logs(work, [case_id])[case_id]


def read_logs(work: UnitOfWork, case_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """Read the logs of several cases in one go, by the cases' ids."""
    found: dict[int, list[Entry]] = {case_id: [] for case_id in case_ids}
    # Many lines are read for a list of tasks: without the session's own handling of each.
    query = select(*_LINE).where(CaseLog.case_id.in_(case_ids)).order_by(CaseLog.sequence)
    for case_id, sequence, at, actor, kind, payload, *rest in work.session.execute(query):
        found[case_id].append(Entry(sequence, at, actor, kind, read_payload(payload), *rest))
    return found


def look_up_logs(work: UnitOfWork, case_ids: Sequence[int]) -> None:
    """Read the logs of several locked cases that are likely to be asked for their state."""
    for case_id, log in read_logs(work, case_ids).items():
        work.note((CaseLog, case_id), log)


def state_of(work: UnitOfWork, case: Case, log: Sequence[Entry] | None = None) -> CaseState:
    """Give a case's state from its log, which is read where it is not given."""
    known = work.case_states.get(case.id)
    if known is None or known.sequence != case.log_sequence:
        known = replay(log or _log_of(work, case), lambda version: calendar_of(work, version))
        work.case_states[case.id] = known
    return known


def _log_of(work: UnitOfWork, case: Case) -> Sequence[Entry]:
    noted: list[Entry] = work.noted((CaseLog, case.id)) or []
    return noted if len(noted) == case.log_sequence else read_log(work, case.id)


def rules_of(work: UnitOfWork, case: Case) -> ClockRules:
    """Give the clocks that the city pack has for a case; the whole city's where it has no subject."""
    return _rules(work, case, case.area)


def _rules(work: UnitOfWork, case: Case, area: str) -> ClockRules:
    subject = case.subject
    if subject is None:
        return work.city.clocks
    return work.once(("clocks", subject, area), lambda: work.city.clock_rules(subject, area))


def limits_of(work: UnitOfWork, subject: str | None, area: str, grade: Grade) -> Limits:
    """Give the limits that the city pack has for a case; a clock without one is missing."""
    return work.once(("limits", subject, area, grade), lambda: work.city.limits(subject, area, grade))


def write_line(
    work: UnitOfWork,
    case: Case,
    actor: Actor,
    payload: Payload,
    change: str | None = None,
    said_at: datetime | None = None,
) -> CaseState:
    """Add a line to the log of a locked case, and bring what is stored beside it up to date.

    ``change``: what the pages are told; the payload's kind where it is not given. ``said_at``: when it was done, where
    a phone could say so only now.

    Raises:
        CalendarError: a limit reaches into a year that its calendar lacks; nothing was written.
    """
    if isinstance(payload, Reopened):
        _return_to_its_area(work, case, actor)
    before = None if case.log_sequence == 0 else state_of(work, case)
    calendar = "" if work.city.calendar is None else work.city.calendar.version
    entry = Entry(
        case.log_sequence + 1,
        work.now,
        actor.name,
        actor.kind.value,
        payload,
        calendar,
        work.city.fingerprint,
        actor.on_behalf_of,
        said_at,
    )
    after = evolve(before, entry, lambda version: calendar_of(work, version))
    # A year that a calendar lacks is found before anything is written, so nothing need be taken back.
    beside = _beside(work, case, after)
    work.session.add_row(
        CaseLog,
        {
            "case_id": case.id,
            "sequence": entry.sequence,
            "at": entry.at,
            "actor": entry.actor,
            "actor_kind": entry.actor_kind,
            "what": payload.what,
            "payload": stored_payload(payload),
            "calendar": calendar,
            "pack": entry.pack,
            "on_behalf_of": entry.on_behalf_of,
            "said_at": entry.said_at,
        },
    )
    work.case_states[case.id] = after
    case.updated_at = work.now
    store_state(work, case, after, beside)
    note_words(work, case, payload)
    publish_change(work, case, change or payload.what)
    happened = Happened(case, entry, before, after)
    tell_of(work, happened)
    note_line(work, happened)
    return _listing_follows(work, case, payload, after)


def _listing_follows(work: UnitOfWork, case: Case, payload: Payload, after: CaseState) -> CaseState:
    """What has ended leaves the list of hazards, however it ended; what is opened again is back on it."""
    if after.ended_at is not None and after.listed_since is not None:
        into = payload.into if isinstance(payload, Merged) else None
        return write_line(work, case, RULE_TABLE, Unlisted(into=into))
    if isinstance(payload, Reopened) and after.listing is not None:
        return write_line(work, case, RULE_TABLE, Listed(leads=after.listing.leads))
    return after


def _return_to_its_area(work: UnitOfWork, case: Case, actor: Actor) -> None:
    """A case that ended kept the path of that day; one that is opened again lies where its area lies now."""
    if case.ended_at is None:
        return
    now = work.areas.now(case.area, case.ended_at)
    if now != case.area:
        write_line(work, case, actor, AreaChanged(area=now, before=case.area))


def write_line_anyway(work: UnitOfWork, case: Case, actor: Actor, payload: Reported | Regraded) -> CaseState:
    """Add a line that must not be lost: without its limits where one reaches into a year that the calendar lacks."""
    try:
        return write_line(work, case, actor, payload)
    except CalendarError as error:
        _LOG.error("case %s: its limits cannot be set: %s", case.number, error)
        return write_line(work, case, actor, payload.model_copy(update={"limits": {}}))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What lies beside a case's log: clocks, milestones, the deadline for its handling, when time acts next."""

    clocks: list[Row]
    milestones: list[Row]
    handle_due_at: datetime | None
    next_at: datetime | None


def _beside(work: UnitOfWork, case: Case, state: CaseState) -> _Beside:
    moment = next_moment(state, _rules(work, case, state.area), lambda version: calendar_of(work, version), work.now)
    handle = state.clock(clocks.ClockKind.HANDLE)
    due = None if handle is None else clocks.last_due(handle, calendar_of(work, handle.calendar))
    return _Beside(_clock_rows(work, case, state), _milestone_rows(work, case, state), due, moment)


def store_state(work: UnitOfWork, case: Case, state: CaseState, beside: _Beside | None = None) -> None:
    """Write what follows from the log into the columns and rows that lists, filters and timers read.

    ``beside``: where it was worked out already.
    """
    beside = beside or _beside(work, case, state)
    note_change(work, case, state, beside.handle_due_at)
    judge_alarms(work, case, state)
    columns, known = _columns(case, state, beside), vars(case)
    if instance_state(case).persistent:
        for name, value in columns.items():
            if name not in known or known[name] != value:
                setattr(case, name, value)
    else:  # all of it is written with its row
        known.update(columns)
    _store_turns(work, case, state)
    for row in beside.clocks:
        work.session.put_row(CaseClock, row)
    for row in beside.milestones:
        work.session.put_row(CaseMilestone, row)
    _store_timer(work, case, beside.next_at)


def _columns(case: Case, state: CaseState, beside: _Beside) -> dict[str, Any]:
    """Give what follows from the log in the case's own row."""
    waiting = [*(row for row in beside.clocks if row["kind"] not in _DESK_ONLY), *beside.milestones]
    due = min((row["due_at"] for row in waiting if row["due_at"] is not None), default=None)
    missed = [row["late_since"] for row in (*filter(_counts_as_late, beside.clocks), *beside.milestones)]
    arrived = [turn.arrived_at for turn in state.assignments if turn.arrived_at is not None]
    responded = [turn.accepted_at for turn in state.assignments if turn.accepted_at is not None]
    late = {row["kind"]: row["late_since"] for row in beside.clocks if row["late_since"] is not None}
    return {
        "log_sequence": state.sequence,
        "area": state.area,
        "state": state.state.value,
        "grade": state.grade,
        "unit": state.units[0] if state.units else None,
        "sent_back_by": state.sent_back_by,
        "suspended_until": state.suspended_until,
        "ended_at": state.ended_at,
        "listed_since": state.listed_since,
        "end_reason": state.end_reason,
        "acknowledged_at": state.acknowledged_at,
        "dispatched_at": min((turn.since for turn in state.assignments), default=None),
        "on_site_at": min(arrived, default=None),
        "handled_at": state.handled_at,
        "handle_due_at": beside.handle_due_at,
        "handle_late": clocks.ClockKind.HANDLE.value in late,
        "responded_at": min(responded, default=None),
        "response_late": clocks.ClockKind.REPORT_IN.value in late,
        "whistle_week": None if state.whistle is None else state.whistle.week,
        "appeal": None if state.appeal is None else state.appeal.value,
        "false_alarm": state.false_alarm,
        "merged_into": state.merged_into,
        "rating": state.rating,
        "legal_hold": state.held,
        "counts": {name: getattr(state.counts, name) for name in _COUNTED},
        "due_at": due,
        "rank": queue_rank(state.grade, due, case.opened_at),
        "late_since": min((one for one in missed if one is not None), default=None),
    }


_COUNTED = tuple(field.name for field in fields(Counts))
_CALLBACK = clocks.ClockKind.CALLBACK.value
_DESK_ONLY = frozenset({clocks.ClockKind.REPORT_IN.value, clocks.ClockKind.SUPERVISION.value, _CALLBACK})
"""Clocks that do not count as the case's next deadline."""


def _counts_as_late(row: Row) -> bool:
    """Whether a deadline of the work itself was missed: who is called back late has it done in time all the same."""
    return row["late_since"] is not None and row["kind"] != _CALLBACK


def _store_turns(work: UnitOfWork, case: Case, state: CaseState) -> None:
    first = state.units[0] if state.units else None
    for turn in state.assignments:
        work.session.put_row(
            Assignment,
            {
                "case_id": case.id,
                "number": turn.number,
                "unit": turn.unit,
                "person": turn.person,
                "since": turn.since,
                "accepted_at": turn.accepted_at,
                "arrived_at": turn.arrived_at,
                "until": turn.until,
                "outcome": None if turn.outcome is None else turn.outcome.value,
                "rework": turn.rework,
                "beside": turn.until is None and turn.unit != first,
            },
        )


def _clock_rows(work: UnitOfWork, case: Case, state: CaseState) -> list[Row]:
    rows = [_clock_row(work, case, clock, 0, "") for clock in state.clocks]
    for turn in state.assignments:
        for clock in (turn.clock, turn.report_in):
            if clock is not None:
                rows.append(_clock_row(work, case, clock, turn.number, turn.unit))
    return rows


def _clock_row(work: UnitOfWork, case: Case, clock: Clock, assignment: int, unit: str) -> Row:
    return {
        "case_id": case.id,
        "assignment": assignment,
        "unit": unit,
        "kind": clock.kind.value,
        "limit": str(clock.limit),
        "extensions": clock.extensions,
        "calendar": clock.calendar,
        "started_at": clock.started_at,
        "paused": clock.is_paused,
        "due_at": clocks.due(clock, calendar_of(work, clock.calendar)),
        "stopped_at": clock.stopped_at,
        "late_since": clock.late_since,
    }


def _milestone_rows(work: UnitOfWork, case: Case, state: CaseState) -> list[Row]:
    return [
        {
            "case_id": case.id,
            "milestone": one.id,
            "limit": str(one.clock.limit),
            "started_at": one.clock.started_at,
            "due_at": clocks.due(one.clock, calendar_of(work, one.clock.calendar)),
            "stopped_at": one.clock.stopped_at,
            "reached_at": one.reached_at,
            "unit": one.unit,
            "late_since": one.clock.late_since,
        }
        for one in state.milestones
    ]


def _store_timer(work: UnitOfWork, case: Case, at: datetime | None) -> None:
    if at is None:
        work.session.drop_row(CaseTimer, case.id)
    else:
        work.session.put_row(CaseTimer, {"case_id": case.id, "at": at})
