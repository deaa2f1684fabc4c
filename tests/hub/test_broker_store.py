"""A store of the bundled broker that is damaged: real files of a real server, and garbage in them."""

import logging
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.hub.edge import Link, wait_for
from tests.ports import free_port

from sharp_eyes.hub.broker.bundled import BundledBroker
from sharp_eyes.hub.broker.passwords import bcrypt_hash
from sharp_eyes.hub.broker.store import KEPT

ROOT = "sharp-eyes/v1"
GATEWAYS = {"a": bcrypt_hash("a-password")}
SAID = 50


def gateway(port: int) -> Link:
    return Link(port, "a", "a-password", f"{ROOT}/a/command", client_id="gate-a", clean=False)


@pytest.fixture(scope="module")
def used_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A broker's folder as a killed broker leaves it: a gateway's kept session, with commands that wait."""
    folder, port = tmp_path_factory.mktemp("used") / "broker", free_port()
    broker = BundledBroker(folder, "127.0.0.1", port)
    login = broker.start(GATEWAYS)
    link = gateway(port).ready()
    link.publish(f"{ROOT}/a/status", "birth", retain=True)
    link.close()
    hub = Link(port, login.username, login.password).ready()
    for number in range(SAID):
        hub.publish(f"{ROOT}/a/command", f"{number}")
    hub.close()
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    broker.stop()
    return folder


@pytest.fixture
def broker(tmp_path: Path, used_store: Path) -> Iterator[BundledBroker]:
    """One that will start in a copy of that folder."""
    shutil.copytree(used_store, tmp_path / "broker")
    made = BundledBroker(tmp_path / "broker", "127.0.0.1", free_port())
    yield made
    made.stop()


def garbage(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(max(200, path.stat().st_size)))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def files(broker: BundledBroker, name: str, within: str = "") -> list[Path]:
    found = [path for path in broker.store.path.rglob(name) if path.is_file() and within in str(path)]
    assert found
    return found


def new_commands_arrive(broker: BundledBroker) -> None:
    """The hub hears itself, and a gateway with a session from before hears what is said now."""
    login = broker.start(GATEWAYS)
    hub = Link(broker._port, login.username, login.password, f"{ROOT}/+/event").ready()
    hub.publish(f"{ROOT}/a/event", "to itself")
    link = gateway(broker._port).ready()
    hub.publish(f"{ROOT}/a/command", "new")
    try:
        wait_for("the hub's own message", lambda: hub.heard)
        wait_for("the new command", lambda: (f"{ROOT}/a/command", b"new") in link.heard)
    finally:
        hub.close()
        link.close()


def aside(broker: BundledBroker) -> list[Path]:
    return sorted(broker.store.path.parent.glob("jetstream.damaged-*"))


@pytest.mark.parametrize("harm", [garbage, truncate])
@pytest.mark.parametrize(
    ("name", "within"),
    [("meta.inf", "$MQTT_msgs/meta"), ("meta.sum", "$MQTT_msgs/meta"), ("o.dat", ""), ("meta.inf", "obs"), ("*", "")],
    ids=["stream", "stream's checksum", "consumers' state", "consumers", "everything"],
)
def test_a_damaged_store_is_set_aside(
    broker: BundledBroker, harm: Callable[[Path], None], name: str, within: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A gateway whose kept session was half lost would be connected and deaf; a fresh store hears at once."""
    for path in files(broker, name, within):
        harm(path)
    with caplog.at_level(logging.ERROR):
        new_commands_arrive(broker)
    assert len(aside(broker)) == 1
    assert str(aside(broker)[0]) in caplog.text
    assert broker.store.set_aside_at is not None


def test_a_store_that_is_no_store_at_all_is_set_aside(broker: BundledBroker) -> None:
    """The server does not even start; without it the hub would not."""
    shutil.rmtree(broker.store.path)
    broker.store.path.write_bytes(b"garbage")
    new_commands_arrive(broker)
    assert len(aside(broker)) == 1


def test_what_the_server_mends_itself_is_left_to_it(broker: BundledBroker) -> None:
    """The end of messages that was not written any more: no store is set aside for that."""
    for path in files(broker, "*.blk"):
        truncate(path)
    new_commands_arrive(broker)
    assert aside(broker) == []
    assert broker.store.set_aside_at is None


def test_a_server_of_an_undamaged_store_keeps_its_commands(broker: BundledBroker) -> None:
    """They wait through the kill."""
    broker.start(GATEWAYS)
    link = gateway(broker._port)
    wait_for("all commands", lambda: len({payload for _, payload in link.heard}) == SAID)
    link.close()


def test_a_store_that_is_given_up_is_set_aside_at_the_restart(broker: BundledBroker) -> None:
    """As the hub does where nothing comes through and restarts did not help; only the latest are kept."""
    broker.start(GATEWAYS)
    for number in range(KEPT + 2):
        before = broker.pid
        broker.restart(give_up_store="nothing comes through")
        wait_for("another server", lambda before=before: broker.pid not in (None, before))  # type: ignore[misc]
        wait_for("its store", broker.store.path.exists)
        wait_for("it to be set aside", lambda number=number: len(aside(broker)) == min(number + 1, KEPT))  # type: ignore[misc]
    assert broker.pid is not None
