"""``sharp-eyes-hub token``: API tokens for machines."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from sharp_eyes.hub.audit import command_line
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.people.tokens import TokenWish, live_token_called, make_token, revoke_token, tokens_in
from sharp_eyes.hub.settings import load_settings

token = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="API tokens for machines.")
_OUT = Console()


@token.command("add")
def token_add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[str, typer.Option(help="What it may do: a built-in role, or one of the city pack's own.")],
    days: Annotated[int, typer.Option(help="Days that it holds; at most sessions.token_days of hub.yaml.", min=1)],
    area: Annotated[str | None, typer.Option(help="Area it sees with all below; the whole city.")] = None,
    unit: Annotated[str | None, typer.Option(help="Unit, for a role that belongs to one.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Make a token and print it; it cannot be shown again. It is sent as 'Authorization: Bearer TOKEN'.

    Examples:
      sharp-eyes-hub token add "city board" --role evaluator --days 90
      sharp-eyes-hub token add parks-app --role handler --unit parks --area demo/first-street --days 30 > parks.token
      curl -H "Authorization: Bearer $(cat parks.token)" http://127.0.0.1:8420/api/cases
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        wish = TokenWish(name, role, area, unit, work.now + timedelta(days=days))
        row, text = make_token(work, command_line(), wish, hub.settings.sessions.token_days)
        said = f"{row.prefix}: {row.role} in {row.area}, until {row.expires_at:%Y-%m-%d %H:%M} UTC; keep it secret"
    typer.echo(text)
    typer.echo(said, err=True)


@token.command("list")
def token_list(
    over: Annotated[bool, typer.Option("--over", help="Those that have ended too.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """List the tokens, never what is secret of them.

    Examples:
      sharp-eyes-hub token list
      sharp-eyes-hub token list --over --config hub.yaml
    """
    prefix, until = (Column(name, no_wrap=True, min_width=width) for name, width in (("prefix", 11), ("until", 10)))
    table = Table(prefix, "name", "role", "area", "unit", until, "last used", "from", "revoked")
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        for row in tokens_in(work.session, work.city.root, work.now, over=over):
            used, revoked = (
                "" if at is None else at.strftime("%Y-%m-%d %H:%M") for at in (row.last_used_at, row.revoked_at)
            )
            place = (row.prefix, row.name, row.role, row.area, row.unit or "")
            table.add_row(*place, f"{row.expires_at:%Y-%m-%d}", used, row.last_used_address or "", revoked)
    _OUT.print(table)


@token.command("revoke")
def token_revoke(
    called: Annotated[str, typer.Argument(metavar="PREFIX|NAME", help="As 'token list' shows it.")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """End a token at once; its live streams end too.

    Examples:
      sharp-eyes-hub token revoke se_1a2b3c4d
      sharp-eyes-hub token revoke "city board" --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        row = live_token_called(work, called)
        revoke_token(work, command_line(), row)
        said = f"token {row.prefix} ({row.name}) was revoked"
    typer.echo(said)
