"""A gateway's session at the broker: nobody else can guess its id, and two gateways with one name hear of it."""

import logging
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.stand import wait_for
from tests.hub.edge import Link
from tests.ports import free_port

from sharp_eyes.contract.status import Birth
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.settings import HubConnectionSettings
from sharp_eyes.hub.broker.bundled import BundledBroker
from sharp_eyes.hub.broker.mosquitto import write_files
from sharp_eyes.hub.broker.passwords import bcrypt_hash, mosquitto_hash
from sharp_eyes.hub.hub import Hub, utc_now
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.settings import HubSettings

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
GUESSES = ("sharp-eyes-b", "b", "sharp-eyes-doctor-b", "sharp-eyes-b-", "sharp-eyes-hub")


@pytest.fixture(params=["bundled", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """A broker of ours, or a Mosquitto with the generated files, that knows gateways a and b; gives its port."""
    port, folder = free_port(), tmp_path / "broker"
    if request.param == "bundled":
        made = BundledBroker(folder, "127.0.0.1", port)
        made.start({name: bcrypt_hash(f"{name}-password") for name in "ab"})
        yield port
        made.stop()
        return
    if MOSQUITTO is None:
        pytest.skip("mosquitto is missing; install it with scripts/install-system-parts.sh")
    write_files(folder, {name: mosquitto_hash(f"{name}-password") for name in "ab"}, port)
    settings = folder / "mosquitto.conf"
    if os.geteuid() == 0:
        settings.write_text(settings.read_text() + "user root\n")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([MOSQUITTO, "-c", str(settings)], stdout=log, stderr=log, cwd=folder)
    yield port
    process.terminate()
    process.wait(10)


class Gateway:
    """A gateway's real publisher, which counts how often it was let in."""

    def __init__(self, folder: Path, name: str, port: int, password: str, session: str = "s1") -> None:
        folder.mkdir(exist_ok=True)
        file = folder / "password"
        file.write_text(password)
        self.outbox = Outbox(folder / "outbox", 1024**2)
        settings = HubConnectionSettings(url=f"mqtt://127.0.0.1:{port}", password_file=file)
        birth = Birth(gateway=name, session=session, time=utc_now(), version="1", cameras=())
        self.publisher = Publisher(settings, name, self.outbox, birth, lambda command: None)
        self.publisher.start()

    def close(self) -> None:
        self.publisher.stop()
        self.outbox.close()


def connects(caplog: pytest.LogCaptureFixture) -> int:
    return sum(record.getMessage().startswith("connected to hub") for record in caplog.records)


def test_another_gateway_cannot_throw_it_out(broker: int, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Gateway a signs in with its own password under every id that b might have; b does not even notice."""
    caplog.set_level(logging.INFO)
    b = Gateway(tmp_path / "b", "b", broker, "b-password")
    wait_for("gateway b to be let in", lambda: b.publisher.connected)
    for guess in GUESSES:
        thief = Link(broker, "a", "a-password", client_id=guess, clean=True).ready()
        time.sleep(0.3)
        thief.close()
    assert b.publisher.connected
    assert connects(caplog) == 1
    b.close()


def test_a_gateway_keeps_its_session_over_a_restart(broker: int, tmp_path: Path) -> None:
    """The secret part lies in its outbox; another gateway's is another."""
    ids: list[Any] = []
    for folder in ("b", "b", "other"):
        gateway = Gateway(tmp_path / folder, "b", broker, "b-password")
        ids.append(gateway.outbox.memory("mqtt-session"))
        gateway.close()
    assert len(ids[0]) == 32
    assert ids[0] == ids[1] != ids[2]


def test_two_gateways_with_one_name_are_told_on_both_sides(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The hub shows it, both gateways log what to do, and neither throws the other out."""
    caplog.set_level(logging.INFO)
    port = free_port()
    hub = Hub(HubSettings.model_validate({"data": tmp_path / "hub", "broker": {"port": port}}))
    hub.prepare()
    with hub.transaction() as work:
        password = add_gateway(work.session, work.city, work.now, "b")
    hub.start()
    pair = [Gateway(tmp_path / name, "b", port, password, session=name) for name in ("one", "two")]
    try:
        wait_for("both to be let in", lambda: all(one.publisher.connected for one in pair))

        def both_told() -> bool:
            for one in pair:
                one.publisher.heartbeat(())
            said = [record for record in caplog.records if "two gateways under the name b" in record.getMessage()]
            return len(said) >= 2

        wait_for("the gateways to be told", both_told)
        assert hub.intake.router.sessions.is_shared("b")
        assert any(record.getMessage().startswith("two gateways speak under the name b") for record in caplog.records)
        assert connects(caplog) == 2
    finally:
        for one in pair:
            one.close()
        hub.stop()
