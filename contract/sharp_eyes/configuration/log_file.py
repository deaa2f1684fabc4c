"""A log in a file that is kept small, for those who have no journal that does so."""

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sharp_eyes.configuration.log_format import LogFormat, formatter_of
from sharp_eyes.configuration.log_throttle import LogThrottle

MAX_BYTES = 10 * 1024**2
"""Size at which a file is put aside."""
KEPT = 5
"""Files kept beside the one that is written: `name.1` is the newest."""


class _PrivateFile(RotatingFileHandler):
    """Writes files that only their own user reads."""

    def _open(self) -> TextIOWrapper:
        made = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(made, "a", encoding="utf-8", errors="backslashreplace")


def log_to(
    path: Path, error_type: type[Exception], form: LogFormat = LogFormat.TEXT, max_bytes: int = MAX_BYTES
) -> None:
    """Write what is logged into a file, too; a full one is put aside, and the oldest go.

    Raises:
        error_type: when it cannot be written; names the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _PrivateFile(path, maxBytes=max_bytes, backupCount=KEPT)
    except OSError as error:
        raise error_type(f"--log-file {path}: {error.strerror}; name a file that this user may write") from error
    handler.setFormatter(formatter_of(form))
    handler.addFilter(LogThrottle())
    logging.getLogger().addHandler(handler)
