"""Strangers at the bundled broker's door: connections that say nothing, and handshakes that are never finished."""

import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.hub.edge import Link, wait_for
from tests.ports import free_port

from sharp_eyes.hub.broker.bundled import BundledBroker
from sharp_eyes.hub.broker.passwords import bcrypt_hash
from sharp_eyes.hub.certificates import TlsFiles, make_certificates

DESCRIPTORS = 260
ROOT = "sharp-eyes/v1"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def descriptors_of(pid: int | None) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def test_strangers_leave_the_store_its_descriptors(tmp_path: Path, stack: ExitStack) -> None:
    """Six hundred connections at a process that may have 260 files: who is in goes on, and a new session is stored."""
    port = free_port()
    script = textwrap.dedent(f"""
        import resource, sys
        from pathlib import Path
        resource.setrlimit(resource.RLIMIT_NOFILE, ({DESCRIPTORS}, {DESCRIPTORS}))
        from sharp_eyes.hub.broker.bundled import BundledBroker
        broker = BundledBroker(Path({str(tmp_path)!r}), "127.0.0.1", {port})
        broker.start({{"a": {bcrypt_hash("a-password")!r}}})
        print(broker.pid, flush=True)
        sys.stdin.read()
        broker.stop()
    """)
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        pid = int(hub.stdout.readline())
        inside = Link(port, "a", "a-password", f"{ROOT}/a/ack").ready()
        stack.callback(inside.close)
        for _ in range(600):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        inside.publish(f"{ROOT}/a/event", "still taken")

        def a_kept_session() -> bool:
            link = Link(port, "a", "a-password", f"{ROOT}/a/command", client_id="kept", clean=False)
            try:
                return bool(wait_for("an answer", lambda: link.connects, 1.0) == ["Success"])
            except AssertionError:
                return False
            finally:
                link.close()

        wait_for("a kept session", a_kept_session)
        assert descriptors_of(pid) < DESCRIPTORS
        hub.communicate("", timeout=600)
    log = (tmp_path / "broker.log").read_text().splitlines()
    # Strangers who come faster than they are shown out may be turned away for lack of a descriptor, and nobody else.
    lacking = [line for line in log if "too many open files" in line and "Accept Error" not in line]
    assert lacking == []
    assert not any("storage directory is not writable" in line for line in log)


def test_handshakes_that_are_never_finished_are_ended(tmp_path: Path, stack: ExitStack) -> None:
    """After five seconds; meanwhile and afterwards a gateway comes in."""
    made = make_certificates(tmp_path / "tls", ["127.0.0.1"], datetime.now(UTC))
    port = free_port()
    broker = BundledBroker(tmp_path / "broker", "127.0.0.1", port, TlsFiles(made.certificate, made.key))
    broker.start({})
    stack.callback(broker.stop)
    before = descriptors_of(broker.pid)
    for _ in range(200):
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        connection.sendall(b"\x16\x03\x01")
    wait_for("them to be counted", lambda: descriptors_of(broker.pid) >= before + 200)
    wait_for("all to be ended", lambda: descriptors_of(broker.pid) <= before + 1, 10)
