"""Opens half-sent requests against a hub, as a stranger without an account would, and measures who is still served.

Starts a hub of its own in a folder that is removed again. All connections come from 127.0.0.1, as does the visitor
who is to be served: the worst case, because nothing tells them apart before a request is whole.
"""

import argparse
import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import yaml

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/half_sent.py
  .venv/bin/python scripts/bench/half_sent.py --connections 5000 --seconds 120
"""
HALF = b"POST /api/session HTTP/1.1\r\nHost: hub\r\nX-Slow: "


class Attack(threading.Thread):
    """Keeps so many connections open, each with a request that is never finished; a lost one is replaced."""

    def __init__(self, port: int, connections: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.connections = connections
        self.opened = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Attack until stopped."""
        held: list[socket.socket] = []
        while not self.stopped.is_set():
            alive = []
            for connection in held:
                try:
                    connection.send(b"x")
                    alive.append(connection)
                except OSError:
                    connection.close()
            held = alive
            while len(held) < self.connections and not self.stopped.is_set():
                with contextlib.suppress(OSError):
                    connection = socket.create_connection(("127.0.0.1", self.port), timeout=2)
                    connection.send(HALF)
                    self.opened += 1
                    held.append(connection)
            self.stopped.wait(0.5)
        for connection in held:
            connection.close()


def wait_until_up(url: str) -> None:
    """Wait until the hub answers."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{url}/api/health", timeout=5)
            return
        time.sleep(0.2)
    raise SystemExit("the hub does not answer")


def main() -> int:
    """Attack and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=1050, help="half-sent requests at once")
    parser.add_argument("--seconds", type=float, default=60, help="how long")
    parser.add_argument("--port", type=int, default=18_932, help="of the hub; the broker takes the next one")
    arguments = parser.parse_args()
    url = f"http://127.0.0.1:{arguments.port}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        http = {"port": arguments.port}
        settings = {"data": str(folder / "data"), "http": http, "broker": {"port": arguments.port + 1}}
        (folder / "hub.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        command = [sys.executable, "-m", "sharp_eyes.hub", "serve", "--config", str(folder / "hub.yaml")]
        with (folder / "hub.log").open("wb") as log:
            hub = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_until_up(url)
            attack = Attack(arguments.port, arguments.connections)
            attack.start()
            served, refused, failed, longest = 0, 0, 0, 0.0
            end = time.monotonic() + arguments.seconds
            while time.monotonic() < end:
                began = time.monotonic()
                try:
                    status = httpx.get(f"{url}/api/health", timeout=10).status_code
                    served, refused = served + (status == 200), refused + (status == 503)
                except httpx.HTTPError:
                    failed += 1
                longest = max(longest, time.monotonic() - began)
                time.sleep(0.2)
            descriptors = len(list(Path(f"/proc/{hub.pid}/fd").iterdir()))
            attack.stopped.set()
            attack.join()
            print(
                f"{arguments.connections} half-sent requests, {attack.opened} opened in {arguments.seconds:.0f} s\n"
                f"visitor: {served} served, {refused} told to come again (503), {failed} without an answer; "
                f"longest {longest:.2f} s\n"
                f"hub: {descriptors} descriptors, {(folder / 'hub.log').stat().st_size} bytes of log"
            )
        finally:
            hub.terminate()
            hub.wait(30)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
