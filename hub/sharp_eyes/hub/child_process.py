"""A child process that the kernel kills when its parent dies, however the parent dies (Linux).

Run as ``python -m sharp_eyes.hub.child_process PARENT PROGRAM ARGUMENT…``. A small program of its own,
because code between fork and exec is not safe in a process that has threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def bound_to_parent(command: list[str]) -> list[str]:
    """Lengthen a command so that what it starts dies with this process; elsewhere than on Linux, leave it."""
    if sys.platform != "linux":
        return command
    return [sys.executable, "-P", "-m", "sharp_eyes.hub.child_process", str(os.getpid()), *command]


def main() -> None:
    """Ask the kernel, then become the program named on the command line."""
    parent, program, *arguments = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the kernel was asked.
    if os.getppid() != int(parent):
        sys.exit("the parent is gone already")
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    main()
