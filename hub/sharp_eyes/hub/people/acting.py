"""Acting as a deputy: with the rights of whom one stands in for, for as long as that lasts, and never unsaid."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharp_eyes.hub.store.notice_tables import Deputy
from sharp_eyes.hub.store.tables import Account, LoginSession


def principals(session: Session, account: int, now: datetime) -> list[Account]:
    """Find all for whom somebody stands in now, by user name; also for whom these stand in, who are away as well.

    A locked account lends its rights to nobody.
    """
    found: dict[int, Account] = {}
    present: Collection[int] = [account]
    while present:
        query = (
            select(Account)
            .join(Deputy, Deputy.account_id == Account.id)
            .where(Deputy.deputy_id.in_(present), Deputy.begins_at <= now, Deputy.ends_at > now)
            .where(Account.disabled.is_(False), Account.id.not_in([account, *found]))
        )
        met = {one.id: one for one in session.scalars(query)}
        found |= met
        present = list(met)
    return sorted(found.values(), key=lambda one: one.username)


def principal_of(session: Session, row: LoginSession, now: datetime) -> Account | None:
    """Find for whom a session's person acts now; None where they act for themselves, or no longer stand in."""
    if row.acting_for is None:
        return None
    return next((one for one in principals(session, row.account_id, now) if one.id == row.acting_for), None)
