"""Brokers that are not a hub's own: a Mosquitto, and a cluster of three NATS servers behind a balancer."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.e2e.killable import Killable
from tests.e2e.stand import wait_for
from tests.ports import free_port, listens

from sharp_eyes.hub.broker import nats
from sharp_eyes.hub.broker.bundled import server_program
from sharp_eyes.hub.broker.mosquitto import write_files

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
_CHUNK = 65536


@dataclass(frozen=True)
class Hashes:
    """What the brokers hold of one gateway's password."""

    pbkdf2: str
    bcrypt: str


@dataclass
class RunningBroker:
    """A broker that runs: its port, the hub's password, and its processes."""

    port: int
    hub_password: Path
    servers: list[Killable]
    balancer: "Balancer | None" = None

    @property
    def url(self) -> str:
        """The address that hubs and gateways have."""
        return f"mqtt://127.0.0.1:{self.port}"


@contextmanager
def mosquitto(folder: Path, gateways: Mapping[str, Hashes]) -> Iterator[RunningBroker]:
    """Start a Mosquitto with the hub's own files; skips the test where it is missing."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is missing; install it with scripts/install-system-parts.sh")
    port = free_port()
    password = write_files(folder, {name: one.pbkdf2 for name, one in gateways.items()}, port)
    settings = folder / "mosquitto.conf"
    more = f"persistence_location {folder}/\n"
    if os.geteuid() == 0:  # started by root it would become another user, who may not read this folder
        more += "user root\n"
    settings.write_text(settings.read_text() + more)
    server = Killable([MOSQUITTO, "-c", str(settings)], folder / "log")
    server.start()
    try:
        wait_for("Mosquitto to listen", lambda: listens(port))
        yield RunningBroker(port, password, [server])
    finally:
        server.kill()


@contextmanager
def nats_cluster(folder: Path, gateways: Mapping[str, Hashes], size: int = 3) -> Iterator[RunningBroker]:
    """Start NATS servers with the hub's own files, and a balancer that leads to those that live."""
    nodes = [nats.Node("127.0.0.1", free_port(), free_port()) for _ in range(size)]
    password = nats.write_cluster_files(folder, {name: one.bcrypt for name, one in gateways.items()}, nodes)
    with ExitStack() as stack:
        servers = []
        for number, _ in enumerate(nodes, 1):
            command = [str(server_program()), "--config", str(folder / f"nats-{number}.json")]
            servers.append(Killable(command, folder / f"nats-{number}.log"))
            servers[-1].start()
            stack.callback(servers[-1].kill)
        for node in nodes:
            wait_for("NATS to listen", lambda port=node.mqtt_port: listens(port))  # type: ignore[misc]
        balancer = Balancer([node.mqtt_port for node in nodes])
        stack.callback(balancer.close)
        yield RunningBroker(balancer.port, password, servers, balancer)


@dataclass
class Balancer:
    """Leads each connection to the next of some ports that answers, as a balancer before a cluster does."""

    ports: Sequence[int]
    _turn: int = 0
    _open: set[socket.socket] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", free_port()), backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End all connections."""
        self._listener.close()
        for one in list(self._open):
            _end(one)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        far = self._next()
        if far is None:
            near.close()
            return
        with closing(near), closing(far):
            self._open |= {near, far}
            back = threading.Thread(target=_carry, args=(far, near), daemon=True)
            back.start()
            _carry(near, far)
            back.join()
            self._open -= {near, far}

    def _next(self) -> socket.socket | None:
        for _ in self.ports:
            self._turn += 1
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", self.ports[self._turn % len(self.ports)]), 5)
        return None


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Bring over what comes until either side ends, and end both then."""
    source.settimeout(None)
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    _end(source)
    _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
