"""``sharp-eyes-edge``: the gateway's command line."""

import logging
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from sharp_eyes.edge.bring.cli import app as models_app
from sharp_eyes.edge.errors import ConfigError, EdgeError
from sharp_eyes.edge.evaluate.cli import app as evaluate_app
from sharp_eyes.edge.evaluate.events.cli import tune

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="The camera gateway: 抓拍 snap, 提取 extract, 推送 push.",
)
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(models_app, name="models")
app.command()(tune)
_console = Console(stderr=True)

Runtime = Literal["auto", "onnxruntime", "openvino"]
Precision = Literal["auto", "fp32", "bf16", "int8"]


@app.callback()
def _setup(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False) -> None:
    level = logging.DEBUG if verbose else logging.INFO
    if _console.is_terminal:
        handler = RichHandler(console=_console, show_path=False, rich_tracebacks=False, log_time_format="%H:%M:%S")
        logging.basicConfig(level=level, format="%(message)s", handlers=[handler])
    else:
        logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("libav").setLevel(logging.CRITICAL)


@app.command()
def run(
    config: Annotated[Path, typer.Argument(help="gateway.yaml", show_default=False)],
) -> None:
    """Watch all cameras of a gateway until Ctrl-C.

    Example: `sharp-eyes-edge run configs/gateway.example.yaml`
    """
    from sharp_eyes.edge.gateway import Gateway  # noqa: PLC0415 - keeps --help quick
    from sharp_eyes.edge.settings import load  # noqa: PLC0415

    stop = threading.Event()

    def _stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    with Gateway(load(config)):
        stop.wait()


@app.command()
def replay(
    clip: Annotated[Path, typer.Argument(help="A recorded clip.", show_default=False)],
    config: Annotated[Path | None, typer.Option(help="gateway.yaml with the camera's scenes.")] = None,
    camera: Annotated[str | None, typer.Option(help="Which camera of the config.")] = None,
    scene: Annotated[str | None, typer.Option(help="One scene without a config, such as illegal_parking.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Polygon, `[name=]x,y x,y x,y …` in shares 0 to 1.")] = None,
    line: Annotated[list[str] | None, typer.Option(help="Line, `[name=]x,y x,y` in shares 0 to 1.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="A setting of the scene, such as `dwell=8`.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for events.jsonl and annotated.mp4.")] = Path("replay"),
    video: Annotated[bool, typer.Option(help="Write the annotated video.")] = True,
    start_time: Annotated[
        datetime | None, typer.Option(help="UTC time of the first frame; the clip's own by default.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Another model: its name, or its manifest.yaml.")] = None,
    runtime: Annotated[Runtime, typer.Option(help="'auto' measures, so two runs may differ.")] = "onnxruntime",
    precision: Annotated[Precision, typer.Option(help="'auto' measures, so two runs may differ.")] = "fp32",
) -> None:
    """Replay a clip and write its events and an annotated video, the same on every run.

    Examples:
    `sharp-eyes-edge replay street.mp4 --config gateway.yaml --camera gate`

    `sharp-eyes-edge replay street.mp4 --scene illegal_parking --zone "0.1,0.5 0.4,0.5 0.4,0.9" --set dwell=8`
    """
    from sharp_eyes.edge import replaying  # noqa: PLC0415 - keeps --help quick

    chosen = replaying.choose_camera(clip, config, camera, scene, zone or [], line or [], set_ or [])
    summary = replaying.run(chosen, out, video, start_time, model, runtime, precision, _console)
    _console.print(summary, soft_wrap=True)


@app.command()
def doctor(
    config: Annotated[
        Path | None, typer.Argument(help="gateway.yaml; without it only this machine is checked.")
    ] = None,
) -> None:
    """Check this machine, the model, and, with a config, every camera and the broker.

    Example: `sharp-eyes-edge doctor configs/gateway.example.yaml`
    """
    from sharp_eyes.edge.doctor import examine  # noqa: PLC0415 - keeps --help quick

    if not examine(config, Console()):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; our own errors become one clear message and exit code 2."""
    try:
        app(standalone_mode=True)
    except ConfigError as error:
        _console.print(f"[bold red]Wrong setting:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except EdgeError as error:
        _console.print(f"[bold red]Error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
