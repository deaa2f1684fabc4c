"""Settings files: how both sides read and check YAML, and how they say what is wrong."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class Settings(BaseModel):
    """Base of all settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_mapping(path: Path, error_type: type[Exception]) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; an empty file is an empty mapping.

    Raises:
        error_type: names the file, and where in it the YAML is wrong.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise error_type(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise error_type(f"{path}: no valid YAML: {error}") from error
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise error_type(f"{path}: a mapping of settings is expected")
    return raw


def explain(error: ValidationError) -> str:
    """Say what is wrong, one line a key, such as ``cameras.0.source.url: …``."""
    items = error.errors(include_url=False)
    places = [item["loc"] for item in items]
    lines = []
    for item in items:
        depth = len(item["loc"])
        if any(len(place) > depth and place[:depth] == item["loc"] for place in places):
            continue  # only says that something inside is wrong, which has its own line
        where = ".".join(str(part) for part in item["loc"])
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = "unknown key; check the spelling"
        lines.append(f"{where}: {message}" if where else message)
    return "\n  ".join(lines)


def absolute(base: Path, path: Path | None) -> Path | None:
    """A path of a settings file, which starts at that file's folder, made absolute."""
    return None if path is None else base / path.expanduser()
