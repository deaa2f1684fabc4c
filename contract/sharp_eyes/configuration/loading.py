"""Ctrl-C while a program loads what it needs."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process at once; for imports, when nothing is begun yet that must be ended in order.

    Python may raise ``KeyboardInterrupt`` within a callback of the import system, where it is written down and
    forgotten: whoever pressed the keys then waits for a program that runs on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
