"""What a person was told, where they are reached, and what could not be told to anybody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.channel_settings import PERSONAL
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.notices import outbox
from sharp_eyes.hub.store.notice_tables import Contact, Delivery, DeliveryTarget, Notice
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_ADDRESSES = {
    "mail": (re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}"), "a mail address such as name@example.org"),
    "sms": (re.compile(r"\+?[0-9]{5,15}"), "a telephone number of digits, such as +8613800000000"),
}


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel is doing."""

    id: str
    kind: str
    waiting: int
    failed: int
    oldest: datetime | None
    last_sent_at: datetime | None


def notices_of(
    work: UnitOfWork, account: int, *, unread: bool, before: int | None, limit: int
) -> tuple[list[Notice], int | None]:
    """List what a person was told, newest first, and the cursor of the next page."""
    query = select(Notice).where(Notice.account_id == account).order_by(Notice.id.desc()).limit(limit + 1)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if before is not None:
        query = query.where(Notice.id < before)
    found = list(work.session.scalars(query))
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


def count_unread(work: UnitOfWork, account: int) -> int:
    """Count what a person has not read."""
    query = select(func.count()).select_from(Notice).where(Notice.account_id == account, Notice.read_at.is_(None))
    return work.session.scalar(query) or 0


def mark_read(work: UnitOfWork, account: int, up_to: int) -> None:
    """Note that a person has read everything up to a notice."""
    mine = Notice.account_id == account, Notice.read_at.is_(None), Notice.id <= up_to
    work.session.execute(update(Notice).where(*mine).values(read_at=work.now))


def contacts_of(work: UnitOfWork, account: int) -> dict[str, str]:
    """Where a person is reached, by the kind of channel."""
    rows = work.session.scalars(select(Contact).where(Contact.account_id == account))
    return {row.kind: row.address for row in rows}


def set_contacts(work: UnitOfWork, account: int, addresses: Mapping[str, str]) -> None:
    """Say where a person is reached, in the place of what was said before.

    Raises:
        RequestError: 422 where an address is none.
    """
    for kind, address in addresses.items():
        if kind not in PERSONAL:
            raise RequestError(422, "invalid", f"{kind!r} is none of {', '.join(sorted(PERSONAL))}")
        pattern, wanted = _ADDRESSES[kind]
        if not pattern.fullmatch(address):
            raise RequestError(422, "invalid", f"{kind}: {wanted} is needed")
    work.session.execute(delete(Contact).where(Contact.account_id == account))
    work.session.add_all(Contact(account_id=account, kind=kind, address=one) for kind, one in addresses.items())
    work.session.flush()


def list_untold(work: UnitOfWork, area: str, before: int | None, limit: int) -> tuple[list[Delivery], int | None]:
    """List what could not be told of an area, newest first, and the cursor of the next page."""
    query = (
        select(Delivery)
        .where(Delivery.state == outbox.FAILED, within(Delivery.area, area))
        .order_by(Delivery.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(Delivery.id < before)
    found = list(work.session.scalars(query))
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


def lock_untold(work: UnitOfWork, area: str, delivery: int) -> Delivery:
    """Find something that could not be told, to try it again or to see to it.

    Raises:
        RequestError: 404 where it is not there, or not untold any more.
    """
    query = select(Delivery).where(Delivery.id == delivery, within(Delivery.area, area)).with_for_update()
    row = work.session.scalar(query)
    if row is None or row.state != outbox.FAILED:
        raise not_found(f"untold notice {delivery}")
    return row


def settle(work: UnitOfWork, row: Delivery, by: str) -> None:
    """Note that somebody has seen to it: they called, or it matters no more."""
    row.state, row.settled_by, row.ended_at = outbox.SETTLED, by, work.now


def channel_states(work: UnitOfWork) -> list[ChannelState]:
    """Tell how each channel is doing."""
    found = []
    for identity, settings in work.channels.items():
        waiting = Delivery.channel == identity, Delivery.state.in_((outbox.WAITING, outbox.SENDING))
        count, oldest = work.session.execute(select(func.count(), func.min(Delivery.due_at)).where(*waiting)).one()
        failed = work.session.scalar(
            select(func.count()).where(Delivery.channel == identity, Delivery.state == outbox.FAILED)
        )
        last = work.session.scalar(
            select(func.max(DeliveryTarget.last_sent_at)).where(DeliveryTarget.channel == identity)
        )
        found.append(ChannelState(identity, settings.kind, count, failed or 0, oldest, last))
    return found
