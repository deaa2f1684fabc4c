"""The week's list (吹哨报到): what was gathered is sent to its sponsors at the city pack's moment, once.

Nothing is scheduled: a case that waits says for which week, and the moment follows from the pack. So whichever hub
looks first makes the list, and one that was down makes it when it is up again.
"""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy import select

from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.cases.moves import perform_move
from sharp_eyes.hub.cases.queries import note_locked
from sharp_eyes.hub.cases.record import state_of
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit
from sharp_eyes.hub.dispatch.rules import NO_CALENDAR, leave_if_possible
from sharp_eyes.hub.dispatch.sponsors import sponsors_of
from sharp_eyes.hub.errors import CalendarError
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import IllegalMoveError, MissingInputError
from sharp_eyes.hub.lifecycle.model import State, Whistle
from sharp_eyes.hub.notices.outbox import add_once
from sharp_eyes.hub.notices.people import of_unit
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.notice_tables import Notice
from sharp_eyes.hub.store.sponsor_tables import WhistleList, WhistleListCase
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork, UnitOfWorkFactory

_LOG = logging.getLogger(__name__)
_KIND = "whistle_list"


def for_the_week(work: UnitOfWork, case: Case, given: Given) -> Given:
    """Say on which week's list a case is put, and who is to report in: its area's sponsors where nobody is named.

    Raises:
        MoveError: ``no_whistle_week`` the pack has none, ``no_sponsor`` nobody is named and the area has no sponsor.
        CalendarError: the calendar lacks the year.
    """
    week = work.city.whistle_week
    if week is None:
        raise IllegalMoveError("no_whistle_week", "the city pack has no 'whistle_week': nothing is listed here")
    units = given.to or tuple(dict.fromkeys(row.unit for row in sponsors_of(work, case.area)))
    if not units:
        message = f"area {case.area} has no sponsor; name the units, or add its sponsors to the register"
        raise MissingInputError("no_sponsor", message)
    return replace(given, to=units, week=week.gathers_for(work.now, week_calendar(work)))


def week_calendar(work: UnitOfWork) -> WorkingCalendar:
    """The calendar by which the week runs: the city's, or one without days off."""
    return calendar_of(work, "" if work.city.calendar is None else work.city.calendar.version)


def make_due_lists(transaction: UnitOfWorkFactory, read_only: UnitOfWorkFactory, early: str | None = None) -> None:
    """Make every list whose moment has come. ``early``: an area whose gathered ones are made before their moment."""
    with read_only() as work:
        due = _due(work, early)
    for monday, area in due:
        with transaction() as work:
            _make(work, monday, area)


def next_list_at(work: UnitOfWork, monday: date) -> datetime | None:
    """When a week's lists are made; ``None`` where the pack has no such week, or the calendar lacks the year."""
    week = work.city.whistle_week
    try:
        return None if week is None else week.list_at(monday, week_calendar(work))
    except CalendarError as error:
        _LOG.error("the list of the week of %s cannot be made: %s", monday, error)
        return None


def _due(work: UnitOfWork, early: str | None) -> list[tuple[date, str]]:
    query = select(Case.whistle_week, Case.area).where(Case.whistle_week.is_not(None)).distinct()
    waiting = [(monday, area) for monday, area in work.session.execute(query) if monday is not None]
    moments = {monday: next_list_at(work, monday) for monday in {monday for monday, _ in waiting}}
    return [
        (monday, area)
        for monday, area in sorted(waiting)
        if (at := moments[monday]) and (at <= work.now or area == early)
    ]


def _make(work: UnitOfWork, monday: date, area: str) -> None:
    week = work.city.whistle_week
    waiting = Case.whistle_week == monday, Case.area == area, Case.suspended_until.is_(None)
    # What somebody else holds, another hub or a person, is looked at again in a moment.
    locked = select(Case).where(*waiting).order_by(Case.id).with_for_update(skip_locked=True)
    cases = list(work.session.scalars(locked))
    if week is None or not cases:
        return
    report_in_by = week.report_in_by(monday, work.now, week_calendar(work))
    row = {"week": monday, "area": area, "made_at": work.now, "report_in_by": report_in_by}
    work.session.add_row(WhistleList, row, once=True)
    work.session.flush()
    made = work.session.execute(
        select(WhistleList).where(WhistleList.week == monday, WhistleList.area == area)
    ).scalar_one()
    told: dict[str, int] = {}
    for case in cases:
        note_locked(work, case)
        for unit in _send(work, case, report_in_by):
            told[unit] = told.get(unit, 0) + 1
        work.session.add_row(WhistleListCase, {"list_id": made.id, "case_id": case.id}, once=True)
    for unit, count in told.items():
        _tell(work, made, unit, count)


def _send(work: UnitOfWork, case: Case, by: datetime) -> tuple[str, ...]:
    """Send a case to the units that are to report in, and give them."""
    state = state_of(work, case)
    whistle = state.whistle
    if whistle is None or state.left_to_lead == NO_CALENDAR.why:
        return ()
    try:
        with work.session.begin_nested():
            if case.state == State.REPORTED:
                perform_move(work, case, RULE_TABLE, Move.FILE)
            minutes = ceil((by - work.now) / timedelta(minutes=1))
            limits = {ClockKind.REPORT_IN: Limit(amount=minutes, unit=TimeUnit.MINUTES)}
            given = Given(to=whistle.units, note=_words(whistle))
            perform_move(work, case, RULE_TABLE, Move.DISPATCH, given, limits=limits)
    except CalendarError as error:
        work.case_states.pop(case.id, None)
        _LOG.error("case %s stands on the week's list, but nobody could be sent: %s", case.number, error)
        leave_if_possible(work, case, NO_CALENDAR)
        return ()
    return whistle.units


def _words(whistle: Whistle) -> str:
    return whistle.text or f"吹哨 {whistle.week:%Y-%m-%d}"


def _tell(work: UnitOfWork, made: WhistleList, unit: str, count: int) -> None:
    """Tell a unit of its part of the list: who holds the post of its sponsorship, else its people."""
    named = {row.account_id for row in sponsors_of(work, made.area) if row.unit == unit and row.account_id is not None}
    responsible = work.session.scalars(select(Account).where(Account.id.in_(named), Account.disabled.is_(False))).all()
    people = list(responsible) or [one.account for one in of_unit(work, unit, made.area)]
    data = {
        "area": made.area,
        "week": made.week.isoformat(),
        "count": count,
        "due": made.report_in_by.isoformat(),
        "name": {"zh": f"{count} 件", "en": f"{count} case{'' if count == 1 else 's'}"},
    }
    about = {"case_id": None, "kind": _KIND, "area": made.area, "at": work.now, "data": data, "read_at": None}
    rows = [about | {"key": f"whistle/{made.id}/{unit}/{one.username}", "account_id": one.id} for one in people]
    add_once(work, Notice, rows)
    shown = {"case": None, "kind": _KIND}
    if people:
        names = frozenset(one.username for one in people)
        work.live_updates.append(LiveUpdate("notice", made.area, shown, people=names))
