"""The files for Mosquitto, with a real Mosquitto."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.hub.edge import Link, wait_for
from tests.ports import free_port

from sharp_eyes.hub.broker.client import MqttClient
from sharp_eyes.hub.broker.login import HUB_USER, BrokerLogin
from sharp_eyes.hub.broker.mosquitto import write_files
from sharp_eyes.hub.broker.passwords import mosquitto_hash
from sharp_eyes.hub.certificates import TlsFiles, make_certificates

ROOT = "sharp-eyes/v1"
PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Stand:
    """A running Mosquitto with our files."""

    def __init__(self, folder: Path, tls: TlsFiles | None = None) -> None:
        self.port = free_port()
        hashes = {name: mosquitto_hash(f"{name}-password") for name in ("a", "b")}
        platforms = {"p": mosquitto_hash("p-password")}
        self.hub_password = write_files(folder, hashes, self.port, tls, platforms=platforms).read_text().strip()
        settings = folder / "mosquitto.conf"
        if os.geteuid() == 0:
            # Started by root it would become another user, who may not read a test's folder.
            settings.write_text(settings.read_text() + "user root\n")
        command = [str(PROGRAM), "-c", str(settings)]
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        wait_for("mosquitto to listen", self._listens)

    def hub(self, *topics: str) -> Link:
        return Link(self.port, "sharp-eyes-hub", self.hub_password, *topics).ready()

    def gateway(self, name: str, *topics: str, client_id: str = "", clean: bool = True) -> Link:
        return Link(self.port, name, f"{name}-password", *topics, client_id=client_id, clean=clean).ready()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    if PROGRAM is None:
        pytest.skip("mosquitto is missing; install it with scripts/install-system-parts.sh")
    made = Stand(tmp_path / "mosquitto")
    yield made
    made.close()


def test_a_gateway_cannot_publish_in_anothers_branch(stand: Stand) -> None:
    """The hub hears from a gateway only what that gateway may say."""
    hub = stand.hub(f"{ROOT}/#")
    gateway = stand.gateway("a")
    for topic in (f"{ROOT}/b/event", f"{ROOT}/b/status", f"{ROOT}/a/ack", f"{ROOT}/a/event", f"{ROOT}/a/evidence/x/0"):
        gateway.publish(topic, topic)
    wait_for("the last message", lambda: any(topic.endswith("/x/0") for topic, _ in hub.heard))
    assert {topic for topic, _ in hub.heard} == {f"{ROOT}/a/event", f"{ROOT}/a/evidence/x/0"}


def test_a_gateway_cannot_read_anothers_acknowledgements(stand: Stand) -> None:
    """Mosquitto grants the subscription and delivers nothing."""
    spy = stand.gateway("b", f"{ROOT}/a/ack", f"{ROOT}/+/command", f"{ROOT}/#", f"{ROOT}/b/ack")
    hub = stand.hub()
    for topic in (f"{ROOT}/a/ack", f"{ROOT}/a/command", f"{ROOT}/b/ack"):
        hub.publish(topic, "x")
    wait_for("its own message", lambda: spy.heard)
    time.sleep(0.5)
    assert {topic for topic, _ in spy.heard} == {f"{ROOT}/b/ack"}


def test_a_platform_of_devices_says_what_they_say_and_nothing_else(stand: Stand) -> None:
    """What a gateway says it cannot say below its own name either, and a gateway speaks for no devices."""
    hub = stand.hub(f"{ROOT}/#")
    listener = stand.gateway("p", f"{ROOT}/p/command", f"{ROOT}/#", f"{ROOT}/p/ack")
    platform, gateway = stand.gateway("p"), stand.gateway("a")
    gateway.publish(f"{ROOT}/a/device", "x")
    for topic in ("a/device", "b/event", "p/event", "p/status", "p/evidence/x/0", "p/ack", "p/device/x", "p/device"):
        platform.publish(f"{ROOT}/{topic}", "x")
    for topic in ("p/command", "a/ack", "p/ack"):
        hub.publish(f"{ROOT}/{topic}", "x")
    wait_for("its own answer", lambda: listener.heard)
    wait_for("what it may say", lambda: any(topic.endswith("/device") for topic, _ in hub.heard))
    time.sleep(0.5)
    assert {topic for topic, _ in listener.heard} == {f"{ROOT}/p/ack"}
    heard = [topic.removeprefix(f"{ROOT}/") for topic, _ in hub.heard]
    assert sorted(heard) == ["a/ack", "p/ack", "p/command", "p/device"]


@pytest.mark.parametrize(("user", "password"), [("a", "wrong"), ("nobody", "a-password"), ("", "")])
def test_nobody_comes_in_without_the_right_password(stand: Stand, user: str, password: str) -> None:
    """The hashes are Mosquitto's own form."""
    link = Link(stand.port, user, password)
    wait_for("an answer", lambda: link.connects)
    assert "Success" not in link.connects
    link.close()


def test_a_queue_longer_than_mosquittos_default_is_not_cut(stand: Stand) -> None:
    """3,000 commands wait for a gateway that is away; its default would silently keep 1,000."""
    gateway = stand.gateway("a", f"{ROOT}/a/command", client_id="gate-a", clean=False)
    gateway.close()
    hub = stand.hub()
    for number in range(2999):
        hub.client.publish(f"{ROOT}/a/command", f"{number}", 1)
    hub.publish(f"{ROOT}/a/command", "2999")
    back = stand.gateway("a", client_id="gate-a", clean=False)
    wait_for("all commands", lambda: len({payload for _, payload in back.heard}) == 3000)


def test_the_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    """No password stands in them, and the hub's own is made once."""
    first = write_files(tmp_path, {"a": mosquitto_hash("a-password")}).read_text()
    assert write_files(tmp_path, {}).read_text() == first
    for name in ("passwords", "access", "hub.password"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert first.strip() not in (tmp_path / "passwords").read_text()


def test_with_our_certificates_it_speaks_tls(tmp_path: Path) -> None:
    """The hub's client trusts the authority and comes in."""
    if PROGRAM is None:
        pytest.skip("mosquitto is missing; install it with scripts/install-system-parts.sh")
    made = make_certificates(tmp_path / "tls", ["127.0.0.1"], datetime.now(UTC))
    stand = Stand(tmp_path / "mosquitto", TlsFiles(made.certificate, made.key))
    login = BrokerLogin(f"mqtts://127.0.0.1:{stand.port}", HUB_USER, stand.hub_password, made.authority)
    client = MqttClient(login, lambda _topic, _payload: None)
    client.start()
    try:
        wait_for("the connection", lambda: client.is_connected)
    finally:
        client.stop()
        stand.close()


def test_without_tls_it_listens_to_this_machine_alone(tmp_path: Path) -> None:
    """Unless the settings say that this is wanted."""
    write_files(tmp_path, {}, 1883)
    assert "\nlistener 1883 127.0.0.1\n" in (tmp_path / "mosquitto.conf").read_text()
    write_files(tmp_path, {}, 1883, insecure=True)
    assert "\nlistener 1883\n" in (tmp_path / "mosquitto.conf").read_text()
