"""Webhooks as administrators make, list and remove them, and the lines that are told again when they ask for it."""

import base64
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import ColumnElement, delete, func, select

from sharp_eyes.hub.areas.tree import within
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.cases.visibility import Scope, visible
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.outward.formats import Format
from sharp_eyes.hub.store.case_tables import Case, CaseLog
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook, WebhookLine
from sharp_eyes.hub.webhook_settings import WebhookSettings
from sharp_eyes.hub.webhooks import queue
from sharp_eyes.hub.webhooks.destination import check_url

_LONGEST_NAME = 60
MOST_REPLAYED = 20_000
"""Lines that one replay may bring."""

_SLACK = timedelta(minutes=10)
"""How far moments of a log's rows may be out of the rows' order: longer than any transaction lasts."""


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """What a new webhook is to be. ``area``: the whole city where None; ``kinds``: all where empty."""

    name: str
    url: str
    area: str | None = None
    unit: str | None = None
    kinds: Sequence[str] = ()
    notes: bool = False
    insecure: bool = False
    format: Format = Format.CLOUDEVENTS


def line_kinds() -> list[str]:
    """All kinds of lines that a webhook may be told of."""
    union = get_args(Payload)[0]
    return sorted(one.model_fields["what"].default for one in get_args(union))


def make_webhook(work: UnitOfWork, by: Origin, wish: WebhookWish, settings: WebhookSettings) -> Webhook:
    """Make a webhook with a secret of its own; it is told what happens from now on.

    Raises:
        SettingsError: name, url, area, unit, a kind or the format does not fit, or there are too many.
    """
    name, path = wish.name.strip(), wish.area or work.city.root
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise SettingsError(f"a webhook's name says whom it tells, in 1 to {_LONGEST_NAME} characters")
    check_url(wish.url, insecure=wish.insecure)
    if work.city.area(path) is None:
        raise SettingsError(f"area {path!r} is not in the city pack")
    if wish.unit is not None and work.city.unit(wish.unit) is None:
        raise SettingsError(f"unit {wish.unit!r} is not in the city pack")
    unknown = set(wish.kinds) - set(line_kinds())
    if unknown:
        raise SettingsError(f"{', '.join(sorted(unknown))}: no such kind of line; use {', '.join(line_kinds())}")
    if wish.format is not Format.CLOUDEVENTS and (wish.kinds or wish.notes):
        raise SettingsError(f"format {wish.format} says itself which lines it tells, and of them no notes")
    if (work.session.scalar(select(func.count()).select_from(Webhook)) or 0) >= settings.most:
        raise SettingsError(f"there are {settings.most} webhooks already, as many as webhooks.most in hub.yaml allows")
    row = Webhook(name=name, url=wish.url, area=path, unit=wish.unit, kinds=sorted(set(wish.kinds)))
    row.notes, row.insecure, row.secret, row.format = wish.notes, wish.insecure, _new_secret(), wish.format.value
    row.made_by, row.made_at = by.actor, work.now
    work.session.add(row)
    work.session.flush()
    detail = {"webhook": row.id, "unit": row.unit, "kinds": row.kinds, "notes": row.notes, "format": row.format}
    record(work.session, work.now, by, Action.WEBHOOK_ADDED, area=path, subject=name, **detail)
    return row


def remove_webhook(work: UnitOfWork, by: Origin, row: Webhook) -> None:
    """Remove a webhook with all that waits for it."""
    work.session.execute(delete(WebhookLine).where(WebhookLine.webhook_id == row.id))
    work.session.delete(row)
    record(work.session, work.now, by, Action.WEBHOOK_REMOVED, area=row.area, subject=row.name, webhook=row.id)


def set_enabled(work: UnitOfWork, by: Origin, row: Webhook, *, enabled: bool) -> None:
    """Stop a webhook, or let it begin anew; what happened meanwhile comes by a replay."""
    if row.enabled == enabled:
        return
    row.enabled = enabled
    if enabled:
        queue.release(work, row)
    else:
        queue.give_up(work, row)
        row.failing_since = None
    action = Action.WEBHOOK_STARTED if enabled else Action.WEBHOOK_STOPPED
    record(work.session, work.now, by, action, area=row.area, subject=row.name, webhook=row.id)


def note_trial(work: UnitOfWork, by: Origin, row: Webhook, *, arrived: bool) -> None:
    """Write down that somebody had a test event sent."""
    detail = {"webhook": row.id, "arrived": arrived}
    record(work.session, work.now, by, Action.WEBHOOK_TRIED, area=row.area, subject=row.name, **detail)


def webhooks_in(work: UnitOfWork, area: str) -> Sequence[Webhook]:
    """List the webhooks of an area, in the order in which they were made."""
    return work.session.scalars(select(Webhook).where(within(Webhook.area, area)).order_by(Webhook.id)).all()


def replay(work: UnitOfWork, by: Origin, row: Webhook, *, since: datetime | None, number: str | None) -> int:
    """Tell lines again, under the ids that they had: of one case, or all from a moment on; how many they are.

    Raises:
        SettingsError: the webhook is stopped, the case is none of its own, or the lines are too many.
    """
    if not row.enabled:
        raise SettingsError(f"webhook {row.id} is stopped; start it first")
    if since is None and number is None:
        raise SettingsError("say since when, or which case")
    query = select(CaseLog.case_id, CaseLog.sequence).join(Case, Case.id == CaseLog.case_id)
    query = query.where(*_subscribed(row)).order_by(CaseLog.id).limit(MOST_REPLAYED + 1)
    if number is not None:
        query = query.where(Case.number == number)
    if since is not None:
        query = query.where(CaseLog.id >= _first_row_since(work, since - _SLACK), CaseLog.at >= since)
    lines = work.session.execute(query).all()
    if len(lines) > MOST_REPLAYED:
        raise SettingsError(f"these are more than {MOST_REPLAYED} lines; say a later moment, or one case")
    if number is not None and not lines:
        raise SettingsError(f"case {number!r} has no line that webhook {row.id} is told of")
    for case_id, sequence in lines:
        said = {"webhook_id": row.id, "case_id": case_id, "sequence": sequence, "since": work.now, "due_at": work.now}
        work.session.add_row(WebhookLine, said | {"attempts": 0, "error": ""}, once=True)
    detail = {"webhook": row.id, "since": None if since is None else since.isoformat(), "case": number}
    record(work.session, work.now, by, Action.WEBHOOK_REPLAYED, area=row.area, subject=row.name, **detail)
    return len(lines)


def _subscribed(row: Webhook) -> Iterator[ColumnElement[bool]]:
    """What a webhook is told of, as conditions; by where cases lie now, or lay when they ended."""
    yield visible(Scope(row.area, row.unit))
    if row.kinds:
        yield CaseLog.what.in_(row.kinds)


def _first_row_since(work: UnitOfWork, moment: datetime) -> int:
    """Find where to begin in the log, which has no index over moments: its rows lie nearly in their order."""
    low, high = 0, (work.session.scalar(select(func.max(CaseLog.id))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        at = work.session.scalar(select(CaseLog.at).where(CaseLog.id >= middle).order_by(CaseLog.id).limit(1))
        if at is None or at >= moment:
            high = middle
        else:
            low = middle + 1
    return low


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
