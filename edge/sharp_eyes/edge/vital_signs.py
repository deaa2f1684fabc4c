"""Whether a running gateway still works: told to the service manager, which restarts one that hangs.

A process that lives can be as good as dead: a look that never ends, a reader that is stuck, a thread that is gone. A
camera or a hub that is away is none of that; both are waited for.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from typing import Protocol

from sharp_eyes.configuration.service_manager import ServiceManager

LONGEST = 120.0
"""Seconds that a look, or the handling of one frame, may last at most: far more than the slowest machine needs."""

_log = logging.getLogger(__name__)


class Hangs(Protocol):
    """Something that handles one thing after the other."""

    @property
    def hangs(self) -> float:
        """Seconds for which the thing in hand has been handled."""


class Sends(Protocol):
    """Something whose thread must run."""

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""


class VitalSigns:
    """Looks at the rooms of a gateway; called again and again by its housekeeping, whose own end is a sign as well."""

    def __init__(self, looks: Hangs, cameras: Mapping[str, Hangs], publisher: Sends, manager: ServiceManager) -> None:
        self._looks, self._cameras, self._publisher = looks, cameras, publisher
        self._manager = manager
        self._next = 0.0
        self._said = ""

    def check(self) -> None:
        """Tell the service manager that all goes on, or what does not; then it will restart the gateway."""
        if self._manager.watchdog is None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._manager.watchdog / 2
        wrong = "; ".join(self._wrong())
        if not wrong:
            self._manager.alive()
            return
        if wrong != self._said:
            self._said = wrong
            _log.error("%s: the service manager is left to restart the gateway", wrong)
            self._manager.status(wrong)

    def _wrong(self) -> Iterator[str]:
        if self._looks.hangs > LONGEST:
            yield f"a look has lasted longer than {LONGEST:.0f} s"
        for identity, camera in list(self._cameras.items()):  # cameras come and go
            if camera.hangs > LONGEST:
                yield f"camera {identity}: one frame has been handled for longer than {LONGEST:.0f} s"
        if not self._publisher.is_alive:
            yield "nothing is sent any more"
