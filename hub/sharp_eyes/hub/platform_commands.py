"""``sharp-eyes-hub device-platform``: systems that speak for devices over MQTT."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.given_secrets import giving
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.intake.platforms import add_platform, list_platforms, remove_platform
from sharp_eyes.hub.settings import load_settings

device_platform = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Systems that speak for devices over MQTT."
)
_OUT = Console()


@device_platform.command("add")
def platform_add(
    name: Annotated[str, typer.Argument(help="Identifier: its user name at the broker, and part of its topics.")],
    area: Annotated[str | None, typer.Option(help="Area its devices lie in; the whole city.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File for the password, instead of printing it.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Register a platform and print its password, once; a running hub lets it in within seconds.

    Example:
      sharp-eyes-hub device-platform add alarm-centre --area demo/first-street --out alarm-centre.password
    """
    with giving(out) as secret:
        with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
            secret.give(add_platform(work, name, area))
            where = area or work.city.root
            record(work.session, work.now, command_line(), Action.PLATFORM_ADDED, area=where, subject=name)
        secret.show()
    if out is not None:
        typer.echo(f"platform {name} was added")


@device_platform.command("remove")
def platform_remove(name: str, config: ConfigOption = None, data: DataOption = None) -> None:
    """Shut a platform out for good; a running hub does so within seconds. Its devices stay in the register.

    Example:
      sharp-eyes-hub device-platform remove alarm-centre
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        row = remove_platform(work, name)
        record(work.session, work.now, command_line(), Action.PLATFORM_REMOVED, area=row.area, subject=name)
    typer.echo(f"platform {name} was removed")


@device_platform.command("list")
def platform_list(config: ConfigOption = None, data: DataOption = None) -> None:
    """List all platforms.

    Example:
      sharp-eyes-hub device-platform list
    """
    table = Table("platform", "area", "since")
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        for row in list_platforms(work.session):
            table.add_row(row.name, row.area, row.made_at.date().isoformat())
    _OUT.print(table)
