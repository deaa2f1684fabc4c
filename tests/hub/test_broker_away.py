"""A broker of somebody else's that is not there, refuses the hub, or takes messages and gives none back."""

import json
import logging
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hub.edge import wait_for
from tests.ports import free_port, listens

from sharp_eyes.configuration import hearing, reminder
from sharp_eyes.hub.broker.bundled import server_program
from sharp_eyes.hub.broker.client import MqttClient
from sharp_eyes.hub.broker.login import BrokerLogin


@pytest.fixture
def away() -> Iterator[MqttClient]:
    """A client whose broker is not there."""
    client = MqttClient(BrokerLogin(f"mqtt://127.0.0.1:{free_port()}", "hub", "x"), lambda _topic, _payload: None)
    client._client.reconnect_delay_set(1, 1)
    yield client
    client.stop()


def test_a_broker_that_is_not_there_is_said_at_once_and_again(
    away: MqttClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its address, the reason and what to do; and not at every try."""
    monkeypatch.setattr(reminder, "FIRST_SECONDS", 2.5)

    def said() -> list[str]:
        return [record.getMessage() for record in caplog.records if "cannot be reached" in record.getMessage()]

    with caplog.at_level(logging.ERROR):
        away.start()
        first = wait_for("the first line", said)[0]
        assert away._url in first
        assert "refused" in first
        assert "hub.yaml" in first
        wait_for("the second line", lambda: len(said()) >= 2)
        wait_for("the third line", lambda: len(said()) >= 3)
    # At 0, 2.5 and 7.5 seconds, while it was tried every second.
    assert away._away.lasts >= 7
    assert len(said()) <= 4


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Mosquitto, which lets everybody in."""
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("Mosquitto is missing; install it with scripts/install-system-parts.sh")
    port = free_port()
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)
    yield process, port
    process.kill()
    process.wait(10)


def test_what_the_hub_sends_to_itself_comes_back(mosquitto: tuple[subprocess.Popen[bytes], int]) -> None:
    """While the broker works; a broker that hangs gives nothing back, also while it looks connected."""
    process, port = mosquitto
    client = MqttClient(BrokerLogin(f"mqtt://127.0.0.1:{port}", "hub", "x"), lambda _topic, _payload: None)
    client.start()
    try:
        wait_for("the connection", lambda: client.is_connected)

        def comes_back(since: float | None = None) -> bool:
            before = client.heard_at if since is None else since

            def sent_and_heard() -> bool:
                client.send_to_self()  # does nothing while the broker has not yet confirmed the last one
                return client.heard_at > before

            return wait_for("the message", sent_and_heard)

        assert comes_back()
        assert comes_back()
        os.kill(process.pid, signal.SIGSTOP)
        before = client.heard_at
        for _ in range(100):
            client.send_to_self()
        assert client.heard_at == before
        assert client._client._inflight_messages <= 1, "no heap of messages that wait for a dead broker"
        os.kill(process.pid, signal.SIGCONT)
        # Where the last one before the stop was not confirmed none waits; the next one goes once it is.
        assert comes_back(before)
    finally:
        client.stop()


@pytest.fixture
def grudging(tmp_path: Path) -> Iterator[tuple[int, Callable[[], None]]]:
    """The port of a NATS server that keeps events from the hub, and what makes it give in."""
    port, file = free_port(), tmp_path / "nats.json"
    allowed = {"publish": ">", "subscribe": {"allow": ">", "deny": "sharp-eyes.v1.*.event"}}

    def write(subscribe: object) -> None:
        user = {"user": "hub", "password": "x", "permissions": allowed | {"subscribe": subscribe}}
        listen = {"host": "127.0.0.1", "port": -1, "mqtt": {"host": "127.0.0.1", "port": port}}
        store = {"server_name": "one", "jetstream": {"store_dir": str(tmp_path)}}
        file.write_text(json.dumps({**listen, **store, "authorization": {"users": [user]}}))

    write(allowed["subscribe"])
    server = subprocess.Popen([str(server_program()), "--config", str(file)], stderr=subprocess.DEVNULL)

    def give_in() -> None:
        write(">")
        server.send_signal(signal.SIGHUP)

    wait_for("NATS to listen", lambda: listens(port))
    yield port, give_in
    server.kill()
    server.wait(10)


def test_a_topic_that_is_refused_is_asked_for_again_and_leaves_the_hub_deaf(
    grudging: tuple[int, Callable[[], None]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As a cluster does that has just lost a server: what the hub sends to itself comes back, and no event does."""
    port, give_in = grudging
    monkeypatch.setattr(hearing, "FIRST_WAIT", 0.2)
    heard: list[str] = []
    client = MqttClient(
        BrokerLogin(f"mqtt://127.0.0.1:{port}", "hub", "x"), lambda topic, _payload: heard.append(topic)
    )
    client.start()
    try:
        wait_for("the refusal", lambda: "does not let the hub read sharp-eyes/v1/+/event;" in caplog.text)
        started = client.heard_at
        client.send_to_self()
        wait_for("the message to oneself", lambda: client._asked is not None and client._asked.is_published())
        assert client.heard_at == started
        give_in()

        def comes_back() -> bool:
            client.send_to_self()
            return client.heard_at > started

        wait_for("what was refused", comes_back)
        client._client.publish("sharp-eyes/v1/gate-1/event", b"{}", qos=1)
        wait_for("the event", lambda: heard)
    finally:
        client.stop()


def test_a_password_that_is_put_right_in_its_file_is_taken(
    grudging: tuple[int, Callable[[], None]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a restart; until then the refusal is said at growing distances, not at every try."""
    password = tmp_path / "password"
    password.write_text("wrong")
    login = BrokerLogin(f"mqtt://127.0.0.1:{grudging[0]}", "hub", "wrong", password_file=password)
    client = MqttClient(login, lambda _topic, _payload: None)
    client._client.reconnect_delay_set(1, 1)
    tries: list[object] = []
    ended = client._disconnected

    def counted(*given: Any) -> None:
        tries.append(given)
        ended(*given)

    client._client.on_disconnect = counted
    client.start()
    try:
        wait_for("two refusals", lambda: len(tries) >= 2)
        told = [one.getMessage() for one in caplog.records if "broker" in one.getMessage()]
        assert len(told) == 1
        assert "refuses the hub" in told[0]
        password.write_text("x\n")
        wait_for("the connection", lambda: client.is_connected)
    finally:
        client.stop()
