"""Processes that a test starts, kills with SIGKILL at any moment, and starts again."""

import os
import signal
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import yaml
from tests.loaded import Process, run, start
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


class Killable:
    """One process; its output goes to a log file that grows over all its lives."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.command = command
        self.log = log
        self._process: Process | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.is_running:
            return
        with self.log.open("ab") as log:
            self._process = start(self.command, log)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its number while it runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Exit status; None while it runs."""
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Let it do nothing more, and keep what it has open, until it is killed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=600)

    def tail(self, lines: int = 30) -> str:
        """The end of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


class HubProcess(Killable):
    """``sharp-eyes-hub serve`` with its bundled broker, in a folder of its own."""

    def __init__(self, folder: Path, **more: Any) -> None:
        """``more``: further keys of ``hub.yaml``, or other values."""
        self.data = folder / "data"
        self.ca_file: Path | None = None
        self.http_port, self.broker_port = free_port(), free_port()
        metrics = more.get("metrics")
        self.figures = metrics and f"http://127.0.0.1:{metrics['port']}"
        self._config = folder / "hub.yaml"
        settings = {
            "data": str(self.data),
            "http": {"port": self.http_port},
            "broker": {"port": self.broker_port},
            **more,
        }
        self._config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        super().__init__(self.hub_command("serve"), folder / "hub.log")

    def use_tls(self) -> Path:
        """Let the hub make certificates and show them; returns the authority's."""
        folder = self.data.with_name("tls")
        self.run("tls", "make", str(folder), "--name", "127.0.0.1")
        settings = yaml.safe_load(self._config.read_text(encoding="utf-8"))
        settings["tls"] = {"certificate_file": "tls/server.crt", "key_file": "tls/server.key"}
        self._config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        self.ca_file = folder / "ca.crt"
        return self.ca_file

    @property
    def url(self) -> str:
        """Address of the page and the interface."""
        return f"{'http' if self.ca_file is None else 'https'}://127.0.0.1:{self.http_port}"

    def hub_command(self, *words: str) -> list[str]:
        """A command line of the hub with this hub's settings."""
        return [sys.executable, "-m", "sharp_eyes.hub", *words, "--config", str(self._config)]

    def run(self, *words: str, stdin: str = "") -> str:
        """Run a command of the hub to its end; return what it printed."""
        done = run(self.hub_command(*words), stdin)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def register_gateway(self, name: str, area: str | None = None) -> str:
        """Register a gateway; return its password."""
        where = () if area is None else ("--area", area)
        return self.run("gateway", "add", name, *where).strip().splitlines()[-1]

    @property
    def is_healthy(self) -> bool:
        """Whether it answers over HTTP, and works."""
        try:
            trusted = True if self.ca_file is None else ssl.create_default_context(cafile=str(self.ca_file))
            return bool(httpx.get(f"{self.url}/api/health", timeout=20, verify=trusted).json()["status"] == "ok")
        except (httpx.HTTPError, ValueError):
            return False

    def wait_until_healthy(self, timeout: float = 240.0) -> None:
        """Wait until it answers.

        Raises:
            TimeoutError: when it does not in time; the text holds the end of its log.
        """
        end = time.monotonic() + timeout
        while not self.is_healthy:
            if time.monotonic() > end:
                raise TimeoutError(f"the hub does not answer:\n{self.tail()}")
            time.sleep(0.1)

    def kill_broker(self) -> bool:
        """SIGKILL the bundled broker, the hub's child; False where none runs."""
        try:
            process = int((self.data / "broker" / "broker.pid").read_text())
            command = Path(f"/proc/{process}/cmdline").read_bytes()
            if str(self.data).encode() not in command:
                return False
            os.kill(process, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return False
        return True
