"""Where the hub takes video, and how its certificate is checked: as its broker's."""

import ssl
from urllib.parse import urlsplit

from sharp_eyes.contract.video import STREAM_PATH, VideoRequest
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.push.connection import endpoint_of
from sharp_eyes.edge.settings import HubConnectionSettings


def stream_address(settings: HubConnectionSettings, request: VideoRequest) -> str:
    """The WebSocket's address: below ``hub.page`` where that is set, else at the broker's host as the hub says.

    Raises:
        ConfigError: the broker's port is no number.
    """
    if settings.page is not None:
        parts = urlsplit(settings.page)
        base = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}{parts.path.rstrip('/')}"
    else:
        host = endpoint_of(settings).host
        named = f"[{host}]" if ":" in host else host
        base = f"{'wss' if request.tls else 'ws'}://{named}:{request.port}{request.path.rstrip('/')}"
    return f"{base}{STREAM_PATH}/{request.ticket}"


def certificate_check(settings: HubConnectionSettings, address: str) -> ssl.SSLContext | None:
    """What checks the certificate at this address: the system's authorities and ``hub.ca_file``; None without TLS.

    Raises:
        ConfigError: the authority's file cannot be used.
    """
    if not address.startswith("wss:"):
        return None
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(settings.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise ConfigError(f"hub.ca_file {settings.ca_file}: {error}") from error
    return context
