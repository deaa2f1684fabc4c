"""Hub and broker die, and what lies on the broker's disk is garbage: the hub hears again, and nothing is lost."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.e2e.gateway_driver import GATEWAY
from tests.e2e.killable import HubProcess, Killable
from tests.e2e.stand import wait_for
from tests.e2e.stored import Stored

EVENTS = 40


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    made = HubProcess(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def driver(tmp_path: Path, hub: HubProcess) -> Iterator[Killable]:
    """A gateway with events and pictures."""
    password = tmp_path / "gateway.password"
    password.write_text(hub.register_gateway(GATEWAY))
    command = [sys.executable, "-m", "tests.e2e.gateway_driver", "--folder", str(tmp_path / "gateway")]
    command += ["--url", f"mqtt://127.0.0.1:{hub.broker_port}", "--password-file", str(password)]
    made = Killable([*command, "--events", str(EVENTS), "--rate", "5"], tmp_path / "driver.log")
    yield made
    made.kill()


def test_a_damaged_store_keeps_nobody_deaf(hub: HubProcess, driver: Killable) -> None:
    """Every event is acknowledged in the end and there once; health is ok, and says what happened."""
    hub.start()
    hub.wait_until_healthy()
    driver.start()
    wait_for("the first messages", lambda: Stored(hub.data).count_received() > 10, 60)
    hub.kill()
    consumers = list((hub.data / "broker" / "jetstream").rglob("o.dat"))
    assert consumers
    for path in consumers:
        path.write_bytes(b"garbage" * 40)
    hub.start()
    hub.wait_until_healthy()
    assert httpx.get(f"{hub.url}/api/health", timeout=240).json()["broker_store_set_aside_at"] is not None
    assert "store is damaged" in hub.log.read_text(errors="replace")
    wait_for("all events to be acknowledged", lambda: driver.status == 0, 120)
    assert Stored(hub.data).rows("SELECT COUNT(*) FROM alarm")[0][0] == EVENTS
