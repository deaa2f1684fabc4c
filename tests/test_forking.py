"""Workers that are forked from the process that has collected the tests."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
CONFTEST = """
import os
from pathlib import Path

import pytest

NOTES = Path(__file__).with_name("notes")
NOTES.write_text(f"loaded by {os.getpid()}\\n")


@pytest.fixture(scope="session", autouse=True)
def one_for_each_worker():
    yield
    with NOTES.open("a") as notes:
        notes.write("taken down\\n")
"""
SOUND = """
import os
import time

import pytest

RAN = []


@pytest.mark.parametrize("number", range(5))
def test_in_order(number, tmp_path):
    RAN.append(number)
    assert RAN == [*range(number + 1)], "in one process"
    assert os.environ["PYTEST_XDIST_WORKER"] in ("gw0", "gw1")


def test_skipped():
    pytest.skip("not here")
"""
FAULTY = """
import os
import signal


def test_wrong():
    print("said before")
    assert 1 == 2


def test_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def test_after():
    pass
"""


def test_each_test_runs_once_and_one_whose_process_dies_has_failed(tmp_path: Path) -> None:
    """What is loaded is loaded once, a file stays in one process, and others do the rest of a dead one's file."""
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for name, content in (("test_a.py", FAULTY), ("test_b.py", SOUND), ("test_c.py", SOUND)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "tests.forking", "--forks", "2", "-p", "no:cacheprovider"]
    command += ["-c", str(tmp_path / "pytest.ini"), "--rootdir", str(tmp_path), "--junitxml", str(report)]
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n", encoding="utf-8")
    done = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed, 11 passed, 2 skipped" in done.stdout
    assert "said before" in done.stdout
    assert "ended with signal 9" in done.stdout
    cases = [(case.get("classname"), case.get("name")) for case in ElementTree.parse(report).iter("testcase")]
    assert len(cases) == len(set(cases)) == 15
    notes = (tmp_path / "notes").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in notes[:2]] == ["loaded", "taken"]
    assert set(notes[1:]) == {"taken down"}, "the dead one's successor may find that another has done the rest"
