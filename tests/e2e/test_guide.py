"""The deployer's guide leads somebody who types it as it stands to the first event of an RTSP camera."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import walk_guide
from tests.e2e.kept_ways import keep_ways
from tests.edge.snap.clips import RtspCamera, make_clip
from tests.ports import free_port


def own_network() -> bool:
    """Whether this user may make a network of its own."""
    if not (shutil.which("unshare") and shutil.which("ip") and shutil.which("curl")):
        return False
    command = ["unshare", "--map-root-user", "--net", "ip", "link", "set", "lo", "up"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_marked_commands_are_those_that_the_guide_explains() -> None:
    """A camera is added, all is examined, hub and gateway run; no password stands in a command."""
    commands = walk_guide.commands()
    for part in ("user add", "gateway add", "sharp-eyes-hub serve", "cameras add", "doctor", "sharp-eyes-edge run"):
        assert part in commands
    assert f"rtsp://{walk_guide.CAMERA}/stream1" in commands
    assert walk_guide.PASSWORD not in commands


@pytest.mark.slow
def test_the_guides_commands_lead_to_the_first_event(tmp_path: Path) -> None:
    """Real hub, real gateway, a real RTSP camera at the guide's own address, the guide's own ports.

    What takes half a minute of both cores, and is shown elsewhere, is left out: how many cameras fit, and the choice of
    how networks are computed.
    """
    if not own_network():
        pytest.skip("needs unshare, ip and curl, and the right to make a network namespace")
    clip = walk_guide.ROOT / "media/street.mp4"
    if not clip.is_file():
        pytest.skip("media/street.mp4 is missing")
    RtspCamera(make_clip(tmp_path / "small.mp4", seconds=1), free_port()).stop()  # skips without GStreamer's server
    keep_ways(tmp_path / "work" / "gateway")
    options = ["--seconds", "600", "--folder", str(tmp_path), "--no-capacity"]
    done = subprocess.run(
        [sys.executable, str(walk_guide.ROOT / "scripts/walk_guide.py"), *options],
        capture_output=True, text=True, check=False, timeout=880, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "first case: " in done.stdout
    assert re.search(r"from nothing to the first event: \d+ s", done.stdout)
