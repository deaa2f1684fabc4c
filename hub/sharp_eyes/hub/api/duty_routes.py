"""Duty rosters, deputies, and snoozes of cameras and scenes."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select

from sharp_eyes.hub.api.audit_routes import Moment
from sharp_eyes.hub.api.dependencies import CurrentAccount, CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.notice_schemas import (
    DeputyBody,
    DeputyView,
    OnDutyView,
    PersonView,
    ShiftBody,
    ShiftsBody,
    ShiftView,
    SnoozeBody,
    SnoozeView,
)
from sharp_eyes.hub.api.record_routes import KEEPERS
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.intake.snoozes import add_snooze, end_snooze, list_snoozes
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices import duty
from sharp_eyes.hub.notices.people import of_role, of_unit
from sharp_eyes.hub.people.placement import known_roles
from sharp_eyes.hub.store.notice_tables import Deputy, DutyShift, Snooze
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["duty"])
_MAX_ID = 2**53

Name = Annotated[str | None, Query(max_length=200)]


@router.get("/duty")
def get_duty(
    hub: HubDependency,
    person: CurrentPerson,
    unit: Name = None,
    role: Name = None,
    area: Name = None,
    at: Annotated[Moment | None, Query(description="Now where left out")] = None,
) -> OnDutyView:
    """Tell who is told for a unit, or as a role, of an area at a moment. 422 where not one of the two is given."""
    where = _area(person, area)
    if (unit is None) == (role is None):
        raise RequestError(422, "invalid", "ask for a unit or for a role, one of the two")
    if role is not None and role not in known_roles(hub.city):
        raise RequestError(422, "invalid", f"role {role!r} is not known; use one of {', '.join(known_roles(hub.city))}")
    with hub.read_only() as work:
        then = replace(work, now=at or work.now)
        found = of_unit(then, unit, where) if unit is not None else of_role(then, role or "", where)
        people = [PersonView(username=one.account.username, display_name=one.account.display_name) for one in found]
        missing = next((one.instead_of for one in found if one.instead_of is not None), None)
        awake = any(one.awake for one in found)
        return OnDutyView(at=then.now, people=people, by_roster=awake, instead_of=missing)


@router.get("/duty/shifts")
def get_shifts(
    hub: HubDependency, person: CurrentPerson, unit: Name = None, role: Name = None, over: bool = False
) -> list[ShiftView]:
    """List the shifts of the asker's area by their beginning; ``over``: past ones too."""
    with hub.read_only() as work:
        rows = duty.shifts(work, person.area, unit=unit, role=role, over=over)
        names = _names(work, {row.account_id for row in rows})
        return [_shift(row, names) for row in rows]


@router.post("/duty/shifts", status_code=201)
def post_shifts(hub: HubDependency, person: CurrentPerson, body: ShiftsBody) -> list[ShiftView]:
    """Add shifts to a roster, all or none; for administrators and shift leads. 422 invalid, not_of_unit."""
    _check_keeper(person)
    with hub.transaction() as work:
        rows = [_add_shift(work, person, one) for one in body.shifts]
        subject = ", ".join(sorted({one.username for one in body.shifts}))
        detail = {"shifts": len(rows)}
        record(work.session, work.now, person.origin, Action.SHIFTS_ADDED, area=person.area, subject=subject, **detail)
        names = _names(work, {row.account_id for row in rows})
        return [_shift(row, names) for row in rows]


@router.delete("/duty/shifts/{shift_id}", status_code=204)
def delete_shift(hub: HubDependency, person: CurrentPerson, shift_id: int) -> None:
    """Take a shift off a roster; for administrators and shift leads."""
    _check_keeper(person)
    with hub.transaction() as work:
        row = work.session.get(DutyShift, _checked(shift_id))
        if row is None or not covers(person.area, row.area):
            raise not_found(f"shift {shift_id}")
        (account,) = _names(work, {row.account_id}).values()
        subject = f"{account.username} {row.unit or row.role}"
        record(work.session, work.now, person.origin, Action.SHIFT_REMOVED, area=row.area, subject=subject)
        work.session.delete(row)


@router.get("/deputies")
def get_deputies(hub: HubDependency, person: CurrentAccount) -> list[DeputyView]:
    """List who stands in for whom now and later: in one's area for administrators and shift leads, else one's own."""
    with hub.read_only() as work:
        rows = duty.deputies(work, None if person.me.role in KEEPERS else person.account)
        names = _names(work, {one for row in rows for one in (row.account_id, row.deputy_id)})
        seen = [row for row in rows if covers(person.area, names[row.account_id].area)]
        mine = [row for row in rows if row not in seen and person.account in (row.account_id, row.deputy_id)]
        return [_deputy(row, names) for row in (*seen, *mine)]


@router.post("/deputies", status_code=201)
def post_deputy(hub: HubDependency, person: CurrentAccount, body: DeputyBody) -> DeputyView:
    """Let somebody be told and act in another's place; of others for administrators and shift leads. 422 no_deputy."""
    with hub.transaction() as work:
        away = _account(work, person, body.username or person.me.username)
        if away.id != person.account:
            _check_lender(person, away)
        # A deputy may sit outside the asker's area: they act with the other's rights, which the asker may lend.
        deputy = work.session.scalar(select(Account).where(Account.username == body.deputy))
        if deputy is None:
            raise not_found(f"user {body.deputy}")
        row = Deputy(account_id=away.id, deputy_id=deputy.id, reason=body.reason.strip(), made_by=person.me.username)
        row.begins_at, row.ends_at, row.made_at = body.begins_at or work.now, body.ends_at, work.now
        duty.set_deputy(work, row, away, deputy)
        subject = f"{away.username}: {deputy.username}"
        record(work.session, work.now, person.origin, Action.DEPUTY_SET, area=away.area, subject=subject)
        return _deputy(row, {away.id: away, deputy.id: deputy})


@router.delete("/deputies/{deputy_id}", status_code=204)
def delete_deputy(hub: HubDependency, person: CurrentAccount, deputy_id: int) -> None:
    """End it before its time: one's own, or of others for administrators and shift leads."""
    with hub.transaction() as work:
        row = work.session.get(Deputy, _checked(deputy_id))
        away = None if row is None else work.session.get_one(Account, row.account_id)
        own = away is not None and away.id == person.account
        if row is None or away is None or not (own or covers(person.area, away.area)):
            raise not_found(f"deputy {deputy_id}")
        if not own:
            _check_keeper(person)
        record(work.session, work.now, person.origin, Action.DEPUTY_ENDED, area=away.area, subject=away.username)
        work.session.delete(row)


@router.get("/snoozes")
def get_snoozes(hub: HubDependency, person: CurrentPerson, over: bool = False) -> list[SnoozeView]:
    """List the snoozes of the asker's area by their end; ``over``: past ones too."""
    with hub.read_only() as work:
        return [_snooze(row) for row in list_snoozes(work, person.area, over=over)]


@router.post("/snoozes", status_code=201)
def post_snooze(hub: HubDependency, person: CurrentPerson, body: SnoozeBody) -> SnoozeView:
    """Snooze a camera or scene until an end, for a reason; for administrators and shift leads. 422 reason_needed."""
    _check_keeper(person)
    with hub.transaction() as work:
        row = Snooze(
            area=_area(person, body.area),
            gateway=body.gateway,
            camera=body.camera,
            scene=None if body.scene is None else body.scene.value,
            zone=body.zone,
            major_too=body.major_too,
            begins_at=body.begins_at or work.now,
            ends_at=body.ends_at,
            reason=body.reason.strip(),
            made_by=person.me.username,
            made_at=work.now,
        )
        add_snooze(work, row)
        _record_snooze(work, person, Action.SNOOZE_SET, row)
        return _snooze(row)


@router.delete("/snoozes/{snooze_id}")
def delete_snooze(hub: HubDependency, person: CurrentPerson, snooze_id: int) -> SnoozeView:
    """End a snooze before its time; what still holds is opened again. For administrators and shift leads."""
    _check_keeper(person)
    with hub.transaction() as work:
        row = work.session.scalar(select(Snooze).where(Snooze.id == _checked(snooze_id)).with_for_update())
        if row is None or not covers(person.area, row.area):
            raise not_found(f"snooze {snooze_id}")
        end_snooze(work, row, person.me.username)
        _record_snooze(work, person, Action.SNOOZE_ENDED, row)
        return _snooze(row)


def _add_shift(work: UnitOfWork, person: Person, body: ShiftBody) -> DutyShift:
    account = _account(work, person, body.username)
    row = DutyShift(
        account_id=account.id,
        area=account.area if body.area is None else _area(person, body.area),
        unit=body.unit,
        role=body.role,
        begins_at=body.begins_at,
        ends_at=body.ends_at,
        note=body.note.strip(),
        made_by=person.me.username,
        made_at=work.now,
    )
    duty.add_shift(work, row, account)
    return row


def _account(work: UnitOfWork, person: Person, username: str) -> Account:
    found = work.session.scalar(select(Account).where(Account.username == username, Account.disabled.is_(False)))
    if found is None or not covers(person.area, found.area):
        raise not_found(f"user {username}")
    return found


def _area(person: Person, area: str | None) -> str:
    """An area that was asked for, which lies in the asker's; their own where none was."""
    if area is not None and not covers(person.area, area):
        raise not_found(f"area {area}")
    return area or person.area


def _names(work: UnitOfWork, accounts: set[int]) -> dict[int, Account]:
    return {row.id: row for row in work.session.scalars(select(Account).where(Account.id.in_(accounts)))}


def _person(account: Account) -> PersonView:
    return PersonView(username=account.username, display_name=account.display_name)


def _shift(row: DutyShift, names: dict[int, Account]) -> ShiftView:
    return ShiftView(
        id=row.id,
        person=_person(names[row.account_id]),
        area=row.area,
        unit=row.unit,
        role=row.role,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        note=row.note,
        made_by=row.made_by,
    )


def _deputy(row: Deputy, names: dict[int, Account]) -> DeputyView:
    return DeputyView(
        id=row.id,
        person=_person(names[row.account_id]),
        deputy=_person(names[row.deputy_id]),
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        reason=row.reason,
        made_by=row.made_by,
    )


def _snooze(row: Snooze) -> SnoozeView:
    values: dict[str, Any] = {name: getattr(row, name) for name in SnoozeView.model_fields}
    return SnoozeView(**values)


def _record_snooze(work: UnitOfWork, person: Person, action: Action, row: Snooze) -> None:
    place = " ".join(part for part in (row.gateway, row.camera, row.scene, row.zone) if part)
    detail = {"until": row.ends_at.isoformat(), "reason": row.reason}
    record(work.session, work.now, person.origin, action, area=row.area, subject=f"{row.id} {place}"[:200], **detail)


def _check_keeper(person: Person) -> None:
    if person.me.role not in KEEPERS:
        raise RequestError(403, "not_allowed", "this is for administrators and shift leads")


def _check_lender(person: Person, away: Account) -> None:
    """Refuse whoever would lend more of another's rights than they have themselves."""
    _check_keeper(person)
    if away.role == Role.ADMINISTRATOR and person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "an administrator's deputy is named by an administrator")


def _checked(identity: int) -> int:
    return min(max(identity, 0), _MAX_ID)
