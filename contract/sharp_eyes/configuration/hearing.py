"""Asks a broker for the topics that somebody must hear, again until it grants each.

Who sends but hears nothing would send the same for ever, and a hub that hears nothing looks well: a broker that
starts, or a cluster that has just lost a server, may refuse a subscription that it grants a moment later, or never
answer.
"""

import logging
import threading
from collections.abc import Sequence

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

FIRST_WAIT, LONGEST_WAIT = 5.0, 60.0
"""Seconds until it is asked for again, the first time and at most."""

_log = logging.getLogger(__name__)


class Hearing:
    """One client's subscriptions, for any thread.

    Args:
        broker: who grants them, for the log, such as ``hub mqtt://…``.
        listener: who must hear, such as ``gateway gate-1``.
        topics: what must be heard, with its quality of service.
    """

    def __init__(self, broker: str, listener: str, topics: Sequence[tuple[str, int]]) -> None:
        self._broker, self._listener, self._topics = broker, listener, tuple(topics)
        self._lock = threading.Lock()
        self._wait = FIRST_WAIT
        self._again_at: float | None = None
        self._missing: list[tuple[str, int]] = list(topics)
        self._asked: dict[int | None, list[tuple[str, int]]] = {}
        self._refused = False

    @property
    def is_whole(self) -> bool:
        """Whether all is granted, in this connection or the last one."""
        return not self._missing

    def began(self, client: mqtt.Client, now: float) -> None:
        """Ask in a new connection; ``now``: seconds of a monotonic clock, as below."""
        with self._lock:
            self._wait = FIRST_WAIT
            self._missing = list(self._topics)
            self._asked.clear()
            self._ask(client, now)

    def ended(self) -> None:
        """The connection is over; the next one asks anew."""
        with self._lock:
            self._again_at = None

    def answered(self, number: int, reasons: Sequence[ReasonCode]) -> None:
        """Take the broker's word on what was asked in the packet of that number."""
        with self._lock:
            asked = self._asked.pop(number, [])
            granted = [topic for topic, reason in zip(asked, reasons, strict=False) if not reason.is_failure]
            self._missing = [topic for topic in self._missing if topic not in granted]
            if not self._missing:
                self._again_at = None
                if self._refused:
                    _log.warning("%s lets %s read again", self._broker, self._listener)
                self._refused = False
            elif any(reason.is_failure for reason in reasons):
                if not self._refused:
                    _log.error(
                        "%s does not let %s read %s; check the broker's access rules; it is asked again",
                        self._broker,
                        self._listener,
                        ", ".join(name for name, _ in self._missing),
                    )
                self._refused = True

    def look(self, client: mqtt.Client, now: float) -> None:
        """Ask again, for what is not granted yet, where it is time to."""
        with self._lock:
            if self._again_at is not None and now >= self._again_at:
                self._wait = min(2 * self._wait, LONGEST_WAIT)
                self._ask(client, now)

    def _ask(self, client: mqtt.Client, now: float) -> None:
        self._again_at = now + self._wait
        # Under the lock: the answer may be here before the number is.
        _, number = client.subscribe(self._missing)
        self._asked[number] = list(self._missing)
