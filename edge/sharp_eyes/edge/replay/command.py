"""What ``sharp-eyes-edge replay`` does around the replay itself: finding the recordings, files and progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import av
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sharp_eyes.contract.backports import UTC
from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.pipeline import Processed
from sharp_eyes.edge.replay.inline import camera_for, camera_from
from sharp_eyes.edge.replay.runner import OnFrame, ReplaySummary, replay
from sharp_eyes.edge.scenes.camera_scenes import wrong_scenes
from sharp_eyes.edge.settings import (
    CameraSettings,
    FileSource,
    FolderSource,
    ModelSettings,
    RtspSource,
    Source,
    load,
)
from sharp_eyes.edge.snap.address import masked
from sharp_eyes.edge.snap.folder import PICTURES

GATEWAY = "replay"
"""Gateway named in the events where no config names one."""

CLIPS = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts", ".webm", ".flv"})


@dataclass(frozen=True, slots=True)
class ReplayTarget:
    """Who sees: gateway, camera and model from the command line's options."""

    gateway: str
    camera: CameraSettings
    model: ModelSettings

    def seeing(self, source: Source) -> CameraSettings:
        """The camera, with this source in the place of its own."""
        return self.camera.model_copy(update={"source": source})


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay.

    Attributes:
        out: folder of what is written; of several recordings each gets a folder in it.
        video: write the annotated video.
        seconds: the most to take in of each.
    """

    out: Path
    video: bool
    start_time: datetime | None
    seconds: float | None


def sources_of(given: str, interval: float) -> list[tuple[str, Source]]:
    """What is to be replayed, by name: a clip, a folder of pictures, all clips of a folder, or a camera's address.

    Args:
        given: a path or an ``rtsp://`` address.
        interval: seconds between two pictures of a folder.

    Raises:
        SourceError: when there is nothing of the kind.
    """
    if given.startswith(("rtsp://", "rtsps://")):
        return [("camera", RtspSource(url=given))]
    path = Path(given)
    if path.is_file():
        return [(path.stem, FileSource(path=path, pace="fast"))]
    if not path.is_dir():
        raise SourceError(f"{masked(given)}: there is no such file or folder; a camera's address begins with rtsp://")
    names = sorted(path.iterdir())
    clips = [name for name in names if name.suffix.lower() in CLIPS]
    if clips:
        return [(clip.stem, FileSource(path=clip, pace="fast")) for clip in clips]
    if any(name.suffix.lower() in PICTURES for name in names):
        return [(path.name, FolderSource(path=path, interval=interval, pace="fast"))]
    raise SourceError(f"{path}: holds neither clips ({_listed(CLIPS)}) nor pictures ({_listed(PICTURES)})")


def choose_camera(
    source: Source,
    config: Path | None,
    camera: str | None,
    scene: str | None,
    zones: list[str],
    lines: list[str],
    options: list[str],
) -> ReplayTarget:
    """Gateway, camera and model from the command line's options.

    Raises:
        ConfigError: when neither or both of config and scene are given, or something in them is wrong.
    """
    if (config is None) == (scene is None):
        raise ConfigError("give either --config with the camera's scenes, or one --scene with its --zone")
    if config is not None:
        settings = load(config, wrong_scenes)
        return ReplayTarget(settings.gateway, camera_from(settings, source, camera), settings.model)
    return ReplayTarget(GATEWAY, camera_for(source, scene or "", zones, lines, options), ModelSettings())


def detectors_of(chosen: ReplayTarget, model: str | None, runtime: str, precision: str) -> Detectors:
    """The models as the command line wants them.

    Raises:
        ModelError: when one is missing or altered.
    """
    wanted = {**chosen.model.model_dump(), "runtime": runtime, "precision": precision}
    if model is not None:
        wanted |= naming(model, chosen.model.directory)
    return Detectors.open(ModelSettings.model_validate(wanted))


def run(
    gateway: str,
    camera: CameraSettings,
    detectors: Detectors,
    options: ReplayOptions,
    console: Console,
    also: Sequence[OnFrame],
) -> ReplaySummary:
    """Replay one recording with a progress bar; ``also`` are told of every frame that somebody needs.

    Raises:
        EdgeError: as the rooms raise it.
    """
    start = options.start_time.replace(tzinfo=UTC).timestamp() if options.start_time else None
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        lines = (options.out / "events.jsonl").open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--out {options.out}: {error.strerror}") from error
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with lines, Progress(*columns, console=console) as bar:
        task = bar.add_task("frames", total=_frames_in(camera.source))

        def on_frame(frame: Frame, done: Processed) -> None:
            for listen in also:
                listen(frame, done)

        target = options.out / "annotated.mp4" if options.video else None
        return replay(
            gateway, camera, detectors, lines, target, start, on_frame, options.seconds, lambda: bar.advance(task)
        )


def naming(model: str, directory: Path | None) -> dict[str, object]:
    """Model settings for what stands behind ``--model``: a manifest's path, or the name of a model."""
    if Path(model).suffix in (".yaml", ".yml") or "/" in model:
        return {"manifest": Path(model), "name": None}
    return {"manifest": None, "name": model, "directory": directory or Path("var/edge/models")}


def describe(summary: ReplaySummary, written: Sequence[Path]) -> str:
    """One line that says what was done."""
    opened = [event for event in summary.events if event.sequence == 0]
    ended = "stopped after " if summary.stopped else ""
    return (
        f"{len(opened)} events in {ended}{summary.seconds:.1f} s of video "
        f"({summary.frames} frames, {summary.looks} looked at): {', '.join(map(str, written))}"
    )


def _listed(endings: frozenset[str]) -> str:
    return " ".join(sorted(endings))


def _frames_in(source: Source) -> int | None:
    """How many frames the recording says it has; None where it does not say."""
    if isinstance(source, FolderSource):
        return sum(name.suffix.lower() in PICTURES for name in source.path.iterdir())
    return _frames_in_clip(source.path) if isinstance(source, FileSource) else None


def _frames_in_clip(path: Path) -> int | None:
    try:
        with av.open(str(path)) as container:
            return (container.streams.video[0].frames or None) if container.streams.video else None
    except (av.error.FFmpegError, OSError):
        return None  # reading the clip gives the clear error
