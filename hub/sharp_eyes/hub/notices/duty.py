"""Who is on duty, and who stands in for whom: of those who could be told, those who are to be told at a moment."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, select

from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.notice_tables import Deputy, DutyShift
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LONGEST_SHIFT, _LONGEST_LEAVE = timedelta(days=31), timedelta(days=366)
_NOW: BindParameter[datetime] = bindparam("now")
_WHOSE: BindParameter[str | None] = bindparam("whose")
_ON_DUTY = select(DutyShift.account_id, DutyShift.area).where(DutyShift.begins_at <= _NOW, DutyShift.ends_at > _NOW)
_SHIFTS_OF_UNIT = PreparedSelect(lambda _: _ON_DUTY.where(DutyShift.unit == _WHOSE))
_SHIFTS_OF_ROLE = PreparedSelect(lambda _: _ON_DUTY.where(DutyShift.role == _WHOSE))
_AWAY = PreparedSelect(lambda _: select(Deputy.account_id).where(Deputy.begins_at <= _NOW, Deputy.ends_at > _NOW))


def on_duty(
    work: UnitOfWork, people: Sequence[Account], area: str, *, unit: str | None = None, role: str | None = None
) -> list[Account]:
    """Give those of some people who are on duty now, for a unit or as a role, where the area lies.

    Empty where none of them is, or where there is no roster.
    """
    if not people:
        return []
    query = _SHIFTS_OF_ROLE if unit is None else _SHIFTS_OF_UNIT
    whose = role if unit is None else unit
    rows = work.once((DutyShift, unit, role), lambda: query.rows(work.session, now=work.now, whose=whose))
    found = {account for account, where in rows if covers(where, area)}
    return [one for one in people if one.id in found]


def with_deputies(work: UnitOfWork, people: Iterable[Account]) -> list[Account]:
    """Put the deputy in the place of everybody who is away; who has none, or one who cannot sign in, stays."""
    found: dict[int, Account] = {}
    # Mostly nobody is away: one question for all.
    away = work.once(Deputy, lambda: {one for (one,) in _AWAY.rows(work.session, now=work.now)})
    for one in people:
        stand_in = _stand_in(work, one) if one.id in away else one
        found[stand_in.id] = stand_in
    return list(found.values())


def _stand_in(work: UnitOfWork, person: Account) -> Account:
    seen = {person.id}
    while True:
        query = (
            select(Account)
            .join(Deputy, Deputy.deputy_id == Account.id)
            .where(Deputy.account_id == person.id, *_now(work), Account.disabled.is_(False))
            .order_by(Deputy.id.desc())
            .limit(1)
        )
        deputy = work.session.scalar(query)
        # Two who stand in for each other are both away: the last one hears of it.
        if deputy is None or deputy.id in seen:
            return person
        seen.add(deputy.id)
        person = deputy


def _now(work: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    return Deputy.begins_at <= work.now, Deputy.ends_at > work.now


def shifts(
    work: UnitOfWork, area: str, *, unit: str | None = None, role: str | None = None, over: bool = False
) -> list[DutyShift]:
    """List the shifts of an area and below, and of those above it, by their beginning; ``over``: past ones too."""
    query = select(DutyShift).order_by(DutyShift.begins_at, DutyShift.id)
    if not over:
        query = query.where(DutyShift.ends_at > work.now)
    if unit is not None:
        query = query.where(DutyShift.unit == unit)
    if role is not None:
        query = query.where(DutyShift.role == role)
    rows = work.session.scalars(query)
    return [row for row in rows if covers(area, row.area) or covers(row.area, area)]


def deputies(work: UnitOfWork, account: int | None = None) -> list[Deputy]:
    """List who stands in for whom now and later; ``account``: where this person is one of the two."""
    query = select(Deputy).where(Deputy.ends_at > work.now).order_by(Deputy.begins_at, Deputy.id)
    if account is not None:
        query = query.where(or_(Deputy.account_id == account, Deputy.deputy_id == account))
    return list(work.session.scalars(query))


def add_shift(work: UnitOfWork, row: DutyShift, person: Account) -> None:
    """Add a shift to a roster.

    Raises:
        RequestError: 422 where its times, area, unit, role or person do not fit.
    """
    if not timedelta(0) < row.ends_at - row.begins_at <= _LONGEST_SHIFT:
        raise RequestError(422, "invalid", f"a shift ends after it begins, and within {_LONGEST_SHIFT.days} days")
    if work.city.area(row.area) is None:
        raise RequestError(422, "invalid", f"area {row.area!r} is not in the city pack")
    if (row.unit is None) == (row.role is None):
        raise RequestError(422, "invalid", "a shift is for a unit or as a role, one of the two")
    if row.unit is not None and row.unit != person.unit:
        raise RequestError(422, "not_of_unit", f"{person.username} does not belong to unit {row.unit}")
    if row.role is not None and row.role != person.role:
        raise RequestError(422, "not_of_unit", f"{person.username} is no {row.role}")
    work.session.add(row)
    work.session.flush()


def set_deputy(work: UnitOfWork, row: Deputy, away: Account, deputy: Account) -> None:
    """Let somebody stand in for another who is away: they are told in the other's place, and may act in it.

    They may sit in another area or unit: what they do in the other's place they do with the other's rights.

    Raises:
        RequestError: 422 where the times do not fit, or the deputy is nobody else, or cannot sign in.
    """
    if not row.reason.strip():
        raise RequestError(422, "reason_needed", "say why, such as leave or training")
    if not timedelta(0) < row.ends_at - row.begins_at <= _LONGEST_LEAVE:
        raise RequestError(422, "invalid", f"it ends after it begins, and within {_LONGEST_LEAVE.days} days")
    if away.id == deputy.id or deputy.disabled:
        raise RequestError(422, "no_deputy", "a deputy is somebody else, who can sign in")
    work.session.add(row)
    work.session.flush()
