"""Retained messages where the contract has none are cleared, by name of the gateway; birth and will stay."""

import os
import signal
import threading
from pathlib import Path

import pytest
from tests.hub.edge import Link, wait_for
from tests.hub.test_bundled_broker import ROOT, Stand, stand  # noqa: F401 - the fixture
from tests.ports import free_port

from sharp_eyes.hub.broker import retained
from sharp_eyes.hub.broker.login import BrokerLogin
from sharp_eyes.hub.broker.retained import clear_retained
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.settings import HubSettings


def store_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_only_births_and_wills_stay_retained(stand: Stand) -> None:  # noqa: F811 - the fixture
    """Evidence, events, snapshots that were retained are gone for whoever comes later."""
    gateway = stand.gateway("a")
    gateway.publish(f"{ROOT}/a/status", "birth", retain=True)
    for number in range(20):
        gateway.publish(f"{ROOT}/a/evidence/0b4ff0d6-6b1f-4b0c-9e0e-0000000000{number:02d}/0", "part", retain=True)
    gateway.publish(f"{ROOT}/a/event", "event", retain=True)
    gateway.publish(f"{ROOT}/a/snapshot/cam-1", "picture", retain=True)
    assert clear_retained(stand.address) == {"a": 22}
    assert clear_retained(stand.address) == {}
    later = stand.hub(f"{ROOT}/#")
    wait_for("the birth", lambda: later.heard)
    assert later.heard == [(f"{ROOT}/a/status", b"birth")]


def test_a_broker_that_takes_its_time_is_waited_for(stand: Stand) -> None:  # noqa: F811 - the fixture
    """On a busy machine it says only after seconds that it listens; what it holds is cleared all the same."""
    stand.gateway("a").publish(f"{ROOT}/a/event", "event", retain=True)
    broker = stand.broker.pid
    assert broker is not None
    os.kill(broker, signal.SIGSTOP)
    wakes = threading.Timer(retained._QUIET_SECONDS + 0.3, os.kill, (broker, signal.SIGCONT))
    wakes.start()
    assert clear_retained(stand.address) == {"a": 1}
    wakes.join()


@pytest.mark.parametrize("size", [400 * 1024])
def test_a_hub_at_work_clears_a_flood_of_them(tmp_path: Path, size: int) -> None:
    """The store that all share shrinks again within seconds, and the gateway's count is shown."""
    port = free_port()
    hub = Hub(HubSettings.model_validate({"data": tmp_path, "broker": {"port": port}}))
    hub.prepare()
    with hub.transaction() as work:
        password = add_gateway(work.session, work.city, work.now, "a")
    hub.start()
    link = Link(port, "a", password).ready()
    try:
        assert hub.intake.broker is not None
        for number in range(60):
            topic = f"{ROOT}/a/evidence/0b4ff0d6-6b1f-4b0c-9e0e-0000000000{number:02d}/0"
            link.publish(topic, os.urandom(size), retain=True)
        store = hub.intake.broker.retained_store
        assert store.is_dir()
        wait_for("the count", lambda: hub.intake.replies.held_back.counts("a").get("retained"), 60)
        wait_for("the store to shrink", lambda: store_size(store) < 60 * size // 2, 60)
    finally:
        link.close()
        hub.stop()


def test_what_is_retained_during_a_visit_is_looked_for_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker tells a visitor who is there already nothing of it; on a busy machine a visit takes long."""
    visits: list[int] = []

    def visit(_login: BrokerLogin) -> dict[str, int]:
        visits.append(len(visits))
        if len(visits) == 1:
            (tmp_path / "1.blk").write_bytes(bytes(9 * 1024 * 1024))
        return {}

    monkeypatch.setattr(retained, "clear_retained", visit)
    sweeper = retained.RetainedSweeper(BrokerLogin("mqtt://127.0.0.1:1", "hub", "x"), lambda _, __: None, tmp_path)
    for _ in range(4):
        sweeper._step()
    assert len(visits) == 2


def test_what_a_busy_broker_shows_haltingly_is_cleared_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that found some is followed by another, until one finds nothing; then there is quiet for minutes."""
    shown = [{"a": 25}, {"a": 35}, {}, {"a": 1}]
    monkeypatch.setattr(retained, "clear_retained", lambda _login: shown.pop(0))
    noted: list[int] = []
    sweeper = retained.RetainedSweeper(BrokerLogin("mqtt://127.0.0.1:1", "hub", "x"), lambda _, n: noted.append(n))
    for _ in range(6):
        sweeper._step()
    assert noted == [25, 35]
    assert shown == [{"a": 1}]
