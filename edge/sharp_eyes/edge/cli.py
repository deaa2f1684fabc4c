"""``sharp-eyes-edge``: the gateway's command line."""

import logging
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from sharp_eyes.configuration.loading import ending_at_once
from sharp_eyes.configuration.log_file import log_to
from sharp_eyes.configuration.log_format import LOG_FORMAT_VARIABLE, LogFormat, begin_log, is_json, say_always
from sharp_eyes.configuration.log_throttle import throttle_root_log
from sharp_eyes.edge.backup.cli import backup, restore
from sharp_eyes.edge.cameras.cli import app as cameras_app
from sharp_eyes.edge.errors import ConfigError, EdgeError
from sharp_eyes.edge.evaluate.cli import app as evaluate_app
from sharp_eyes.edge.evaluate.events.cli import tune
from sharp_eyes.edge.joining.cli import join
from sharp_eyes.edge.lessons.cli import app as lessons_app
from sharp_eyes.edge.models.cli import app as models_app
from sharp_eyes.edge.privacy.cli import app as originals_app

if TYPE_CHECKING:
    from sharp_eyes.edge.extract.detectors import Detectors
    from sharp_eyes.edge.replay.command import ReplayOptions, ReplayTarget
    from sharp_eyes.edge.replay.runner import ReplaySummary
    from sharp_eyes.edge.settings import CameraSettings

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="The camera gateway: 抓拍 snap, 提取 extract, 推送 push.",
)
app.add_typer(cameras_app, name="cameras")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(models_app, name="models")
app.add_typer(originals_app, name="originals")
app.add_typer(lessons_app, name="lessons")
app.command()(tune)
for _command in (join, backup, restore):
    app.command()(_command)
_console = Console(stderr=True)

Runtime = Literal["auto", "onnxruntime", "openvino"]
Precision = Literal["auto", "fp32", "bf16", "int8"]


@app.callback()
def _setup(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False) -> None:
    level = logging.DEBUG if verbose else logging.INFO
    if _console.is_terminal:
        handler = RichHandler(console=_console, show_path=False, rich_tracebacks=False, log_time_format="%H:%M:%S")
        logging.basicConfig(level=level, format="%(message)s", handlers=[handler])
        throttle_root_log()
    else:
        begin_log(level, LogFormat.TEXT)
    logging.getLogger("libav").setLevel(logging.CRITICAL)


@app.command()
def run(
    config: Annotated[Path, typer.Argument(help="gateway.yaml", show_default=False)],
    log_file: Annotated[
        Path | None, typer.Option(help="Log into this file, too: six files of 10 MB at most, the oldest go.")
    ] = None,
    log_format: Annotated[
        LogFormat,
        typer.Option(envvar=LOG_FORMAT_VARIABLE, help="Lines of the log for people, or one JSON object a line."),
    ] = LogFormat.TEXT,
) -> None:
    """Watch all cameras of a gateway until Ctrl-C.

    Examples:
    `sharp-eyes-edge run configs/gateway.example.yaml`

    `sharp-eyes-edge run gateway.yaml --log-file var/gateway.log`
    """
    with ending_at_once():
        from sharp_eyes.edge.gateway import Gateway
        from sharp_eyes.edge.private_files import advice, exposed_files, make_all_private
        from sharp_eyes.edge.scenes.camera_scenes import wrong_scenes
        from sharp_eyes.edge.settings import load

    make_all_private()
    if log_format is LogFormat.JSON:
        begin_log(logging.getLogger().level, log_format)
    if log_file is not None:
        log_to(log_file, ConfigError, log_format)
    settings = load(config, wrong_scenes)
    say_always(gateway=settings.gateway)
    if exposed := exposed_files(config, settings):
        logging.getLogger(__name__).warning("%s", advice(exposed))
    stop = threading.Event()

    def _stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    with Gateway(settings):
        stop.wait()


@app.command()
def replay(
    clip: Annotated[
        str,
        typer.Argument(
            help="A recorded clip, a folder of clips or pictures, or a camera's rtsp:// address.", show_default=False
        ),
    ],
    config: Annotated[Path | None, typer.Option(help="gateway.yaml with the camera's scenes.")] = None,
    camera: Annotated[str | None, typer.Option(help="Which camera of the config.")] = None,
    scene: Annotated[str | None, typer.Option(help="One scene without a config, such as illegal_parking.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Polygon, `[name=]x,y x,y x,y …` in shares 0 to 1.")] = None,
    line: Annotated[list[str] | None, typer.Option(help="Line, `[name=]x,y x,y` in shares 0 to 1.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="A setting of the scene, such as `dwell=8`.")] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for events.jsonl, annotated.mp4 and report.html; one in it for each clip.")
    ] = Path("replay"),
    video: Annotated[bool, typer.Option(help="Write the annotated video.")] = True,
    page: Annotated[
        bool | None,
        typer.Option(
            "--page/--no-page",
            help="Write report.html: scores, measures and events along the time; by default where it can be made.",
        ),
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="At most so many seconds of each.")] = None,
    interval: Annotated[float, typer.Option(min=0.01, help="Seconds between two pictures of a folder.")] = 1.0,
    start_time: Annotated[
        datetime | None, typer.Option(help="UTC time of the first frame; the clip's own by default.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Another model: its name, or its manifest.yaml.")] = None,
    runtime: Annotated[Runtime, typer.Option(help="'auto' measures, so two runs may differ.")] = "onnxruntime",
    precision: Annotated[Precision, typer.Option(help="'auto' measures, so two runs may differ.")] = "fp32",
) -> None:
    """Replay recordings and write their events, an annotated video and a page, the same on every run.

    A camera is watched until Ctrl-C or for `--seconds`.

    Examples:
    `sharp-eyes-edge replay street.mp4 --config gateway.yaml --camera gate`

    `sharp-eyes-edge replay street.mp4 --scene illegal_parking --zone "0.1,0.5 0.4,0.5 0.4,0.9" --set dwell=8`

    `sharp-eyes-edge replay recordings/ --config gateway.yaml --camera gate --no-video`

    `sharp-eyes-edge replay rtsp://192.0.2.10/stream1 --seconds 600 --scene smoke --zone "0,0 1,0 1,1 0,1"`
    """
    from sharp_eyes.edge.evaluate.extra import missing, need_extra
    from sharp_eyes.edge.replay import command as replaying

    if page:
        need_extra()
    elif page is None and missing():
        _console.print("no report.html: the extra 'evaluate' is not installed")
    with_page = page if page is not None else not missing()
    sources = replaying.sources_of(clip, interval)
    chosen = replaying.choose_camera(sources[0][1], config, camera, scene, zone or [], line or [], set_ or [])
    detectors = replaying.detectors_of(chosen, model, runtime, precision)
    for name, source in sources:
        folder = out / name if len(sources) > 1 else out
        options = replaying.ReplayOptions(folder, video, start_time, seconds)
        summary = _replay_one(chosen, chosen.seeing(source), detectors, options, with_page)
        if summary.stopped:
            raise typer.Exit(130)


def _replay_one(
    chosen: "ReplayTarget", camera: "CameraSettings", detectors: "Detectors", options: "ReplayOptions", page: bool
) -> "ReplaySummary":
    """Replay one recording and say what was written."""
    from sharp_eyes.edge.replay import command as replaying

    written = [options.out / "events.jsonl"] + ([options.out / "annotated.mp4"] if options.video else [])
    if not page:
        summary = replaying.run(chosen.gateway, camera, detectors, options, _console, [])
    else:
        from sharp_eyes.edge.evaluate.replay_report.page import write_page
        from sharp_eyes.edge.evaluate.replay_report.timeline import ReplayTimeline

        timeline = ReplayTimeline(camera)
        summary = replaying.run(chosen.gateway, camera, detectors, options, _console, [timeline.add])
        timeline.finish(summary.frames, summary.seconds)
        written.append(write_page(timeline, options.out))
    _console.print(replaying.describe(summary, written), soft_wrap=True)
    return summary


@app.command()
def doctor(
    config: Annotated[
        Path | None, typer.Argument(help="gateway.yaml; without it only this machine is checked.")
    ] = None,
    capacity: Annotated[
        bool, typer.Option(help="Measure how many cameras fit on this machine, which takes about half a minute.")
    ] = True,
    clip: Annotated[
        Path | None, typer.Option(help="Recording on which that is measured, as your cameras send it.")
    ] = None,
) -> None:
    """Check this machine, the model, and, with a config, every camera and the broker; say how many cameras fit.

    Examples:
    `sharp-eyes-edge doctor configs/gateway.example.yaml`

    `sharp-eyes-edge doctor --clip street.mp4`

    `sharp-eyes-edge doctor gateway.yaml --no-capacity`
    """
    from sharp_eyes.edge.doctor import examine

    if not examine(config, Console(), capacity=capacity, clip=clip):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; our own errors become one clear message and exit code 2."""
    try:
        app(standalone_mode=True)
    except EdgeError as error:
        _end("Wrong setting" if isinstance(error, ConfigError) else "Error", str(error))
    except OSError as error:  # a disk is full or can only be read
        if error.filename is None:
            raise
        _end("Error", f"{error.filename}: {error.strerror}")


def _end(kind: str, why: str) -> NoReturn:
    if is_json():
        logging.getLogger(__name__).critical("%s", why)
    else:
        _console.print(f"[bold red]{kind}:[/] {escape(why)}", soft_wrap=True)
    sys.exit(2)
