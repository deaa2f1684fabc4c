"""Secrets of channels, each in a file of its own."""

from pathlib import Path

from sharp_eyes.hub.errors import SettingsError


def secret_line(path: Path) -> str:
    """Read the first line of a file that holds a secret.

    Raises:
        SettingsError: it cannot be read, or is empty.
    """
    try:
        content = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}); notices.channels in hub.yaml names it") from error
    if not content or not content[0].strip():
        raise SettingsError(f"{path}: is empty; its first line is to be the secret or address of a channel")
    return content[0].strip()
