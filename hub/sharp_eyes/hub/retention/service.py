"""Runs the retention once an hour while the hub runs."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.hub.retention.deletion import Retention

_LOG = logging.getLogger(__name__)
_FIRST_SECONDS = 60.0
_EVERY_SECONDS = 3600.0


class RetentionService:
    """A thread that starts a pass a minute after the start, and every hour."""

    def __init__(self, retention: Retention) -> None:
        self.retention = retention
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Start; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the case in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        wait = _FIRST_SECONDS
        while not self._stopping.wait(wait):
            wait = _EVERY_SECONDS
            try:
                self.retention.run()
            except SQLAlchemyError as error:
                _LOG.error("retention: the database does not answer, trying again in an hour: %s", error)
