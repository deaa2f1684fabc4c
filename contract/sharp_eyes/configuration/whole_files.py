"""Files that are there whole or not at all, for their owner alone.

What is being written lies beside them under a name of its own: a full disk leaves nothing of it, and what a killed
process leaves is never taken for the file.
"""

import os
from contextlib import suppress
from pathlib import Path

_UNFINISHED = ".new"


def write_private(path: Path, content: str | bytes, *, modified: float | None = None) -> None:
    """Write a file by way of a new one that only its owner could ever read; whole and durable, or not at all.

    Args:
        modified: when it is to have been changed last, in seconds since the Unix epoch; now where None.

    Raises:
        OSError: it cannot be written; the file that was there before still is.
    """
    new = path.with_name(path.name + _UNFINISHED)
    new.unlink(missing_ok=True)
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if modified is not None:
            os.utime(new, (modified, modified))
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process was writing in a folder; nobody may be writing there now.

    Raises:
        OSError: the folder cannot be read, or a file not removed.
    """
    for path in folder.glob(f"*{_UNFINISHED}"):
        path.unlink(missing_ok=True)
