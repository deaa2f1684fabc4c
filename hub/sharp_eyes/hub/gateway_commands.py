"""``sharp-eyes-hub gateway invite``: one-time codes by which gateways join."""

from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub.audit import command_line
from sharp_eyes.hub.certificates import names_of
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.intake.invitations import MINUTES, MOST_MINUTES, make_invitation, revoke_invitation
from sharp_eyes.hub.settings import HubSettings, is_loopback, load_settings
from sharp_eyes.hub.store.tables import Gateway


def gateway_invite(
    name: Annotated[str, typer.Argument(help="Identifier that the gateway gets.")],
    area: Annotated[str | None, typer.Option(help="Area its cameras lie in; the whole city.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=MOST_MINUTES, help="For how long the code can be used.")] = MINUTES,
    renew: Annotated[bool, typer.Option("--renew", help="It is registered: give it a new password.")] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="End its code before its time.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="hub.yaml; every key may be left out.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder for database, evidence and broker.")] = None,
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
