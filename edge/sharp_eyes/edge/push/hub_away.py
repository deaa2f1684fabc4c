"""Tells of a hub that cannot be reached: at once, again at growing distances, and when it is back."""

import logging
import time
from datetime import datetime

from sharp_eyes.configuration.reminder import Reminder
from sharp_eyes.contract.backports import UTC
from sharp_eyes.edge.push.connection import connection_fault
from sharp_eyes.edge.settings import HubConnectionSettings

TOLD_SECONDS = 3600.0
"""For how long after its return the heartbeat says that the hub was away."""

WORTH_TELLING = 10.0
"""Seconds; what was shorter than that stands in the log alone."""

_log = logging.getLogger(__name__)


class HubAway:
    """One gateway's line to its hub, as far as it is broken. Belongs to the network thread, but for ``detail``."""

    def __init__(self, settings: HubConnectionSettings, gateway: str) -> None:
        self._settings = settings
        self._gateway = gateway
        self._reminder = Reminder()
        self._since: float | None = None
        self._told = ""
        self._told_until = 0.0

    @property
    def detail(self) -> str:
        """That the hub was away, and for how long; empty when it was not of late."""
        return self._told if time.monotonic() < self._told_until else ""

    def lost(self, reason: object) -> None:
        """Note that a connection broke."""
        self._began()
        _log.warning("connection to hub %s lost: %s; events wait in the outbox", self._settings.url, reason)

    def unreachable(self, failure: object) -> None:
        """Note that there was nobody, or nobody who speaks as we do."""
        lasts = self._began()
        if self._reminder.is_due():
            _log.warning(
                "hub %s cannot be reached for %.0f s: %s; events wait in the outbox",
                self._settings.url,
                lasts,
                connection_fault(self._settings) or failure,
            )

    def refused(self, reason: object) -> None:
        """Note that the broker does not let us in."""
        self._began()
        if self._reminder.is_due():
            _log.error(
                "hub %s refuses gateway %s: %s; check hub.username and hub.password_file",
                self._settings.url,
                self._gateway,
                reason,
            )

    def hung_up(self, reason: object) -> None:
        """Note that the broker hung up before it let us in: most often it speaks TLS and we do not."""
        lasts = self._began()
        if self._reminder.is_due():
            _log.error(
                "hub %s hangs up at once, for %.0f s now: %s; events wait in the outbox",
                self._settings.url,
                lasts,
                connection_fault(self._settings) or reason,
            )

    def back(self) -> None:
        """Note that we are let in."""
        self._reminder.over()
        if self._since is None:
            _log.info("connected to hub %s", self._settings.url)
            return
        away, self._since = time.monotonic() - self._since, None
        _log.warning("connected to hub %s again; it was away for %.0f s", self._settings.url, away)
        if away >= WORTH_TELLING:
            now = datetime.now(UTC)
            self._told = f"the hub could not be reached for {away:.0f} s, until {now:%Y-%m-%d %H:%M:%S} UTC"
            self._told_until = time.monotonic() + TOLD_SECONDS

    def _began(self) -> float:
        """Note that it is away; for how long it has been."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        return now - self._since
