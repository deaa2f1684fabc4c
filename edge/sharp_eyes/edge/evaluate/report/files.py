"""Writes the files of a report."""

from collections.abc import Mapping
from pathlib import Path

from sharp_eyes.edge.errors import ConfigError


def write_files(out: Path, contents: Mapping[str, str]) -> None:
    """Write each file into the folder, which is made if need be.

    Raises:
        ConfigError: the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (out / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--out {out}: {error.strerror}") from error
