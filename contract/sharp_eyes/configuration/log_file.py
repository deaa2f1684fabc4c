"""A log in a file that is kept small, for those who have no journal that does so."""

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sharp_eyes.configuration.log_format import LogFormat, formatter_of
from sharp_eyes.configuration.log_throttle import LogThrottle
from sharp_eyes.configuration.reminder import Reminder

MAX_BYTES = 10 * 1024**2
"""Size at which a file is put aside."""
KEPT = 5
"""Files kept beside the one that is written: `name.1` is the newest."""


_log = logging.getLogger(__name__)


class _PrivateFile(RotatingFileHandler):
    """Writes files that only their own user reads; where it cannot, the log beside it says so at growing distances."""

    _missing = 0

    def __init__(self, path: Path, max_bytes: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=KEPT)
        self._trouble = Reminder()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, and after those that could not be written how many they were."""
        before = self._missing
        super().emit(record)
        if before and self._missing == before:
            self._missing = 0
            self._trouble.over()
            _log.warning("%s can be written again; %d lines are missing there", self.baseFilename, before)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Count a record that a full disk did not take, in the place of a trace on the standard error output."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._missing += 1
        if self._trouble.is_due():  # comes back here, and is counted like the others
            _log.error("%s cannot be written: %s; lines are missing there", self.baseFilename, error.strerror)

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
        handler = _PrivateFile(path, max_bytes)
    except OSError as error:
        raise error_type(f"--log-file {path}: {error.strerror}; name a file that this user may write") from error
    handler.setFormatter(formatter_of(form))
    handler.addFilter(LogThrottle())
    logging.getLogger().addHandler(handler)
