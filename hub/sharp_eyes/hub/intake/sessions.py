"""Whether two gateways speak under one name: each start of a gateway has a session of its own, and only one may live.

A gateway that was started again is never heard under its old session any more. Two that share a name are: their
births take turns, or the heartbeats of one go on after the birth of the other.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

_LOG = logging.getLogger(__name__)
_REMEMBERED = 16
_BEATS = 2
"""Heartbeats of a replaced session that prove it alive; one may have been on its way."""

_UNBORN_BEATS = 5
"""Heartbeats in a row of a session whose birth was never heard; the first ones may overtake the birth."""

_SHARED_SECONDS = 180.0
"""For so long after the last sign a name counts as shared."""

_TOLD_SECONDS = 60.0


@dataclass(slots=True)
class _Sessions:
    current: str = ""
    replaced: OrderedDict[str, int] = field(default_factory=OrderedDict)
    unborn: tuple[str, int] = "", 0
    last_sign: float | None = None
    told: float | None = None


class SessionWatch:
    """Sessions heard under each gateway's name since the hub's start. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._gateways: dict[str, _Sessions] = {}
        self._lock = threading.Lock()

    def birth(self, gateway: str, session: str) -> bool:
        """Note a birth; ``True`` where the gateway should be told now that its name is shared."""
        with self._lock:
            known = self._gateways.setdefault(gateway, _Sessions())
            came_back = session in known.replaced
            if known.current and known.current != session:
                known.replaced[known.current] = 0
                while len(known.replaced) > _REMEMBERED:
                    known.replaced.popitem(last=False)
            known.replaced.pop(session, None)
            known.unborn = "", 0
            known.current = session
            return came_back and self._sign(gateway, known)

    def heartbeat(self, gateway: str, session: str) -> bool:
        """Note a heartbeat; ``True`` where the gateway should be told now that its name is shared."""
        with self._lock:
            known = self._gateways.setdefault(gateway, _Sessions())
            if not known.current or session == known.current:
                return False
            if session in known.replaced:
                known.replaced[session] += 1
                return known.replaced[session] >= _BEATS and self._sign(gateway, known)
            if known.unborn[0] != session:
                known.unborn = session, 0
            known.unborn = session, known.unborn[1] + 1
            return known.unborn[1] >= _UNBORN_BEATS and self._sign(gateway, known)

    def is_shared(self, gateway: str) -> bool:
        """Whether two gateways spoke under this name lately."""
        with self._lock:
            known = self._gateways.get(gateway)
            last = None if known is None else known.last_sign
        return last is not None and self._clock() - last < _SHARED_SECONDS

    def _sign(self, gateway: str, known: _Sessions) -> bool:
        now = known.last_sign = self._clock()
        if known.told is not None and now - known.told < _TOLD_SECONDS:
            return False
        known.told = now
        _LOG.error(
            "two gateways speak under the name %s: end one of them, or register it under a name of its own"
            " ('sharp-eyes-hub gateway add'); until then its cameras' states take turns",
            gateway,
        )
        return True
