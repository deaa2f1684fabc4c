"""``suite.yaml``: a folder of clips, each with its camera's settings and the events that must and must not come."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import av
from pydantic import Field, ValidationError, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import Settings, absolute, explain, read_settings
from sharp_eyes.contract.backports import UTC
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.truth import Expected, check_events, read_truth
from sharp_eyes.edge.evaluate.report.model import FootageKind
from sharp_eyes.edge.scenes.base import SceneSettings
from sharp_eyes.edge.scenes.catalogue import parse_settings
from sharp_eyes.edge.settings import CameraSettings
from sharp_eyes.edge.snap.opening import RECORDINGS


class Title(Settings):
    """What a clip shows, in both languages."""

    zh: str = Field("", title="Chinese")
    en: str = Field("", title="English")


class ClipEntry(Settings):
    """One clip as ``suite.yaml`` has it."""

    clip: Path = Field(title="The recording; a relative path starts at the suite's folder")
    truth: Path | None = Field(None, title="JSON with the expected events; or give 'events'")
    events: tuple[dict[str, Any], ...] | None = Field(None, title="The expected events themselves")
    kind: FootageKind = Field(title="real or rendered; the two never share a figure")
    title: Title = Field(Title(), title="What it shows")
    licence: str = Field("", title="Licence of the recording")
    source: str = Field("", title="Where the recording comes from")
    start_time: datetime | None = Field(None, title="Time of the first frame; the clip's own where empty")
    camera: dict[str, Any] = Field(title="The camera's settings as in gateway.yaml, without 'source'")

    @model_validator(mode="after")
    def _one_truth(self) -> Self:
        if (self.truth is None) == (self.events is None):
            raise ValueError("give either 'truth', the ground truth's file, or 'events', the list itself")
        return self


class SuiteFile(Settings):
    """All of ``suite.yaml``."""

    version: Literal[1] = Field(title="Version of the format")
    name: str = Field(title="Name in the report", min_length=1)
    clips: tuple[ClipEntry, ...] = Field(min_length=1, title="The clips")


@dataclass(frozen=True, slots=True)
class SuiteClip:
    """One clip, checked.

    Attributes:
        name: the file's name without its ending; unique in the suite.
        path: the recording.
        camera: its settings; the source is the recording, read as fast as it goes.
        scenes: the settings of the camera's scenes, in their order.
        expected: what must and what must not come.
        start_time: of the first frame, seconds since the Unix epoch; None leaves it to the recording.
    """

    name: str
    path: Path
    kind: FootageKind
    title: Title
    licence: str
    source: str
    camera: CameraSettings
    scenes: tuple[SceneSettings, ...]
    expected: tuple[Expected, ...]
    start_time: float | None


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite or several together, checked."""

    name: str
    clips: tuple[SuiteClip, ...]


def load_suites(paths: Sequence[Path], only: Collection[str] = (), recordings: Path | None = None) -> Suite:
    """Read suites; what is not chosen is not checked either.

    Args:
        paths: each a ``suite.yaml``, or its folder.
        only: names of clips or of scenes; the clips of these names and those that watch for such a scene are
            taken, all where it is empty.
        recordings: folder in which relative paths of clips begin, where not at the suite's own.

    Raises:
        ConfigError: names the file, the clip and each wrong key.
    """
    files = [(path / "suite.yaml" if path.is_dir() else path) for path in paths]
    written = [(path, _read(path)) for path in files]
    entries = [(path, entry) for path, suite in written for entry in suite.clips]
    _check_unique(files[-1], [entry for _, entry in entries])
    if unmet := sorted(set(only) - {name for _, entry in entries for name in _names_of(entry)}):
        there = ", ".join(dict.fromkeys(name for _, entry in entries for name in _names_of(entry)))
        raise ConfigError(f"--only {unmet[0]}: the suite has no clip and no scene of that name; there are {there}")
    chosen = [_clip(path, entry, recordings) for path, entry in entries if not only or _is_wanted(entry, only)]
    return Suite(" + ".join(suite.name for _, suite in written), tuple(chosen))


def _read(path: Path) -> SuiteFile:
    return read_settings(path, SuiteFile, ConfigError)


def _names_of(entry: ClipEntry) -> list[str]:
    scenes = entry.camera.get("scenes")
    found = [str(scene.get("scene")) for scene in scenes if isinstance(scene, dict)] if isinstance(scenes, list) else []
    return [entry.clip.stem, *found]


def _is_wanted(entry: ClipEntry, only: Collection[str]) -> bool:
    return any(name in only for name in _names_of(entry))


def _check_unique(path: Path, entries: Sequence[ClipEntry]) -> None:
    twice = [name for name, count in Counter(entry.clip.stem for entry in entries).items() if count > 1]
    if twice:
        raise ConfigError(f"{path}: clip {twice[0]!r} stands twice; give each recording a name of its own")


def _clip(suite: Path, entry: ClipEntry, recordings: Path | None) -> SuiteClip:
    where = f"{suite}: clip {entry.clip}"
    folder = suite.resolve().parent
    clip, truth = absolute(recordings or folder, entry.clip), absolute(folder, entry.truth)
    if clip is None or not clip.is_file():
        raise ConfigError(f"{where}: there is no such file ({clip})")
    if "source" in entry.camera:
        raise ConfigError(f"{where}: camera.source: leave it out; the source is the clip")
    source = {"kind": "file", "path": clip, "pace": "fast", "loop": False}
    try:
        camera = CameraSettings.model_validate({**entry.camera, "source": source})
        scenes = tuple(parse_settings(camera.id, number, raw) for number, raw in enumerate(camera.scenes))
    except ValidationError as error:
        raise ConfigError(f"{where}: camera:\n  {explain(error)}") from error
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error
    if not scenes:
        raise ConfigError(f"{where}: camera.scenes: at least one scene is wanted")
    expected = check_events(entry.events or (), where) if truth is None else read_truth(truth)
    _check_zones(f"{where}: {truth or 'events'}", expected, scenes)
    _check_times(f"{where}: {truth or 'events'}", expected, clip)
    return SuiteClip(
        entry.clip.stem,
        clip,
        entry.kind,
        entry.title,
        entry.licence,
        entry.source,
        camera,
        scenes,
        expected,
        _seconds(entry.start_time),
    )


def _seconds(moment: datetime | None) -> float | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _check_zones(where: str, expected: Sequence[Expected], scenes: Sequence[SceneSettings]) -> None:
    """A zone that no scene of the camera watches could never give its event."""
    watched = {(settings.scene, zone) for settings in scenes for zone in zones_of(settings)}
    for number, event in enumerate(expected):
        if (event.scene, event.zone) not in watched:
            there = ", ".join(f"{scene} {zone}" for scene, zone in sorted(watched))
            raise ConfigError(
                f"{where}: events.{number}: the camera does not watch zone {event.zone!r} for {event.scene}; "
                f"it watches {there}"
            )


def _check_times(where: str, expected: Sequence[Expected], clip: Path) -> None:
    """What begins after the clip's end could never be raised: a slip of the pen, or another clip's truth."""
    if not expected or (length := stated_seconds(clip)) is None:
        return
    for number, event in enumerate(expected):
        if event.start > length:
            raise ConfigError(
                f"{where}: events.{number}.from: {event.start:g} s lies after the clip's end ({length:.1f} s); give "
                "seconds from the clip's first frame, and see whether the truth belongs to this clip"
            )


def stated_seconds(path: Path) -> float | None:
    """How long a recording says it is; None where it does not say, or cannot be opened."""
    try:
        with av.open(str(path), options={"format_whitelist": RECORDINGS, "protocol_whitelist": "file"}) as container:
            return container.duration / av.time_base if container.duration and container.duration > 0 else None
    except (av.error.FFmpegError, OSError):
        return None  # playing the clip gives the clear error


def zones_of(settings: SceneSettings) -> list[str]:
    """Identifiers of a scene's zones and lines."""
    return [item.id for item in (*getattr(settings, "zones", ()), *getattr(settings, "lines", ()))]
