"""Who watches live pictures: while a page asks for a camera's, its gateway is told to send them often."""

import threading
import time
from collections.abc import Callable

from sharp_eyes.contract.command import LookBack, Watch
from sharp_eyes.hub.intake.replies import Replies

TERM = 20.0
"""Seconds for which a gateway sends often after it was told; a page asks every three."""

RENEW = 8.0
"""Seconds after which it is told again while somebody watches."""


class Viewers:
    """Tells gateways that somebody watches. Safe to use from many threads."""

    def __init__(self, replies: Replies, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._replies = replies
        self._monotonic = monotonic
        self._told: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def see(self, gateway: str, camera: str) -> None:
        """Somebody has asked for this camera's live picture."""
        now = self._monotonic()
        with self._lock:
            if now - self._told.get((gateway, camera), -RENEW) < RENEW:
                return
            self._told = {place: when for place, when in self._told.items() if now - when < TERM}
            self._told[gateway, camera] = now
        self.tell(gateway, Watch(camera=camera, seconds=TERM))

    def tell(self, gateway: str, watch: Watch | LookBack) -> None:
        """Tell a gateway that somebody watches, as far as the broker is there."""
        if self._replies.outbound is not None:
            self._replies.outbound.watch(gateway, watch)
