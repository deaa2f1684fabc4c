"""How long the work for somebody who asked may still wait for the database: one term for all of it, not one a step.

A request asks the database several times, and each time may have to wait for a connection of the pool, for a new one,
for a lock and for a server that says nothing at all. Bounds of each would add up, and a server that is frozen has none.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_SECONDS = 3.5
"""How long somebody who asked waits for the database in all. One wait more may end beyond it, see ``STEP_SECONDS``."""

STEP_SECONDS = 1.0
"""How long one wait may last when the time is over, as long as the database has always answered until then: who is only
slow, or works on a machine that is busy, is not given up in the middle."""

LONG_SECONDS = 30.0
"""How long one wait may last once an answer has begun, since nothing else can be told any more, and while the city pack
is changed, which moves cases by the thousand."""

_current: ContextVar["Patience | None"] = ContextVar("patience", default=None)


class Patience:
    """One request's time. Its parts run one after another, in whichever threads."""

    def __init__(self, seconds: float = REQUEST_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self._step = 0.0

    def end_of_wait(self) -> float:
        """Give the moment at which a wait that begins now is given up."""
        return max(self._end, self._clock() + self._step)

    def left(self) -> float:
        """Seconds that a wait which begins now may last."""
        return max(0.0, self.end_of_wait() - self._clock())

    def note(self, *, answered: bool) -> None:
        """Say how a wait ended. After one in vain there is nothing but what is left of the time."""
        if self._step != LONG_SECONDS:
            self._step = STEP_SECONDS if answered else 0.0

    def add(self, seconds: float) -> None:
        """Let time not count in which the asker was waited for."""
        self._end += seconds

    def lengthen(self) -> None:
        """Let each wait from now on be a long one."""
        self._step = LONG_SECONDS

    @property
    def now(self) -> float:
        """The clock of the end."""
        return self._clock()


def patience() -> Patience | None:
    """Give that of the request which is worked for; ``None`` for work that nobody waits for."""
    return _current.get()


def at_most(seconds: float) -> float:
    """Bound a wait that begins now by the patience of who waits for it."""
    now = _current.get()
    return seconds if now is None else min(seconds, now.left())


@contextmanager
def waiting(these: Patience) -> Iterator[Patience]:
    """Work for somebody who waits for it."""
    before = _current.set(these)
    try:
        yield these
    finally:
        _current.reset(before)
