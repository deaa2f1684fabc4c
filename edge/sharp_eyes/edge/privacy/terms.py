"""Ends the terms of sealed originals, of all cameras that ever had some, whatever the gateway's clock was set to.

A file's time is when it was sealed, by the time that the gateway believes: a clock without a battery says 1970 until a
time server answers, and what was sealed then would be over its term at once. Each camera's folder says for how many
days its files stay, so that those of a camera that was taken out of the settings, or that seals no more, go when their
time has come.
"""

import logging
import os
import time
from datetime import datetime
from pathlib import Path

from sharp_eyes.configuration.believed_clock import BelievedClock, last_believed
from sharp_eyes.configuration.whole_files import remove_unfinished, write_private
from sharp_eyes.contract.backports import UTC

FOLDER = "originals"
"""In the gateway's data; in it a folder a camera."""

SUFFIX = ".sealed"
DAY = 86_400.0
USUAL_DAYS = 30.0
"""Days of a folder that does not say its term: an earlier version made it."""

EVERY = 3600.0
"""Seconds between two looks at what is over its term."""

_TERM = "days"
_BELIEVED = "believed-time"

_log = logging.getLogger(__name__)


class Terms:
    """Of one gateway's originals. For one thread.

    Made before anything is sealed: what a killed gateway was sealing then has no term, and is removed.

    Args:
        data: the gateway's folder.
    """

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER
        _clean(self._folder)
        self._clock = _clock_in(self._folder)

    def end(self) -> None:
        """Remove what is over its term; a gateway that never sealed anything leaves no trace.

        Raises:
            OSError: a folder cannot be read.
        """
        if not self._folder.is_dir():
            return
        believed = self._clock.is_believed()
        now = self._clock.time().timestamp()
        for folder in self._folder.iterdir():
            if folder.is_dir():
                _end(folder, now, believed)


def set_term(folder: Path, days: float) -> None:
    """Write down for how long a camera's files stay, those that are there included.

    Raises:
        OSError: it cannot be written.
    """
    write_private(folder / _TERM, f"{days:g}\n")


def sealing_time(path: Path) -> float:
    """The believed time, for a file of a camera's folder that is being sealed; seconds since the Unix epoch."""
    root = path.parent.parent
    # Of the last look, an hour ago at most; the very first file begins the belief, also where the clock was never set.
    return (last_believed(root / _BELIEVED) or _clock_in(root).time()).timestamp()


def sealed_files(folder: Path) -> list[tuple[float, int, Path]]:
    """When each was sealed, its size and its path, the oldest first."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        status = path.stat()
        found.append((status.st_mtime, status.st_size, path))
    return sorted(found)


def _clock_in(folder: Path) -> BelievedClock:
    return BelievedClock(folder / _BELIEVED, lambda: datetime.fromtimestamp(time.time(), UTC), time.monotonic)


def _end(folder: Path, now: float, believed: bool) -> None:
    days = _days_of(folder)
    for sealed, _, path in sealed_files(folder):
        if sealed > now:
            os.utime(path, (now, now))  # sealed under a clock that was ahead: its term begins now
        elif believed and now - sealed > days * DAY:
            path.unlink(missing_ok=True)


def _clean(root: Path) -> None:
    try:
        for folder in root.iterdir() if root.is_dir() else ():
            remove_unfinished(folder)
    except OSError as error:
        _log.warning("%s: what was not sealed to its end cannot be removed: %s", root, error.strerror)


def _days_of(folder: Path) -> float:
    try:
        return float((folder / _TERM).read_text(encoding="ascii"))
    except FileNotFoundError:
        return USUAL_DAYS
    except (OSError, ValueError) as error:
        _log.warning("%s: cannot be read, so its files stay %g days: %s", folder / _TERM, USUAL_DAYS, error)
        return USUAL_DAYS
