"""A log file is kept small, and is for its own user alone."""

import errno
import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sharp_eyes.configuration.log_file import KEPT, log_to


class WrongPlaceError(Exception):
    """What the caller wants raised."""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Leave the root log as it was."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()


def test_a_log_file_is_put_aside_when_it_is_full(tmp_path: Path) -> None:
    """However much is logged, no more than the kept files is on the disk; the newest lines are there."""
    log_to(tmp_path / "logs" / "gateway.log", WrongPlaceError, max_bytes=2000)
    for number in range(400):
        # Each is a kind of its own for the throttle.
        logging.getLogger(f"kind.{number}").warning("车辆 %d", number)
    files = sorted((tmp_path / "logs").iterdir())
    assert len(files) == KEPT + 1
    assert all(file.stat().st_size <= 2100 for file in files)
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert "车辆 399" in (tmp_path / "logs" / "gateway.log").read_text(encoding="utf-8")


def test_a_flood_is_throttled_in_the_file_too(tmp_path: Path) -> None:
    """As on the console."""
    log_to(tmp_path / "gateway.log", WrongPlaceError)
    for number in range(100):
        logging.getLogger("flood").warning("again %d", number)
    assert (tmp_path / "gateway.log").read_text().count("again") == 20


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The key and what to do."""
    (tmp_path / "no-folder").write_text("")
    with pytest.raises(WrongPlaceError, match=r"--log-file .*no-folder/gateway\.log: .*name a file"):
        log_to(tmp_path / "no-folder" / "gateway.log", WrongPlaceError)


def test_a_full_disk_is_said_once_and_how_many_lines_it_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not a trace for each line on the standard error output, which fills the journal instead."""
    others = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(others))
    path = tmp_path / "gateway.log"
    log_to(path, WrongPlaceError)
    file = logging.getLogger().handlers[-1]
    assert isinstance(file, logging.StreamHandler)

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(file, "flush", full)
        for number in range(5):
            logging.getLogger("test").warning("number %d", number)
    logging.getLogger("test").warning("room again")
    assert capsys.readouterr().err == ""
    assert others.getvalue().count("cannot be written: No space left") == 1
    assert "6 lines are missing there" in others.getvalue()
    assert "6 lines are missing there" in path.read_text()
