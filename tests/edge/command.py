"""The gateway's command line, called in this process: what a process of its own would load first is loaded here."""

import contextlib
import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from sharp_eyes.edge.cli import main


def edge(*arguments: str, code: int = 0, text: str = "", **environment: str) -> str:
    """Call ``sharp-eyes-edge`` as its entry point does; returns all it said, on one line.

    Args:
        code: the exit status that it must have.
        text: what it reads.
        environment: variables that it finds set.
    """
    log = logging.getLogger()
    handlers, level, status = log.handlers[:], log.level, 0
    log.handlers.clear()  # a process of its own has none yet
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
        patch.object(sys, "argv", ["sharp-eyes-edge", *arguments]),
        patch.object(sys, "stdin", io.StringIO(text)),
        patch.dict(os.environ, environment),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            log.handlers[:] = handlers
            log.setLevel(level)
    said = " ".join((out.getvalue() + err.getvalue()).split())
    assert status == code, said
    return said


@contextlib.contextmanager
def usual_umask() -> Iterator[None]:
    """As on most machines: what a program does not close can be read by everybody."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> list[Path]:
    """Files and folders of which others could read something."""
    return [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]
