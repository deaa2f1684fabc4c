"""A unit's tasks: its open turns at cases, what is due first before all others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.cases.queries import second_turns
from sharp_eyes.hub.cases.record import read_logs, state_of
from sharp_eyes.hub.cases.visibility import Scope, visible
from sharp_eyes.hub.clocks import clock as clocks
from sharp_eyes.hub.clocks.clock import Clock
from sharp_eyes.hub.lifecycle.entries import Entry
from sharp_eyes.hub.lifecycle.lines import Dispatched, Failed, Reassigned
from sharp_eyes.hub.lifecycle.model import Assignment as Turn
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.lifecycle.office_lines import HandedToGroup
from sharp_eyes.hub.lifecycle.projection import WITH_UNITS
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST = 200
"""Open turns of a unit that are listed; who has more sees the rest as they are done."""


@dataclass(frozen=True, slots=True)
class Task:
    """A unit's open turn at a case.

    Attributes:
        due_at: when the unit must say that it has it, as long as it has not; then the end of its own time.
        report_in_at: until when it must report in, where the city pack gives a limit for it.
        word: what was written when it was sent.
        others: turns of further units in the same round.
        state: of the whole case.
    """

    case: Case
    turn: Turn
    due_at: datetime | None
    report_in_at: datetime | None
    word: str
    others: tuple[Turn, ...]
    state: CaseState


def list_tasks(work: UnitOfWork, scope: Scope, unit: str) -> list[Task]:
    """List a unit's open turns, late ones and those due first at the head, those without a limit at the end."""
    query = select(Case).where(Case.ended_at.is_(None), visible(scope)).order_by(Case.rank, Case.id).limit(MOST)
    cases = list(work.session.scalars(query.where(Case.unit == unit, Case.state.in_(WITH_UNITS))))
    if others := second_turns(work, unit):
        cases += work.session.scalars(query.where(Case.id.in_(others)))
        cases = sorted(cases, key=lambda case: (case.rank, case.id))[:MOST]
    logs = read_logs(work, [case.id for case in cases])
    tasks = [task for case in cases if (task := _task(work, case, logs[case.id], unit)) is not None]
    return sorted(tasks, key=lambda task: (task.due_at is None, task.due_at or task.turn.since, task.case.id))


def _task(work: UnitOfWork, case: Case, log: Sequence[Entry], unit: str) -> Task | None:
    state = state_of(work, case, log)
    turn = state.open_turn(unit)
    if turn is None:
        return None
    report_in = None if turn.report_in is None or turn.accepted_at is not None else _due(work, turn.report_in)
    due = None if turn.clock is None else _due(work, turn.clock)
    others = tuple(one for one in state.assignments if one.number >= state.round and one.unit != unit)
    return Task(
        case=case,
        turn=turn,
        due_at=min((moment for moment in (report_in, due) if moment is not None), default=None),
        report_in_at=report_in,
        word=_word(log, turn),
        others=others,
        state=state,
    )


def _word(log: Sequence[Entry], turn: Turn) -> str:
    sent = next((one.payload for one in log if one.sequence == turn.number), None)
    return sent.text if isinstance(sent, Dispatched | Reassigned | Failed | HandedToGroup) else ""


def _due(work: UnitOfWork, clock: Clock) -> datetime | None:
    return clocks.due(clock, calendar_of(work, clock.calendar))
