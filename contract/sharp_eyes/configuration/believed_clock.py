"""Whether this machine's clock may be believed when something is to be deleted for its age.

A clock that is set years ahead by mistake, or begins so because its battery is empty, makes everything old, and what is
deleted then does not come back when the clock is set right. So age counts by a time that is kept on the disk and never
goes on faster than a day in an hour: who was switched off for a month deletes nothing for a day, and whose clock is ten
years ahead has months in which the log says so. It always goes on as fast as time itself: a machine whose clock begins
anew with each start, and which no time server ever sets, ends a term after as many days that it ran.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sharp_eyes.configuration.whole_files import write_private

_LOG = logging.getLogger(__name__)

AHEAD = timedelta(days=2)
"""A clock that is so far ahead of the believed time is as good as right."""

PACE = 25
"""How many times as fast as time itself the believed time follows the clock."""


EARLIEST = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""Before this program was; a clock that says less began anew without a battery."""


class BelievedClock:
    """Follows one machine's clock. For any thread.

    Args:
        file: holds the believed time; a machine that has none yet believes its clock.
        clock: the time of day.
        monotonic: seconds that nobody sets.
    """

    def __init__(self, file: Path, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._file, self._clock, self._monotonic = file, clock, monotonic
        self._looked_at = monotonic()
        self._lock = threading.Lock()

    def time(self) -> datetime:
        """Look once; the believed time, which is the clock's own where that is right."""
        return self._follow()[1]

    def is_believed(self) -> bool:
        """Look once, and say in the log where it is not. Look every hour or so."""
        now, followed = self._follow()
        if now <= followed:
            return True
        _LOG.warning(
            "nothing is deleted for its age: the clock says %s, and at the last look it was %s. This machine was"
            " switched off for long, or its clock is wrong: look at the clock. It is believed after %.0f hours more, or"
            " at once when %s is removed",
            now.isoformat(timespec="minutes"),
            followed.isoformat(timespec="minutes"),
            (now - AHEAD - followed) / (PACE - 1) / timedelta(hours=1),
            self._file,
        )
        return False

    def _follow(self) -> tuple[datetime, datetime]:
        with self._lock:
            now, moment = self._clock(), self._monotonic()
            passed, self._looked_at = timedelta(seconds=moment - self._looked_at), moment
            # It never goes back: a clock that is behind deletes too little, and is nothing to remember.
            known = max(last_believed(self._file) or now, EARLIEST)
            followed = max(known + passed, min(now, known + PACE * passed))
            if now - followed <= AHEAD:
                followed = max(followed, now)
            self._write(followed)
        return now, followed

    def _write(self, believed: datetime) -> None:
        try:
            write_private(self._file, believed.isoformat() + "\n")
        except OSError as error:
            _LOG.warning("%s: %s", self._file, error.strerror)


def last_believed(file: Path) -> datetime | None:
    """What was believed at the last look; None where nobody has looked yet, or the file cannot be read."""
    try:
        kept = datetime.fromisoformat(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None
    return kept if kept.tzinfo is not None else None
