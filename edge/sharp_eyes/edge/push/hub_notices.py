"""Logs what the hub says to the gateway itself, such as that two gateways speak under its name."""

import logging
import time

from sharp_eyes.contract.command import NAME_IN_USE

PAUSE_SECONDS = 600.0
"""Between two lines of the log: the hub says it with each answer while it holds."""

_log = logging.getLogger(__name__)


class HubNotices:
    """What one hub says to one gateway. Belongs to the network thread.

    Args:
        hub: its broker's address, for the log.
        gateway: the gateway's identifier.
    """

    def __init__(self, hub: str, gateway: str) -> None:
        self._hub = hub
        self._gateway = gateway
        self._told_at = float("-inf")

    def take(self, notice: str) -> None:
        """Log it, unless something was logged just before."""
        now = time.monotonic()
        if now - self._told_at < PAUSE_SECONDS:
            return
        self._told_at = now
        if notice == NAME_IN_USE:
            _log.error(
                "hub %s hears two gateways under the name %s; end one of them, or register it under a name of its own"
                " ('sharp-eyes-hub gateway add') and write that to 'gateway' in its settings",
                self._hub,
                self._gateway,
            )
        else:
            _log.warning("hub %s says: %s", self._hub, notice)
