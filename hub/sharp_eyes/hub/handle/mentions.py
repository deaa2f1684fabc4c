"""Who is meant by ``@name`` in a comment: only those who may see the case, so that nobody learns of it by a name."""

import re
from collections.abc import Collection

from sqlalchemy import select

from sharp_eyes.hub.cases.visibility import Scope, sees
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST = 20
"""People of one comment."""

_AT = re.compile(r"(?<![\w.@-])@([a-z0-9][a-z0-9._-]*)")


def mentioned_in(work: UnitOfWork, case: Case, text: str) -> tuple[str, ...]:
    """Give the user names that a comment calls, in their order; others stay words."""
    names = [name.rstrip(".-_") for name in _AT.findall(text)]
    wanted = list(dict.fromkeys(names))[:MOST]
    known = {one.username for one in people_of(work, case, wanted)} if wanted else set()
    return tuple(name for name in wanted if name in known)


def people_of(work: UnitOfWork, case: Case, names: Collection[str] = ()) -> list[Account]:
    """Find who may see a case and can sign in, by name; of these user names alone, where there are any."""
    query = select(Account).where(Account.disabled.is_(False)).order_by(Account.username)
    if names:
        query = query.where(Account.username.in_(names))
    return [one for one in work.session.scalars(query) if _may_see(work, one, case)]


def _may_see(work: UnitOfWork, account: Account, case: Case) -> bool:
    own_unit_only = work.city.rights(account.role).sees_own_unit_only
    unit = (account.unit or "") if own_unit_only else None
    return sees(work, Scope(account.area, unit, stays=work.areas.ground(account.area).stays), case)
