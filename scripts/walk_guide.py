"""Walks the deployer's guide: runs its marked commands as they stand, until the hub has an event of an RTSP camera.

In a network of its own (`unshare`), so that the guide's addresses and ports are free: the bundled clip is played there
as a camera at rtsp://192.0.2.10/stream1. With --install everything begins with `pip install` of the wheel.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = """examples:
  .venv/bin/python scripts/walk_guide.py
  .venv/bin/python scripts/walk_guide.py --install dist/sharp_eyes-0.1.0-py3-none-any.whl
"""
ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/deployer.md"
MARKED = re.compile(r"<!-- walked -->\n```sh\n(.*?)```", re.DOTALL)
PASSWORD = "a long password to try it with"
CAMERA = "192.0.2.10"
MODULES = {"sharp-eyes-hub": "sharp_eyes.hub", "sharp-eyes-edge": "sharp_eyes.edge"}

PROLOGUE = """set -euo pipefail
ip link set lo up
ip addr add {camera}/32 dev lo
/usr/bin/python3 {server} {clip} --address {camera} --port 554 --path /stream1 </dev/null &
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
cd {folder}
"""
EPILOGUE = """
{python} {script} --wait {seconds} </dev/null
"""


def commands() -> str:
    """The guide's marked commands."""
    blocks = MARKED.findall(GUIDE.read_text(encoding="utf-8"))
    if not blocks:
        sys.exit(f"walk_guide: {GUIDE} has no marked commands")
    return "\n".join(blocks)


def wait_for_event(seconds: float) -> None:
    """Sign in as the guide says, and wait for a case of the camera with its picture."""
    import httpx  # noqa: PLC0415 - only the hub's environment has it

    address, end = "http://127.0.0.1:8420", time.monotonic() + seconds
    with httpx.Client(base_url=address, headers={"X-Requested-With": "sharp-eyes"}, timeout=60) as client:
        client.post("/api/session", json={"username": "admin", "password": PASSWORD}).raise_for_status()
        while time.monotonic() < end:
            found = client.get("/api/cases").raise_for_status().json()
            cases = found if isinstance(found, list) else found.get("items", found.get("cases", []))
            if cases:
                print(f"first case: {cases[0]}", flush=True)
                return
            time.sleep(1)
    sys.exit(f"walk_guide: no case within {seconds:.0f} s")


def installed(wheel: Path, folder: Path) -> Path:
    """A fresh environment with the wheel; returns its folder of commands."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    found = folder / "venv/bin"
    pins = ROOT / "requirements/lock.txt"
    install = [str(found / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--constraint", str(pins), f"{wheel.resolve()}[edge,hub]"], check=True)
    return found


def this_source(folder: Path) -> Path:
    """The commands of the environment that this runs in."""
    found = folder / "bin"
    found.mkdir()
    for name, module in MODULES.items():
        command = found / name
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    return found


def walk(folder: Path, found: Path, clip: Path, seconds: float, capacity: bool) -> int:
    """Run the guide in a network of its own; returns the exit status."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    names = {"camera": CAMERA, "server": ROOT / "scripts/rtsp_server.py", "clip": clip, "folder": work}
    python = found / "python" if (found / "python").exists() else Path(sys.executable)
    script = PROLOGUE.format(**{key: shlex.quote(str(value)) for key, value in names.items()})
    guide = commands() if capacity else commands().replace("edge doctor ", "edge doctor --no-capacity ")
    script += guide + EPILOGUE.format(python=python, script=Path(__file__).resolve(), seconds=seconds)
    environment = {**os.environ, "PATH": f"{found}:{os.environ['PATH']}"}
    command = ["unshare", "--map-root-user", "--net", "bash", "-c", script]
    return subprocess.run(command, input=PASSWORD + "\n", text=True, env=environment, check=False).returncode


def main() -> None:
    """Walk, and say how long it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--install", type=Path, help="wheel to install first, into a fresh environment")
    parser.add_argument("--clip", type=Path, default=ROOT / "media/street.mp4", help="what the camera shows")
    parser.add_argument("--seconds", type=float, default=300, help="for the first event to come (%(default)s)")
    parser.add_argument("--folder", type=Path, help="work in 'work' in it, with what lies there; else in a new one")
    parser.add_argument(
        "--capacity", action=argparse.BooleanOptionalAction, default=True, help="let the doctor measure how many fit"
    )
    parser.add_argument("--wait", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.wait is not None:
        wait_for_event(given.wait)
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder: Path = (given.folder or Path(name)).resolve()
        found = installed(given.install, folder) if given.install else this_source(folder)
        ready = time.monotonic()
        status = walk(folder, found, given.clip.resolve(), given.seconds, given.capacity)
        done = time.monotonic()
    if status:
        sys.exit(f"walk_guide: the guide's commands failed ({status}); see above")
    print(f"from nothing to the first event: {done - began:.0f} s, of which {ready - began:.0f} s to install")


if __name__ == "__main__":
    main()
