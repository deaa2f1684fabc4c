"""What is said of a week's lists: the cases that wait for them or stand on them, and the units' answers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from sharp_eyes.hub.api.names import area_name, unit_name
from sharp_eyes.hub.api.sponsor_schemas import ListedCaseView, ListedTurnView, WhistleListView, WhistleWeekView
from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.cases.record import read_logs, state_of
from sharp_eyes.hub.cases.visibility import Scope, visible
from sharp_eyes.hub.clocks.clock import Clock, due
from sharp_eyes.hub.clocks.week import monday_of
from sharp_eyes.hub.dispatch.whistle import next_list_at, week_calendar
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.lifecycle.acts import Actor, Move
from sharp_eyes.hub.lifecycle.legality import legal_moves
from sharp_eyes.hub.lifecycle.model import Assignment, State
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.sponsor_tables import WhistleList, WhistleListCase
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_MOST = 500
"""Cases of a week that are shown."""


def week_view(work: UnitOfWork, scope: Scope, actor: Actor, day: date | None) -> WhistleWeekView:
    """Describe the week of a day, this one where none is said, as somebody sees it."""
    monday = monday_of(day or work.now.astimezone(work.city.zone).date())
    made = _made(work, scope, monday)
    waiting = _waiting(work, scope, monday)
    read_logs_of = [case for cases in (*made.values(), *waiting.values()) for case in cases]
    logs = read_logs(work, [case.id for case in read_logs_of])
    for case in read_logs_of:
        state_of(work, case, logs[case.id])
    lists = [_list(work, actor, row.area, cases, row) for row, cases in made.items()]
    lists += [_list(work, actor, area, cases, None) for area, cases in waiting.items()]
    return WhistleWeekView(
        kept=work.city.whistle_week is not None,
        week=monday,
        gathers_for=_gathers_for(work),
        list_at=next_list_at(work, monday),
        lists=sorted(lists, key=lambda one: (one.area, one.made_at is None)),
    )


def _gathers_for(work: UnitOfWork) -> date | None:
    week = work.city.whistle_week
    try:
        return None if week is None else week.gathers_for(work.now, week_calendar(work))
    except CalendarError:
        return None


def _made(work: UnitOfWork, scope: Scope, monday: date) -> dict[WhistleList, list[Case]]:
    query = (
        select(WhistleList, Case)
        .join(WhistleListCase, WhistleListCase.list_id == WhistleList.id)
        .join(Case, Case.id == WhistleListCase.case_id)
        .where(WhistleList.week == monday, visible(scope))
        .order_by(WhistleList.area, Case.id)
        .limit(_MOST)
    )
    found: dict[WhistleList, list[Case]] = defaultdict(list)
    for row, case in work.session.execute(query):
        found[row].append(case)
    return found


def _waiting(work: UnitOfWork, scope: Scope, monday: date) -> dict[str, list[Case]]:
    query = select(Case).where(Case.whistle_week == monday, visible(scope)).order_by(Case.area, Case.id).limit(_MOST)
    found: dict[str, list[Case]] = defaultdict(list)
    for case in work.session.scalars(query):
        found[case.area].append(case)
    return found


def _list(
    work: UnitOfWork, actor: Actor, area: str, cases: Sequence[Case], made: WhistleList | None
) -> WhistleListView:
    views = [_case(work, actor, case, None if made is None else made.made_at) for case in cases]
    turns = [] if made is None else [turn for view in views for turn in view.turns]
    answered = [turn for turn in turns if turn.reported_in_at is not None]
    return WhistleListView(
        area=area,
        area_name=area_name(work.city, area),
        made_at=None if made is None else made.made_at,
        report_in_by=None if made is None else made.report_in_by,
        cases=views,
        asked=len(turns),
        answered=len(answered),
        in_time=sum(not turn.late for turn in answered),
        late=sum(turn.late for turn in turns),
        closed=sum(view.state is State.CLOSED for view in views),
    )


def _case(work: UnitOfWork, actor: Actor, case: Case, made_at: datetime | None) -> ListedCaseView:
    state = state_of(work, case)
    if made_at is None:
        turns = [_waits(work, unit) for unit in (() if state.whistle is None else state.whistle.units)]
    else:
        turns = [_turn(work, turn) for turn in _of_the_list(state.assignments, made_at)]
    may = any(one.move is Move.ACCEPT for one in legal_moves(state, actor)) and state.open_turn(actor.unit or "")
    return ListedCaseView(
        id=case.id,
        number=case.number,
        kind_name=None if case.subject is None else work.city.name_of(case.subject),
        place=case.place,
        state=state.state,
        turns=turns,
        may_report_in=bool(may),
    )


def _of_the_list(turns: Sequence[Assignment], made_at: datetime) -> Iterable[Assignment]:
    """The turns that were open once the case was sent: when the list was made, or later where it was put on it then."""
    sent_at = min((turn.since for turn in turns if turn.since >= made_at), default=made_at)
    return (turn for turn in turns if turn.since <= sent_at and (turn.until is None or turn.until > sent_at))


def _waits(work: UnitOfWork, unit: str) -> ListedTurnView:
    name = unit_name(work.city, unit)
    return ListedTurnView(unit=unit, unit_name=name, reported_in_at=None, due_at=None, late=False, outcome=None)


def _turn(work: UnitOfWork, turn: Assignment) -> ListedTurnView:
    due_at = None if turn.report_in is None else _due(work, turn.report_in)
    was_late = turn.report_in is not None and turn.report_in.late_since is not None
    return ListedTurnView.model_validate(
        {
            "unit": turn.unit,
            "unit_name": unit_name(work.city, turn.unit),
            "reported_in_at": turn.accepted_at,
            "due_at": due_at,
            "late": was_late or (due_at is not None and due_at < work.now),
            "outcome": turn.outcome,
        }
    )


def _due(work: UnitOfWork, clock: Clock) -> Any:
    return due(clock, calendar_of(work, clock.calendar))
