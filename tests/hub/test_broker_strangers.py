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
from sharp_eyes.hub.broker.crowd import EVERY, FIRST_TERM, LONGEST_TERM, MOST_EACH, SPARE, Crowd
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


def test_a_stolen_password_takes_no_other_gateways_place(tmp_path: Path, stack: ExitStack) -> None:
    """It opens connection after connection; it is shut out, the others go on, and new ones come in."""
    port = free_port()
    broker = BundledBroker(tmp_path, "127.0.0.1", port)
    accounts = {name: bcrypt_hash(f"{name}-password") for name in ("stolen", "other")}
    broker.start(accounts)
    stack.callback(broker.stop)
    other = Link(port, "other", "other-password", f"{ROOT}/other/ack").ready()
    stack.callback(other.close)
    thieves = [Link(port, "stolen", "stolen-password", client_id=f"thief-{number}") for number in range(40)]
    for thief in thieves:
        stack.callback(thief.close)
    wait_for("all thieves to be in", lambda: broker.connections(0)["stolen"] == len(thieves))
    assert broker.connections(1000) == {}, "it is not asked while few are there"
    out = Crowd().look(accounts, lambda _: broker.connections(0))
    assert out == {"stolen"}
    broker.reload({name: hashed for name, hashed in accounts.items() if name not in out})
    wait_for("the thieves to be out", lambda: broker.connections(0) == {"other": 1})
    other.publish(f"{ROOT}/other/event", "still taken")
    stack.callback(Link(port, "other", "other-password", f"{ROOT}/other/ack").ready().close)
    assert other.connects == ["Success"]


def test_who_was_shut_out_comes_in_again_and_is_shut_out_for_longer() -> None:
    """Until it has been calm; an account that is removed, or has as many as it may, is not counted."""
    now, held = 0.0, {"stolen": MOST_EACH + 1, "calm": MOST_EACH, "removed": 999, "": 999}
    crowd, asked = Crowd(lambda: now), list[int]()

    def ask(beyond: int) -> dict[str, int]:
        asked.append(beyond)
        return held

    def look() -> set[str]:
        return crowd.look(["stolen", "calm"], ask)

    assert (look(), crowd.size, asked) == ({"stolen"}, 1, [2 + SPARE])
    for term in (FIRST_TERM, 2 * FIRST_TERM, 4 * FIRST_TERM):
        now += term - 1
        assert look() == {"stolen"}
        held["stolen"] = 1
        now += 1
        assert look() == set(), "the real one comes in again"
        held["stolen"] = MOST_EACH + 1
        now += EVERY
        assert look() == {"stolen"}
    held["stolen"] = 1
    now += 8 * FIRST_TERM + LONGEST_TERM
    assert look() == set()
    held["stolen"] = MOST_EACH + 1
    now += EVERY
    assert look() == {"stolen"}
    held["stolen"] = 1
    now += FIRST_TERM
    assert look() == set(), "it began anew"
