"""Child processes that end with the demo, however it ends."""

import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from sharp_eyes.hub.child_process import bound_to_parent
from sharp_eyes.hub.errors import HubError

_PATIENCE = 8.0
"""Seconds a child has to end by itself."""


class ChildProcess:
    """One command of ours, run with this interpreter; its output goes to a log file."""

    def __init__(self, module: str, arguments: list[str], log: Path) -> None:
        """``module``: such as ``sharp_eyes.hub``; it is run as ``python -m``."""
        self.module = module
        self.log = log
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                bound_to_parent([sys.executable, "-m", self.module, *self._arguments]),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches only the demo, which ends its children in order
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ask it to end, and end it if it does not."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def check(self) -> None:
        """See that it runs.

        Raises:
            HubError: when it has ended; with the last lines of its log.
        """
        if self._process is not None and self._process.poll() is None:
            return
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
        raise HubError(f"{self.module} has ended; the end of {self.log}:\n  " + "\n  ".join(lines))


def wait_until_up(url: str, child: ChildProcess, seconds: float = 60.0) -> None:
    """Wait until the hub answers.

    Raises:
        HubError: when the child ends before, or the time is over.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        child.check()
        try:
            if httpx.get(f"{url}/api/health", timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise HubError(f"{url} does not answer after {seconds:.0f} s; see {child.log}")
