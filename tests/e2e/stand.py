"""A whole installation of real processes on free ports: hub with its broker, people, and a gateway."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import yaml
from tests.e2e.killable import HubProcess, Killable
from tests.edge.extract.models import EXACT

PASSWORD = "a long test password"
T = TypeVar("T")


PATIENCE = 4
"""Times as long as on an idle machine: a busy one is slow, and who waits in vain waits once."""


def wait_for(what: str, look: Callable[[], T | None], seconds: float = 30.0, step: float = 0.2) -> T:
    """Look again and again until something is found; fails with ``what`` when the time is over."""
    end = time.monotonic() + PATIENCE * seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(step)
    raise AssertionError(f"waited {PATIENCE * seconds:.0f} s in vain for: {what}")


class AskingAgain(httpx.HTTPTransport):
    """Does what a busy hub says: asks once more, for a machine with many tests at once holds up its database."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As the transport does; what is sent piece by piece cannot be sent once more."""
        for _ in range(10 if isinstance(request.stream, httpx.ByteStream) else 0):
            answer = super().handle_request(request)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer
            answer.close()
            time.sleep(1)
        return super().handle_request(request)


class Stand:
    """One hub and what belongs to it, in a folder."""

    def __init__(self, folder: Path, broker_port: int | None = None, **hub: Any) -> None:
        """``broker_port`` where the broker is not the bundled one; ``hub``: more keys of ``hub.yaml``."""
        self.folder = folder
        self.hub = HubProcess(folder, **hub)
        self.broker_port = broker_port or self.hub.broker_port
        self.gateway: Killable | None = None
        self.gateway_settings: dict[str, Any] = {}

    def add_user(self, name: str, role: str, *more: str) -> None:
        """Make an account with :data:`PASSWORD`."""
        self.hub.run("user", "add", name, "--role", role, "--password-stdin", *more, stdin=PASSWORD + "\n")

    def add_gateway(self, name: str, area: str) -> Path:
        """Register a gateway; returns the file that holds its password."""
        file = self.folder / f"{name}.password"
        file.write_text(self.hub.register_gateway(name, area), encoding="utf-8")
        return file

    def start_gateway(
        self, name: str, password: Path, cameras: list[dict[str, Any]], settings_from: str = "file", **environment: str
    ) -> Killable:
        """Start a gateway with these cameras, and these variables in its environment."""
        file = self.folder / f"{name}.yaml"
        hub = {
            "url": f"mqtt://127.0.0.1:{self.broker_port}",
            "password_file": str(password),
            "heartbeat": 1,
            "snapshot": 1,
        }
        settings = {
            "gateway": name,
            "data": str(self.folder / name),
            "settings_from": settings_from,
            "hub": hub,
            "model": EXACT,
            "cameras": cameras,
            **self.gateway_settings,
        }
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        variables = [f"{key}={value}" for key, value in environment.items()]
        command = ["env", *variables, sys.executable, "-m", "sharp_eyes.edge", "run", str(file)]
        self.gateway = Killable(command, self.folder / f"{name}.log")
        self.gateway.start()
        return self.gateway

    def client(self, username: str) -> httpx.Client:
        """A signed-in client."""
        headers = {"X-Requested-With": "sharp-eyes"}
        client = httpx.Client(base_url=self.hub.url, headers=headers, timeout=600, transport=AskingAgain())
        answer = client.post("/api/session", json={"username": username, "password": PASSWORD})
        assert answer.is_success, answer.text
        return client

    def close(self) -> None:
        """End whatever still runs, the gateway first."""
        for process in (self.gateway, self.hub):
            if process is None:
                continue
            try:
                process.stop()
            except subprocess.TimeoutExpired:
                process.kill()
