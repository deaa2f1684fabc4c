"""A whole installation of real processes on free ports: hub with its broker, and gateways."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import yaml

PASSWORD = "a long test password"
ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(what: str, look: Callable[[], T | None], seconds: float = 30.0, step: float = 0.2) -> T:
    """Look again and again until something is found; fails with ``what`` when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(step)
    raise AssertionError(f"waited {seconds:.0f} s in vain for: {what}")


class Process:
    """A command of ours with its log."""

    def __init__(self, log: Path, module: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
            )

    @property
    def pid(self) -> int:
        """Process id."""
        return self._popen.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def kill(self) -> None:
        """SIGKILL."""
        self._popen.kill()
        self._popen.wait()

    def stop(self, seconds: float = 15.0) -> int:
        """Ctrl-C; returns the exit code."""
        if self.running:
            self._popen.send_signal(signal.SIGINT)
        return self._popen.wait(seconds)

    def text(self) -> str:
        """What it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


class Stand:
    """One hub and what belongs to it, in a folder."""

    def __init__(self, folder: Path, **hub: Any) -> None:
        """``hub``: more keys of ``hub.yaml``."""
        self.folder = folder
        self.port = free_port()
        self.broker_port = free_port()
        self.hub_file = folder / "hub.yaml"
        self.processes: list[Process] = []
        broker = hub.pop("broker", {"port": self.broker_port})
        self.settings = {"data": str(folder / "hub"), "http": {"port": self.port}, "broker": broker, **hub}
        self.hub_file.write_text(yaml.safe_dump(self.settings), encoding="utf-8")

    @property
    def url(self) -> str:
        """Address of the hub."""
        return f"http://127.0.0.1:{self.port}"

    def hub_command(self, *arguments: str, stdin: str = "") -> str:
        """Run ``sharp-eyes-hub`` to its end; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "sharp_eyes.hub", *arguments, "--config", str(self.hub_file)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add_user(self, name: str, role: str, *more: str) -> None:
        """Make an account with :data:`PASSWORD`."""
        self.hub_command("user", "add", name, "--role", role, "--password-stdin", *more, stdin=PASSWORD + "\n")

    def add_gateway(self, name: str, area: str) -> Path:
        """Register a gateway; returns the file that holds its password."""
        file = self.folder / f"{name}.password"
        file.write_text(self.hub_command("gateway", "add", name, "--area", area), encoding="utf-8")
        return file

    def start_hub(self) -> Process:
        """Start the hub and wait until it answers."""
        process = Process(self.folder / "hub.log", "sharp_eyes.hub", "serve", "--config", str(self.hub_file))
        self.processes.append(process)

        def up() -> bool:
            assert process.running, process.text()
            try:
                health = httpx.get(f"{self.url}/api/health", timeout=2)
            except httpx.HTTPError:
                return False
            return health.is_success and bool(health.json()["broker"])

        wait_for("the hub to answer", up, 60)
        return process

    def start_gateway(self, name: str, password: Path, cameras: list[dict[str, Any]], **more: Any) -> Process:
        """Start a gateway with these cameras."""
        file = self.folder / f"{name}.yaml"
        settings = {
            "gateway": name,
            "data": str(self.folder / name),
            "hub": {
                "url": f"mqtt://127.0.0.1:{self.broker_port}",
                "password_file": str(password),
                "heartbeat": 1,
                "snapshot": 1,
            },
            "model": {"runtime": "onnxruntime"},
            "cameras": cameras,
            **more,
        }
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        process = Process(self.folder / f"{name}.log", "sharp_eyes.edge", "run", str(file))
        self.processes.append(process)
        return process

    def client(self, username: str) -> httpx.Client:
        """A signed-in client."""
        client = httpx.Client(base_url=self.url, headers={"X-Requested-With": "sharp-eyes"}, timeout=20)
        answer = client.post("/api/session", json={"username": username, "password": PASSWORD})
        assert answer.is_success, answer.text
        return client

    def close(self) -> None:
        """End whatever still runs, the gateways first."""
        for process in reversed(self.processes):
            if process.running:
                try:
                    process.stop()
                except subprocess.TimeoutExpired:
                    process.kill()
