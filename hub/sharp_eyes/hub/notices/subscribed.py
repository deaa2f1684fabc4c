"""Notes with each line of a case's log which webhooks are to be told of it, in the line's own transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.notices.planning import Happened
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook, WebhookLine

_ENABLED = PreparedSelect(
    lambda _: select(Webhook.id, Webhook.area, Webhook.unit, Webhook.kinds).where(Webhook.enabled).order_by(Webhook.id)
)


class _Subscribed(NamedTuple):
    """Which lines a webhook is told of."""

    id: int
    area: str
    unit: str | None
    kinds: Sequence[str]


def note_line(work: UnitOfWork, happened: Happened) -> None:
    """Put a line into the queue of each webhook that subscribed to it; where none has, nothing is written."""
    case, entry, after = happened.case, happened.entry, happened.after
    for webhook in work.once((Webhook, "enabled"), lambda: _enabled(work)):
        if not covers(webhook.area, after.area):
            continue
        if webhook.unit is not None and all(turn.unit != webhook.unit for turn in after.assignments):
            continue
        if webhook.kinds and entry.payload.what not in webhook.kinds:
            continue
        work.session.add_row(
            WebhookLine,
            {
                "webhook_id": webhook.id,
                "case_id": case.id,
                "sequence": entry.sequence,
                "since": work.now,
                "due_at": work.now,
                "attempts": 0,
                "error": "",
            },
        )


def _enabled(work: UnitOfWork) -> list[_Subscribed]:
    return [_Subscribed(*row) for row in _ENABLED.rows(work.session)]
