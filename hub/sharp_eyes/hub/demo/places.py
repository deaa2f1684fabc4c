"""Folder and ports of a demo, so that several can run beside each other on one machine."""

import fcntl
import os
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from sharp_eyes.hub.errors import HubError

LOCK = "demo.lock"
"""File in the demo's folder; it is locked while a demo works there."""

PLAYING = "playing.lock"
"""File in the demo's folder; it is locked while a story is played there."""

_TRIES = 50


def is_playing(folder: Path) -> bool:
    """Whether a story is played on the demo of a folder."""
    try:
        lock = os.open(folder / PLAYING, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


class Place:
    """Where one demo works; what it has taken stays taken until it is closed or its process ends."""

    def __init__(self) -> None:
        self._held: list[socket.socket] = []
        self._lock: int | None = None

    def __enter__(self) -> Self:
        """Nothing is taken yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give everything back."""
        for held in self._held:
            held.close()
        if self._lock is not None:
            os.close(self._lock)

    def take_folder(self, wanted: Path | None, default: Path) -> Path:
        """The folder asked for, or the default one, or where another demo is at work there the next one beside it.

        Raises:
            HubError: another demo works in the folder that was asked for, or it cannot be made.
        """
        if wanted is not None:
            folder = wanted.absolute()
            if not self._lock_folder(folder):
                raise HubError(f"another demo is at work in {folder}; end it, or choose another folder with --data")
            return folder
        names = [default, *(default.with_name(f"{default.name}-{number}") for number in range(2, _TRIES))]
        for folder in (name.absolute() for name in names):
            if self._lock_folder(folder):
                return folder
        raise HubError(f"{_TRIES} demos are at work beside {default.absolute()}; end one")

    def take_port(self, wanted: int | None, default: int, option: str) -> int:
        """The port asked for, or the next free one from the default on.

        Raises:
            HubError: the port that was asked for is in use, or there is none free.
        """
        if wanted is not None:
            if not self._lease_port(wanted):
                raise HubError(
                    f"port {wanted} is in use (is another demo running?); choose another with {option}, "
                    f"or leave {option} out to take the next free one"
                )
            return wanted
        for port in range(default, default + _TRIES):
            if self._lease_port(port):
                return port
        raise HubError(f"no port from {default} to {default + _TRIES - 1} is free; name one with {option}")

    def _lock_folder(self, folder: Path) -> bool:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HubError(f"{folder} cannot be used: {error.strerror}; choose another folder with --data") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _lease_port(self, port: int) -> bool:
        """Whether the port is free; if so, no other demo will take it before our servers listen on it."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
        if sys.platform != "linux":
            return True
        # A name without a file, which the kernel forgets with the process.
        lease = socket.socket(socket.AF_UNIX)
        try:
            lease.bind(f"\0sharp-eyes-demo-port-{port}")
        except OSError:
            lease.close()
            return False
        self._held.append(lease)
        return True
