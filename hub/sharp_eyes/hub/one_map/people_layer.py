"""People on duty, each where their phone says they are, else in the middle of the area that they have duty for."""

from collections.abc import Iterator

from sqlalchemy import select

from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.devices.positions import last_positions
from sharp_eyes.hub.notices import duty
from sharp_eyes.hub.one_map.layer import Thing, View, key_of, middle_of, number_after
from sharp_eyes.hub.store.notice_tables import DutyShift
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def people_on_map(work: UnitOfWork, scope: Scope, view: View) -> Iterator[Thing]:
    """Give who is on duty now for somebody's area or for one above it, once each."""
    shifts: dict[int, DutyShift] = {}
    for row in duty.shifts(work, scope.area):
        if row.begins_at <= work.now:
            shifts.setdefault(row.account_id, row)
    spots = last_positions(work)
    query = select(Account).where(Account.id.in_(shifts), Account.id > number_after(view), Account.disabled.is_(False))
    for person in work.session.scalars(query.order_by(Account.id)):
        row = shifts[person.id]
        own = spots.get(person.id)
        point = middle_of(work, row.area) if own is None else (own.longitude, own.latitude)
        if point is not None:
            facts = {"unit": row.unit, "role": row.role, "until": row.ends_at, "username": person.username}
            yield Thing(
                layer="people",
                key=key_of(person.id),
                kind=row.unit or row.role or "",
                name=person.display_name,
                area=row.area,
                point=point,
                certainty="area" if own is None else "own",
                state="on_duty",
                facts=facts,
            )
