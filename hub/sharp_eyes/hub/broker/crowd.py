"""Gateways that open connections without end at the bundled broker, as a stolen password does: shut out for a while.

The broker bounds its connections in all, not by account: one account could hold every place, and its connecting alone
keeps the broker from what it does for others. A platform of devices may need many and is not looked at.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

_LOG = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two looks."""

MOST_EACH, SPARE = 16, 64
"""Connections of one gateway, which needs one and has two while it changes; and in all beyond one of each gateway."""

FIRST_TERM, LONGEST_TERM = 60.0, 3600.0
"""Seconds for which one is shut out; doubled each time until it has been calm for the longest."""

Ask = Callable[[int], Mapping[str, int]]
"""Gives the open connections by account, where there are more than so many in all."""


@dataclass(slots=True)
class _ShutOut:
    until: float
    term: float


class Crowd:
    """Who is shut out. For one thread, but for ``size``."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``: seconds, monotonic."""
        self._clock = clock
        self._next = clock()
        self._known: dict[str, _ShutOut] = {}
        self.size = 0
        """How many are shut out now."""

    def look(self, gateways: Collection[str], ask: Ask) -> set[str]:
        """Look who has too many connections, if it is time to; those of the gateways that are shut out now."""
        now = self._clock()
        if now >= self._next:
            self._next = now + EVERY
            for name, count in ask(len(gateways) + SPARE).items():
                if name in gateways and count > MOST_EACH:
                    self._shut_out(name, count, now)
        self._known = {name: one for name, one in self._known.items() if now < one.until + LONGEST_TERM}
        out = {name for name, one in self._known.items() if now < one.until and name in gateways}
        self.size = len(out)
        return out

    def _shut_out(self, name: str, count: int, now: float) -> None:
        before = self._known.get(name)
        if before is not None and now < before.until:
            return
        term = FIRST_TERM if before is None else min(2 * before.term, LONGEST_TERM)
        self._known[name] = _ShutOut(now + term, term)
        _LOG.error(
            "gateway %s has %d connections to the broker and needs one: others may know its password. It is shut out "
            "for %.0f s; give it another (sharp-eyes-hub gateway password %s)",
            name, count, term, name,
        )  # fmt: skip
