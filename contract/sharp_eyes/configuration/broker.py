"""The address of an MQTT broker as settings give it: ``mqtt://host:port``, or ``mqtts`` for TLS."""

from dataclasses import dataclass
from urllib.parse import urlsplit

BROKER_URL_PATTERN = r"^mqtts?://[^/@]+$"
"""No path and no password: those stand in settings of their own."""

_PORT = 1883
_TLS_PORT = 8883


@dataclass(frozen=True, slots=True)
class BrokerEndpoint:
    """Where a broker listens. ``host`` is empty where the address has none."""

    host: str
    port: int
    tls: bool


def parse_broker_url(url: str) -> BrokerEndpoint:
    """Take a broker's address apart; without a port it is the usual one, 1883 or 8883.

    Raises:
        ValueError: the port is no number from 0 to 65535, or the host is no host.
    """
    parts = urlsplit(url)
    tls = parts.scheme == "mqtts"
    return BrokerEndpoint(parts.hostname or "", parts.port or (_TLS_PORT if tls else _PORT), tls)
