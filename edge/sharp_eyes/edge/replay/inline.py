"""Scenes given on the command line instead of in a config file."""

from typing import Any

from pydantic import ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.configuration.yaml_reading import YamlFault, load_yaml
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings, Source


def camera_for(
    source: Source,
    scene: str,
    zones: list[str],
    lines: list[str],
    options: list[str],
) -> CameraSettings:
    """Make a camera that plays the source with one scene.

    Args:
        zones: polygons such as ``0.1,0.5 0.4,0.5 0.4,0.9``, with ``name=`` before it if wanted.
        lines: the same with two points.
        options: settings of the scene such as ``dwell=8`` (values as in YAML).

    Raises:
        ConfigError: names the option that cannot be read.
    """
    entry: dict[str, Any] = {"scene": scene, **dict(_option(text) for text in options)}
    if zones:
        entry["zones"] = [_shape(text, "zone", "polygon", number) for number, text in enumerate(zones, 1)]
    if lines:
        entry["lines"] = [_shape(text, "line", "line", number) for number, text in enumerate(lines, 1)]
    raw = {"id": "clip", "source": source.model_dump(), "scenes": [entry]}
    try:
        return CameraSettings.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(explain(error)) from error


def camera_from(settings: GatewaySettings, source: Source, identity: str | None) -> CameraSettings:
    """Take a camera of a gateway file and let it play the source.

    Raises:
        ConfigError: when the camera is not named and there are several, or is not there.
    """
    known = {camera.id: camera for camera in settings.cameras}
    if identity is None and len(known) > 1:
        raise ConfigError(f"the config has several cameras; say which with --camera: {', '.join(known)}")
    camera = known.get(identity) if identity else next(iter(known.values()))
    if camera is None:
        raise ConfigError(f"the config has no camera {identity!r}; it has {', '.join(known)}")
    return camera.model_copy(update={"source": source})


def _option(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text}: write it as key=value, for example dwell=8")
    try:
        return key, load_yaml(value)
    except YamlFault as error:
        raise ConfigError(f"--set {text}: the value is no valid YAML: {error.words}") from error


def _shape(text: str, kind: str, key: str, number: int) -> dict[str, Any]:
    name, equals, points = text.rpartition("=")
    try:
        corners = [[float(value) for value in point.split(",")] for point in points.split()]
    except ValueError:
        raise ConfigError(
            f"--{kind} {text!r}: write points as x,y with a space between, in shares from 0 to 1"
        ) from None
    return {"id": name if equals else f"{kind}-{number}", key: corners}
