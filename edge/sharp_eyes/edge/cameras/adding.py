"""Writes a camera into gateway.yaml, its password into a file beside it; takes a camera out again."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sharp_eyes.contract.base import IDENTIFIER_PATTERN
from sharp_eyes.edge.camera_check.examination import Streams
from sharp_eyes.edge.camera_check.login import Login
from sharp_eyes.edge.cameras.settings_file import change
from sharp_eyes.edge.cameras.settings_text import with_camera, without_camera
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.replay.inline import camera_for
from sharp_eyes.edge.settings import RtspSource, load


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the camera is to stand in the file.

    Attributes:
        scene: with its zones, lines and options as ``replay`` takes them; None only shows a live picture.
    """

    identity: str
    name: str | None = None
    area: str | None = None
    scene: str | None = None
    zones: Sequence[str] = ()
    lines: Sequence[str] = ()
    options: Sequence[str] = ()


def add(config: Path, wanted: Wanted, streams: Streams, login: Login, *, write: bool = True) -> tuple[str, Path | None]:
    """Write the camera, and its password into a file of its own unless it has one.

    Returns:
        The new text of the file, and the password's file where one was made.

    Raises:
        ConfigError: something would not be in order; nothing was written.
    """
    check_identity(wanted.identity)
    folder = config.resolve().parent
    made = folder / f"{wanted.identity}.password" if _needs_file(login) else None
    if made is not None and made.exists():
        raise ConfigError(f"{made} is there already; name it with --password-file, or remove it")
    camera = _entry(wanted, streams, login, folder, made)

    def edit(text: str) -> str:
        return with_camera(text, camera)

    after = change(config, edit, write=False)
    if not write:
        return after, made
    if made is not None:
        _keep_password(made, login.password or "")
    try:
        return change(config, edit), made
    except ConfigError:
        if made is not None:
            made.unlink(missing_ok=True)
        raise


def remove(config: Path, identity: str) -> Path | None:
    """Take the camera out.

    Returns:
        Its password's file where no other camera uses it.

    Raises:
        ConfigError: it is not there, or the file would not be in order without it.
    """
    files = {camera.id: _password_file(camera.source) for camera in load(config).cameras}
    change(config, lambda text: without_camera(text, identity))
    left = files.pop(identity, None)
    return left if left is not None and left.exists() and left not in files.values() else None


def check_identity(identity: str) -> None:
    """Refuse what cannot be a camera's identifier.

    Raises:
        ConfigError: says what may stand in it.
    """
    if not re.fullmatch(IDENTIFIER_PATTERN, identity):
        raise ConfigError(f"--id {identity!r}: lower-case letters, digits, - and _, beginning with a letter or digit")


def _entry(wanted: Wanted, streams: Streams, login: Login, folder: Path, made: Path | None) -> dict[str, Any]:
    source: dict[str, Any] = {"kind": "rtsp", "url": streams.main}
    if streams.sub is not None:
        source["substream"] = streams.sub
    if login.username is not None:
        source["username"] = login.username
    if login.variable is not None:
        source["password_env"] = login.variable
    elif (file := made or login.file) is not None:
        source["password_file"] = _from(folder, file)
    entry: dict[str, Any] = {"id": wanted.identity}
    entry |= {key: value for key, value in (("name", wanted.name), ("area", wanted.area)) if value}
    entry["source"] = source
    if wanted.scene is not None:
        checked = camera_for(
            RtspSource(url=streams.main), wanted.scene, [*wanted.zones], [*wanted.lines], [*wanted.options]
        )
        entry["scenes"] = [dict(scene) for scene in checked.scenes]
    elif wanted.zones or wanted.lines or wanted.options:
        raise ConfigError("--zone, --line and --set belong to a --scene")
    return entry


def _needs_file(login: Login) -> bool:
    return login.password is not None and login.file is None and login.variable is None


def _keep_password(path: Path, password: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(password + "\n")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _from(folder: Path, file: Path) -> str:
    """A path as the settings file names it: from its own folder where the file lies below that."""
    whole = Path.cwd() / file.expanduser()
    return str(whole.relative_to(folder)) if whole.is_relative_to(folder) else str(whole)


def _password_file(source: object) -> Path | None:
    return source.password_file if isinstance(source, RtspSource) else None
