"""The bundled broker as a process: the port it takes, whom it replaces, and with whom it ends."""

import logging
import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from tests.hub.edge import wait_for
from tests.ports import free_port, listens

from sharp_eyes.hub.broker import bundled
from sharp_eyes.hub.broker.bundled import BundledBroker
from sharp_eyes.hub.errors import BrokerError

HOLDER = """
import socket, sys
held = socket.create_server(("127.0.0.1", 0))
print(held.getsockname()[1], flush=True)
sys.stdin.read()
"""


def test_a_foreign_program_on_the_port_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says which port, who holds it and which setting; the program is left alone."""
    monkeypatch.setattr(bundled, "_PORT_SECONDS", 0.5)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BrokerError) as caught:
            BundledBroker(tmp_path, "127.0.0.1", port).start({})
        assert str(port) in str(caught.value)
        assert "broker.port" in str(caught.value)
        if sys.platform == "linux":
            assert f"process {os.getpid()} (" in str(caught.value)
        assert other.fileno() >= 0


def test_a_port_that_is_let_go_soon_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As of a killed hub's broker that is still dying; the log names the port while it waits."""
    dying = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert dying.stdout is not None
    port = int(dying.stdout.readline())
    broker = BundledBroker(tmp_path, "127.0.0.1", port)

    def let_go() -> None:
        wait_for("the word in the log", lambda: f"port {port} on 127.0.0.1 is held by" in caplog.text)
        dying.kill()

    with caplog.at_level(logging.WARNING):
        thread = threading.Thread(target=let_go)
        thread.start()
        broker.start({})
    thread.join()
    dying.communicate()
    assert listens(port)
    if sys.platform == "linux":
        assert f"process {dying.pid} (" in caplog.text
    broker.stop()


def test_an_orphan_of_ours_is_replaced(tmp_path: Path) -> None:
    """A broker that outlived its hub, as happens off Linux, does not block the next start."""
    port = free_port()
    script = textwrap.dedent(f"""
        import os, sys
        from pathlib import Path
        from sharp_eyes.hub.broker import bundled
        bundled.bound_to_parent = lambda command: command
        broker = bundled.BundledBroker(Path({str(tmp_path)!r}), "127.0.0.1", {port})
        broker.start({{}})
        print(broker.pid, flush=True)
        os._exit(0)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=600)
    orphan = int(done.stdout)
    assert Path(f"/proc/{orphan}").exists()
    broker = BundledBroker(tmp_path, "127.0.0.1", port)
    broker.start({})
    try:
        assert broker.pid != orphan
        assert not _runs(orphan)
    finally:
        broker.stop()


def test_a_pid_file_that_names_another_program_harms_nobody(tmp_path: Path) -> None:
    """A number that was given to someone else meanwhile is left alone."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (tmp_path / "broker.pid").write_text(str(other.pid))
        broker = BundledBroker(tmp_path, "127.0.0.1", free_port())
        broker.start({})
        broker.stop()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_it_dies_with_a_killed_hub(tmp_path: Path) -> None:
    """A kill -9 of the hub leaves no broker behind."""
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from sharp_eyes.hub.broker.bundled import BundledBroker
        broker = BundledBroker(Path({str(tmp_path)!r}), "127.0.0.1", {free_port()})
        broker.start({{}})
        print(broker.pid, flush=True)
        time.sleep(600)
    """)
    hub = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert hub.stdout is not None
    child = int(hub.stdout.readline())
    assert _runs(child)
    hub.kill()
    hub.wait()
    hub.stdout.close()
    wait_for("the broker to end", lambda: not _runs(child))


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    """No process, and the port is free again."""
    broker = BundledBroker(tmp_path, "127.0.0.1", free_port())
    broker.start({})
    pid = broker.pid
    assert pid is not None
    broker.stop()
    broker.stop()
    assert broker.pid is None
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False
