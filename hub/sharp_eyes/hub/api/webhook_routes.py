"""Webhooks: made, tried, replayed and removed by administrators who have signed in."""

from typing import Any

from fastapi import APIRouter

from sharp_eyes.hub.api.account_routes import check_own_password
from sharp_eyes.hub.api.dependencies import CurrentAccount, HubDependency, Person
from sharp_eyes.hub.api.webhook_schemas import (
    EnabledBody,
    NewWebhook,
    ReplayBody,
    ReplayView,
    WebhookBody,
    WebhookTestView,
    WebhookView,
)
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import ChannelError, RequestError, SettingsError, UnsayableError, not_found, unfit
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.outward.formats import Format
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook
from sharp_eyes.hub.webhooks.courier import Sender
from sharp_eyes.hub.webhooks.events import trial_event
from sharp_eyes.hub.webhooks.queue import count_waiting
from sharp_eyes.hub.webhooks.subscriptions import (
    WebhookWish,
    make_webhook,
    note_trial,
    remove_webhook,
    replay,
    set_enabled,
    webhooks_in,
)

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
_MAX_ID = 2**53


@router.get("")
def get_webhooks(hub: HubDependency, person: CurrentAccount) -> list[WebhookView]:
    """List the webhooks of the asker's area. 403 for all but administrators."""
    _check_administrator(person)
    with hub.read_only() as work:
        rows = webhooks_in(work, person.area)
        waiting = count_waiting(work, [row.id for row in rows])
        return [WebhookView(**_values(row, waiting.get(row.id, (0,))[0])) for row in rows]


@router.post("", status_code=201)
def post_webhook(hub: HubDependency, person: CurrentAccount, body: WebhookBody) -> NewWebhook:
    """Make a webhook of the asker's area or below.

    403 for all but administrators, wrong_password; 422 wrong_webhook.
    """
    _check_administrator(person)
    check_own_password(hub, person, body.password)
    area = body.area or person.area
    if not covers(person.area, area):
        raise not_found(f"area {area}")
    wish = WebhookWish(body.name, body.url, area, body.unit, body.kinds, body.notes, body.insecure, body.format)
    try:
        with hub.transaction() as work:
            row = make_webhook(work, person.origin, wish, hub.settings.webhooks)
            return NewWebhook(**_values(row, 0), secret=row.secret)
    except SettingsError as error:
        raise unfit("wrong_webhook", error) from error


@router.patch("/{webhook_id}")
def patch_webhook(hub: HubDependency, person: CurrentAccount, webhook_id: int, body: EnabledBody) -> WebhookView:
    """Stop a webhook, or let it begin anew. 403 for all but administrators."""
    _check_administrator(person)
    with hub.transaction() as work:
        row = _found(work, person, webhook_id)
        set_enabled(work, person.origin, row, enabled=body.enabled)
        work.session.flush()
        return WebhookView(**_values(row, count_waiting(work, [row.id]).get(row.id, (0,))[0]))


@router.delete("/{webhook_id}", status_code=204)
def delete_webhook(hub: HubDependency, person: CurrentAccount, webhook_id: int) -> None:
    """Remove a webhook with all that waits for it. 403 for all but administrators."""
    _check_administrator(person)
    with hub.transaction() as work:
        remove_webhook(work, person.origin, _found(work, person, webhook_id))


@router.post("/{webhook_id}/test")
def post_webhook_test(hub: HubDependency, person: CurrentAccount, webhook_id: int) -> WebhookTestView:
    """Send a test event at once, also where it is stopped. 403 for all but administrators."""
    _check_administrator(person)
    with hub.read_only() as work:
        row, city = _found(work, person, webhook_id), work.city
    try:
        Sender(hub.settings.webhooks)(row, trial_event(Format(row.format), city, hub.speaker(), hub.clock()))
    except (ChannelError, SettingsError, UnsayableError) as error:
        arrived = WebhookTestView(arrived=False, error=str(error))
    else:
        arrived = WebhookTestView(arrived=True, error="")
    with hub.transaction() as work:
        note_trial(work, person.origin, row, arrived=arrived.arrived)
    return arrived


@router.post("/{webhook_id}/replay")
def post_webhook_replay(hub: HubDependency, person: CurrentAccount, webhook_id: int, body: ReplayBody) -> ReplayView:
    """Tell lines again, under the ids that they had. 403 for all but administrators; 422 wrong_replay."""
    _check_administrator(person)
    try:
        with hub.transaction() as work:
            row = _found(work, person, webhook_id)
            return ReplayView(lines=replay(work, person.origin, row, since=body.since, number=body.case))
    except SettingsError as error:
        raise RequestError(422, "wrong_replay", str(error)) from error


def _found(work: UnitOfWork, person: Person, webhook_id: int) -> Webhook:
    row = work.session.get(Webhook, min(max(webhook_id, 0), _MAX_ID))
    if row is None or not covers(person.area, row.area):
        raise not_found(f"webhook {webhook_id}")
    return row


def _values(row: Webhook, waiting: int) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WebhookView.model_fields if name != "waiting"} | {"waiting": waiting}


def _check_administrator(person: Person) -> None:
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "webhooks are for administrators")
