"""What is said of a case's log, turns, clocks and legal moves."""

from collections.abc import Sequence
from typing import Any

from sharp_eyes.hub.api.case_schemas import (
    AssignmentView,
    CallingView,
    ClockView,
    DraftView,
    LogView,
    MoveView,
    ReasonView,
)
from sharp_eyes.hub.api.names import unit_name
from sharp_eyes.hub.areas.city_pack import CityPack, Reason
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.clocks import clock as clocks
from sharp_eyes.hub.clocks.clock import Clock
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.drafts import may_confirm, may_decline
from sharp_eyes.hub.lifecycle.entries import Entry, stored_payload
from sharp_eyes.hub.lifecycle.legality import legal_moves
from sharp_eyes.hub.lifecycle.model import Assignment, CaseState
from sharp_eyes.hub.lifecycle.projection import evolve
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_APART = frozenset({"what", "reason", "text", "photos", "unit", "units", "to", "limits"})


def log_views(work: UnitOfWork, log: Sequence[Entry], people: dict[str, str]) -> list[LogView]:
    """Describe a case's log, each line with the state before and after it. ``people``: names by user name."""
    found = []
    state: CaseState | None = None
    for entry in log:
        before = state
        state = evolve(before, entry, lambda version: calendar_of(work, version))
        found.append(_log_view(work.city, entry, before, state, people))
    return found


def assignment_views(work: UnitOfWork, case: CaseState) -> list[AssignmentView]:
    """Describe the units' turns."""
    return [turn_view(work, turn) for turn in case.assignments]


def turn_view(work: UnitOfWork, turn: Assignment) -> AssignmentView:
    """Describe one unit's turn."""
    return AssignmentView(
        number=turn.number,
        unit=turn.unit,
        unit_name=unit_name(work.city, turn.unit),
        person=turn.person,
        since=turn.since,
        accepted_at=turn.accepted_at,
        arrived_at=turn.arrived_at,
        until=turn.until,
        outcome=turn.outcome,
        rework=turn.rework,
        due_at=None if turn.clock is None else _due(work, turn.clock),
        late_since=None if turn.clock is None else turn.clock.late_since,
    )


def clock_views(work: UnitOfWork, case: CaseState) -> list[ClockView]:
    """Describe the case's own clocks."""
    return [
        ClockView(
            kind=clock.kind,
            limit=str(clock.limit),
            extensions=clock.extensions,
            started_at=clock.started_at,
            paused=clock.is_paused,
            due_at=_due(work, clock),
            stopped_at=clock.stopped_at,
            late_since=clock.late_since,
        )
        for clock in case.clocks
    ]


def move_views(city: CityPack, case: CaseState, actor: Actor) -> list[MoveView]:
    """Describe the moves that are legal for somebody now."""
    return [
        MoveView(
            move=legal.move,
            needs=list(legal.needs),
            either=list(legal.either),
            reasons=[ReasonView(code=one.code, name=one.name) for one in city.reasons_for(legal.move)],
            turns=list(legal.units),
            note_for_unit=case.sent_back_by if legal.move is Move.DISPATCH else None,
        )
        for legal in legal_moves(case, actor)
    ]


def draft_view(city: CityPack, case: CaseState, actor: Actor) -> DraftView | None:
    """Describe the move that is proposed, and what somebody may do about it."""
    draft = case.draft
    if draft is None:
        return None
    legal, known = may_confirm(case, actor), city.reason(Move(draft.move), draft.reason)
    return DraftView(
        number=draft.number,
        move=draft.move,
        reason=draft.reason,
        reason_name=None if known is None else known.name,
        text=Text(zh=draft.zh, en=draft.en),
        may_confirm=legal is not None,
        may_decline=may_decline(case, actor),
        turns=[] if legal is None else list(legal.units),
    )


def calling_view(case: CaseState, people: dict[str, str]) -> CallingView | None:
    """Describe who is called. ``people``: names by user name."""
    calling = case.calling
    if calling is None:
        return None
    person = calling.person
    return CallingView(
        unit=calling.unit,
        person=person,
        name=None if person is None else people.get(person, person),
        until=calling.until,
        called=list(calling.called),
        went=calling.went,
    )


def _due(work: UnitOfWork, clock: Clock) -> Any:
    return clocks.due(clock, calendar_of(work, clock.calendar))


def _log_view(
    city: CityPack, entry: Entry, before: CaseState | None, after: CaseState, people: dict[str, str]
) -> LogView:
    said = stored_payload(entry.payload)
    by_person = entry.actor_kind == ActorKind.PERSON
    reason = said.get("reason", "")
    units = [*said.get("units", ()), *(said[key] for key in ("unit", "to") if said.get(key))]
    known = _reason(city, reason)
    if "person" in said:
        said["person_name"] = people.get(said["person"], said["person"])
    return LogView(
        sequence=entry.sequence,
        at=entry.at,
        said_at=entry.said_at,
        actor=people.get(entry.actor, entry.actor) if by_person else entry.actor,
        actor_kind=ActorKind(entry.actor_kind),
        on_behalf_of=entry.on_behalf_of and people.get(entry.on_behalf_of, entry.on_behalf_of),
        what=entry.payload.what,
        from_state=None if before is None else before.state,
        to_state=after.state,
        reason=reason,
        reason_name=None if known is None else known.name,
        note=said.get("text", ""),
        units=units,
        photo_ids=said.get("photos", []),
        data={key: value for key, value in said.items() if key not in _APART},
    )


def _reason(city: CityPack, code: str) -> Reason | None:
    return next((one for one in city.reasons if one.code == code), None)
