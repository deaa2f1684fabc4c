"""A changed city pack tried on past alarms: they go through the real intake once under each pack.

Nothing is foretold: the same code as ever works on a database of its own, which is thrown away. Who ended a case then
ends it now at the same moment, so that later alarms of its spot open a case of their own as they did. What people would
have done otherwise (accept, handle, a camera's look) nobody can know: of each case what the rules do is compared.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select, update

from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.calendars import keep_calendar
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.intake.scene_events import take_event
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.model import ENDED, Source
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.case_tables import Alarm, Assignment, Case, CaseLog
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.notice_tables import Deputy, DutyShift, Snooze
from sharp_eyes.hub.store.tables import Account, Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.writing import WritingSession

_AS_IT_WAS = Actor(ActorKind.PERSON, "as it was")
_ENDING = ("rejected", "voided", "closed", "force_closed", "merged")
_SECRET = frozenset({"password_hash", "totp_secret"})
_LEFT_OUT = frozenset({"text", "question", "expires_at"})
"""Parts of a line that are no decision: free words, and ids that are made anew each time."""


@dataclass(frozen=True, slots=True)
class PastAlarm:
    """An alarm as its gateway sent it, and the area that it lay in."""

    at: datetime
    area: str
    event: SceneEvent


@dataclass(frozen=True, slots=True)
class Past:
    """What happened in a stretch of time.

    Attributes:
        alarms: openings and ends, in order.
        ended: when a person or a camera's look ended the case of an alarm.
        done: when a unit's turn at the case of an alarm ended before the case did: it is no load from then on.
        numbers: of the cases that alarms made.
        ids: of the same cases.
        people: accounts, and the rosters and deputies of that time, as rows by their table: rules choose by duty.
    """

    alarms: Sequence[PastAlarm]
    ended: Sequence[tuple[datetime, UUID]]
    numbers: dict[UUID, str]
    gateways: frozenset[str]
    snoozes: Sequence[dict[str, Any]] = ()
    people: Mapping[type[Base], Sequence[dict[str, Any]]] = field(default_factory=dict)
    done: Sequence[tuple[datetime, UUID]] = ()
    ids: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """What the rules did with a case.

    Attributes:
        lines: each line of the log that the rule table wrote, and the limits that the case began with.
    """

    scene: str
    area: str
    alarms: int
    lines: tuple[dict[str, Any], ...]

    @property
    def said(self) -> str:
        """In words, such as ``filed, dispatched to parks (handle 2 hours)``."""
        return ", ".join(_said(one) for one in self.lines) or "left to people"


@dataclass(frozen=True, slots=True)
class Difference:
    """A case with which the changed pack does something else; on a side where it makes no case there is None."""

    number: str
    before: Decided | None
    after: Decided | None
    case: int | None = None


@dataclass(slots=True)
class Comparison:
    """What a changed pack would have done otherwise. ``counts``: cases by what was done, before and after."""

    alarms: int
    cases: tuple[int, int]
    counts: tuple[dict[str, int], dict[str, int]]
    differences: list[Difference] = field(default_factory=list)


def compare(past: Past, present: CityPack, changed: CityPack, limits: LimitSettings) -> Comparison:
    """Play the past under both packs and say what differs."""
    before, after = (replay_under(past, pack, limits) for pack in (present, changed))
    openings = sum(one.event.phase is Phase.OPENED for one in past.alarms)
    found = Comparison(openings, (len(before), len(after)), (_counted(before), _counted(after)))
    for event in dict.fromkeys((*before, *after)):
        one, other = before.get(event), after.get(event)
        if one != other:
            found.differences.append(Difference(past.numbers.get(event, str(event)), one, other, past.ids.get(event)))
    return found


def replay_under(past: Past, pack: CityPack, limits: LimitSettings) -> dict[UUID, Decided]:
    """Play the past under one pack; give what the rules did with each case, by the event that made it."""
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-dry-run-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'dry-run.db'}")
        try:
            database.upgrade()
            with database.write() as session:
                _furnish(session, past)
                _play(session, past, pack, limits)
                return decisions(session)
        finally:
            database.close()


def read_past(work: UnitOfWork, since: datetime, until: datetime) -> Past:
    """Read the alarms that came in a stretch of time, from the hub's own tables; ``until`` is left out."""
    rows = work.session.execute(
        select(Alarm, Case)
        .join(Case, Case.id == Alarm.case_id)
        .where(Alarm.received_at >= since, Alarm.received_at < until)
        .order_by(Alarm.received_at, Alarm.event_id)
    ).all()
    alarms = [one for alarm, case in rows for one in _alarms(alarm, case.area)]
    cases = {case.id: case for _, case in rows if case.source == Source.CAMERA}
    by_rule = _ended_by_rules(work, cases)
    ended = [
        (case.ended_at, case.event_id)
        for case in cases.values()
        if case.ended_at is not None and case.event_id is not None and case.id not in by_rule
    ]
    places = ("area", "gateway", "camera", "scene", "zone", "major_too", "begins_at", "ends_at", "reason")
    snoozes = [
        {name: getattr(row, name) for name in (*places, "made_by", "made_at")}
        for row in work.session.scalars(select(Snooze).where(Snooze.ends_at > since, Snooze.begins_at < until))
    ]
    return Past(
        sorted(alarms, key=lambda one: one.at),
        sorted(ended),
        {case.event_id: case.number for case in cases.values() if case.event_id is not None},
        frozenset(alarm.gateway for alarm, _ in rows),
        snoozes,
        {Account: _rows(work, Account), DutyShift: _rows(work, DutyShift), Deputy: _rows(work, Deputy)},
        _turns_done(work, cases),
        {case.event_id: case.id for case in cases.values() if case.event_id is not None},
    )


def _turns_done(work: UnitOfWork, cases: Mapping[int, Case]) -> list[tuple[datetime, UUID]]:
    query = select(Assignment.case_id, Assignment.until).where(Assignment.until.is_not(None))
    found = []
    for identity, until in work.session.execute(query):
        case = cases.get(identity)
        if case is not None and case.event_id is not None and until is not None and until != case.ended_at:
            found.append((until, case.event_id))
    return sorted(found)


def _rows(work: UnitOfWork, table: type[Base]) -> list[dict[str, Any]]:
    """All rows of a table but their secrets."""
    columns = [column.key for column in inspect(table).column_attrs]
    return [
        {name: "" if name in _SECRET else getattr(row, name) for name in columns}
        for row in work.session.scalars(select(table))
    ]


def decisions(session: WritingSession) -> dict[UUID, Decided]:
    """Give what the rules did with each case of a database, by the event that made it."""
    cases = {
        case.id: case
        for case in session.scalars(select(Case).where(Case.source == Source.CAMERA).order_by(Case.id))
        if case.event_id is not None
    }
    lines: dict[int, list[dict[str, Any]]] = {identity: [] for identity in cases}
    for row in session.scalars(select(CaseLog).order_by(CaseLog.case_id, CaseLog.sequence)):
        if row.case_id in lines:
            payload = {key: value for key, value in row.payload.items() if key not in _LEFT_OUT}
            if row.actor_kind == ActorKind.RULE.value:
                lines[row.case_id].append(payload)
            elif row.what == "reported" and payload.get("limits"):
                lines[row.case_id].append({"what": "reported", "limits": payload["limits"]})
    return {
        case.event_id: Decided(case.scene or "", case.area, case.alarm_count, tuple(lines[case.id]))
        for case in cases.values()
        if case.event_id is not None
    }


def _alarms(row: Alarm, area: str) -> Iterator[PastAlarm]:
    values: dict[str, Any] = {
        "event_id": row.event_id,
        "scene": row.scene,
        "gateway": row.gateway,
        "camera": row.camera,
        "zone": row.zone,
        "started_at": row.started_at,
        "observed_at": row.received_at,
        "grade": row.grade,
        "score": row.score,
        "measures": row.measures,
        "box": row.box,
        "object_class": row.object_class,
        "model": row.model,
    }
    yield PastAlarm(row.received_at, area, SceneEvent(**values, sequence=0, phase=Phase.OPENED))
    if row.phase == Phase.CLOSED.value and row.ended_at is not None:
        ends = max(row.ended_at, row.received_at)
        over = values | {"observed_at": ends, "ended_at": row.ended_at}
        yield PastAlarm(ends, area, SceneEvent(**over, sequence=1, phase=Phase.CLOSED))


def _ended_by_rules(work: UnitOfWork, cases: dict[int, Case]) -> set[int]:
    """Cases that the rule table itself ended: under another pack it may not."""
    found = work.session.scalars(
        select(CaseLog.case_id).where(CaseLog.what.in_(_ENDING), CaseLog.actor_kind == ActorKind.RULE.value)
    )
    return set(found) & set(cases)


def _furnish(session: WritingSession, past: Past) -> None:
    for name in past.gateways:
        session.add(Gateway(name=name, area="", bcrypt_hash="", pbkdf2_hash="", created_at=past.alarms[0].at))
    session.add_all(Snooze(**values) for values in past.snoozes)
    for table, rows in past.people.items():
        session.add_all(table(**values) for values in rows)
        session.flush()
    session.flush()


def _play(session: WritingSession, past: Past, pack: CityPack, limits: LimitSettings) -> None:
    # Of one moment a turn ends before its case does.
    ends = [(at, 0, event) for at, event in past.done] + [(at, 1, event) for at, event in past.ended]
    ended = iter((*sorted(ends), None))
    next_end = next(ended)
    for alarm in past.alarms:
        while next_end is not None and next_end[0] <= alarm.at:
            at, case_too, event = next_end
            (_end if case_too else _end_turns)(UnitOfWork(session, pack, at, hushed=True), event)
            next_end = next(ended)
        work = UnitOfWork(session, pack, alarm.at, hushed=True)
        keep_calendar(work)
        take_event(work, alarm.area, alarm.event, limits)
        session.flush()
        session.expunge_all()


def _end(work: UnitOfWork, event: UUID) -> None:
    """End the case that an alarm is in now, as somebody did then."""
    case_id = work.session.scalar(select(Alarm.case_id).where(Alarm.event_id == event))
    case = None if case_id is None else lock_row(work, case_id)
    if case is not None and case.state not in ENDED:
        write_line(work, case, _AS_IT_WAS, line.ForceClosed(reason="as it was"))
    work.session.flush()


def _end_turns(work: UnitOfWork, event: UUID) -> None:
    """Let the units of a case be free again; what they said of it nobody asks here."""
    case_id = work.session.scalar(select(Alarm.case_id).where(Alarm.event_id == event))
    turns = update(Assignment).where(Assignment.case_id == case_id, Assignment.until.is_(None))
    work.session.execute(turns.values(until=work.now))


def _counted(decided: dict[UUID, Decided]) -> dict[str, int]:
    return dict(Counter(f"{one.scene}: {one.said}" for one in decided.values()))


def _said(one: dict[str, Any]) -> str:
    limits = ", ".join(f"{kind} {_limit(limit)}" for kind, limit in sorted(one.get("limits", {}).items()))
    units = f" to {', '.join(one['units'])}" if one.get("units") else ""
    reason = f" for {one['reason']}" if one.get("reason") else ""
    reason += f" ({one['why'].replace('_', ' ')})" if one.get("why") else ""
    return f"{one['what'].replace('_', ' ')}{units}{reason}" + (f" ({limits})" if limits else "")


def _limit(limit: Any) -> str:
    return f"{limit['amount']} {str(limit['unit']).replace('_', ' ')}" if isinstance(limit, dict) else str(limit)
