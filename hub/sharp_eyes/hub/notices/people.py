"""Finds the people whom a notice is for: a unit's, or those of a role in an area or above it. Nothing falls through.

Whoever is on duty by a roster is told alone; without a roster, or with nobody on it now, all are. Who is away has a
deputy. Where nobody holds the role the shift lead is told instead, and at last the administrator.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from sharp_eyes.hub.areas.tree import covers, parent
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.duty import on_duty, with_deputies
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_INSTEAD = (Role.SHIFT_LEAD.value, Role.ADMINISTRATOR.value)
_CAN_SIGN_IN = select(Account).where(Account.disabled.is_(False)).order_by(Account.id)
_OF_UNIT = _CAN_SIGN_IN.where(Account.unit == bindparam("unit"))
_OF_ROLE = _CAN_SIGN_IN.where(Account.role == bindparam("role"))


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who is told.

    Attributes:
        awake: on duty by a roster, so that quiet hours are not meant for them.
        instead_of: the role or unit in which nobody was found.
    """

    account: Account
    awake: bool = False
    instead_of: str | None = None


def of_unit(work: UnitOfWork, unit: str, area: str, named: Collection[str] = ()) -> list[Listener]:
    """Find a unit's people for an area. ``named``: user names whom the case was given to within the unit."""
    return work.once((of_unit, unit, area, frozenset(named)), lambda: _of_unit(work, unit, area, named))


def _of_unit(work: UnitOfWork, unit: str, area: str, named: Collection[str]) -> list[Listener]:
    people = [one for one in people_of(work, unit) if covers(one.area, area)]
    given = [one for one in people if one.username in named]
    if given:
        return [Listener(one, awake=True) for one in with_deputies(work, given)]
    awake = on_duty(work, people, area, unit=unit)
    if people:
        return [Listener(one, awake=bool(awake)) for one in with_deputies(work, awake or people)]
    return _instead(work, unit, area)


def of_role(work: UnitOfWork, role: str, area: str, up: int = 0) -> list[Listener]:
    """Find those who hold a role nearest to an area, from ``up`` levels above it on upwards."""
    return work.once((of_role, role, area, up), lambda: _nearest(work, role, area, up) or _instead(work, role, area))


def by_name(work: UnitOfWork, username: str) -> list[Listener]:
    """Find one person who is on duty, if they can still sign in."""
    found = work.session.scalar(select(Account).where(Account.username == username, Account.disabled.is_(False)))
    return [] if found is None else [Listener(found, awake=True)]


def _instead(work: UnitOfWork, missing: str, area: str) -> list[Listener]:
    for role in _INSTEAD:
        found = _nearest(work, role, area, 0)
        if found:
            return [Listener(one.account, one.awake, missing) for one in found]
    return []


def _nearest(work: UnitOfWork, role: str, area: str, up: int) -> list[Listener]:
    people = _holders(work, role)
    at = area
    for _ in range(up):
        at = parent(at) or at
    while at:
        here = [one for one in people if one.area == at]
        if here:
            awake = on_duty(work, here, area, role=role)
            return [Listener(one, awake=bool(awake)) for one in with_deputies(work, awake or here)]
        at = parent(at)
    return []


def people_of(work: UnitOfWork, unit: str) -> Sequence[Account]:
    """Give those of a unit who can sign in, wherever they may go."""
    return work.once((Account, "unit", unit), lambda: work.session.scalars(_OF_UNIT, {"unit": unit}).all())


def _holders(work: UnitOfWork, role: str) -> Sequence[Account]:
    return work.once((Account, "role", role), lambda: work.session.scalars(_OF_ROLE, {"role": role}).all())
