"""Tells a service manager (systemd) that the program is ready, alive, or stopping.

Source: sd_notify(3) of systemd: datagrams to the socket that ``NOTIFY_SOCKET`` names. Without one, nothing is said.
"""

import logging
import os
import socket

_log = logging.getLogger(__name__)

_ABSTRACT = "@"


class ServiceManager:
    """The line to the service manager.

    Attributes:
        watchdog: seconds within which :meth:`alive` must be said again; None where nobody watches.
    """

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        if self._address.startswith(_ABSTRACT):
            self._address = "\0" + self._address[1:]
        self.watchdog = _watchdog()

    def ready(self, status: str) -> None:
        """Say that everything was started; ``status`` stands in ``systemctl status``."""
        self._say(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        """Say that all goes on; whoever does not say it in time is restarted."""
        self._say("WATCHDOG=1")

    def status(self, status: str) -> None:
        """Say in one line how it is."""
        self._say(f"STATUS={status}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._say("STOPPING=1")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.connect(self._address)
                line.sendall(words.encode())
        except OSError as error:
            _log.debug("the service manager cannot be told %r: %s", words, error)


def _watchdog() -> float | None:
    """Half of what systemd allows, so that one lost word is no death; None where it does not watch this process."""
    given, process = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not given.isdigit() or (process and process != str(os.getpid())):
        return None
    return int(given) / 2e6 or None
