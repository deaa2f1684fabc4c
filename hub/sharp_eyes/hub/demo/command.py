"""``sharp-eyes-hub demo``."""

import shutil
import signal
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from sharp_eyes.hub.demo.crew import Crew
from sharp_eyes.hub.demo.prepare import VIEWER, Demo, prepare
from sharp_eyes.hub.demo.processes import ChildProcess, wait_until_up
from sharp_eyes.hub.errors import HubError

_CREDENTIALS = """
Sharp Eyes is watching: {url}

    user      {user}
    password  {password}

Rendered cameras show one scene each: a car stops where it must not, bicycles pile up, something falls. Watch the
alerts come, units be sent, places cleared, cameras look again, and cases close by themselves.{crew}
Ctrl-C ends everything. Logs and data are in {folder}.
"""


def demo(
    data: Annotated[Path, typer.Option(help="Folder of the demo.")] = Path("var/demo"),
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8420,
    broker_port: Annotated[int, typer.Option(help="Port of the bundled broker.")] = 18830,
    crew: Annotated[bool, typer.Option(help="Let the demo's crew deal with the cases.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what earlier runs left.")] = False,
    seconds: Annotated[float | None, typer.Option(help="End by itself after so many seconds.")] = None,
) -> None:
    """Show everything: a hub, a broker and a gateway on the bundled clips, one camera for each scene.

    Examples:
      sharp-eyes-hub demo
      sharp-eyes-hub demo --no-crew --port 9000
    """
    for wanted, option in ((port, "--port"), (broker_port, "--broker-port")):
        _must_be_free(wanted, option)
    folder = data.absolute()
    if fresh:
        _must_be_ours(folder)
        shutil.rmtree(folder, ignore_errors=True)
    _run(prepare(folder, port, broker_port), crew, seconds)


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
            viewer = (VIEWER, demo.credentials.viewer)
            crew = Crew(demo.url, viewer, demo.credentials.crews, _report)
            crew.start()
            stack.callback(crew.stop)
        by_hand = "" if with_crew else "\nThere is no crew: the cases are yours to handle."
        typer.echo(
            _CREDENTIALS.format(
                url=demo.url,
                user=VIEWER,
                password=demo.credentials.viewer,
                crew=by_hand,
                folder=demo.folder,
            )
        )
        end = None if seconds is None else time.monotonic() + seconds
        while not stop.wait(0.5) and (end is None or time.monotonic() < end):
            hub.check()
            gateway.check()
    typer.echo("The demo has ended.")


def _report(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')}  {line}")


def _must_be_ours(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "credentials.json").is_file():
        raise HubError(f"--fresh: {folder} was not made by the demo; remove it by hand or choose another --data")


def _must_be_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise HubError(f"port {port} is in use (is another demo running?); choose another with {option}") from error
