"""Which clips are ordinary footage, and what is watched for in them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip, Title
from sharp_eyes.edge.replay.command import CLIPS
from sharp_eyes.edge.scenes.catalogue import SCENES, parse_settings
from sharp_eyes.edge.settings import CameraSettings

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))

USUAL = tuple(name for name in SCENES if name != "perimeter_intrusion")
"""Scenes that are watched for unless others are named: people in the picture are no false alarm."""


def with_default_scenes(clip: SuiteClip, names: Sequence[str]) -> SuiteClip:
    """The clip under default settings of these scenes, each on the whole picture; all else of its camera stays.

    Raises:
        ConfigError: a scene is not known.
    """
    raw = tuple({"scene": name, "zones": [{"id": "picture", "polygon": WHOLE}]} for name in names)
    scenes = tuple(parse_settings(clip.camera.id, number, one) for number, one in enumerate(raw))
    return replace(clip, camera=clip.camera.model_copy(update={"scenes": raw}), scenes=scenes, expected=())


def without_second_look(clip: SuiteClip) -> SuiteClip:
    """The clip with events that nobody looks at a second time."""
    raw = tuple({**one, "verify": False} for one in clip.camera.scenes)
    scenes = tuple(one.model_copy(update={"verify": False}) for one in clip.scenes)
    return replace(clip, camera=clip.camera.model_copy(update={"scenes": raw}), scenes=scenes)


def footage_in(folders: Sequence[Path]) -> Suite:
    """Recordings without a suite: files, or all in folders; each a real camera of its own.

    Raises:
        ConfigError: there is no recording, or two have one name.
    """
    files: list[Path] = []
    for given in folders:
        if not given.exists():
            raise ConfigError(f"--footage {given}: there is no such file or folder")
        own = sorted(given.rglob("*")) if given.is_dir() else [given]
        found = [path for path in own if path.suffix.lower() in CLIPS]
        if not found:
            raise ConfigError(f"--footage {given}: holds no recording ({', '.join(sorted(CLIPS))})")
        files += found
    names: dict[str, Path] = {}
    for path in files:
        if path.stem in names:
            raise ConfigError(f"--footage: {path} and {names[path.stem]} have one name; rename one of them")
        names[path.stem] = path
    return Suite("footage", tuple(_clip(number, path) for number, path in enumerate(files, start=1)))


def _clip(number: int, path: Path) -> SuiteClip:
    source = {"kind": "file", "path": path.resolve(), "pace": "fast", "loop": False}
    try:
        camera = CameraSettings.model_validate({"id": f"footage-{number}", "source": source})
    except ValidationError as error:
        raise ConfigError(f"--footage {path}: {explain(error)}") from error
    return SuiteClip(path.stem, path.resolve(), "real", Title(), "", "", camera, (), (), None)
