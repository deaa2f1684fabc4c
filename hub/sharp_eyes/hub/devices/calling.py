"""Calls people on duty to a device's alarm, one after another, the nearest first; whom, stands in the case's log.

What was called and when the next is due follows from the log, so a hub that dies between two calls changes nothing:
whichever hub has the case's timer next calls the next.
"""

import math
from dataclasses import dataclass

from sqlalchemy import select

from sharp_eyes.hub.areas.datum import metres_between
from sharp_eyes.hub.areas.device_kinds import CallSettings
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.devices.positions import last_positions
from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE
from sharp_eyes.hub.lifecycle.model import Calling
from sharp_eyes.hub.notices.duty import on_duty
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.device_tables import Device, DutyPosition
from sharp_eyes.hub.store.notice_tables import Notice
from sharp_eyes.hub.store.report_tables import Report
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LATEST = 20
"""Of the calls that somebody had so many are looked at for those that still go on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be called, and from how far; ``metres`` is None where that is not known."""

    account: Account
    metres: int | None


def begin_calling(work: UnitOfWork, case: Case, settings: CallSettings) -> None:
    """Call the first one to a new case, where the rules have sent the unit."""
    if state_of(work, case).open_turn(settings.unit) is not None:
        _call_next(work, case, settings)


def call_next(work: UnitOfWork, case: Case) -> None:
    """Call the next one where the last call is over and nobody has accepted; otherwise do nothing."""
    state = state_of(work, case)
    if state.calling is None or state.calling.over or state.calling.person is not None:
        return
    settings = _settings_of(work, case)
    if settings is None:  # the pack or the register has it no longer
        _give_up(work, case, state.calling)
    else:
        _call_next(work, case, settings)


def device_of(work: UnitOfWork, case: Case) -> Device | None:
    """Find the device whose alarm made a case, or was the first to join it."""
    query = select(Device).join(Report, Report.device_id == Device.id).where(Report.case_id == case.id)
    return work.session.scalar(query.order_by(Report.id).limit(1))


def open_calls(work: UnitOfWork, account: int, username: str) -> list[tuple[Case, Calling]]:
    """Find the cases to which somebody is called now, the latest first."""
    called = (Notice.account_id == account, Notice.kind == "called", Notice.case_id.is_not(None))
    query = select(Notice.case_id).where(*called).order_by(Notice.id.desc()).limit(_LATEST)
    found = []
    for case_id in dict.fromkeys(work.session.scalars(query)):
        case = work.session.get_one(Case, case_id)
        calling = state_of(work, case).calling
        if calling is not None and calling.person == username:
            found.append((case, calling))
    return found


def candidates(work: UnitOfWork, case: Case, settings: CallSettings) -> list[Candidate]:
    """Give those on duty who can be called to a case, the nearest first, then those of whom nobody knows where.

    Of these, whoever has the smallest area comes first.
    """
    query = select(Account).where(Account.role == settings.role, Account.disabled.is_(False)).order_by(Account.id)
    people = [one for one in work.session.scalars(query) if covers(one.area, case.area)]
    awake = {one.id: one for one in on_duty(work, people, case.area, role=settings.role)}
    awake |= {one.id: one for one in on_duty(work, people, case.area, unit=settings.unit)}
    positions = last_positions(work)
    found = [Candidate(one, _metres(case, positions.get(one.id))) for one in awake.values()]
    far = settings.radius or math.inf
    near = [one for one in found if one.metres is None or one.metres <= far]
    return sorted(near, key=_place_in_line)


def _metres(case: Case, at: DutyPosition | None) -> int | None:
    if at is None or case.longitude is None or case.latitude is None:
        return None
    return round(metres_between((at.longitude, at.latitude), (case.longitude, case.latitude)))


def _place_in_line(one: Candidate) -> tuple[bool, int, int, int]:
    return one.metres is None, one.metres or 0, -one.account.area.count("/"), one.account.id


def _call_next(work: UnitOfWork, case: Case, settings: CallSettings) -> None:
    calling = state_of(work, case).calling
    called = () if calling is None else calling.called
    left = [one for one in candidates(work, case, settings) if one.account.username not in called]
    if not left or len(called) >= settings.most:
        _give_up(work, case, calling or Calling(settings.unit))
        return
    next_one, until = left[0], work.now + settings.every.length
    said = call_line.Called(unit=settings.unit, person=next_one.account.username, until=until, metres=next_one.metres)
    write_line(work, case, RULE_TABLE, said)


def _give_up(work: UnitOfWork, case: Case, calling: Calling) -> None:
    write_line(work, case, RULE_TABLE, call_line.NobodyAnswered(unit=calling.unit, called=len(calling.called)))


def _settings_of(work: UnitOfWork, case: Case) -> CallSettings | None:
    device = device_of(work, case)
    kind = None if device is None else work.city.device_kind(device.kind)
    return None if kind is None else kind.call
