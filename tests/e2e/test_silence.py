"""A surveillance gateway calls nobody: its real processes are traced, in a home directory that was empty before."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.kept_ways import keep_ways
from tests.e2e.killable import ROOT
from tests.e2e.stand import wait_for
from tests.edge.snap.clips import make_clip
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

TRACE = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg,openat"]
LOOK_UP = re.compile(r"/etc/resolv\.conf|sin6?_port=htons\(53\)")
"""What every look-up of a host's name begins with, even where no name server answers."""

ADDRESS = re.compile(r'(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
LOOPBACK = re.compile(r"127\.|::1$|::ffff:127\.")
ALLOWED_AT_HOME = re.compile(r"\.(?:cache|config)/(?:matplotlib|fontconfig)|\.cache/mesa")
"""Lists of fonts and shaders, which say nothing about anybody."""


@pytest.fixture(autouse=True)
def _strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is missing; scripts/install-system-parts.sh installs it")
    if subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("processes may not be traced here")


def calls_of(command: list[str], folder: Path) -> tuple[list[str], list[str]]:
    """Run a command of ours; what it looked up or reached beyond this machine, and what it left at home."""
    traced, environment = trace_of(command, folder)
    done = subprocess.run(traced, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=350)
    assert done.returncode == 0, done.stdout + done.stderr
    return found_in(folder)


def trace_of(command: list[str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """The command line and environment that trace a command of ours in a new home."""
    home = folder / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home)}
    for name in ("ORT_DISABLE_TELEMETRY", "CI", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        environment.pop(name, None)  # they must be silent by themselves
    return [*TRACE, "-o", str(folder / "trace"), sys.executable, "-m", *command], environment


def traced_child(strace: int) -> int:
    """The process that strace has started."""
    return int(Path(f"/proc/{strace}/task/{strace}/children").read_text(encoding="ascii").split()[0])


def found_in(folder: Path) -> tuple[list[str], list[str]]:
    """What stands in the trace, and what lies in the home."""
    home, trace, outside = folder / "home", folder / "trace", []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        address = ADDRESS.search(line)
        if LOOK_UP.search(line) or (address and not LOOPBACK.match(address.group(1))):
            outside.append(line)
    files = [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]
    return outside, [name for name in files if not ALLOWED_AT_HOME.match(name)]


def test_the_doctor_calls_nobody(tmp_path: Path) -> None:
    """It opens every network with every runtime that is installed."""
    assert calls_of(["sharp_eyes.edge", "doctor", "--no-capacity"], tmp_path) == ([], [])


def test_a_replay_calls_nobody(tmp_path: Path) -> None:
    """The doctor has opened every network with each runtime."""
    clip = make_clip(tmp_path / "clip.mp4", seconds=2)
    scene = ["--scene", "illegal_parking", "--zone", "0,0 1,0 1,1 0,1"]
    assert calls_of(["sharp_eyes.edge", "replay", str(clip), *scene, "--out", str(tmp_path / "out")], tmp_path) == (
        [],
        [],
    )


def test_an_evaluation_calls_nobody(tmp_path: Path) -> None:
    """Suites are played, measured and drawn without a word to anybody."""
    out = tmp_path / "out"
    command = ["sharp_eyes.edge", "evaluate", "events", "--suite", str(ROOT / "media/suite"), "--only", "falling_day"]
    assert calls_of([*command, "--out", str(out), "--cache", str(out / "cache")], tmp_path) == ([], [])


def test_hub_broker_gateway_and_demo_call_nobody(tmp_path: Path) -> None:
    """The whole installation, while its cameras run; the doctor has opened every network in every way."""
    keep_ways(tmp_path / "demo" / "gateway")
    ports = ["--port", str(free_port()), "--broker-port", str(free_port())]
    command = ["sharp_eyes.hub", "demo", "--data", str(tmp_path / "demo"), *ports]
    log = tmp_path / "demo" / "logs" / "gateway.log"
    traced, environment = trace_of(command, tmp_path)
    demo = subprocess.Popen(traced, cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_for("the gateway", lambda: log.is_file() and "connected to hub" in log.read_text("utf-8"), 200)
        time.sleep(10)
        child = traced_child(demo.pid)
        os.kill(child, signal.SIGINT)
        assert demo.wait(150) == 0
    finally:
        if demo.poll() is None:  # ending strace alone would leave the demo behind
            os.kill(traced_child(demo.pid), signal.SIGKILL)
            demo.wait(30)
    assert found_in(tmp_path) == ([], [])
