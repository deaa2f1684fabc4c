"""What a service manager hears of gateway and hub: ready, alive, stopping; and silence from one that hangs."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.killable import ROOT
from tests.edge.snap.clips import make_clip
from tests.ports import free_port

from sharp_eyes.configuration.service_manager import ServiceManager
from sharp_eyes.edge.vital_signs import LONGEST, VitalSigns

WATCHDOG = "600000"  # microseconds: told at least every 0.3 s
PATIENCE = 240.0


class Manager:
    """The other end of the line."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(self.path))
        self._line.settimeout(0.5)

    def hears(self, words: str, within: float = PATIENCE) -> bool:
        """Whether a line is said in time; others are passed over."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            try:
                said = self._line.recv(4096).decode().splitlines()
            except TimeoutError:
                continue
            if any(line.startswith(words) for line in said):
                return True
        return False

    @contextmanager
    def service(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of ours under this manager."""
        environment = {**os.environ, "NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": WATCHDOG}
        process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def manager(tmp_path: Path) -> Manager:
    return Manager(tmp_path)


def gateway_config(folder: Path) -> Path:
    zone = {"id": "kerb", "polygon": [[0, 0], [1, 0], [1, 1]]}
    camera = {
        "id": "cam",
        "source": {"kind": "file", "path": str(make_clip(folder / "clip.mp4", seconds=4)), "loop": True},
        "scenes": [{"scene": "illegal_parking", "zones": [zone]}],
    }
    config = folder / "gateway.yaml"
    hub = {"url": f"mqtt://127.0.0.1:{free_port()}"}
    model = {"runtime": "onnxruntime", "precision": "fp32"}
    content = {"gateway": "gw", "data": str(folder / "data"), "hub": hub, "model": model, "cameras": [camera]}
    config.write_text(json.dumps(content), encoding="utf-8")
    return config


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_gateway_says_that_it_is_ready_alive_and_stopping_though_its_hub_is_away(
    manager: Manager, tmp_path: Path
) -> None:
    """A hub that cannot be reached is no reason for a restart."""
    with manager.service("sharp_eyes.edge", "run", str(gateway_config(tmp_path))) as gateway:
        assert manager.hears("READY=1")
        assert manager.hears("WATCHDOG=1")
        assert manager.hears("WATCHDOG=1")
        gateway.send_signal(signal.SIGTERM)
        assert manager.hears("STOPPING=1")
        assert gateway.wait(PATIENCE) == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_process_that_stands_still_says_nothing(manager: Manager, tmp_path: Path) -> None:
    """So it is restarted: that is what the silence is for."""
    with manager.service("sharp_eyes.edge", "run", str(gateway_config(tmp_path))) as gateway:
        assert manager.hears("WATCHDOG=1")
        gateway.send_signal(signal.SIGSTOP)
        while manager.hears("WATCHDOG=1", 1.0):
            pass  # what was said before
        assert not manager.hears("WATCHDOG=1", 2.0)
        gateway.send_signal(signal.SIGCONT)
        assert manager.hears("WATCHDOG=1")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_hub_says_that_it_is_ready_alive_and_stopping(manager: Manager, tmp_path: Path) -> None:
    """As soon as it takes requests."""
    config = tmp_path / "hub.yaml"
    ports = {"http": {"port": free_port()}, "broker": {"port": free_port()}}
    config.write_text(json.dumps({"data": str(tmp_path / "hub"), **ports}), encoding="utf-8")
    with manager.service("sharp_eyes.hub", "serve", "--config", str(config)) as hub:
        assert manager.hears("READY=1")
        assert manager.hears("WATCHDOG=1")
        hub.send_signal(signal.SIGTERM)
        assert manager.hears("STOPPING=1")
        assert hub.wait(PATIENCE) in (0, -signal.SIGTERM)  # its web server ends by the signal, after all else


class Part:
    """A room that hangs for so long, or whose thread is gone."""

    def __init__(self, hangs: float = 0.0, is_alive: bool = True) -> None:
        self.hangs = hangs
        self.is_alive = is_alive


@pytest.mark.parametrize(
    ("looks", "camera", "publisher", "said"),
    [
        (Part(LONGEST + 1), Part(), Part(), "STATUS=a look has lasted"),
        (Part(), Part(LONGEST + 1), Part(), "STATUS=camera gate: one frame"),
        (Part(), Part(), Part(is_alive=False), "STATUS=nothing is sent"),
    ],
)
def test_a_room_that_hangs_is_named_and_the_manager_left_to_restart(
    manager: Manager, monkeypatch: pytest.MonkeyPatch, looks: Part, camera: Part, publisher: Part, said: str
) -> None:
    """The process lives, and yet it does not say so."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager.path))
    monkeypatch.setenv("WATCHDOG_USEC", "1000")
    line = ServiceManager()
    sound = VitalSigns(Part(LONGEST - 1), {"gate": Part(1.0)}, Part(), line)
    sound.check()
    assert manager.hears("WATCHDOG=1", 5.0)
    VitalSigns(looks, {"gate": camera}, publisher, line).check()
    assert manager.hears(said, 5.0)
    assert not manager.hears("WATCHDOG=1", 1.0)


def test_without_a_manager_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where systemd watches another process, or the socket is gone."""
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    assert ServiceManager().watchdog is None
    ServiceManager().ready("by itself")
    monkeypatch.setenv("WATCHDOG_USEC", "2000000")
    assert ServiceManager().watchdog == 1.0
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert ServiceManager().watchdog is None
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
    ServiceManager().alive()


def test_a_look_in_progress_is_timed() -> None:
    """By the scheduler, from its beginning to its end."""
    from tests.edge.privacy_scenes import frame_of, street_picture

    from sharp_eyes.edge.extract.scheduler import Scheduler
    from sharp_eyes.edge.frame import Detections, Frame, Picture  # noqa: F401

    let_go, looking = threading.Event(), threading.Event()

    class Slow:
        def detect(self, frames: list[Frame]) -> list[Detections]:
            looking.set()
            assert let_go.wait(PATIENCE)
            return [Detections.none(("car",)) for _ in frames]

    with Scheduler(Slow(), lambda _frame, _found: None) as scheduler:  # type: ignore[arg-type]
        scheduler.add("cam", 1.0)
        assert scheduler.hangs == 0
        scheduler.offer(frame_of(street_picture()))
        assert looking.wait(PATIENCE)
        first = scheduler.hangs
        time.sleep(0.02)
        assert scheduler.hangs > first >= 0
        let_go.set()
        end = time.monotonic() + PATIENCE
        while scheduler.hangs and time.monotonic() < end:
            time.sleep(0.01)
        assert scheduler.hangs == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing")
@pytest.mark.parametrize("unit", ["sharp-eyes-edge.service", "sharp-eyes-hub.service"])
def test_the_units_are_understood_by_systemd(unit: str, tmp_path: Path) -> None:
    """Every key and value, with the program where it is here."""
    text = (ROOT / "deploy" / "systemd" / unit).read_text(encoding="utf-8")
    copy = tmp_path / unit
    program = f"/opt/sharp-eyes/bin/{unit.removesuffix('.service')}"
    assert program in text
    copy.write_text(text.replace(program, sys.executable), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr
    assert verified.stderr.strip() == ""
