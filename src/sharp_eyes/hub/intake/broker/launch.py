"""Becomes another program that the kernel kills when the hub dies, however it dies (Linux).

Run as ``python -m sharp_eyes.hub.intake.broker.launch PARENT PROGRAM ARGUMENT…``. A small program of its own,
because code between fork and exec is not safe in a process that has threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel, then become the program named on the command line."""
    parent, program, *arguments = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the kernel was asked.
    if os.getppid() != int(parent):
        sys.exit("the hub is gone already")
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    main()
