"""``sharp-eyes-hub demo``."""

import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from sharp_eyes.hub.demo.crew import Crew
from sharp_eyes.hub.demo.places import LOCK, Place, is_playing
from sharp_eyes.hub.demo.prepare import GATEWAY, VIEWER, Demo, prepare
from sharp_eyes.hub.demo.processes import ChildProcess, wait_until_up
from sharp_eyes.hub.errors import HubError

_FOLDER = Path("var/demo")
_PORT, _BROKER_PORT = 8420, 18830

_CREDENTIALS = """
Sharp Eyes is watching: {url}

    user      {user}
    password  {password}

Rendered cameras show one scene each: a car stops where it must not, bicycles pile up, something falls. Watch the
alerts come, units be sent, places cleared, cameras look again, and cases close by themselves.{crew}
In another terminal people's days can be played on it, step by step:

    {play}

Ctrl-C ends everything. Logs and data are in {folder}.
"""


def demo(
    data: Annotated[
        Path | None, typer.Option(help="Folder of the demo; var/demo, or the next one beside while a demo runs there.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the page; the next free one from 8420 on.")] = None,
    broker_port: Annotated[
        int | None, typer.Option(help="Port of the bundled broker; the next free one from 18830 on.")
    ] = None,
    crew: Annotated[bool, typer.Option(help="Let the demo's crew deal with the cases.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what earlier runs left.")] = False,
    seconds: Annotated[float | None, typer.Option(help="End by itself after so many seconds.")] = None,
) -> None:
    """Show everything: a hub, a broker and a gateway on the bundled clips, one camera for each scene.

    Examples:
      sharp-eyes-hub demo
      sharp-eyes-hub demo --no-crew --port 9000
      sharp-eyes-hub demo --data var/second
    """
    with Place() as place:
        folder = place.take_folder(data, _FOLDER)
        page = place.take_port(port, _PORT, "--port")
        broker = place.take_port(broker_port, _BROKER_PORT, "--broker-port")
        if fresh:
            _empty(folder)
        _run(prepare(folder, page, broker), crew, seconds)


def _run(demo: Demo, with_crew: bool, seconds: float | None) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _signal, _frame: stop.set())
    logs = demo.folder / "logs"
    with ExitStack() as stack:
        hub = stack.enter_context(
            ChildProcess("sharp_eyes.hub", ["serve", "--config", str(demo.hub_file)], logs / "hub.log")
        )
        wait_until_up(demo.url, hub)
        gateway = stack.enter_context(
            ChildProcess("sharp_eyes.edge", ["run", str(demo.gateway_file)], logs / "gateway.log")
        )
        if with_crew:
            crew = Crew(demo.url, (VIEWER, demo.credentials.viewer), demo.crew, _report, _of_a_story(demo.folder))
            crew.start()
            stack.callback(crew.stop)
        by_hand = "" if with_crew else "\nThere is no crew: the cases are yours to handle."
        typer.echo(
            _CREDENTIALS.format(
                url=demo.url,
                user=VIEWER,
                password=demo.credentials.viewer,
                crew=by_hand,
                play=f"{Path(sys.executable).with_name('sharp-eyes-hub')} play gas --data {demo.folder}",
                folder=demo.folder,
            )
        )
        end = None if seconds is None else time.monotonic() + seconds
        while not stop.wait(0.5) and (end is None or time.monotonic() < end):
            hub.check()
            gateway.check()
    typer.echo("The demo has ended.")


def _of_a_story(folder: Path) -> Callable[[dict[str, Any]], bool]:
    """Tells which cases the crew leaves to a story's people, as long as one is played."""
    return lambda case: case["gateway"] != GATEWAY and is_playing(folder)


def _report(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')}  {line}")


def _empty(folder: Path) -> None:
    """Throw away what earlier runs left; the lock, which this run holds, stays."""
    found = [entry for entry in folder.iterdir() if entry.name != LOCK]
    if found and not (folder / "credentials.json").is_file():
        raise HubError(f"--fresh: {folder} was not made by the demo; remove it by hand or choose another --data")
    for entry in found:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()
