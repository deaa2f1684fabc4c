"""``deploy/upgrade.sh``: another version and back by one command each; real environments, a real gateway process.

There is no systemd here: a small script stands in its place that starts and ends the gateway as the unit does.
"""

import base64
import contextlib
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.killable import ROOT
from tests.test_distribution import built

from sharp_eyes.edge.push.connection import SESSION
from sharp_eyes.edge.push.outbox import Outbox

SYSTEMCTL = """\
#!/usr/bin/env bash
# start: returns when the program is ready or has ended, as with Type=notify
here={here}
alive() {{ [ -s $here/pid ] && kill -0 "$(cat $here/pid)" 2>/dev/null; }}
case "$1" in
    start)
        : >$here/log
        $here/sharp-eyes/bin/sharp-eyes-edge run {config} >>$here/log 2>&1 9>&- &
        echo $! >$here/pid
        until grep -q ' watches ' $here/log; do alive || exit 1; sleep 0.2; done ;;
    stop) if alive; then kill "$(cat $here/pid)"; while alive; do sleep 0.1; done; fi ;;
    is-active) alive ;;
esac
"""
# The environment of a version has the tests' own dependencies and pip, so that nothing is downloaded.
PYTHON = """\
#!/bin/sh
{python} -m venv --without-pip "$3" && echo {site} >"$3/lib/python{version}/site-packages/dependencies.pth"
"""


def repacked(wheel: Path, version: str, folder: Path, **changed: str) -> Path:
    """The same wheel under another version, with the text of some files put behind their own."""
    target = folder / f"sharp_eyes-{version}-py3-none-any.whl"
    old, new = "sharp_eyes-0.1.0.dist-info", f"sharp_eyes-{version}.dist-info"
    records = []
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            data, name_there = source.read(name), name.replace(old, new)
            if name.endswith("/RECORD"):
                continue
            if name.endswith("/METADATA"):
                data = data.replace(b"\nVersion: 0.1.0\n", f"\nVersion: {version}\n".encode())
            data += changed.get(Path(name).stem, "").encode() if name.startswith("sharp_eyes/edge/") else b""
            made.writestr(name_there, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            records.append(f"{name_there},sha256={digest},{len(data)}")
        made.writestr(f"{new}/RECORD", "\n".join([*records, f"{new}/RECORD,,"]) + "\n")
    return target


class Machine:
    """A machine with a gateway that deploy/upgrade.sh has installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "gateway.yaml"
        self.config.write_text("gateway: gw\ndata: data\nhub: {url: 'mqtt://127.0.0.1:9'}\n", encoding="utf-8")
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        scripts = {
            "systemctl": SYSTEMCTL.format(here=folder, config=self.config),
            "python": PYTHON.format(python=sys.executable, site=sysconfig.get_path("purelib"), version=version),
        }
        for name, text in scripts.items():
            (folder / name).write_text(text, encoding="utf-8")
            (folder / name).chmod(0o755)

    def upgrade(self, *words: str, code: int = 0) -> str:
        options = ["--root", str(self.folder), "--config", str(self.config), "--data", str(self.folder / "data")]
        options += ["--python", str(self.folder / "python"), "--pip", "--no-deps --no-index"]
        # Without the checkout's own path, which would hide what was installed.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        done = subprocess.run(
            [str(ROOT / "deploy/upgrade.sh"), "gateway", *words, *options],
            capture_output=True, text=True, check=False, timeout=600,
            env={**environment, "SYSTEMCTL": str(self.folder / "systemctl"), "SETTLE": "1"},
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    @property
    def running(self) -> str:
        """The environment that the running gateway comes from."""
        command = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        return str(Path(os.fsdecode(command[0])).parent.parent)

    def session(self) -> str | None:
        """What the outbox remembers; the gateway must not run."""
        outbox = Outbox(self.folder / "data/outbox", 2**30)
        try:
            return outbox.memory(SESSION)
        finally:
            outbox.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    if (tmp_path / "pid").exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(made.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_to_another_version_and_back_and_never_to_one_that_does_not_run(machine: Machine, tmp_path: Path) -> None:
    """The data stay; what cannot read the settings touches nothing, what does not come up is switched back."""
    first = built("wheel", tmp_path / "dist")
    second = repacked(first, "0.2.0", tmp_path)
    broken = repacked(first, "0.3.0", tmp_path, gateway="\nraise SystemExit('does not start')\n")
    blind = repacked(first, "0.4.0", tmp_path, settings="\nGatewaySettings = HubConnectionSettings\n")

    assert "runs 0.1.0" in machine.upgrade(str(first))
    assert "runs 0.2.0" in machine.upgrade(str(second))
    newest = machine.running
    assert [line.split()[:2] for line in machine.upgrade("--list").splitlines()] == [["<", "0.1.0"], ["*", "0.2.0"]]
    (saved,) = (tmp_path / "sharp-eyes-releases").glob("*.outbox")
    assert (saved / "outbox.sqlite3").is_file()

    with sqlite3.connect(saved / "outbox.sqlite3") as copy:
        (session,) = copy.execute("SELECT content FROM memory WHERE name = ?", (SESSION,)).fetchone()

    pid = machine.pid
    assert "nothing was changed" in machine.upgrade(str(blind), code=1)
    assert machine.pid == pid
    said = machine.upgrade(str(broken), code=1)
    assert "does not come up with 0.3.0; switching back" in said
    assert "runs 0.2.0 as before" in said
    assert machine.running == newest
    assert len(machine.upgrade("--list").splitlines()) == 2

    assert "runs 0.1.0 again" in machine.upgrade("--back")
    assert machine.running != newest
    assert "runs 0.2.0 again" in machine.upgrade("--back")
    subprocess.run([str(tmp_path / "systemctl"), "stop"], check=True, timeout=600)
    assert machine.session() == session


def test_what_it_is_asked_wrongly_is_said(machine: Machine) -> None:
    """Without changing anything."""
    assert "there is no version before" in machine.upgrade("--back", code=1)
    assert "unknown option --bakc" in machine.upgrade("--bakc", code=1)
    assert not (machine.folder / "sharp-eyes").exists()
