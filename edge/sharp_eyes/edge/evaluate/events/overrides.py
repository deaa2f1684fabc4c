"""Other settings than the suite's, for a comparison: what ``--settings name=file.yaml`` and ``tune`` write and read."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sharp_eyes.configuration import Settings, read_settings
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip
from sharp_eyes.edge.scenes.catalogue import parse_settings
from sharp_eyes.edge.settings import DecodePace

Values = dict[str, Any]


class Overrides(Settings):
    """Keys that take the place of the suite's; a camera's own go before those for all cameras."""

    scenes: dict[SceneName, Values] = Field(default_factory=dict, title="By scene, at every camera")
    cameras: dict[Identifier, dict[SceneName, Values]] = Field(default_factory=dict, title="By camera and scene")
    decode: DecodePace | None = Field(None, title="What every camera decodes; as the suite has it where empty")
    crop: Literal["off", "zones"] | None = Field(
        None, title="What is looked at of every camera's picture; as the suite has it where empty"
    )
    model: Values = Field(default_factory=dict, title="Keys of gateway.yaml's 'model', such as thresholds")


def read_overrides(path: Path) -> Overrides:
    """Read a file of settings.

    Raises:
        ConfigError: names the file and each wrong key.
    """
    return read_settings(path, Overrides, ConfigError)


def check_used(overrides: Overrides, suite: Suite, where: str) -> None:
    """Make sure that everything in it changes something.

    Raises:
        ConfigError: names what is in no clip.
    """
    there = {(clip.camera.id, settings.scene) for clip in suite.clips for settings in clip.scenes}
    for scene in overrides.scenes:
        if scene not in {name for _, name in there}:
            raise ConfigError(f"{where}: scenes.{scene}: no clip of the suite watches for it")
    for camera, scenes in overrides.cameras.items():
        for scene in scenes:
            if (camera, scene) not in there:
                raise ConfigError(f"{where}: cameras.{camera}.{scene}: the suite has no such camera with this scene")


def overridden(clip: SuiteClip, overrides: Overrides, where: str) -> SuiteClip:
    """The clip with its camera's scenes set otherwise.

    Raises:
        ConfigError: names the camera, the scene and the key that cannot be set so.
    """
    own = overrides.cameras.get(clip.camera.id, {})
    raw = []
    for settings, written in zip(clip.scenes, clip.camera.scenes, strict=True):
        changed = merged(written, overrides.scenes.get(settings.scene, {}))
        raw.append(merged(changed, own.get(settings.scene, {})))
    try:
        scenes = tuple(parse_settings(clip.camera.id, number, entry) for number, entry in enumerate(raw))
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error
    more = {"decode": overrides.decode or clip.camera.decode, "crop": overrides.crop or clip.camera.crop}
    return replace(clip, camera=clip.camera.model_copy(update={"scenes": tuple(raw), **more}), scenes=scenes)


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> Values:
    """Both mappings in one; the second goes before, and mappings inside are merged too."""
    result = dict(first)
    for key, value in second.items():
        mine = result.get(key)
        result[key] = merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return result
