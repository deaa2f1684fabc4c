"""The listener for Prometheus: what it gives, to whom, and that nobody can hold it up."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from pydantic import ValidationError
from tests.hub.edge import wait_for

from sharp_eyes.configuration import metrics_server
from sharp_eyes.configuration.metrics_server import MOST_CONNECTIONS, MetricsServer
from sharp_eyes.configuration.metrics_settings import MetricsSettings
from sharp_eyes.edge.settings import GatewayMetricsSettings
from sharp_eyes.hub.certificates import make_certificates

TOKEN = "5f" * 20
Start = Callable[..., MetricsServer]


def answers(url: str, trusted: ssl.SSLContext) -> bool:
    """Whether the figures are given; a connection is counted until its own thread has ended."""
    try:
        return httpx.get(url, verify=trusted).status_code == 200
    except httpx.TransportError:
        return False


class WrongError(Exception):
    """What the side that uses it calls a wrong setting."""


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts listeners on free ports."""
    started: list[MetricsServer] = []

    def start(
        health: str = "ok", tls: tuple[Path, Path] | None = None, token_file: Path | None = None
    ) -> MetricsServer:
        registry = CollectorRegistry()
        Counter("seen", "What was seen.", ["what"], registry=registry).labels("cat").inc(3)
        settings = MetricsSettings(port=0, token_file=token_file)
        server = MetricsServer(settings, registry, lambda: {"status": health, "parts": []}, WrongError, tls)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


def test_figures_and_health_are_given_on_this_machine(start: Start) -> None:
    """A failed one says so by its status too; nothing else is there, and nothing is kept by anybody on the way."""
    well, ill = start(), start("failed")
    figures = httpx.get(f"{well.url}/metrics")
    assert 'seen_total{what="cat"} 3.0' in figures.text
    assert "_created" not in figures.text
    assert figures.headers["content-type"].startswith("text/plain; version=")
    assert figures.headers["cache-control"] == "no-store"
    assert httpx.get(f"{well.url}/health").json() == {"status": "ok", "parts": []}
    assert httpx.get(f"{ill.url}/health").status_code == 503
    assert httpx.get(f"{well.url}/").status_code == 404
    assert httpx.post(f"{well.url}/metrics").status_code == 501


def test_a_page_in_a_browser_cannot_read_it_by_a_name_of_its_own(start: Start) -> None:
    """Without a token only who asks by this machine's own address is answered (DNS rebinding)."""
    url = start().url
    port = url.rpartition(":")[2]
    assert httpx.get(f"{url}/metrics", headers={"host": f"evil.example:{port}"}).status_code == 403
    assert httpx.get(f"{url}/metrics", headers={"host": f"localhost:{port}"}).status_code == 200


def test_with_a_token_only_who_shows_it_is_answered(start: Start, tmp_path: Path) -> None:
    """Whatever name they ask by."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    url = start(token_file=file).url
    for shown in ({}, {"authorization": "Bearer " + TOKEN[:-1]}, {"authorization": TOKEN}):
        for path in ("metrics", "health", "nothing"):
            refused = httpx.get(f"{url}/{path}", headers=shown)
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert "seen" not in refused.text
    let_in = {"authorization": f"Bearer {TOKEN}", "host": "hub.street.lan"}
    assert httpx.get(f"{url}/metrics", headers=let_in).status_code == 200


def test_it_is_opened_to_others_only_with_a_token_and_a_gateways_only_with_tls(tmp_path: Path) -> None:
    """Each refusal names the key and says what to do; a hub's TLS is asked for as for its page."""
    with pytest.raises(ValidationError, match=r"metrics.listen 0.0.0.0 lets other machines in: name a metrics.token"):
        MetricsSettings(listen="0.0.0.0")
    with pytest.raises(ValidationError, match="name a certificate_file and a key_file"):
        GatewayMetricsSettings(listen="0.0.0.0", token_file=tmp_path / "token")
    for content, words in ((None, "No such file"), ("short", r"5 characters, and 32 are the least.*openssl rand")):
        if content is not None:
            (tmp_path / "token").write_text(content)
        with pytest.raises(WrongError, match=rf"metrics.token_file .*{words}"):
            MetricsSettings(token_file=tmp_path / "token").token(WrongError)


def test_a_port_that_is_taken_is_said_at_once(start: Start) -> None:
    """With the key to change."""
    port = int(start().url.rpartition(":")[2])
    with pytest.raises(WrongError, match=f"metrics: cannot listen on 127.0.0.1:{port}"):
        MetricsServer(MetricsSettings(port=port), CollectorRegistry(), dict, WrongError)


def test_tls_and_connections_that_say_nothing_hold_nobody_up(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handshake that never comes holds up no other; who fills all places is shown out."""
    made = make_certificates(tmp_path / "tls", ["127.0.0.1"], datetime.now(UTC))
    url = start(tls=(made.certificate, made.key)).url
    trusted = ssl.create_default_context(cafile=str(made.authority))
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    with socket.create_connection(address):
        assert httpx.get(f"{url}/metrics", verify=trusted).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(metrics_server, "CONNECTION_SECONDS", 0.5)
        silent = [socket.create_connection(address, timeout=60) for _ in range(MOST_CONNECTIONS)]
        for one in silent:
            assert one.recv(1) == b""
            one.close()
    wait_for("a place to be free", lambda: answers(f"{url}/metrics", trusted))
