"""``sharp-eyes-hub tls``: certificates for web server and broker."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sharp_eyes.hub.certificates import SERVER_DAYS, make_certificates
from sharp_eyes.hub.settings import load_settings

tls = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Certificates for web server and broker.")


@tls.callback()
def _group() -> None:
    """Keep 'make' a command of its own while it is the only one."""


@tls.command("make")
def tls_make(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.")],
    name: Annotated[list[str], typer.Option(help="Host name or address of the hub; repeat it for more.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until the server's certificate ends.")] = SERVER_DAYS,
    config: Annotated[
        Path | None, typer.Option("--config", help="hub.yaml; its ports are named in what is said.")
    ] = None,
) -> None:
    """Make the hub's own authority and a server certificate, and say what hub and gateways need.

    Run it again for new names or a new term: the authority stays, so gateways and browsers go on trusting it.

    Example:
      sharp-eyes-hub tls make tls/ --name eyes.example.org --name 192.168.1.10
    """
    made = make_certificates(folder.absolute(), name, datetime.now(UTC), days)
    settings = load_settings(config)
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    typer.echo(f"certificate for {', '.join(made.names)}, valid until {made.ends:%Y-%m-%d}\n")
    typer.echo("in hub.yaml:")
    typer.echo(f"  tls: {{certificate_file: {made.certificate}, key_file: {made.key}}}\n")
    typer.echo(f"on each gateway, with a copy of {made.authority.name} beside its gateway.yaml:")
    typer.echo(f"  hub: {{url: 'mqtts://{host}:{settings.broker.port}', ca_file: {made.authority.name}}}\n")
    typer.echo(f"page: https://{host}:{settings.http.port}  (browsers trust it once {made.authority} is installed)")
    typer.echo(f"authority's SHA-256, to compare on the other side:\n  {made.fingerprint}")
    typer.echo(f"keep {folder / 'ca.key'} away from everybody: who has it can pass for this hub")
