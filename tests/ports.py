"""Free ports for the servers that tests start."""

import itertools
import os
import socket
from collections.abc import Iterator

FIRST, PAST = 12_000, 32_000
"""Below the ports that the system gives to outgoing connections, which begin at 32,768."""


def span(worker: str, workers: int) -> range:
    """The ports of one of the test run's workers (``gw0``, ``gw1``, ...): no two of them share one."""
    size = (PAST - FIRST) // workers
    first = FIRST + int(worker.removeprefix("gw")) % workers * size
    return range(first, first + size)


def begin(own: range, process: int) -> int:
    """Where a process begins in a worker's ports: two that were started one after the other are far apart."""
    return process * 397 % len(own)


def _candidates() -> Iterator[int]:
    own = span(os.environ.get("PYTEST_XDIST_WORKER", "gw0"), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "4")))
    start = begin(own, os.getpid())  # of two runs beside each other, too
    return itertools.cycle([*own[start:], *own[:start]])


_ports = _candidates()


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now, and that was not given to anybody before."""
    for port in itertools.islice(_ports, PAST - FIRST):
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
