"""Who listens on a port of this machine, as far as it can be told (Linux)."""

import contextlib
from pathlib import Path

_LISTENING = "0A"
"""State of a listening socket in ``/proc/net/tcp``."""


def holder_of(port: int) -> str | None:
    """Name the program that listens on a TCP port; ``None`` where nobody does or it cannot be told.

    Another user's program is found, but not named, unless one is root.
    """
    sockets = _listening_on(port)
    if not sockets:
        return None
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # processes and descriptors come and go, and some are not ours to see
            if str(descriptor.readlink()) in sockets:
                process = descriptor.parents[1]
                return f"process {process.name} ({(process / 'comm').read_text().strip()})"
    return None


def _listening_on(port: int) -> set[str]:
    """The sockets that listen there, as the links in ``/proc/*/fd`` name them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found
