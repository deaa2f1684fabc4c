"""``sharp-eyes-edge cameras``: the command line for finding, judging and setting up cameras."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sharp_eyes.edge.errors import ConfigError, EdgeError, SourceError

if TYPE_CHECKING:
    from sharp_eyes.edge.camera_check.examination import Examination, Streams
    from sharp_eyes.edge.camera_check.login import Login
    from sharp_eyes.edge.settings import CameraSettings

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Find cameras, judge their streams, and write them into gateway.yaml.",
)
WIDE = 160

Config = Annotated[Path, typer.Option(help="gateway.yaml", show_default=False)]
Username = Annotated[str | None, typer.Option(help="User name at the camera.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="File that holds the password, `-` for the standard input; asked for without it.")
]
PasswordEnv = Annotated[str | None, typer.Option(help="Environment variable that holds the password.")]
Main = Annotated[
    str | None, typer.Option(help="Main stream: a profile, or an rtsp:// address; the largest by default.")
]
Sub = Annotated[str | None, typer.Option(help="Substream: a profile, or an rtsp:// address; chosen by its size.")]
Channel = Annotated[str | None, typer.Option(help="Which channel of a recorder: its number, or its source's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def find(
    interface: Annotated[
        list[str] | None, typer.Option(help="IPv4 address of this machine on the cameras' network; all by default.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="How long to wait for answers.")] = 3.0,
    as_json: AsJson = False,
) -> None:
    """Find the cameras on this machine's networks that speak ONVIF (WS-Discovery).

    Nothing but the probe is sent, and no password. A camera behind a router is not found: give its address to `test`.

    Examples:
    `sharp-eyes-edge cameras find`

    `sharp-eyes-edge cameras find --interface 192.168.1.10 --seconds 5`
    """
    from sharp_eyes.edge.camera_check.onvif import find_devices

    found = find_devices(interface or [], seconds)
    if as_json:
        typer.echo(json.dumps([asdict(device) for device in found], ensure_ascii=False))
        return
    if not found:
        raise SourceError(
            f"no camera answered within {seconds:g} s; switch on ONVIF in the cameras, check that they are on the same "
            "network and that no firewall stops UDP port 3702, or give a camera's address to `cameras test`"
        )
    table = Table("name", "model", "place", "address")
    for device in found:
        table.add_row(*(escape(text) for text in (device.name, device.hardware, device.location, device.address)))
    _show(table)
    typer.echo(f"look at one: sharp-eyes-edge cameras test {found[0].address} --username NAME")


@app.command()
def test(
    camera: Annotated[
        str,
        typer.Argument(
            help="An rtsp:// address, an ONVIF address, or with --config a camera's id.", show_default=False
        ),
    ],
    config: Annotated[Path | None, typer.Option(help="gateway.yaml that has the camera.")] = None,
    username: Username = None,
    password_file: PasswordFile = None,
    password_env: PasswordEnv = None,
    main: Main = None,
    sub: Sub = None,
    channel: Channel = None,
    picture: Annotated[Path | None, typer.Option(help="Write the main stream's picture to this JPEG file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Watch a camera for some seconds; say what its streams are worth and what to set in it. Nothing is written down.

    Exit code 2 where it cannot be read.

    Examples:
    `sharp-eyes-edge cameras test 192.0.2.10 --username viewer --picture gate.jpg`

    `sharp-eyes-edge cameras test rtsp://192.0.2.10/stream1 --username viewer --password-file gate.password`

    `sharp-eyes-edge cameras test gate-1 --config gateway.yaml`
    """
    from sharp_eyes.edge.camera_check.examination import examine, save_picture, streams_of
    from sharp_eyes.edge.camera_check.login import login_of
    from sharp_eyes.edge.private_files import make_all_private

    make_all_private()
    if config is not None:
        streams, login = _from_settings(config, camera)
    else:
        login = login_of(camera, username, password_file, password_env)
        streams = streams_of(camera, login, main, sub, channel)
    seen = examine(streams, login)
    if picture is not None:
        save_picture(seen.reports["main stream"], picture)
    if as_json:
        typer.echo(json.dumps(_as_data(streams, seen), ensure_ascii=False))
        return
    _say(streams, seen)
    if picture is not None:
        typer.echo(f"its picture: {picture}")


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="An rtsp:// address, or an ONVIF address.", show_default=False)],
    config: Config,
    id_: Annotated[
        str, typer.Option("--id", help="Identifier that the camera gets, such as gate-1.", show_default=False)
    ],
    name: Annotated[str | None, typer.Option(help="Name shown to people.")] = None,
    area: Annotated[str | None, typer.Option(help="Path in the hub's area tree, such as district/street.")] = None,
    username: Username = None,
    password_file: PasswordFile = None,
    password_env: PasswordEnv = None,
    main: Main = None,
    sub: Sub = None,
    use_sub: Annotated[
        bool, typer.Option("--use-sub/--no-sub", help="Look at the substream where there is one.")
    ] = True,
    channel: Channel = None,
    scene: Annotated[str | None, typer.Option(help="A scene to watch for, such as illegal_parking.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Polygon, `[name=]x,y x,y x,y …` in shares 0 to 1.")] = None,
    line: Annotated[list[str] | None, typer.Option(help="Line, `[name=]x,y x,y` in shares 0 to 1.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the scene, such as `dwell=180`.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Write the main stream's picture to this JPEG file.")] = None,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Watch its streams first.")] = True,
    dry_run: Annotated[bool, typer.Option(help="Show the camera's lines and write nothing.")] = False,
) -> None:
    """Look at a camera and write it into gateway.yaml; comments and all else in the file stay as they are.

    Its password goes into `ID.password` beside the file, for the gateway's user alone, unless it has a file or a
    variable. What would be wrong in the file is said, and then nothing is written.

    Examples:
    `sharp-eyes-edge cameras add 192.0.2.10 --config gateway.yaml --id gate-1 --username viewer --picture gate-1.jpg`

    `sharp-eyes-edge cameras add rtsp://192.0.2.10/stream1 --config gateway.yaml --id gate-1 --scene illegal_parking
    --zone "kerb=0.1,0.5 0.4,0.5 0.4,0.9" --set dwell=180`
    """
    from sharp_eyes.edge.camera_check.examination import examine, save_picture, streams_of
    from sharp_eyes.edge.camera_check.login import login_of
    from sharp_eyes.edge.cameras import adding

    adding.check_identity(id_)
    login = login_of(address, username, password_file, password_env)
    streams = streams_of(address, login, main, sub, channel)
    streams = streams if use_sub else replace(streams, sub=None)
    wanted = adding.Wanted(id_, name, area, scene, zone or [], line or [], set_ or [])
    adding.add(config, wanted, streams, login, write=False)
    if check:
        seen = examine(streams, login)
        _say(streams, seen)
        if picture is not None:
            save_picture(seen.reports["main stream"], picture)
            typer.echo(f"its picture: {picture}")
    text, made = adding.add(config, wanted, streams, login, write=not dry_run)
    if dry_run:
        typer.echo(text)
        return
    typer.echo(f"{config}: camera {id_} added" + (f", its password in {made}" if made else ""))
    typer.echo("" if scene else "it has no scene yet: write its scenes and zones into the file; ", nl=False)
    typer.echo(f"check all: sharp-eyes-edge doctor {config}; a running gateway takes it at its next start")


@app.command("list")
def list_(config: Config, as_json: AsJson = False) -> None:
    """List the cameras of a gateway.yaml and those that were added from the hub; none is called.

    Example: `sharp-eyes-edge cameras list --config gateway.yaml`
    """
    from sharp_eyes.edge.camera_setup.store import with_added
    from sharp_eyes.edge.settings import load

    rows = [_row(camera) for camera in with_added(load(config)).cameras]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(escape(value) for value in row.values()))
    _show(table)


@app.command()
def remove(
    camera: Annotated[str, typer.Argument(help="The camera's id.", show_default=False)],
    config: Config,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take a camera out of gateway.yaml, with the comments directly above it; its open events close at the next start.

    Example: `sharp-eyes-edge cameras remove gate-1 --config gateway.yaml`
    """
    from sharp_eyes.edge.cameras import adding

    if not yes and not typer.confirm(f"Take camera {camera} with its scenes and zones out of {config}?"):
        raise typer.Exit(1)
    left = adding.remove(config, camera)
    typer.echo(f"{config}: camera {camera} removed; a running gateway goes on with it until its next start")
    if left is not None:
        typer.echo(f"nobody uses its password's file any more: rm {left}")


def _from_settings(config: Path, identity: str) -> "tuple[Streams, Login]":
    """A camera of the settings as it is called there."""
    from sharp_eyes.edge.camera_check.examination import Streams
    from sharp_eyes.edge.camera_check.login import Login, without_login
    from sharp_eyes.edge.settings import RtspSource, load
    from sharp_eyes.edge.snap.address import parse_address

    cameras = {camera.id: camera for camera in load(config).cameras}
    if identity not in cameras:
        raise ConfigError(f"{config}: there is no camera {identity!r}; there are: {', '.join(cameras)}")
    source = cameras[identity].source
    if not isinstance(source, RtspSource):
        raise EdgeError(f"camera {identity} plays a recording; `sharp-eyes-edge doctor {config}` looks at it")
    written = parse_address(source.url)
    login = Login(source.username or written.username, source.password() or written.password)
    sub = None if source.substream is None else without_login(source.substream)
    return Streams(without_login(source.url), sub), login


def _row(camera: "CameraSettings") -> dict[str, str]:
    from sharp_eyes.edge.settings import RtspSource
    from sharp_eyes.edge.snap.address import masked

    source = camera.source
    return {
        "id": camera.id,
        "name": camera.name,
        "area": camera.area or "",
        "source": masked(source.url) if isinstance(source, RtspSource) else str(source.path),
        "substream": masked(source.substream or "") if isinstance(source, RtspSource) else "",
        "scenes": ", ".join(str(scene.get("scene", "")) for scene in camera.scenes),
    }


def _say(streams: "Streams", seen: "Examination") -> None:
    console = Console(soft_wrap=True)
    device = streams.device
    if device is not None:
        clock = "its clock is unknown" if device.clock_offset is None else f"clock {device.clock_offset:+.0f} s"
        console.print(escape(f"{device.model or 'a camera'}, {clock}"))
    console.print(escape(f"main stream: {streams.main}"))
    if streams.sub is not None:
        console.print(escape(f"substream: {streams.sub}"))
    for line in seen.lines:
        console.print(f"[green]✓[/] {escape(line)}")
    for text in seen.advice:
        console.print(f"[yellow]![/] {escape(text)}")
    if not seen.advice:
        console.print("all is set as it should be")


def _as_data(streams: "Streams", seen: "Examination") -> dict[str, Any]:
    device = streams.device
    return {
        "main": streams.main,
        "sub": streams.sub,
        "model": device.model if device else None,
        "clock_offset": device.clock_offset if device else None,
        "streams": {
            name: {
                "codec": report.codec,
                "width": report.width,
                "height": report.height,
                "frame_rate": round(report.frame_rate, 2),
                "keyframe_interval": report.keyframe_interval and round(report.keyframe_interval, 2),
                "kilobits": round(report.kilobits),
            }
            for name, report in seen.reports.items()
        },
        "advice": list(seen.advice),
    }


def _show(table: Table) -> None:
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)
