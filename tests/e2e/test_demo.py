"""``sharp-eyes-hub demo`` as a newcomer meets it: a case closes by itself, and Ctrl-C leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import httpx
import pytest
from tests.e2e.kept_ways import keep_ways
from tests.e2e.killable import ROOT
from tests.e2e.stand import wait_for
from tests.ports import free_port


class Demo:
    """The demo as a process, with what it prints."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.said = folder.with_suffix(".log")
        ports = ["--port", str(self.port), "--broker-port", str(free_port())]
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "sharp_eyes.hub", "demo", "--data", str(folder), *ports],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
            )

    def text(self) -> str:
        """All it has printed."""
        return self.said.read_text(encoding="utf-8", errors="replace")

    def says(self, pattern: str) -> re.Match[str] | None:
        """Find something in what it printed; fails when it has ended."""
        assert self.process.poll() is None, self.text()
        return re.search(pattern, self.text())

    def interrupt(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)


def processes_of(folder: Path) -> list[str]:
    """Command lines of all processes that work in this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line and str(os.getpid()) != entry.parent.name:
            found.append(line)
    return found


@pytest.mark.slow
def test_a_case_closes_by_itself_and_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """Address and password are printed and right; the whole walk happens; a second start has the same password."""
    folder = tmp_path / "demo"
    keep_ways(folder / "gateway")
    demo = Demo(folder)
    try:
        password = wait_for("the password", lambda: demo.says(r"password\s+(\S+)"), 240).group(1)
        page = httpx.Client(
            base_url=f"http://127.0.0.1:{demo.port}", headers={"X-Requested-With": "sharp-eyes"}, timeout=600
        )
        signed_in = page.post("/api/session", json={"username": "demo", "password": password})
        assert signed_in.is_success, signed_in.text
        wait_for("a case that has closed", lambda: demo.says(r"\(\w+, \w+\): closed"), 600)
        assert demo.interrupt() == 0, demo.text()
    finally:
        demo.process.kill()
    assert processes_of(folder) == []

    again = Demo(folder)
    try:
        assert wait_for("the same password", lambda: again.says(r"password\s+(\S+)"), 240).group(1) == password
        again.process.kill()
        again.process.wait()
        end = time.monotonic() + 90
        while processes_of(folder) and time.monotonic() < end:
            time.sleep(0.2)
        assert processes_of(folder) == [], "they die with the demo, even when it is killed"
    finally:
        again.process.kill()


def _find(pattern: str, log: Path) -> re.Match[str] | None:
    return re.search(pattern, log.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_two_demos_run_beside_each_other_without_an_option(tmp_path: Path) -> None:
    """Started at once in one folder, each finds ports and a folder of its own, and says where it is."""
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    for name in ("demo", "demo-2"):
        keep_ways(tmp_path / "var" / name / "gateway")
    command = [sys.executable, "-u", "-m", "sharp_eyes.hub", "demo"]
    started = []
    try:
        for log in logs:
            with log.open("wb") as output:
                started.append(
                    subprocess.Popen(
                        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=tmp_path
                    )
                )
        said = r"watching: (http://\S+)[\s\S]*data are in (\S+)\."
        found = [wait_for(f"a demo in {log}", partial(_find, said, log), 300) for log in logs]
        assert len({one.group(1) for one in found}) == 2
        assert {Path(one.group(2)).name for one in found} == {"demo", "demo-2"}
        for one in found:
            assert httpx.get(f"{one.group(1)}/api/health", timeout=240).is_success
    finally:
        for process in started:
            process.send_signal(signal.SIGINT)
        for process in started:
            process.wait(40)


def test_fresh_never_deletes_what_the_demo_has_not_made(tmp_path: Path) -> None:
    """A folder of somebody's own is refused, and left as it is."""
    own = tmp_path / "thesis.txt"
    own.write_text("three years of work", encoding="utf-8")
    command = [sys.executable, "-m", "sharp_eyes.hub", "demo", "--fresh", "--data", str(tmp_path)]
    ports = ["--port", str(free_port()), "--broker-port", str(free_port())]
    done = subprocess.run([*command, *ports], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 1
    assert "was not made by the demo" in done.stderr
    assert own.exists()
