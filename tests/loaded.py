"""Processes of the hub forked from one that has loaded the program: most of what a start takes is loading it.

``SHARP_EYES_PROCESSES=cold`` starts each by its command line instead. Demo, guide, service manager, upgrade and the
tests of the package always do.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).parents[1]
PROGRAM = "sharp_eyes.hub"
USED_BY_MOST = (f"{PROGRAM}.cli", f"{PROGRAM}.serve", f"{PROGRAM}.app", "uvicorn", "alembic.command")
COLD = os.environ.get("SHARP_EYES_PROCESSES") == "cold"
SHARED = "SHARP_EYES_LOADED"
"""Variable with the address of a process that has loaded the program for all workers of a run."""
_LARGEST = 1 << 17
"""Bytes of a start's arguments and environment."""


class Forked:
    """What :class:`subprocess.Popen` is for others; the forked process is no child of this one."""

    returncode: int | None

    def __init__(self, command: list[str], pid: int, ended: int) -> None:
        """``ended``: what the exit status will be read from."""
        self.args, self.pid, self.returncode = command, pid, None
        self._ended = ended

    def poll(self) -> int | None:
        """Exit status, negative for a signal; None while it runs."""
        if self.returncode is None and select.select([self._ended], [], [], 0)[0]:
            said = os.read(self._ended, 16)
            os.close(self._ended)
            self.returncode = int(said) if said else -signal.SIGKILL  # all of them died with the loaded one
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Exit status once it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not in this time.
        """
        if self.returncode is None and not select.select([self._ended], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
        status = self.poll()
        assert status is not None
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


Process = subprocess.Popen[bytes] | Forked


def start(command: list[str], log: IO[bytes]) -> Process:
    """Start a process whose output goes into a file; a hub's is forked."""
    if not _is_the_hubs(command):
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=_ROOT)
    return _loaded().start(command, subprocess.DEVNULL, log.fileno(), log.fileno())


def run(command: list[str], stdin: str = "", timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as :func:`subprocess.run`; a hub's is forked.

    Raises:
        subprocess.TimeoutExpired: it has not ended in this time, and was killed.
    """
    if not _is_the_hubs(command):
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, check=False, cwd=_ROOT, timeout=timeout
        )
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        process = _loaded().start(command, given.fileno(), out.fileno(), err.fileno())
        try:
            status = process.wait(timeout)
        finally:
            process.kill()
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess(command, status, *said)


def _is_the_hubs(command: list[str]) -> bool:
    return not COLD and command[:3] == [sys.executable, "-m", PROGRAM]


def share() -> None:
    """Let all processes that are started from now on have one loaded process together; it begins to load."""
    if not COLD:
        os.environ[SHARED] = _own().address


@cache
def _own() -> "_Own":
    return _Own()


class _Own:
    """The process that has loaded the program, as who has started it sees it. It ends with this one."""

    def __init__(self) -> None:
        self.address = f"sharp-eyes-loaded-{os.getpid()}-{secrets.token_hex(8)}"
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.bind(f"\0{self.address}")
            door.listen(64)
            given = [theirs.fileno(), door.fileno()]
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.loaded", *map(str, given)],
                pass_fds=given, cwd=_ROOT, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        atexit.register(self._end)

    def _end(self) -> None:
        self._line.close()
        self._process.wait()


@cache
def _loaded() -> "_Loaded":
    return _Loaded(os.environ.get(SHARED) or _own().address)


class _Loaded:
    """The process that has loaded the program, as seen from a test."""

    def __init__(self, address: str) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.connect(f"\0{address}")

    def start(self, command: list[str], *files: int) -> Forked:
        """Fork a process with these standard files."""
        wanted = {"arguments": command[3:], "environment": dict(os.environ)}
        streams = [os.open(os.devnull, os.O_RDWR) if file == subprocess.DEVNULL else os.dup(file) for file in files]
        ended, tell = os.pipe()
        try:
            socket.send_fds(self._line, [json.dumps(wanted).encode()], [*streams, tell])
            pid = self._line.recv(16)
        finally:
            for file in (*streams, tell):
                os.close(file)
        assert pid, f"the loaded {PROGRAM} has ended"
        return Forked(command, int(pid), ended)


def _serve(first: socket.socket, door: socket.socket) -> list[str] | None:
    """Fork whenever it is asked for; returns the arguments in each fork, and None once who began this is gone."""
    running: dict[int, int] = {}
    lines = {one.fileno(): one for one in (first, door)}
    woken, wake = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the tests' own; they end what they have started
    while True:
        ready, _, _ = select.select([*lines, woken], [], [])
        if woken in ready:
            os.read(woken, 512)
            _tell_of_the_ended(running)
        for line in [lines[place] for place in ready if place in lines]:
            if line is door:
                new, _ = door.accept()
                lines[new.fileno()] = new
            elif wanted := _heard(line):
                pid = _fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    for one in lines.values():
                        one.detach()
                    return _become(*wanted)
                running[pid] = _begun(line, pid, wanted[1])
            elif line is first:
                return None
            else:
                lines.pop(line.fileno()).close()


def _heard(line: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """What is wanted, and its files; None where nobody can ask on this line any more."""
    wanted, files, _, _ = socket.recv_fds(line, _LARGEST, 4)
    return (json.loads(wanted), files) if wanted else None


def _begun(line: socket.socket, pid: int, files: list[int]) -> int:
    """Say what was forked; returns where its end will be told."""
    *streams, tell = files
    for file in streams:
        os.close(file)
    line.send(str(pid).encode())
    return tell


def _fork() -> int:
    assert len([*Path("/proc/self/task").iterdir()]) == 1, (
        f"{PROGRAM} begins threads when it is loaded: forks lack them"
    )
    return os.fork()


def _tell_of_the_ended(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        ended = running.pop(pid)
        os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(ended)


def _become(wanted: dict[str, Any], files: list[int]) -> list[str]:
    """In the fork: take the place of what a command line would have started."""
    for place, file in enumerate(files[:3]):
        os.dup2(file, place)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    arguments: list[str] = wanted["arguments"]
    return arguments


def _main() -> None:
    first, door = (socket.socket(fileno=int(one)) for one in sys.argv[1:3])
    for name in USED_BY_MOST:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a fork's collections leave alone, and unshared, what all have
    arguments = _serve(first, door)
    if arguments is not None:
        sys.argv[1:] = arguments
        runpy.run_module(PROGRAM, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
