"""``sharp-eyes-edge join``."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def join(
    hub: Annotated[
        str,
        typer.Argument(help="Address of the hub's page, such as https://eyes.example.org:8420.", show_default=False),
    ],
    code: Annotated[
        str, typer.Argument(help="The code of 'sharp-eyes-hub gateway invite'; - reads it from standard input.")
    ],
    config: Annotated[Path, typer.Option(help="The gateway's settings, to be written.")] = Path("gateway.yaml"),
    data: Annotated[
        Path | None, typer.Option(help="Folder for what waits for the hub; var/NAME beside the settings.")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option(help="Authority of the page's certificate, where the system does not know it (PEM).")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Change gateway and hub in settings that are there; a copy is kept.")
    ] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Join without TLS over a network, where everybody can listen in.")
    ] = False,
) -> None:
    """Join a hub with a one-time code, which gives this gateway its name, its password and the hub's authority.

    Run it again where it was interrupted: the same code goes on.

    Example: `sharp-eyes-edge join https://eyes.example.org:8420 XXXXXX-XXXXXX-…`
    """
    from sharp_eyes.edge.joining.command import JoinOptions, join_hub
    from sharp_eyes.edge.private_files import make_all_private

    make_all_private()
    text = sys.stdin.readline() if code == "-" else code
    join_hub(hub, text, JoinOptions(config, data, ca, force=force, insecure=insecure), typer.echo)
