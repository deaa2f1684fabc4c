"""What webhooks are still to be told: taken by one hub at a time, told in the order of each case's log, and settled.

A webhook is leased: who holds the lease sends, and whoever dies with it is followed by another, who sends the same
lines under the same ids. A line leaves its queue only after it was taken; until then no later line of its case leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete, func, select, tuple_, update
from sqlalchemy.orm import aliased

from sharp_eyes.hub.store.moments import has_come, is_come
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook, WebhookLine
from sharp_eyes.hub.webhook_settings import WebhookSettings

_CASES_AT_ONCE, _LINES_OF_ONE = 20, 20


@dataclass(frozen=True, slots=True)
class Taken:
    """Lines that this hub is to tell. ``cases``: sequences by the case's id, each in its order."""

    webhook: Webhook
    lease: UUID
    cases: dict[int, list[int]]


@dataclass(slots=True)
class Outcome:
    """What became of it.

    Attributes:
        told: lines that were taken, as case and sequence.
        refused: the lines that the receiver refused, each with why; their cases wait, the others go on.
        trouble: why the receiver takes nothing now; None where it does.
        left_out: lines that the webhook's format does not tell.
        unsaid: what the city pack lacks for one of them; empty where nothing.
    """

    told: list[tuple[int, int]] = field(default_factory=list)
    refused: dict[tuple[int, int], str] = field(default_factory=dict)
    trouble: str | None = None
    left_out: list[tuple[int, int]] = field(default_factory=list)
    unsaid: str = ""


def webhooks_due(work: UnitOfWork, settings: WebhookSettings) -> list[int]:
    """List webhooks to which something is to leave now and whom no hub is telling."""
    is_due = is_come(WebhookLine.due_at, work.now, settings.longest_wait)
    waits = select(WebhookLine.webhook_id).where(WebhookLine.webhook_id == Webhook.id, is_due)
    query = select(Webhook.id).where(Webhook.enabled, *_is_free(work.now, settings), waits.exists())
    return list(work.session.scalars(query.order_by(Webhook.id)))


def take(work: UnitOfWork, webhook_id: int, settings: WebhookSettings) -> Taken | None:
    """Take what is to be told to a webhook; None where another hub has it, or nothing is due."""
    webhook = work.session.scalar(
        select(Webhook)
        .where(Webhook.id == webhook_id, Webhook.enabled, *_is_free(work.now, settings))
        .with_for_update(skip_locked=True)
    )
    cases = {} if webhook is None else _lines_due(work, webhook_id, settings)
    if webhook is None or not cases:
        return None
    webhook.lease, webhook.leased_until = uuid4(), work.now + timedelta(seconds=settings.lease_seconds)
    return Taken(webhook, webhook.lease, cases)


def settle(work: UnitOfWork, taken: Taken, outcome: Outcome, settings: WebhookSettings) -> Webhook | None:
    """Note what became of it; the webhook where it is still ours, None where the lease had run out.

    What was told is told, whoever has the webhook by now.
    """
    _drop(work, taken.webhook.id, [*outcome.told, *outcome.left_out])
    webhook = work.session.scalar(
        select(Webhook).where(Webhook.id == taken.webhook.id, Webhook.lease == taken.lease).with_for_update()
    )
    if webhook is None:
        return None
    webhook.lease = webhook.leased_until = None
    for (case_id, sequence), why in outcome.refused.items():
        row = work.session.get(WebhookLine, (webhook.id, case_id, sequence))
        if row is not None:
            row.attempts, row.error = row.attempts + 1, why[:200]
            row.due_at = work.now + timedelta(seconds=settings.wait(row.attempts))
    _note_health(work, webhook, outcome, settings)
    return webhook


def _note_health(work: UnitOfWork, webhook: Webhook, outcome: Outcome, settings: WebhookSettings) -> None:
    if outcome.told:
        webhook.last_delivered_at = work.now
    if outcome.trouble is None:
        webhook.error = next(iter(outcome.refused.values()), outcome.unsaid)
        webhook.failures, webhook.next_at = 0, None
        # Who refuses everything is as good as away.
        webhook.failing_since = None if outcome.told or not outcome.refused else webhook.failing_since or work.now
        return
    webhook.error = outcome.trouble
    webhook.failures = 1 if outcome.told else webhook.failures + 1
    webhook.failing_since = work.now if outcome.told else webhook.failing_since or work.now
    webhook.next_at = work.now + timedelta(seconds=settings.wait(webhook.failures))


def give_up_old(work: UnitOfWork, webhook: Webhook, settings: WebhookSettings) -> int:
    """Give up lines that were tried for days; a replay brings them again."""
    old = WebhookLine.since < work.now - timedelta(days=settings.days)
    return give_up(work, webhook, old, WebhookLine.attempts > 0)


def give_up(work: UnitOfWork, webhook: Webhook, *only: Any) -> int:
    """Give up lines of a webhook, and count them."""
    gone = _count(work, delete(WebhookLine).where(WebhookLine.webhook_id == webhook.id, *only))
    webhook.given_up += gone
    return gone


def drop_orphans(work: UnitOfWork) -> None:
    """Delete lines of webhooks that were removed while somebody wrote them."""
    work.session.execute(delete(WebhookLine).where(WebhookLine.webhook_id.not_in(select(Webhook.id))))


def count_waiting(work: UnitOfWork, ids: Sequence[int] | None = None) -> dict[int, tuple[int, datetime]]:
    """Count what waits for each webhook, with when the oldest was first to leave."""
    query = select(WebhookLine.webhook_id, func.count(), func.min(WebhookLine.since)).group_by(WebhookLine.webhook_id)
    if ids is not None:
        query = query.where(WebhookLine.webhook_id.in_(ids))
    return {webhook: (count, since) for webhook, count, since in work.session.execute(query)}


def count_late(work: UnitOfWork, patience: timedelta) -> int:
    """Count lines that were first to leave longer ago than that, and wait still."""
    return work.session.scalar(select(func.count()).where(WebhookLine.since < work.now - patience)) or 0


def count_stopped(work: UnitOfWork) -> int:
    """Count webhooks that took nothing for days and were stopped."""
    stopped = Webhook.enabled.is_(False), Webhook.failing_since.is_not(None)
    return work.session.scalar(select(func.count()).select_from(Webhook).where(*stopped)) or 0


def release(work: UnitOfWork, webhook: Webhook) -> None:
    """Let it begin anew, at once."""
    webhook.failures, webhook.error = 0, ""
    webhook.failing_since = webhook.next_at = None
    work.session.execute(update(WebhookLine).where(WebhookLine.webhook_id == webhook.id).values(due_at=work.now))


def _lines_due(work: UnitOfWork, webhook_id: int, settings: WebhookSettings) -> dict[int, list[int]]:
    """The first line of each case that is due, with those that follow it."""
    earlier = aliased(WebhookLine)
    before = select(earlier.sequence).where(
        earlier.webhook_id == WebhookLine.webhook_id,
        earlier.case_id == WebhookLine.case_id,
        earlier.sequence < WebhookLine.sequence,
    )
    heads = (
        select(WebhookLine.case_id)
        .where(WebhookLine.webhook_id == webhook_id, ~before.exists())
        .where(is_come(WebhookLine.due_at, work.now, settings.longest_wait))
        .order_by(WebhookLine.due_at, WebhookLine.case_id)
        .limit(_CASES_AT_ONCE)
    )
    cases: dict[int, list[int]] = {case_id: [] for case_id in work.session.scalars(heads)}
    lines = (
        select(WebhookLine.case_id, WebhookLine.sequence, WebhookLine.due_at)
        .where(WebhookLine.webhook_id == webhook_id, WebhookLine.case_id.in_(cases))
        .order_by(WebhookLine.case_id, WebhookLine.sequence)
    )
    waits: set[int] = set()
    for case_id, sequence, due_at in work.session.execute(lines):
        if not has_come(due_at, work.now, settings.longest_wait) or len(cases[case_id]) == _LINES_OF_ONE:
            waits.add(case_id)  # and so does what follows it
        if case_id not in waits:
            cases[case_id].append(sequence)
    return cases


def _drop(work: UnitOfWork, webhook_id: int, lines: Sequence[tuple[int, int]]) -> None:
    if lines:
        these = tuple_(WebhookLine.case_id, WebhookLine.sequence).in_(lines)
        work.session.execute(delete(WebhookLine).where(WebhookLine.webhook_id == webhook_id, these))


def _count(work: UnitOfWork, statement: Any) -> int:
    return cast("CursorResult[Any]", work.session.execute(statement)).rowcount


def _is_free(now: datetime, settings: WebhookSettings) -> tuple[Any, Any]:
    return (
        is_come(Webhook.leased_until, now, settings.lease_seconds),
        is_come(Webhook.next_at, now, settings.longest_wait),
    )
