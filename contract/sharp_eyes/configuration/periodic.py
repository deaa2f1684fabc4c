"""Work that is done again and again beside everything else, and that no fault ends."""

import logging
import threading
import time
from collections.abc import Callable

from sharp_eyes.configuration.reminder import Reminder

_log = logging.getLogger(__name__)


_WHOLE_SECONDS = 3600.0
"""How often a fault is logged with where it arose; one that comes and goes, as a database may, would fill the log."""


class Steps:
    """Does steps by name; what goes wrong in one is logged, at growing distances, and nothing else ends by it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``: seconds, monotonic."""
        self._clock = clock
        self._troubles: dict[str, Reminder] = {}
        self._told_whole: dict[tuple[str, type[Exception]], float] = {}

    def do(self, what: str, step: Callable[[], None]) -> bool:
        """Do a step; whether it went well. ``what`` names it in the log and tells its troubles from others'."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - logged, though not each time
            trouble = self._troubles.setdefault(what, Reminder(self._clock))
            if trouble.is_due():
                self._tell(what, trouble.lasts, error)
            return False
        if what in self._troubles:
            _log.warning("%s works again, after %.0f s", what, self._troubles.pop(what).lasts)
        return True

    def _tell(self, what: str, lasts: float, error: Exception) -> None:
        now, kind = self._clock(), (what, type(error))
        if now - self._told_whole.get(kind, float("-inf")) >= _WHOLE_SECONDS:
            self._told_whole[kind] = now
            _log.error("%s failed, for %.0f s now; the next round tries again", what, lasts, exc_info=error)
            return
        said = next(iter(str(error).splitlines()), "")
        _log.error("%s failed, for %.0f s now; the next round tries again: %s %s", what, lasts, kind[1].__name__, said)


class PeriodicThread:
    """Does one step every so many seconds, on a thread of its own, until it is stopped.

    Args:
        name: of the thread.
        what: the step in words, for the log.
        step: what is done.
        every: seconds between the end of one and the beginning of the next.
        first: seconds before the first; ``every`` where None.
    """

    def __init__(
        self, name: str, what: str, step: Callable[[], None], every: float, *, first: float | None = None
    ) -> None:
        self._what = what
        self._step = step
        self._every = every
        self._stopping = threading.Event()
        self._wait = every if first is None else first
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_stopping(self) -> bool:
        """Whether it is to end; a long step looks at it between its parts."""
        return self._stopping.is_set()

    def again_in(self, seconds: float) -> None:
        """Let the next step come sooner than usual, this once; the step in hand says so."""
        self._wait = min(self._wait, seconds)

    def start(self) -> None:
        """Start; returns at once."""
        self._thread.start()

    def stop(self, timeout: float | None = 10.0) -> None:
        """End after the step in hand, waiting at most ``timeout`` seconds; safe to call twice and before the start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        steps = Steps()
        while not self._stopping.wait(self._wait):
            self._wait = self._every
            steps.do(self._what, self._step)
