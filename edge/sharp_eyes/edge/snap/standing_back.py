"""Threads that decode stand back for those that look, where the system lets a thread say so."""

import os
import sys
import threading

STEP = 5
"""By how much a decoding thread is nicer than the rest of the gateway, of the system's 19.

Decoded pictures are worth nothing while nobody can look at them. Much nicer would be worse: such a thread, kept from
the processor while it holds the interpreter's lock, keeps the detector waiting, too.
"""


def stand_back() -> None:
    """Let every other thread of this process go before the calling one when the processors do not suffice.

    On Linux each thread has a niceness of its own; elsewhere, or where it is forbidden, nothing changes.
    """
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    try:
        own = os.getpriority(os.PRIO_PROCESS, os.getpid())
        os.setpriority(os.PRIO_PROCESS, thread, min(own + STEP, 19))
    except OSError:
        return  # a system that forbids it: nothing is lost but the order
