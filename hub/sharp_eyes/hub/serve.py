"""Runs the hub in the foreground until it is told to stop."""

import logging
import socket
from types import FrameType

import uvicorn

from sharp_eyes.configuration.metrics_server import MetricsServer
from sharp_eyes.contract.video import MAX_PIECE_SIZE
from sharp_eyes.hub.api.connection_guard import (
    KEPT_SECONDS,
    GuardedWebSocket,
    guarded_protocol,
    raise_descriptor_limit,
)
from sharp_eyes.hub.api.tls_handshake import after_handshake
from sharp_eyes.hub.app import create_app
from sharp_eyes.hub.areas.city_doubts import doubts, units_without_people
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.metrics.collector import HubCollector
from sharp_eyes.hub.people.accounts import units_with_people
from sharp_eyes.hub.settings import HubSettings

_LOG = logging.getLogger(__name__)


class HubServer(uvicorn.Server):
    """Uvicorn that ends the endless streams first, so that stopping does not wait for them."""

    def __init__(self, hub: Hub) -> None:
        http = hub.settings.http
        tls = hub.settings.tls_files if hub.settings.https else None
        config = uvicorn.Config(
            create_app(hub),
            host=http.host,
            port=http.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # ForwardedMiddleware reads them
            timeout_keep_alive=KEPT_SECONDS,
            timeout_graceful_shutdown=5,
            http=guarded_protocol(http),
            ws=GuardedWebSocket,
            ws_max_size=MAX_PIECE_SIZE,
            ws_per_message_deflate=False,
            ssl_certfile=None if tls is None else tls.certificate,
            ssl_keyfile=None if tls is None else tls.key,
        )
        super().__init__(config)
        self._hub = hub

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; with a certificate, each connection's handshake is ours to bound."""
        if self.config.ssl is not None:
            context, self.config.ssl = self.config.ssl, None
            http = guarded_protocol(self._hub.settings.http)
            self.config.http_protocol_class = after_handshake(http, context)  # type: ignore[assignment]
        await super().startup(sockets)

    def _log_started_message(self, listeners: object) -> None:
        """Leave it out: the hub has said where it listens, and uvicorn does not know of our TLS."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the streams, then stop."""
        self._hub.broadcaster.close()
        super().handle_exit(sig, frame)


def serve(settings: HubSettings) -> None:
    """Run until interrupted.

    Raises:
        HubError: it could not start.
    """
    raise_descriptor_limit()
    hub = Hub(settings)
    figures = _figures(hub)
    # Started here and not by the server, so that a wrong setting ends in one clear line.
    hub.start()
    try:
        _say_doubts(hub)
        if figures is not None:
            figures.start()
        server = HubServer(hub)
        scheme = "https" if settings.https else "http"
        _LOG.info("page and interface: %s://%s:%d", scheme, settings.http.host, settings.http.port)
        server.run()
    finally:
        if figures is not None:
            figures.stop()
        hub.stop()


def _figures(hub: Hub) -> MetricsServer | None:
    """The listener for Prometheus, bound and not answering yet; None where none is set."""
    settings, files = hub.settings.metrics, hub.settings.tls_files
    if settings is None:
        return None
    HubCollector(hub).register()
    tls = None if files is None else (files.certificate, files.key)
    return MetricsServer(settings, hub.measures.registry, hub.health.told, SettingsError, tls)


def _say_doubts(hub: Hub) -> None:
    with hub.read_only() as work:
        people = units_with_people(work.session, work.city)
    for doubt in (*doubts(hub.city), *units_without_people(hub.city, people)):
        _LOG.warning("city pack: %s", doubt)
    for channel in hub.city.notices.channels_missing({one.id for one in hub.settings.notices.channels}):
        _LOG.warning("city pack: notices go by %r, which is not under notices.channels in hub.yaml", channel)
