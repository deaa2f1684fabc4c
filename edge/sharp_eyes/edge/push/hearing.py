"""Asks the broker for the hub's answers and commands, again until it lets the gateway hear them.

A gateway that sends but hears nothing would send the same for ever: a broker that starts, or a cluster that has just
lost a server, may refuse a subscription that it grants a moment later, or never answer.
"""

import logging
from collections.abc import Sequence

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from sharp_eyes.contract.topics import Channel, Topic, subscription

FIRST_WAIT, LONGEST_WAIT = 5.0, 60.0
"""Seconds until it is asked for again, the first time and at most."""

_log = logging.getLogger(__name__)


class Hearing:
    """One gateway's subscriptions. ``began``, ``ended`` and ``answered`` belong to the network thread.

    Args:
        url: of the hub, for the log.
        gateway: its name.
    """

    def __init__(self, url: str, gateway: str) -> None:
        self._url, self._gateway = url, gateway
        self._wait = FIRST_WAIT
        self._again_at: float | None = None
        self._refused = False

    def began(self, client: mqtt.Client, now: float) -> None:
        """Ask in a new connection; ``now``: seconds of a monotonic clock, as below."""
        self._wait = FIRST_WAIT
        self._ask(client, now)

    def ended(self) -> None:
        """The connection is over; the next one asks anew."""
        self._again_at = None

    def answered(self, reasons: Sequence[ReasonCode]) -> None:
        """Take the broker's word."""
        if not any(reason.is_failure for reason in reasons):
            self._again_at = None
            if self._refused:
                _log.warning("hub %s lets gateway %s read again", self._url, self._gateway)
            self._refused = False
            return
        if not self._refused:
            _log.error(
                "hub %s does not let gateway %s read %s; check the broker's access rules; it is asked again",
                self._url,
                self._gateway,
                Topic(self._gateway, Channel.ACK),
            )
        self._refused = True

    def look(self, client: mqtt.Client, now: float) -> None:
        """Ask again where it is time to."""
        if self._again_at is not None and now >= self._again_at:
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            self._ask(client, now)

    def _ask(self, client: mqtt.Client, now: float) -> None:
        self._again_at = now + self._wait
        client.subscribe([(subscription(channel, self._gateway), 1) for channel in (Channel.ACK, Channel.COMMAND)])
