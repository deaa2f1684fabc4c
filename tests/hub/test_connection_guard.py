"""Half-sent requests, slow bodies, readers that do not read: the web server stays up under strangers."""

import json
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse

import httpx
import pytest
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench
from tests.hub.edge import wait_for
from tests.ports import free_port
from websockets.sync.client import connect

from sharp_eyes.hub.api import connection_guard
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.serve import HubServer

HALF = b"GET /api/health HTTP/1.1\r\nHost: hub\r\nX-Slow: "


class Server:
    """The hub's real web server around a hub on the bench, in a thread."""

    def __init__(self, bench: Bench, **http: object) -> None:
        self.port = free_port()
        update = {"port": self.port, **http}
        settings = bench.hub.settings
        bench.hub.settings = settings.model_copy(update={"http": settings.http.model_copy(update=update)})
        bench.hub._started = True  # no broker is needed here
        self.server = HubServer(bench.hub)
        self.server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        wait_for("the server", lambda: self.server.started)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=240)

    def health(self) -> int:
        return httpx.get(f"http://127.0.0.1:{self.port}/api/health", timeout=240).status_code

    def open_connections(self) -> int:
        return len(self.server.server_state.connections)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(30)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def serve(stack: ExitStack, bench: Bench, **http: object) -> Server:
    server = Server(bench, **http)
    stack.callback(server.stop)
    return server


def answer_of(connection: socket.socket) -> tuple[int, dict[str, object]]:
    """Read an answer to the end of the connection."""
    text = b""
    while piece := connection.recv(65536):
        text += piece
    head, _, body = text.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), json.loads(body)


def test_a_head_that_is_never_finished_is_ended(quick: Bench, stack: ExitStack) -> None:
    """Also when a byte comes now and then, and when none ever came; with an answer in the usual form."""
    server = serve(stack, quick, head_seconds=3.0)
    silent, slow = stack.enter_context(server.connect()), stack.enter_context(server.connect())
    slow.sendall(HALF)

    def drip() -> None:
        try:
            while True:
                slow.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            return

    threading.Thread(target=drip, daemon=True).start()
    for connection in (silent, slow):
        status, body = answer_of(connection)
        assert status == body["status"] == 408
    wait_for("all connections to be gone", lambda: server.open_connections() == 0)


def test_a_connection_is_kept_after_an_answer_and_the_next_head_has_its_time(quick: Bench, stack: ExitStack) -> None:
    """It is the client that ends one that nobody uses, so no request meets a connection that is just being closed."""
    server = serve(stack, quick, head_seconds=2.0)
    assert server.server.config.timeout_keep_alive > 60, "what proxies keep one for"
    kept = stack.enter_context(server.connect())
    for _ in range(2):
        kept.sendall(HALF + b"1\r\n\r\n")
        answer = HTTPResponse(kept)  # head and body may come one after the other
        answer.begin()
        assert answer.status == 200
        answer.read()
        time.sleep(2.5)
    kept.sendall(HALF)
    status, _ = answer_of(kept)
    assert status == 408


def test_a_body_that_is_never_finished_is_ended_and_a_large_one_has_its_time(quick: Bench, stack: ExitStack) -> None:
    """The deadline moves with what has come."""
    server = serve(stack, quick, body_seconds=3.0)
    stopped = stack.enter_context(server.connect())
    head = (
        b"POST /api/session HTTP/1.1\r\nHost: hub\r\nX-Requested-With: sharp-eyes\r\nContent-Type: application/json\r\n"
    )
    stopped.sendall(head + b"Content-Length: 1000\r\n\r\n{")
    assert stopped.recv(65536) == b""
    patient = stack.enter_context(server.connect())
    patient.sendall(head + b"Content-Length: 40000\r\nConnection: close\r\n\r\n")
    for _ in range(4):
        patient.sendall(b" " * 10_000)
        time.sleep(1.0)
    status, _ = answer_of(patient)
    assert status == 422


def test_one_address_cannot_take_all_connections(quick: Bench, stack: ExitStack) -> None:
    """Beyond its share it is refused at once, in the usual form; when it lets go it is let in again."""
    server = serve(stack, quick, max_connections_per_address=5, body_seconds=300)
    held = [server.connect() for _ in range(5)]
    for connection in held:  # whole heads: none of them makes room
        connection.sendall(b"POST /api/session HTTP/1.1\r\nHost: hub\r\nX-Requested-With: sharp-eyes\r\n")
        connection.sendall(b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
    wait_for("five requests", lambda: len(server.server.server_state.tasks) == 5)
    status, body = answer_of(stack.enter_context(server.connect()))
    assert (status, body["error"]) == (
        503,
        {"code": "too_many_connections", "message": "too many connections are open; try again"},
    )
    for connection in held:
        connection.close()
    wait_for("them to be gone", lambda: server.open_connections() == 0)
    assert server.health() == 200


def test_a_thousand_half_sent_requests_do_not_starve_the_hub(quick: Bench, stack: ExitStack) -> None:
    """The oldest makes room for who comes, so a visitor from the same address is served all the while."""
    server = serve(stack, quick, max_connections=100, max_connections_per_address=100, head_seconds=60)
    for number in range(1000):
        connection = stack.enter_context(server.connect())
        connection.sendall(HALF)
        if number % 100 == 99:
            assert server.health() == 200
            # One that was ended is still counted until the loop comes round.
            wait_for("the bound to hold", lambda: server.open_connections() <= 101)


def test_who_does_not_read_an_answer_is_let_go(quick: Bench, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests without end whose answers nobody takes."""
    monkeypatch.setattr(connection_guard, "READER_SECONDS", 1.0)
    server = serve(stack, quick)
    greedy = stack.enter_context(server.connect())
    greedy.settimeout(1)
    request = b"GET /api/openapi.json HTTP/1.1\r\nHost: hub\r\n\r\n"
    with pytest.raises(OSError):
        while True:
            greedy.sendall(request * 50)
    wait_for("it to be gone", lambda: server.open_connections() == 0, 60)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/session HTTP/1.1\r\nHost: a\r\nX-Requested-With: sharp-eyes\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ],
)
def test_what_is_no_request_is_refused_in_the_usual_form(sent: bytes, quick: Bench, stack: ExitStack) -> None:
    """Also where the fault comes in the midst of a body."""
    server = serve(stack, quick)
    with server.connect() as connection:
        connection.sendall(sent)
        status, body = answer_of(connection)
    assert (status, body["status"], body["title"]) == (400, 400, "Bad Request")
    assert body["error"]["code"] == "malformed"  # type: ignore[index]
    assert server.health() == 200


def test_the_descriptor_limit_is_raised_at_start() -> None:
    """As far as the system allows; in a process of its own."""
    script = (
        "import resource as r; h = r.getrlimit(r.RLIMIT_NOFILE)[1];"
        "r.setrlimit(r.RLIMIT_NOFILE, (64, h));"
        "from sharp_eyes.hub.api.connection_guard import raise_descriptor_limit as f;"
        "print(f(), r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = min(hard, 65_536) if hard != resource.RLIM_INFINITY else 65_536
    assert done.stdout.split() == [str(wanted)] * 2


def test_a_websocket_is_no_slow_request_and_counts_until_it_ends(quick: Bench, stack: ExitStack) -> None:
    """Somebody watches for longer than a body may take; an address has no more of them than connections."""
    server = serve(stack, quick, body_seconds=0.3, head_seconds=0.3, max_connections_per_address=2)
    quick.birth()
    page = quick.client(Role.DISPATCHER, EAST)
    lines = []
    for _ in range(2):
        ticket = page.post(f"/api/cameras/{GATEWAY}/{CAMERA}/video").json()["ticket"]
        lines.append(connect(f"ws://127.0.0.1:{server.port}/api/live/{ticket}"))
    assert server.health() == 503
    with pytest.raises(TimeoutError):  # open, and nothing to say
        lines[0].recv(1.0)
    for line in lines:
        line.close()
    wait_for("both to be counted no more", lambda: server.health() != 503)
