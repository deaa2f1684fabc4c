"""Rows of the outbox: written with what they tell of, taken by one hub at a time, and settled.

A target (one person or group by one channel) is leased: who holds the lease sends, and whoever dies with it is followed
by another, who sends the same message under the same id. So outside everything arrives at least once, and can be told
to be the same by its id; nothing inside happens twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, func, or_, select, update

from sharp_eyes.hub.channel_settings import OutboxSettings
from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.moments import has_come, is_come
from sharp_eyes.hub.store.notice_tables import Delivery, DeliveryTarget, Notice
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

WAITING, SENDING, SENT, FAILED, SETTLED = "waiting", "sending", "sent", "failed", "settled"
MOST_IN_ONE = 200
"""Lines that one message stands for at most."""

_AT_ONCE = 50
_LONGEST_QUIET = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that this hub is to send.

    Attributes:
        message: its id, the same at every attempt.
        lease: proves that it is still ours to settle.
        attempts: this one counted in.
        rows: what it tells, oldest first.
    """

    channel: str
    recipient: str
    message: UUID
    lease: UUID
    attempts: int
    rows: Sequence[Delivery]


def add_once(work: UnitOfWork, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows, but those whose key is there already."""
    for row in rows:
        work.session.add_row(table, row, once=True)


def targets_due(work: UnitOfWork, channel: str, settings: OutboxSettings) -> list[str]:
    """List recipients for whom something is to leave by a channel now and whom no hub is sending to."""
    free = is_come(DeliveryTarget.leased_until, work.now, settings.lease_seconds)
    ready = is_come(DeliveryTarget.next_at, work.now, settings.longest_wait)
    same = and_(DeliveryTarget.channel == Delivery.channel, DeliveryTarget.recipient == Delivery.recipient)
    query = (
        select(Delivery.recipient)
        .outerjoin(DeliveryTarget, same)
        .where(Delivery.channel == channel, Delivery.state.in_((WAITING, SENDING)))
        .where(is_come(Delivery.due_at, work.now, _LONGEST_QUIET))
        .where(or_(DeliveryTarget.channel.is_(None), and_(free, ready)))
        .distinct()
        .limit(_AT_ONCE)
    )
    return list(work.session.scalars(query))


def take(work: UnitOfWork, channel: str, recipient: str, settings: OutboxSettings) -> Taken | None:
    """Take what is to be told to a recipient as one message; ``None`` where another hub has it, or it may wait."""
    add_once(work, DeliveryTarget, [{"channel": channel, "recipient": recipient}])
    target = work.session.scalar(
        select(DeliveryTarget)
        .where(DeliveryTarget.channel == channel, DeliveryTarget.recipient == recipient)
        .with_for_update(skip_locked=True)
    )
    if target is None or not has_come(target.leased_until, work.now, settings.lease_seconds):
        return None
    if not has_come(target.next_at, work.now, settings.longest_wait):
        return None
    rows = _rows(work, target, SENDING)
    if not rows:
        rows = _rows(work, target, WAITING)
        if not rows or _may_gather(work, target, rows, settings):
            return None
        message = uuid4()
        for row in rows:
            row.state, row.message = SENDING, message
    attempts = rows[0].attempts + 1
    for row in rows:
        row.attempts = attempts
    target.lease, target.leased_until = uuid4(), work.now + timedelta(seconds=settings.lease_seconds)
    return Taken(channel, recipient, _message_of(rows), target.lease, attempts, rows)


def done(work: UnitOfWork, taken: Taken) -> bool:
    """Note that a message has arrived; false where the lease had run out and another hub has it."""
    target = _held(work, taken)
    if target is None:
        return False
    target.last_sent_at, target.next_at = work.now, None
    _end(work, taken, state=SENT, ended_at=work.now, error="")
    return True


def failed(work: UnitOfWork, taken: Taken, reason: str, settings: OutboxSettings, *, lasting: bool) -> bool:
    """Note that an attempt failed; whether it was the last one. ``lasting``: no other attempt can help."""
    target = _held(work, taken)
    if target is None:
        return False
    if lasting or taken.attempts >= settings.attempts:
        target.next_at = None
        _end(work, taken, state=FAILED, ended_at=work.now, error=reason)
        return True
    wait = min(settings.longest_wait, settings.retry_seconds * 2 ** (taken.attempts - 1))
    target.next_at = work.now + timedelta(seconds=wait)
    _end(work, taken, error=reason)
    return False


def retry(work: UnitOfWork, row: Delivery) -> None:
    """Try a failed line again, from the first attempt on; in a message of its own."""
    row.state, row.message, row.attempts, row.due_at, row.ended_at = WAITING, None, 0, work.now, None


def count_pending(work: UnitOfWork) -> list[tuple[str, str, int]]:
    """Count what has not left the hub by channel and state: waiting, being sent, given up."""
    query = (
        select(Delivery.channel, Delivery.state, func.count())
        .where(Delivery.state.in_((WAITING, SENDING, FAILED)))
        .group_by(Delivery.channel, Delivery.state)
    )
    return [(channel, state, number) for channel, state, number in work.session.execute(query)]


def count_failed(work: UnitOfWork) -> int:
    """Count what was given up and nobody has seen to."""
    return work.session.scalar(select(func.count()).where(Delivery.state == FAILED)) or 0


def count_late(work: UnitOfWork, patience: timedelta) -> int:
    """Count what was to leave longer ago than that, and waits still."""
    late = and_(Delivery.state == WAITING, Delivery.due_at < work.now - patience)
    return work.session.scalar(select(func.count()).where(late)) or 0


def forget(work: UnitOfWork, days: int) -> int:
    """Delete notices and what has left, or was given up, after so many days."""
    before = work.now - timedelta(days=days)
    gone = work.session.query(Notice).where(Notice.at < before).delete()
    return gone + work.session.query(Delivery).where(Delivery.ended_at < before).delete()


def _rows(work: UnitOfWork, target: DeliveryTarget, state: str) -> list[Delivery]:
    query = select(Delivery).where(
        Delivery.channel == target.channel, Delivery.recipient == target.recipient, Delivery.state == state
    )
    if state == WAITING:
        query = query.where(is_come(Delivery.due_at, work.now, _LONGEST_QUIET))
    rows = list(work.session.scalars(query.order_by(Delivery.id).limit(MOST_IN_ONE)))
    return [row for row in rows if row.message == rows[0].message]


def _may_gather(work: UnitOfWork, target: DeliveryTarget, rows: Sequence[Delivery], settings: OutboxSettings) -> bool:
    """Whether a message left so lately that what is there waits for more; what is urgent waits for nothing."""
    if target.last_sent_at is None or any(row.urgent for row in rows) or len(rows) >= MOST_IN_ONE:
        return False
    return target.last_sent_at <= work.now < target.last_sent_at + timedelta(seconds=settings.burst_seconds)


def _message_of(rows: Sequence[Delivery]) -> UUID:
    message = rows[0].message
    assert message is not None
    return message


def _held(work: UnitOfWork, taken: Taken) -> DeliveryTarget | None:
    """The target, where its lease is still ours; it is given back."""
    target = work.session.scalar(
        select(DeliveryTarget)
        .where(DeliveryTarget.channel == taken.channel, DeliveryTarget.recipient == taken.recipient)
        .with_for_update()
    )
    if target is None or target.lease != taken.lease:
        return None
    target.lease = target.leased_until = None
    return target


def _end(work: UnitOfWork, taken: Taken, **values: Any) -> None:
    work.session.execute(update(Delivery).where(Delivery.message == taken.message).values(**values))
