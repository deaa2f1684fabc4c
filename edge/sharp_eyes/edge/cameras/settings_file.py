"""Changes gateway.yaml: checked before it is written, and written whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml
from pydantic import ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.configuration.yaml_reading import load_yaml
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.scenes.camera_scenes import check_cameras
from sharp_eyes.edge.settings import GatewaySettings

_START = "copy configs/gateway.example.yaml to it, or write the gateway's name: gateway: gw-01"


def change(path: Path, edit: Callable[[str], str], *, write: bool = True) -> str:
    """Change the file by ``edit``, unless what would come out is wrong.

    Args:
        edit: from the file's text to the new one.
        write: False only looks whether it could be done.

    Returns:
        The new text.

    Raises:
        ConfigError: names the file and what is wrong; the file is as it was.
    """
    path = path.resolve()
    before = _text_of(path)
    try:
        after = edit(before)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    _check(path, after)
    if write:
        if _text_of(path) != before:
            raise ConfigError(f"{path}: somebody else changed it meanwhile; try again")
        _replace(path, after)
    return after


def _check(path: Path, text: str) -> None:
    try:
        settings = GatewaySettings.model_validate(load_yaml(text))
        check_cameras(settings.cameras)
    except ValidationError as error:
        raise ConfigError(f"{path} stays as it is, it would be wrong: {explain(error)}") from None
    except (ConfigError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} stays as it is, it would be wrong: {error}") from None


def _text_of(path: Path) -> str:
    try:
        # As it stands, also where lines end in CR LF.
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; {_START}") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not text in UTF-8") from error


def _replace(path: Path, text: str) -> None:
    """Put the new text in the place of the old file, with its owner and rights; a power cut leaves one of the two."""
    try:
        there = path.stat()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            fresh.chmod(stat.S_IMODE(there.st_mode))
            if (there.st_uid, there.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(fresh, there.st_uid, there.st_gid)
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
