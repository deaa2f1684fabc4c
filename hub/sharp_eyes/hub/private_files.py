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
