"""Free ports for the servers that tests start."""

import itertools
import os
import socket

FIRST, SPAN = 15_000, 4_000
"""Each worker of the test run has a span of its own, below the ports that the system gives to outgoing connections."""


def _candidates() -> "itertools.cycle[int]":
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
    first, start = FIRST + worker * SPAN, os.getpid() % SPAN
    return itertools.cycle([first + (start + number) % SPAN for number in range(SPAN)])


_ports = _candidates()


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now, and that was not given to anybody before."""
    for port in itertools.islice(_ports, SPAN):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("there is no free port for a test")


def listens(port: int) -> bool:
    """Whether somebody listens there on this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
