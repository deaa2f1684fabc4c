"""TLS handshakes that are never finished: the hub counts and ends them as it does half-sent requests."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.hub.bench import Bench
from tests.hub.edge import wait_for
from tests.hub.test_connection_guard import HALF, Server, answer_of

from sharp_eyes.hub.certificates import make_certificates
from sharp_eyes.hub.settings import TlsSettings


class TlsServer(Server):
    """The hub's real web server with a certificate."""

    def __init__(self, bench: Bench, folder: Path, **http: object) -> None:
        made = make_certificates(folder, ["127.0.0.1"], datetime.now(UTC))
        tls = TlsSettings(certificate_file=made.certificate, key_file=made.key)
        bench.hub.settings = bench.hub.settings.model_copy(update={"tls": tls})
        self.context = ssl.create_default_context(cafile=str(made.authority))
        super().__init__(bench, **http)

    def health(self) -> int:
        url = f"https://127.0.0.1:{self.port}/api/health"
        return httpx.get(url, verify=self.context, timeout=240).status_code

    def connect_tls(self) -> ssl.SSLSocket:
        return self.context.wrap_socket(self.connect(), server_hostname="127.0.0.1")

    def hello(self) -> bytes:
        """The first thing that a client says."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with pytest.raises(ssl.SSLWantReadError):
            self.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1").do_handshake()
        return outgoing.read()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def serve(stack: ExitStack, bench: Bench, folder: Path, **http: object) -> TlsServer:
    server = TlsServer(bench, folder / "tls", **http)
    stack.callback(server.stop)
    return server


def is_ended(connection: socket.socket) -> bool:
    """Whether the other side has hung up; what it said before is thrown away."""
    connection.settimeout(0.02)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_a_handshake_that_is_never_finished_is_ended(quick: Bench, stack: ExitStack, tmp_path: Path) -> None:
    """Whether nothing came, half a greeting, a byte now and then, or all but the end."""
    server = serve(stack, quick, tmp_path, handshake_seconds=10.0)
    hello = server.hello()
    silent, half, whole, slow = (stack.enter_context(server.connect()) for _ in range(4))
    half.sendall(hello[:20])
    whole.sendall(hello)

    def drip() -> None:
        try:
            for byte in hello:
                slow.sendall(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            return

    threading.Thread(target=drip, daemon=True).start()
    wait_for("four handshakes", lambda: server.open_connections() == 4)
    began = time.monotonic()
    for connection in (silent, half, whole, slow):
        wait_for("it to be ended", lambda one=connection: is_ended(one))  # type: ignore[misc]
    assert time.monotonic() - began < 50, "asyncio's own bound is a minute"
    wait_for("all to be forgotten", lambda: server.open_connections() == 0)
    assert server.health() == 200


def test_plain_http_at_the_door_of_tls_is_told_so(quick: Bench, stack: ExitStack, tmp_path: Path) -> None:
    """Who looks is led to https, who sends is refused in words; nothing is read that is neither."""
    server = serve(stack, quick, tmp_path)

    def said(sent: bytes) -> bytes:
        with server.connect() as connection:
            connection.sendall(sent)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer

    head = said(b"GET /cases/1?a=b HTTP/1.1\r\nHost: eyes.example.org:8420\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 307 ")
    assert b"\r\nLocation: https://eyes.example.org:8420/cases/1?a=b\r\n" in head
    for odd in (
        b"POST /api/session HTTP/1.1\r\nHost: eyes.example.org\r\nContent-Length: 5\r\n\r\n{}",
        b"GET /x HTTP/1.1\r\nHost: a/b@evil\r\n\r\n",
        b"GET /x HTTP/1.1\r\n\r\n",
        b"GET //\x80 HTTP/1.1\r\nHost: a\r\n\r\n",
    ):
        head, _, body = said(odd).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 "), head
        assert b"application/problem+json" in head
        assert (json.loads(body)["error"]["code"], b"https" in body) == ("speaks_tls", True)
    assert said(b"\x10\x13\0\4MQTT\4\2\0\x3c\0\7abcdefg") == b""
    assert server.health() == 200


def test_a_thousand_handshakes_that_are_never_finished_do_not_starve_the_hub(
    quick: Bench, stack: ExitStack, tmp_path: Path
) -> None:
    """The oldest makes room for who comes, so a visitor from the same address is served all the while."""
    bounds = {"max_connections": 100, "max_connections_per_address": 100, "handshake_seconds": 60}
    server = serve(stack, quick, tmp_path, **bounds)
    hello = server.hello()
    held = []
    for number in range(1000):
        held.append(stack.enter_context(server.connect()))
        held[-1].sendall(hello[: number % len(hello)])
        if number % 100 == 99:
            assert server.health() == 200
            wait_for("the bound to hold", lambda: server.open_connections() <= 101)
    wait_for("the oldest to be ended", lambda: all(is_ended(one) for one in held[:850]))


def test_one_address_cannot_take_all_with_handshakes(quick: Bench, stack: ExitStack, tmp_path: Path) -> None:
    """They count under the address like whole connections: where those take its share, a newcomer is let go."""
    server = serve(stack, quick, tmp_path, max_connections_per_address=3, body_seconds=300)
    head = b"POST /api/session HTTP/1.1\r\nHost: hub\r\nX-Requested-With: sharp-eyes\r\n"
    held = [server.connect_tls() for _ in range(3)]
    for connection in held:  # whole heads: none of them makes room
        connection.sendall(head + b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
    wait_for("three requests", lambda: len(server.server.server_state.tasks) == 3)
    refused = stack.enter_context(server.connect())
    refused.sendall(server.hello())
    wait_for("it to be let go", lambda: is_ended(refused))
    for connection in held:
        connection.close()
    wait_for("them to be gone", lambda: server.open_connections() == 0)
    assert server.health() == 200


def test_after_the_handshake_the_head_has_its_time(quick: Bench, stack: ExitStack, tmp_path: Path) -> None:
    """Half a request over TLS is answered as one in the clear, and what came with the handshake's end is not lost."""
    server = serve(stack, quick, tmp_path, head_seconds=1.0)
    slow = stack.enter_context(server.connect_tls())
    slow.sendall(HALF)
    status, body = answer_of(slow)
    assert status == body["status"] == 408
    for _ in range(20):
        assert said_with_the_last_of_the_handshake(server).startswith(b"HTTP/1.1 200")


def said_with_the_last_of_the_handshake(server: TlsServer) -> bytes:
    """Send the end of the handshake and a request in one packet; return what is answered."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = server.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    with server.connect() as connection:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                incoming.write(connection.recv(65536))
        tls.write(b"GET /api/health HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n")
        connection.sendall(outgoing.read())
        answer = b""
        while piece := connection.recv(65536):
            incoming.write(piece)
            try:
                while said := tls.read(65536):
                    answer += said
            except ssl.SSLWantReadError:
                continue
            break
        return answer


def test_the_hub_stops_while_handshakes_are_open(quick: Bench, stack: ExitStack, tmp_path: Path) -> None:
    """It does not wait for strangers."""
    server = serve(stack, quick, tmp_path, handshake_seconds=600)
    for _ in range(3):
        stack.enter_context(server.connect()).sendall(server.hello())
    wait_for("three handshakes", lambda: server.open_connections() == 3)
    server.server.should_exit = True
    wait_for("the server to end", lambda: not server.thread.is_alive())
