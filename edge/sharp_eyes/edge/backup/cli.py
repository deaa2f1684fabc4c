"""``sharp-eyes-edge backup`` and ``restore``."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[Path, typer.Option(help="The gateway's settings.")]


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it holds passwords, and only you can read it.")],
    config: ConfigOption = Path("gateway.yaml"),
) -> None:
    """Write what makes this gateway itself into one file: settings, passwords, authority, and what the hub has set.

    Evidence that waits, added models and originals are left out. It can be done while the gateway runs.

    Example: `sharp-eyes-edge backup gw-01.backup --config /etc/sharp-eyes/gateway.yaml`
    """
    from sharp_eyes.edge.backup.archive import save
    from sharp_eyes.edge.private_files import make_all_private

    make_all_private()
    saved = save(config, file)
    typer.echo(f"{file}: gateway {saved.gateway}, {len(saved.files)} files; keep it like a password")
    for hint in saved.hints:
        typer.echo(hint)


def restore(
    file: Annotated[Path, typer.Argument(help="File of 'sharp-eyes-edge backup'.")],
    config: ConfigOption = Path("gateway.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there and differ.")] = False,
) -> None:
    """Make this machine the gateway of a backup. The former one must not run any more.

    Example: `sharp-eyes-edge restore gw-01.backup --config /etc/sharp-eyes/gateway.yaml`
    """
    from sharp_eyes.edge.backup.archive import bring_back
    from sharp_eyes.edge.private_files import make_all_private

    make_all_private()
    saved = bring_back(file, config, force=force)
    typer.echo(f"this is gateway {saved.gateway} now: {', '.join(saved.files)}")
    typer.echo("see that no other machine runs under this name; its password is renewed by: gateway invite … --renew")
    typer.echo(f"next: sharp-eyes-edge doctor {config}")
