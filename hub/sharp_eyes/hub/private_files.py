"""Files and folders that nobody but their owner may read: 0600 and 0700."""

import os
from pathlib import Path

_OTHERS = 0o077


def keep_files_private() -> None:
    """Let every file that this process and its children make be its owner's alone."""
    os.umask(_OTHERS)


def make_private_folder(folder: Path) -> None:
    """Make a folder that others cannot enter; one that is there already is left as it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def close_to_others(path: Path) -> None:
    """Take away what others may do with a file or folder of ours; one that is not there is no error."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if mode & _OTHERS:
        path.chmod(mode & 0o700)


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file by way of a new one that only its owner could ever read."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    new.replace(path)
