"""``sharp-eyes-hub notices``: ways of telling people are tried, watched and mended; where people are reached."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import ChannelError, RequestError, SettingsError
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.notices import inbox, outbox
from sharp_eyes.hub.notices.courier import place_of, send_test
from sharp_eyes.hub.notices.words import one_line
from sharp_eyes.hub.people.accounts import find_account
from sharp_eyes.hub.settings import load_settings

notices = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Telling people: channels, and what failed.")
_OUT = Console()
_MOST = 200


@notices.command("channels")
def notices_channels(config: ConfigOption = None, data: DataOption = None) -> None:
    """List the channels of hub.yaml, what waits for each and what failed.

    Example:
      sharp-eyes-hub notices channels --config hub.yaml
    """
    table = Table("channel", "kind", "waiting", "failed", "oldest", "last sent")
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        for one in inbox.channel_states(work):
            moments = ("" if at is None else at.isoformat(timespec="seconds") for at in (one.oldest, one.last_sent_at))
            table.add_row(one.id, one.kind, str(one.waiting), str(one.failed), *moments)
    _OUT.print(table)


@notices.command("test")
def notices_test(
    channel: Annotated[str, typer.Argument(help="Identifier of the channel in hub.yaml.")],
    to: Annotated[str | None, typer.Option(help="Mail address or telephone number, where it reaches a person.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Send a test by a channel at once, and say how it went.

    Examples:
      sharp-eyes-hub notices test duty-group --config hub.yaml
      sharp-eyes-hub notices test mail --to li@example.org --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub:
        with hub.read_only() as work:
            found = work.channels.get(channel)
            if found is None:
                known = ", ".join(work.channels) or "none"
                raise SettingsError(
                    f"channel {channel!r} is not under notices.channels in hub.yaml; there are: {known}"
                )
            try:
                send_test(work, hub.settings.notices, found, to)
            except ChannelError as error:
                raise ChannelError(f"channel {channel}: {error}") from error
        with hub.transaction() as work:
            record(work.session, work.now, command_line(), Action.CHANNEL_TRIED, area=work.city.root, subject=channel)
    typer.echo(f"channel {channel}: the other side has taken it")


@notices.command("untold")
def notices_untold(
    retry: Annotated[bool, typer.Option("--retry", help="Try all of them again, once the cause is mended.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """List what could not be told to somebody, the newest 200, or have it tried again.

    Examples:
      sharp-eyes-hub notices untold --config hub.yaml
      sharp-eyes-hub notices untold --retry --config hub.yaml
    """
    table = Table("channel", "for", "what", "attempts", "why")
    tried = 0
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        rows, _ = inbox.list_untold(work, work.city.root, None, _MOST)
        for row in rows:
            text = one_line(row.kind, row.data, "en", place_of(work.city))
            table.add_row(row.channel, row.recipient, text, str(row.attempts), row.error)
            if retry and row.channel in work.channels:
                outbox.retry(work, row)
                tried += 1
        if tried:
            origin, area = command_line(), work.city.root
            record(work.session, work.now, origin, Action.DELIVERY_RETRIED, area=area, subject="untold", count=tried)
    _OUT.print(table)
    if retry:
        typer.echo(f"{tried} are tried again by the running hub")


def user_contact(
    name: str,
    mail: Annotated[str | None, typer.Option(help="Mail address; empty takes it away.")] = None,
    sms: Annotated[str | None, typer.Option(help="Telephone number; empty takes it away.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Say where a person is reached outside, or show it.

    Examples:
      sharp-eyes-hub user contact lee --mail lee@example.org --sms +8613800000000
      sharp-eyes-hub user contact lee --sms ""
    """
    given = {kind: address for kind, address in (("mail", mail), ("sms", sms)) if address is not None}
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        account = find_account(work.session, name)
        addresses = inbox.contacts_of(work, account.id) | given
        if given:
            try:
                inbox.set_contacts(work, account.id, {kind: one for kind, one in addresses.items() if one})
            except RequestError as error:
                raise SettingsError(str(error)) from error
            origin = command_line()
            record(work.session, work.now, origin, Action.CONTACTS_CHANGED, area=account.area, subject=name)
        addresses = inbox.contacts_of(work, account.id)
    typer.echo(
        ", ".join(f"{kind}: {one}" for kind, one in sorted(addresses.items())) or f"no address of {name} is known"
    )
