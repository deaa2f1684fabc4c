"""A gateway's start loads what its first look needs, and no more."""

import signal
import subprocess
import sys

import pytest

SLOW = ("scipy", "supervision", "matplotlib", "pandas", "zeep", "jinja2")
"""Packages that take long to import and that no first look needs."""


def test_a_start_imports_nothing_slow_that_the_first_look_does_not_need() -> None:
    """Each of them would be waited for before the first camera is opened."""
    program = f"import sys, sharp_eyes.edge.gateway; print([name for name in {SLOW!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.strip() == "[]"


PRESSED = """
import os, signal, sys, weakref

class Kept: ...

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == where:
            kept = Kept()
            gone = weakref.ref(kept, lambda _: os.kill(os.getpid(), signal.SIGINT))
            del kept

where, sys.argv[1:] = sys.argv[1], sys.argv[2:]
sys.meta_path.insert(0, Finder)
from importlib import import_module
import_module(where.rpartition(".")[0] + ".cli").main()
"""
"""Presses Ctrl-C in a callback while the first argument is imported; the others are the command's."""


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("sharp_eyes.edge.gateway", ("run", "nowhere.yaml")),
        ("sharp_eyes.hub.serve", ("serve", "--config", "nowhere.yaml")),
    ],
)
def test_ctrl_c_while_it_loads_ends_a_program(module: str, command: tuple[str, ...]) -> None:
    """Also in the moments in which Python itself writes the interruption down and forgets it."""
    program = [sys.executable, "-c", PRESSED, module, *command]
    done = subprocess.run(program, check=False, capture_output=True, timeout=300)
    assert done.returncode == -signal.SIGINT
