"""What ``sharp-eyes-edge replay`` does around the replay itself: choosing the camera, files and progress."""

from datetime import UTC, datetime
from pathlib import Path

import av
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.inline import camera_for, camera_from
from sharp_eyes.edge.replay import Summary, replay
from sharp_eyes.edge.settings import CameraSettings, ModelSettings, load

GATEWAY = "replay"
"""Gateway named in the events where no config names one."""


def choose_camera(
    clip: Path,
    config: Path | None,
    camera: str | None,
    scene: str | None,
    zones: list[str],
    lines: list[str],
    options: list[str],
) -> tuple[str, CameraSettings, ModelSettings]:
    """Gateway, camera and model from the command line's options.

    Raises:
        ConfigError: when neither or both of config and scene are given, or something in them is wrong.
    """
    if not clip.is_file():
        raise SourceError(f"{clip}: there is no such file")
    if (config is None) == (scene is None):
        raise ConfigError("give either --config with the camera's scenes, or one --scene with its --zone")
    if config is not None:
        settings = load(config)
        return settings.gateway, camera_from(settings, clip, camera), settings.model
    return GATEWAY, camera_for(clip, scene or "", zones, lines, options), ModelSettings()


def run(
    chosen: tuple[str, CameraSettings, ModelSettings],
    out: Path,
    video: bool,
    start_time: datetime | None,
    model: str | None,
    runtime: str,
    precision: str,
    console: Console,
) -> str:
    """Replay with a progress bar; returns one line that says what was done.

    Raises:
        EdgeError: as the rooms raise it.
    """
    gateway, camera, configured = chosen
    wanted = {**configured.model_dump(), "runtime": runtime, "precision": precision}
    if model is not None:
        wanted |= naming(model, configured.directory)
    detectors = Detectors.open(ModelSettings.model_validate(wanted))
    start = start_time.replace(tzinfo=UTC).timestamp() if start_time else None
    try:
        out.mkdir(parents=True, exist_ok=True)
        lines = (out / "events.jsonl").open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--out {out}: {error.strerror}") from error
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with lines, Progress(*columns, console=console) as bar:
        task = bar.add_task("frames", total=_frames_in(camera))

        def advance(_frame: Frame) -> None:
            bar.advance(task)

        target = out / "annotated.mp4" if video else None
        summary = replay(gateway, camera, detectors, lines, target, start, advance)
    return _describe(summary, out, video)


def naming(model: str, directory: Path | None) -> dict[str, object]:
    """Model settings for what stands behind ``--model``: a manifest's path, or the name of a model."""
    if Path(model).suffix in (".yaml", ".yml") or "/" in model:
        return {"manifest": Path(model), "name": None}
    return {"manifest": None, "name": model, "directory": directory or Path("var/edge/models")}


def _describe(summary: Summary, out: Path, video: bool) -> str:
    opened = [event for event in summary.events if event.sequence == 0]
    written = f"{out / 'events.jsonl'}" + (f" and {out / 'annotated.mp4'}" if video else "")
    return (
        f"{len(opened)} events in {summary.seconds:.1f} s of video "
        f"({summary.frames} frames, {summary.looks} looked at): {written}"
    )


def _frames_in(camera: CameraSettings) -> int | None:
    """How many frames the clip says it has; None where it does not say."""
    if camera.source.kind != "file":
        return None
    try:
        with av.open(str(camera.source.path)) as container:
            return (container.streams.video[0].frames or None) if container.streams.video else None
    except (av.error.FFmpegError, OSError):
        return None  # reading the clip gives the clear error
