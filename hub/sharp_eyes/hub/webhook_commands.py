"""``sharp-eyes-hub webhook``: other systems that are told of every change of a case."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sharp_eyes.hub.audit import command_line
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.outward.formats import Format
from sharp_eyes.hub.settings import load_settings
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook
from sharp_eyes.hub.webhooks import subscriptions
from sharp_eyes.hub.webhooks.courier import Sender
from sharp_eyes.hub.webhooks.events import trial_event
from sharp_eyes.hub.webhooks.queue import count_waiting
from sharp_eyes.hub.webhooks.subscriptions import WebhookWish, make_webhook, remove_webhook, webhooks_in

webhook = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Other systems that are told of every change of a case."
)
_OUT = Console()
IdArgument = Annotated[int, typer.Argument(help="As 'webhook list' shows it.")]


@webhook.command("add")
def webhook_add(
    name: Annotated[str, typer.Argument(help="Whom it tells.")],
    url: Annotated[str, typer.Argument(help="Where to; https.")],
    area: Annotated[str | None, typer.Option(help="Area whose cases it is told of; the whole city.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only cases that this unit has or had.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Kind of line, again for each; all.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How it is told.")] = Format.CLOUDEVENTS,
    notes: Annotated[bool, typer.Option("--notes", help="Tell what people wrote, and who acted, too.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let it be told over http.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Make a webhook and print its secret; it cannot be shown again.

    Examples:
      sharp-eyes-hub webhook add "city platform" https://platform.example.org/hooks > webhook.secret
      sharp-eyes-hub webhook add parks https://parks.example.org/in --unit parks --kind dispatched --kind closed
      sharp-eyes-hub webhook add "video platform" https://video.example.org/alarms --format gb28181
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        wish = WebhookWish(name, url, area, unit, kind or (), notes, insecure, form)
        row = make_webhook(work, command_line(), wish, hub.settings.webhooks)
        text, said = row.secret, f"webhook {row.id}: all of {row.area} from now on; keep its secret"
    typer.echo(text)
    typer.echo(said, err=True)


@webhook.command("list")
def webhook_list(config: ConfigOption = None, data: DataOption = None) -> None:
    """List the webhooks and how they do, never what is secret of them.

    Example:
      sharp-eyes-hub webhook list
    """
    table = Table("id", "name", "url", "area", "unit", "format", "kinds", "waiting", "given up", "last told", "state")
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        waiting = count_waiting(work)
        for row in webhooks_in(work, work.city.root):
            last = "" if row.last_delivered_at is None else f"{row.last_delivered_at:%Y-%m-%d %H:%M}"
            counts = str(waiting.get(row.id, (0,))[0]), str(row.given_up)
            state = "stopped" if not row.enabled else row.error or "ok"
            place = (row.area, row.unit or "", row.format, ", ".join(row.kinds) or "all")
            table.add_row(str(row.id), row.name, row.url, *place, *counts, last, state)
    _OUT.print(table)


@webhook.command("remove")
def webhook_remove(webhook_id: IdArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Remove a webhook with all that waits for it.

    Example:
      sharp-eyes-hub webhook remove 3
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        row = _found(work, webhook_id)
        remove_webhook(work, command_line(), row)
    typer.echo(f"webhook {webhook_id} ({row.name}) was removed")


@webhook.command("start")
def webhook_start(webhook_id: IdArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Let a webhook that was stopped begin anew; 'webhook replay' brings what it missed.

    Example:
      sharp-eyes-hub webhook start 3
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        subscriptions.set_enabled(work, command_line(), _found(work, webhook_id), enabled=True)
    typer.echo(f"webhook {webhook_id} is told again from now on")


@webhook.command("test")
def webhook_test(webhook_id: IdArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Send a test event at once.

    Example:
      sharp-eyes-hub webhook test 3
    """
    with prepared_hub(load_settings(config, data)) as hub:
        with hub.read_only() as work:
            row, city = _found(work, webhook_id), work.city
        Sender(hub.settings.webhooks)(row, trial_event(Format(row.format), city, hub.speaker(), hub.clock()))
    typer.echo(f"webhook {webhook_id} has taken the test")


@webhook.command("replay")
def webhook_replay(
    webhook_id: IdArgument,
    since: Annotated[str | None, typer.Option(help="Moment with its zone, such as 2026-03-01T00:00+08:00.")] = None,
    case: Annotated[str | None, typer.Option(help="Number of one case.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Tell lines again, under the ids that they had; a running hub sends them.

    Examples:
      sharp-eyes-hub webhook replay 3 --since 2026-03-01T00:00+08:00
      sharp-eyes-hub webhook replay 3 --case 2026-000123
    """
    moment = None if since is None else _moment(since)
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        count = subscriptions.replay(work, command_line(), _found(work, webhook_id), since=moment, number=case)
    typer.echo(f"{count} lines are told again")


def _found(work: UnitOfWork, webhook_id: int) -> Webhook:
    row = work.session.get(Webhook, webhook_id)
    if row is None:
        raise SettingsError(f"there is no webhook {webhook_id}; 'webhook list' shows all")
    return row


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"--since {text!r} is no moment; write 2026-03-01T00:00+08:00") from error
    if moment.tzinfo is None:
        raise SettingsError(f"--since {text!r} names no zone; write 2026-03-01T00:00+08:00")
    return moment
