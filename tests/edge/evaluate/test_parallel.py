"""Processes that play clips end with the one that started them, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e.stand import wait_for

from sharp_eyes.edge.evaluate.events.parallel import at_once
from sharp_eyes.edge.evaluate.events.suite import SuiteClip, load_suites

SUITE = Path(__file__).parents[3] / "media" / "suite"


def say_who(clip: SuiteClip) -> int:
    """What a process does here: it says which it is."""
    print(os.getpid(), flush=True)
    return os.getpid()


def main() -> None:
    """Start two processes, and stay when both have nothing left to do."""
    at_once(say_who, load_suites([SUITE]).clips[:2], None, 2, stay)


def stay() -> None:
    """Wait for what never comes."""
    signal.sigwait([signal.SIGUSR1])


def runs(process: int) -> bool:
    """Whether it has not ended; one that ended and that nobody asked for is still listed."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_a_killed_run_leaves_no_process_behind() -> None:
    """SIGKILL, as the kernel does where memory ends: nobody is told."""
    code = "from tests.edge.evaluate.test_parallel import main; main()"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        worker = int(run.stdout.readline())
        run.kill()
    wait_for("the process to end", lambda: not runs(worker))
