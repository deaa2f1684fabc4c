"""The bundled broker: who may say and hear what, and that it lives and dies as it should."""

import errno
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.hub.edge import Link, wait_for
from tests.ports import free_port, listens

from sharp_eyes.hub.broker.bundled import BundledBroker
from sharp_eyes.hub.broker.client import MqttClient
from sharp_eyes.hub.broker.login import BrokerLogin
from sharp_eyes.hub.broker.passwords import bcrypt_hash
from sharp_eyes.hub.certificates import TlsFiles, make_certificates

ROOT = "sharp-eyes/v1"
GATEWAYS = {name: bcrypt_hash(f"{name}-password") for name in ("a", "b")}
PLATFORMS = {"p": bcrypt_hash("p-password")}


class Stand:
    """A running broker and links to it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.broker = BundledBroker(folder, "127.0.0.1", self.port)
        self.address: BrokerLogin = self.broker.start(GATEWAYS, PLATFORMS)
        self.links: list[Link] = []

    def hub(self, *topics: str) -> Link:
        return self._link(self.address.username, self.address.password, *topics)

    def gateway(self, name: str, *topics: str, client_id: str = "", clean: bool = True) -> Link:
        return self._link(name, f"{name}-password", *topics, client_id=client_id, clean=clean)

    def _link(self, user: str, password: str, *topics: str, client_id: str = "", clean: bool = True) -> Link:
        link = Link(self.port, user, password, *topics, client_id=client_id, clean=clean)
        self.links.append(link)
        return link.ready()

    def close(self) -> None:
        for link in self.links:
            link.close()
        self.broker.stop()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = Stand(tmp_path / "broker")
    yield made
    made.close()


def test_a_gateway_says_only_what_is_its_own(stand: Stand) -> None:
    """It publishes in its own branch, and only what a gateway says; the hub hears nothing else."""
    hub = stand.hub(f"{ROOT}/#")
    gateway = stand.gateway("a")
    forbidden = [f"{ROOT}/b/event", f"{ROOT}/b/status", f"{ROOT}/a/ack", f"{ROOT}/b/command", "elsewhere"]
    allowed = [f"{ROOT}/a/event", f"{ROOT}/a/status", f"{ROOT}/a/heartbeat", f"{ROOT}/a/snapshot/cam-1"]
    for topic in [*forbidden, *allowed, f"{ROOT}/a/evidence/x/0"]:
        gateway.publish(topic, topic)
    wait_for("the last message", lambda: any(topic.endswith("/x/0") for topic, _ in hub.heard))
    assert {topic for topic, _ in hub.heard} == {*allowed, f"{ROOT}/a/evidence/x/0"}


def test_a_gateway_hears_only_what_is_meant_for_it(stand: Stand) -> None:
    """Not another's acknowledgements, not with wildcards, not by the broker's inner topics."""
    foreign = [f"{ROOT}/a/ack", f"{ROOT}/a/command", f"{ROOT}/+/ack", f"{ROOT}/#", "#", "$MQTT/sub/#", "$JS/#"]
    spy = stand.gateway("b", *foreign, f"{ROOT}/b/ack")
    assert spy.granted == [[128] * len(foreign) + [1]]
    hub = stand.hub()
    hub.publish(f"{ROOT}/a/ack", "secret")
    hub.publish(f"{ROOT}/a/command", "secret")
    hub.publish(f"{ROOT}/b/ack", "mine")
    wait_for("its own message", lambda: spy.heard)
    time.sleep(0.5)
    assert spy.heard == [(f"{ROOT}/b/ack", b"mine")]


def test_a_platform_of_devices_says_what_they_say_and_nothing_else(stand: Stand) -> None:
    """What a gateway says it cannot say below its own name either, and a gateway speaks for no devices."""
    hub = stand.hub(f"{ROOT}/+/device", f"{ROOT}/+/event", f"{ROOT}/+/status")
    foreign = [f"{ROOT}/p/command", f"{ROOT}/a/ack", f"{ROOT}/#", "#"]
    platform, gateway = stand.gateway("p", *foreign, f"{ROOT}/p/ack"), stand.gateway("a")
    assert platform.granted == [[128] * len(foreign) + [1]]
    gateway.publish(f"{ROOT}/a/device", "x")
    for topic in ("a/device", "b/event", "p/event", "p/status", "p/evidence/x/0", "p/ack", "p/device/x", "p/device"):
        platform.publish(f"{ROOT}/{topic}", "x")
    wait_for("what it may say", lambda: hub.heard)
    time.sleep(0.5)
    assert (hub.heard, platform.heard) == ([(f"{ROOT}/p/device", b"x")], [])


def test_another_gateways_client_id_gives_nothing(stand: Stand) -> None:
    """Who takes over the name of a session does not hear what waits in it."""
    first = stand.gateway("a", f"{ROOT}/a/command", client_id="gate-a", clean=False)
    first.close()
    hub = stand.hub()
    hub.publish(f"{ROOT}/a/command", "for a")
    thief = stand.gateway("b", client_id="gate-a", clean=False)
    time.sleep(1.0)
    assert thief.heard == []
    thief.close()
    owner = stand.gateway("a", f"{ROOT}/a/command", client_id="gate-a", clean=False)
    wait_for("the command", lambda: owner.heard)
    assert owner.heard == [(f"{ROOT}/a/command", b"for a")]


@pytest.mark.parametrize(("user", "password"), [("a", "wrong"), ("nobody", "a-password"), ("", ""), ("a", "")])
def test_nobody_comes_in_without_the_right_password(stand: Stand, user: str, password: str) -> None:
    """Neither with another's nor with none."""
    link = Link(stand.port, user, password)
    wait_for("an answer", lambda: link.connects)
    assert "Success" not in link.connects
    link.close()


def test_passwords_are_kept_only_as_hashes(stand: Stand) -> None:
    """And nobody else on the machine may read them."""
    text = (stand.folder / "broker.json").read_text()
    assert "a-password" not in text
    assert stand.address.password not in text
    for name in ("broker.json", "hub.password"):
        assert (stand.folder / name).stat().st_mode & 0o077 == 0


def test_a_new_gateway_gets_in_while_others_stay_connected(stand: Stand) -> None:
    """No restart, no interruption; a removed one is shut out."""
    first = stand.gateway("a", f"{ROOT}/a/ack")
    hub = stand.hub(f"{ROOT}/#")
    stand.broker.reload({"a": GATEWAYS["a"], "c": bcrypt_hash("c-password")})

    def enter() -> bool:
        link = Link(stand.port, "c", "c-password")
        wait_for("an answer", lambda: link.connects)
        entered = link.connects == ["Success"]
        link.close()
        return entered

    wait_for("gateway c to be let in", enter)
    first.publish(f"{ROOT}/a/event", "still here")
    wait_for("the message", lambda: hub.heard)
    assert first.connects == ["Success"]
    assert hub.connects == ["Success"]
    shut_out = Link(stand.port, "b", "b-password")
    wait_for("an answer", lambda: shut_out.connects)
    assert "Success" not in shut_out.connects
    shut_out.close()


def test_nothing_acknowledged_is_lost_when_the_broker_is_killed(stand: Stand) -> None:
    """Commands wait on disk through kill -9; the broker comes back by itself, retained messages too."""
    gateway = stand.gateway("a", f"{ROOT}/a/command", client_id="gate-a", clean=False)
    gateway.publish(f"{ROOT}/a/status", "birth", retain=True)
    gateway.close()
    hub = stand.hub(f"{ROOT}/+/status")
    sent = [f"command {number}".encode() for number in range(200)]
    for payload in sent:
        hub.publish(f"{ROOT}/a/command", payload)
    before = stand.broker.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_for("the broker to come back", lambda: stand.broker.pid not in (None, before))
    wait_for("the hub to be back", lambda: hub.connects.count("Success") >= 2)
    back = stand.gateway("a", f"{ROOT}/a/command", client_id="gate-a", clean=False)
    wait_for("all commands", lambda: len({payload for _, payload in back.heard}) == len(sent))
    assert sorted({payload for _, payload in back.heard}) == sorted(sent)
    wait_for("the retained birth", lambda: hub.heard.count((f"{ROOT}/a/status", b"birth")) >= 2)


def test_messages_in_flight_survive_the_brokers_death(stand: Stand) -> None:
    """Who publishes while the broker is killed gets every message through to a kept session."""
    hub = stand.gateway("a", f"{ROOT}/a/command", client_id="gate-a", clean=False)
    publisher = stand.hub()
    count = 400

    def publish() -> None:
        for number in range(count):
            publisher.client.publish(f"{ROOT}/a/command", f"{number}", 1)
            time.sleep(0.002)

    thread = threading.Thread(target=publish)
    thread.start()
    time.sleep(0.3)
    pid = stand.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    thread.join()
    wait_for("all messages", lambda: len({payload for _, payload in hub.heard}) == count, seconds=40)


def test_a_broker_that_hangs_is_restarted_by_force(stand: Stand) -> None:
    """One that does not even hear that it shall end."""
    before = stand.broker.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    stand.broker.restart()
    wait_for("another broker", lambda: stand.broker.pid not in (None, before) and listens(stand.port))
    stand.hub(f"{ROOT}/#")


def test_a_certificate_that_was_renewed_in_its_place_is_believed(tmp_path: Path) -> None:
    """A broker that is started again shows it, and the hub, which runs on, still comes in."""
    tls = tmp_path / "tls"
    made = make_certificates(tls, ["127.0.0.1"], datetime.now(UTC))
    files = TlsFiles(made.certificate, made.key)
    broker = BundledBroker(tmp_path / "broker", "127.0.0.1", free_port(), files)
    client = MqttClient(broker.start({}), lambda _topic, _payload: None)
    try:
        client.start()
        wait_for("the hub", lambda: client.is_connected)
        before = broker.pid
        make_certificates(tls, ["127.0.0.1"], datetime.now(UTC))
        broker.restart()
        wait_for("another broker", lambda: broker.pid not in (None, before) and not client.is_connected)
        wait_for("the hub again", lambda: client.is_connected)
    finally:
        client.stop()
        broker.stop()


def test_a_broker_that_cannot_be_started_for_a_while_is_started_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or no process to be had, must not end the supervision."""
    spawn, before, tries = stand.broker._spawn, stand.broker.pid, []

    def no_room() -> subprocess.Popen[bytes]:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return spawn()

    monkeypatch.setattr(stand.broker, "_spawn", no_room)
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_for("another broker", lambda: stand.broker.pid not in (None, before) and listens(stand.port))
    assert len(tries) == 2
    stand.hub(f"{ROOT}/#")


def test_new_gateways_that_could_not_be_written_are_written_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next round tries again."""
    more = {**GATEWAYS, "c": bcrypt_hash("c-password")}

    def no_room() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(stand.broker, "_write_config", no_room)
        with pytest.raises(OSError, match="No space"):
            stand.broker.reload(more)
    stand.broker.reload(more)
    assert "c" in {user["user"] for user in json.loads(stand.broker._config.read_text())["authorization"]["users"]}


def test_a_part_of_evidence_fits(stand: Stand) -> None:
    """200 KiB in one message."""
    hub = stand.hub(f"{ROOT}/+/evidence/#")
    content = os.urandom(200 * 1024)
    stand.gateway("a").publish(f"{ROOT}/a/evidence/x/0", content)
    wait_for("the part", lambda: hub.heard)
    assert hub.heard[0][1] == content


def test_a_last_will_is_sent_when_a_gateway_vanishes(stand: Stand) -> None:
    """And kept for those who come later."""
    hub = stand.hub(f"{ROOT}/+/status")
    link = Link(stand.port, "a", "a-password", will=(f"{ROOT}/a/status", "gone")).ready()
    link.vanish()
    wait_for("the will", lambda: hub.heard)
    later = stand.hub(f"{ROOT}/+/status")
    wait_for("the retained will", lambda: later.heard)
    assert hub.heard == later.heard == [(f"{ROOT}/a/status", b"gone")]
