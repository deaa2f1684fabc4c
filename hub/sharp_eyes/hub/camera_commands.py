"""``sharp-eyes-hub camera``: cameras' settings, as they hold at the gateway, and changes of them."""

import copy
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from sharp_eyes.configuration import read_mapping
from sharp_eyes.configuration.yaml_reading import load_yaml
from sharp_eyes.hub.audit import command_line
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import RequestError, SettingsError
from sharp_eyes.hub.hub import Hub, prepared_hub
from sharp_eyes.hub.intake.camera_settings import WAITING, change_settings, changes_of, newest_version
from sharp_eyes.hub.intake.parsing import storage_fault
from sharp_eyes.hub.settings import load_settings
from sharp_eyes.hub.store.tables import CameraSettings, SettingsChange

camera = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Cameras' settings.")

Gateway = Annotated[str, typer.Argument(help="The gateway's identifier.")]
Camera = Annotated[str, typer.Argument(help="The camera's identifier.")]


@camera.command("settings")
def camera_settings(gateway: Gateway, camera: Camera, config: ConfigOption = None, data: DataOption = None) -> None:
    """Show a camera's settings as they hold, without logins, and the latest changes.

    Example:
      sharp-eyes-hub camera settings gate-01 yard --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        row = work.session.get(CameraSettings, (gateway, camera))
        if row is None:
            raise SettingsError(f"gateway {gateway} has not reported the settings of a camera {camera}")
        said, changed, takes = row.settings, row.changed, row.takes_changes
        changes = [_described(change) for change in changes_of(work, gateway, camera)]
    typer.echo(yaml.safe_dump(said, sort_keys=False, allow_unicode=True).rstrip())
    holds = f"of these the hub has set: {', '.join(changed)}" if changed else "all as the gateway's file has it"
    typer.echo(f"# {holds}" if takes else "# the gateway takes settings from its file alone")
    for line in changes:
        typer.echo(f"# {line}")


@camera.command("set")
def camera_set(
    gateway: Gateway,
    camera: Camera,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Such as scenes.0.dwell=240 or tiles=2.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="YAML with keys of the camera, such as its whole 'scenes'.")] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Let the gateway's file hold again, before KEY=VALUE.")
    ] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the gateway's answer.")] = 30.0,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Change a camera's settings through the running hub; the gateway checks them and answers.

    Examples:
      sharp-eyes-hub camera set gate-01 yard scenes.0.dwell=240 name='East yard'
      sharp-eyes-hub camera set gate-01 yard --file yard.yaml
      sharp-eyes-hub camera set gate-01 yard --reset
    """
    if not values and file is None and not reset:
        raise SettingsError("camera set: say what to change with KEY=VALUE or --file, or --reset")
    with prepared_hub(load_settings(config, data)) as hub:
        version = _change(hub, gateway, camera, values or [], file, reset)
        row = _answer(hub, gateway, camera, version, wait)
    if row.state == WAITING:
        typer.echo(f"version {version} waits for gateway {gateway}; it is taken when the gateway and the hub run")
        return
    typer.echo(_described(row))
    if row.reason:
        raise typer.Exit(1)


def _change(hub: Hub, gateway: str, camera: str, values: Sequence[str], file: Path | None, reset: bool) -> int:
    with hub.transaction() as work:
        row = work.session.get(CameraSettings, (gateway, camera))
        if row is None:
            raise SettingsError(f"gateway {gateway} has not reported the settings of a camera {camera}")
        wanted: dict[str, Any] = {} if reset else dict(row.changed)
        if file is not None:
            wanted |= read_mapping(file, SettingsError)
        shown = {**copy.deepcopy(row.settings), **copy.deepcopy(wanted)}
        for value in values:
            key = _assign(shown, value)
            wanted[key] = shown[key]
        fault = storage_fault(wanted)
        if fault is not None:
            raise SettingsError(f"camera set: {fault}")
        try:
            base = newest_version(work, gateway, camera)
            return change_settings(work, command_line(), gateway, camera, wanted, base).version
        except RequestError as error:
            raise SettingsError(str(error)) from error
        except TypeError as error:
            raise SettingsError(f"{file}: {error}; write dates and times in quotes") from error


def _assign(settings: dict[str, Any], text: str) -> str:
    """Set one ``a.0.b=value`` in nested settings; returns its outermost key."""
    path, equals, value = text.partition("=")
    *way, last = path.split(".")
    place: Any = settings
    try:
        if not equals or not last:
            raise KeyError(path)
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[int(last) if isinstance(place, list) else last] = load_yaml(value)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise SettingsError(
            f"{text!r}: there is no such place; write KEY=VALUE as in scenes.0.dwell=240, see 'camera settings'"
        ) from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{text!r}: the value is no YAML: {error}") from error
    return path.partition(".")[0]


def _answer(hub: Hub, gateway: str, camera: str, version: int, seconds: float) -> SettingsChange:
    end = time.monotonic() + seconds
    while True:
        with hub.read_only() as work:
            row = next(row for row in changes_of(work, gateway, camera, 100) if row.version == version)
        if row.state != WAITING or time.monotonic() >= end:
            return row
        time.sleep(0.3)


def _described(row: SettingsChange) -> str:
    keys = ", ".join(row.settings) or "back to the file"
    said = f"version {row.version} ({keys}) by {row.made_by} at {row.made_at:%Y-%m-%d %H:%M} UTC: {row.state}"
    return f"{said}: {row.reason}" if row.reason else said
