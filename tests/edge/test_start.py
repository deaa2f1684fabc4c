"""A gateway's start loads what its first look needs, and no more."""

import subprocess
import sys

SLOW = ("scipy", "supervision", "matplotlib", "pandas", "zeep", "jinja2")
"""Packages that take long to import and that no first look needs."""


def test_a_start_imports_nothing_slow_that_the_first_look_does_not_need() -> None:
    """Each of them would be waited for before the first camera is opened."""
    program = f"import sys, sharp_eyes.edge.gateway; print([name for name in {SLOW!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.strip() == "[]"
