"""Gives out figures in the form of Prometheus, and health as JSON, on a listener of its own.

Apart from the page's server on purpose: no proxy shows it to the street by mistake, and it answers while that is stuck.
"""

import hmac
import json
import logging
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from sharp_eyes.configuration.addresses import is_loopback
from sharp_eyes.configuration.metrics_settings import MetricsSettings
from sharp_eyes.configuration.version import __version__

disable_created_metrics()  # type: ignore[no-untyped-call]
# A second series for each of ours, which nobody asks for.

MOST_CONNECTIONS = 8
CONNECTION_SECONDS = 15.0
"""Seconds after which a connection is closed, whatever it does: nobody holds one of the few by being slow."""

Health = Callable[[], Mapping[str, Any]]
"""Tells the health as JSON's own types; its ``status`` is ``ok``, ``degraded`` or ``failed``."""

_log = logging.getLogger(__name__)


class MetricsServer:
    """Answers ``GET /metrics`` and ``GET /health``. Bound when it is made, so that a wrong setting is said at once."""

    def __init__(
        self,
        settings: MetricsSettings,
        registry: CollectorRegistry,
        health: Health,
        error_type: type[Exception],
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        """``tls``: certificate with its chain, and its key.

        Raises:
            error_type: token or certificate cannot be used, or the address is taken; names the key.
        """
        context = None if tls is None else _context(tls, error_type)
        try:
            self._server = _Server(settings, registry, health, settings.token(error_type), context)
        except (OSError, OverflowError) as error:
            raise error_type(f"metrics: cannot listen on {settings.listen}:{settings.port}: {error}") from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://{settings.listen}:{self._server.server_address[1]}"
        """Where it listens, without a path."""

    def start(self) -> None:
        """Start answering; returns at once."""
        self._thread.start()
        _log.info("figures for Prometheus: %s/metrics", self.url)

    def stop(self) -> None:
        """End; safe to call twice, and before the start."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(5)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        settings: MetricsSettings,
        registry: CollectorRegistry,
        health: Health,
        token: str | None,
        context: ssl.SSLContext | None,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in settings.listen else socket.AF_INET
        super().__init__((settings.listen.strip("[]"), settings.port), _Handler)
        self.registry = registry
        self.health = health
        self.token = token
        self._context = context
        self._open: dict[socket.socket, float] = {}
        self._lock = threading.Lock()

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self._context is not None:
            # The handshake is done on the connection's own thread: a slow one must not hold up the next.
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Take a connection where few are open."""
        with self._lock:
            if len(self._open) >= MOST_CONNECTIONS:
                return False
            self._open[request] = time.monotonic() + CONNECTION_SECONDS
        return True

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Close what has been open for too long; called twice a second."""
        now = time.monotonic()
        with self._lock:
            late = [connection for connection, ends in self._open.items() if ends < now]
        for connection in late:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has just gone by itself

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Strangers' broken connections are no matter for the log; a fault of ours is."""
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("the figures could not be given to %s", client_address[0])


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = f"sharp-eyes/{__version__}"
    sys_version = ""
    timeout = CONNECTION_SECONDS

    def do_GET(self) -> None:
        """Answer one request."""
        if not self._is_let_in():
            return
        path = self.path.partition("?")[0]
        if path == "/metrics":
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            self._answer(HTTPStatus.OK, encode(self.server.registry), content_type)
        elif path == "/health":
            said = self.server.health()
            status = HTTPStatus.SERVICE_UNAVAILABLE if said["status"] == "failed" else HTTPStatus.OK
            self._answer(status, json.dumps(said, ensure_ascii=False).encode(), "application/json")
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"there are /metrics and /health\n")

    def _is_let_in(self) -> bool:
        token = self.server.token
        if token is None:
            # Without a token a page in a browser on this machine must not read it by a name of its own (DNS rebinding).
            host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
            if is_loopback(host):
                return True
            self._answer(HTTPStatus.FORBIDDEN, b"ask by this machine's own address, or set metrics.token_file\n")
            return False
        shown = self.headers.get("Authorization", "")
        if hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            return True
        self._answer(HTTPStatus.UNAUTHORIZED, b"show the token of metrics.token_file\n", challenge=True)
        return False

    def _answer(
        self,
        status: HTTPStatus,
        content: bytes,
        content_type: str = "text/plain; charset=utf-8",
        challenge: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if challenge:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Scrapes come every few seconds: none is a line of the log."""


def _context(tls: tuple[Path, Path], error_type: type[Exception]) -> ssl.SSLContext:
    certificate, key = tls
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise error_type(f"metrics: certificate {certificate} with key {key}: {error}") from error
    return context
