"""How the hub's broker is reached: its address, the gateway's login and TLS."""

import logging
import secrets
import ssl
from dataclasses import replace

import paho.mqtt.client as mqtt

from sharp_eyes.configuration.addresses import is_loopback
from sharp_eyes.configuration.broker import BrokerEndpoint, parse_broker_url
from sharp_eyes.configuration.transport import transport_fault
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import HubConnectionSettings

SESSION = "mqtt-session"
"""Under which the outbox remembers the secret part of the session's id."""

_log = logging.getLogger(__name__)


def endpoint_of(settings: HubConnectionSettings) -> BrokerEndpoint:
    """Where the broker listens; this machine where the address names no host.

    Raises:
        ConfigError: when the port is no number.
    """
    try:
        found = parse_broker_url(settings.url)
    except ValueError as error:
        raise ConfigError(f"hub.url {settings.url}: {error}") from error
    return replace(found, host=found.host or "127.0.0.1")


def connection_fault(settings: HubConnectionSettings) -> str | None:
    """Say why a broker that can be reached does not let us speak, where the reason is TLS; otherwise ``None``.

    Opens a connection of its own, for some seconds at most.

    Raises:
        ConfigError: when the port is no number.
    """
    fault = transport_fault(endpoint_of(settings), settings.ca_file)
    return None if fault is None else f"{fault} (hub.url, hub.ca_file)"


def prepare_login(client: mqtt.Client, settings: HubConnectionSettings, gateway: str) -> None:
    """Give the client its name, its password and, for ``mqtts``, the authority that it trusts.

    Raises:
        ConfigError: when the password or the authority cannot be read.
    """
    client.username_pw_set(settings.username or gateway, settings.password())
    endpoint = endpoint_of(settings)
    if not endpoint.tls:
        if not is_loopback(endpoint.host):
            _log.warning("hub.url %s: without TLS anybody on the way reads password and pictures", settings.url)
        return
    try:
        client.tls_set(ca_certs=str(settings.ca_file) if settings.ca_file else None)
    except (OSError, ValueError, ssl.SSLError) as error:
        raise ConfigError(f"hub.ca_file {settings.ca_file}: {error}") from error


def session_id(gateway: str, outbox: Outbox) -> str:
    """Name the session at the broker: the same after a restart, and nobody else can guess it.

    Whoever connects with the client id of a session ends its connection and may erase what waits in it, whatever
    name and password they came with. So the id has a secret part, which belongs to this outbox.
    """
    secret = outbox.memory(SESSION)
    if secret is None:
        secret = secrets.token_hex(16)
        outbox.put([], {SESSION: secret})
    return f"sharp-eyes-{gateway}-{secret}"


def is_out(info: mqtt.MQTTMessageInfo) -> bool:
    """Whether nothing more is to be waited for: sent (QoS 0), confirmed (QoS 1), or given up by paho."""
    try:
        return info.is_published()
    except (RuntimeError, ValueError):
        return True


def paho_log() -> logging.Logger:
    """Paho's own log without the line that it writes at each end of a connection, which we tell better."""
    log = _log.getChild("paho")
    if not log.filters:
        log.addFilter(lambda record: not record.getMessage().startswith("Client is not connected"))
    return log
