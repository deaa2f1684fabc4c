"""``sharp-eyes-hub gateway``: gateways that may connect, and one-time codes by which they join."""

from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sharp_eyes.configuration.addresses import is_loopback
from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.certificates import names_of
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.given_secrets import GivenSecret, giving
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.intake.gateways import add_gateway, list_gateways, remove_gateway, renew_password
from sharp_eyes.hub.intake.invitations import MINUTES, MOST_MINUTES, make_invitation, revoke_invitation
from sharp_eyes.hub.settings import HubSettings, load_settings
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

gateway = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Gateways that may connect.")
PasswordFileOption = Annotated[
    Path | None, typer.Option("--out", help="File for the password, which only you can read; instead of printing it.")
]
_OUT = Console()


@gateway.command("add")
def gateway_add(
    name: Annotated[str, typer.Argument(help="Identifier, as in its gateway.yaml.")],
    area: Annotated[str | None, typer.Option(help="Area its cameras lie in; the whole city.")] = None,
    out: PasswordFileOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Register a gateway and print its password, once; a running hub lets it in within seconds.

    Examples:
      sharp-eyes-hub gateway add gate-01 --area demo/first-street/east --out gate-01.password
      sharp-eyes-hub gateway add gate-01 --area demo/first-street/east
    """
    with giving(out) as secret:
        with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
            secret.give(add_gateway(work.session, work.city, work.now, name, area))
            _record(work, Action.GATEWAY_ADDED, area or work.city.root, name)
        _show(name, secret)


@gateway.command("password")
def gateway_password(
    name: str, out: PasswordFileOption = None, config: ConfigOption = None, data: DataOption = None
) -> None:
    """Give a gateway a new password and print it, once.

    Examples:
      sharp-eyes-hub gateway password gate-01 --out gate-01.password
      sharp-eyes-hub gateway password gate-01
    """
    with giving(out) as secret:
        with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
            secret.give(renew_password(work.session, name))
            area = work.session.get_one(Gateway, name).area
            _record(work, Action.GATEWAY_PASSWORD_RENEWED, area, name)
        _show(name, secret)


@gateway.command("remove")
def gateway_remove(name: str, config: ConfigOption = None, data: DataOption = None) -> None:
    """Shut a gateway out for good; a running hub does so within seconds. Its cases stay until their term ends.

    Example:
      sharp-eyes-hub gateway remove gate-01
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        still_open = remove_gateway(work.session, work.now, name)
        _record(work, Action.GATEWAY_REMOVED, work.session.get_one(Gateway, name).area, name)
    typer.echo(f"gateway {name} was removed")
    if still_open:
        typer.echo(f"{still_open} of its cases are still open; nobody can look again for them", err=True)


@gateway.command("list")
def gateway_list(config: ConfigOption = None, data: DataOption = None) -> None:
    """List all gateways with their versions; one that is not the hub's own is marked.

    Example:
      sharp-eyes-hub gateway list
    """
    table = Table("gateway", "area", "online", "version", "last heartbeat")
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        for row in list_gateways(work.session):
            seen = "" if row.last_heartbeat_at is None else row.last_heartbeat_at.isoformat()
            table.add_row(row.name, row.area, "yes" if row.online else "no", version_of(row), seen)
    _OUT.print(table)


@gateway.command("invite")
def gateway_invite(
    name: Annotated[str, typer.Argument(help="Identifier that the gateway gets.")],
    area: Annotated[str | None, typer.Option(help="Area its cameras lie in; the whole city.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=MOST_MINUTES, help="For how long the code can be used.")] = MINUTES,
    renew: Annotated[bool, typer.Option("--renew", help="It is registered: give it a new password.")] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="End its code before its time.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Make a one-time code with which a gateway gets its name, its password and the hub's authority by itself.

    The hub must be running when the gateway joins. A new code for the same gateway ends the one before.

    Examples:
      sharp-eyes-hub gateway invite gate-01 --area demo/first-street/east --config hub.yaml
      sharp-eyes-hub gateway invite gate-01 --renew
      sharp-eyes-hub gateway invite gate-01 --revoke
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        if revoke:
            revoke_invitation(work, command_line(), name)
            made = None
        else:
            made = make_invitation(work, hub.settings, command_line(), name, area, minutes=minutes, renew=renew)
        settings = hub.settings
    if made is None:
        typer.echo(f"the code of gateway {name} was ended")
        return
    # The code alone goes to standard output, so that it can be sent on.
    ends = f"{made.expires_at.astimezone(UTC):%H:%M} UTC"
    typer.echo(f"code for gateway {name} in {made.area}, for one use until {ends} ({minutes} minutes):", err=True)
    typer.echo(str(made.code))
    typer.echo(f"on the gateway:  sharp-eyes-edge join {address_of(settings)} {made.code}", err=True)
    for hint in _hints(settings):
        typer.echo(hint, err=True)


def version_of(row: Gateway) -> str:
    """A gateway's version, and the hub's where that is another; empty before its first birth."""
    return f"{row.version} (hub {__version__})" if row.version not in (None, __version__) else row.version or ""


def address_of(settings: HubSettings) -> str:
    """The page's address as a gateway may know it: the first name of the certificate that is no loopback."""
    names = [] if settings.tls is None else names_of(settings.tls.certificate_file)
    name = next((name for name in names if not is_loopback(name)), None)
    if settings.https:
        host = name or "127.0.0.1"
        return f"https://{f'[{host}]' if ':' in host else host}:{settings.http.port}"
    if settings.tls is not None or settings.http.trusted_proxies:
        return f"https://{name or 'NAME-OF-THE-PAGE'}{settings.http.path}"
    return f"http://127.0.0.1:{settings.http.port}"


def _hints(settings: HubSettings) -> list[str]:
    hints = []
    broker = settings.broker
    if broker.kind == "bundled" and is_loopback(broker.listen):
        hints.append(
            f"broker.listen is {broker.listen}: only a gateway on this machine gets through; "
            "for others set tls and broker.listen: 0.0.0.0"
        )
    if broker.kind == "external":
        hints.append(
            "the broker is your own: run 'sharp-eyes-hub broker-files' once the gateway has joined, and HUP it"
        )
    return hints


def _show(name: str, secret: GivenSecret) -> None:
    typer.echo(
        f"password of gateway {name}" + (", shown only now:" if secret.out is None else f": {secret.out}"), err=True
    )
    secret.show()


def _record(work: UnitOfWork, action: Action, area: str, name: str) -> None:
    record(work.session, work.now, command_line(), action, area=area, subject=name)
