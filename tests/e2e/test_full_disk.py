"""The command centre's disk runs full while events flow, and has room again: nothing is lost, nobody restarts it."""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.e2e.gateway_driver import GATEWAY
from tests.e2e.killable import HubProcess, Killable
from tests.e2e.stand import wait_for
from tests.e2e.stored import Stored

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2700)]
EVENTS = 40


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 30 MB, where the hub keeps its data."""
    place = tmp_path / "data"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=30m", "sharp-eyes-test", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here (needs root): {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    file.write(os.urandom(size))
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return filler


def health(hub: HubProcess) -> dict[str, object]:
    answer: dict[str, object] = httpx.get(f"{hub.url}/api/health", timeout=240).json()
    return answer


@pytest.fixture
def hub(tmp_path: Path, small_disk: Path) -> Iterator[HubProcess]:
    made = HubProcess(tmp_path)
    assert made.data == small_disk
    yield made
    made.kill()


StartDriver = Callable[[], Killable]


@pytest.fixture
def start_driver(tmp_path: Path, hub: HubProcess) -> Iterator[StartDriver]:
    """A gateway with events and pictures, its outbox on a disk with room."""
    password = tmp_path / "gateway.password"
    password.write_text(hub.register_gateway(GATEWAY))
    command = [sys.executable, "-m", "tests.e2e.gateway_driver", "--folder", str(tmp_path / "gateway")]
    command += ["--url", f"mqtt://127.0.0.1:{hub.broker_port}", "--password-file", str(password)]
    driver = Killable([*command, "--events", str(EVENTS), "--rate", "2"], tmp_path / "driver.log")

    def start() -> Killable:
        driver.start()
        return driver

    yield start
    driver.kill()


def test_a_disk_that_was_full_once_heals_by_itself(hub: HubProcess, start_driver: StartDriver) -> None:
    """Meanwhile health says degraded; when there is room again every event arrives, and health is ok."""
    hub.start()
    hub.wait_until_healthy()
    driver = start_driver()
    wait_for("the first messages", lambda: Stored(hub.data).count_received() > 3, 60)
    filler, began = fill(hub.data), time.monotonic()
    wait_for("health to say that there is no room", lambda: health(hub)["status"] == "degraded", 60)
    wait_for("the hub to notice that it is deaf", lambda: not health(hub)["intake"], 90)
    deaf = time.monotonic()
    filler.unlink()
    wait_for("the hub to hear again", lambda: health(hub)["intake"], 90)
    hears = time.monotonic()
    wait_for("all events to arrive", lambda: driver.status == 0, 240)
    wait_for("health to be ok", lambda: health(hub)["status"] == "ok", 90)
    print(
        f"noticed {deaf - began:.0f} s after the disk was full; heard again {hears - deaf:.0f} s after there was room"
    )
    assert hub.is_running
