"""Says why a connection to a broker fails where one side speaks TLS and the other does not."""

import socket
import ssl
from pathlib import Path

from sharp_eyes.configuration.broker import BrokerEndpoint

_SECONDS = 3.0


def transport_fault(endpoint: BrokerEndpoint, ca_file: Path | None, seconds: float = _SECONDS) -> str | None:
    """Look why a broker that takes the connection does not answer; ``None`` where TLS is not the reason.

    Opens a connection of its own and shakes hands; nothing is sent. ``seconds`` is the patience for each step.
    """
    try:
        with socket.create_connection((endpoint.host, endpoint.port), timeout=seconds) as connection:
            return _wrong_with_tls(connection, endpoint, ca_file) if endpoint.tls else _tls_there(connection)
    except OSError:
        return None


def _tls_there(connection: socket.socket) -> str | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with context.wrap_socket(connection):
            return "it speaks TLS there, and the address says mqtt://; write mqtts:// and name its authority in ca_file"
    except OSError:
        return None


def _wrong_with_tls(connection: socket.socket, endpoint: BrokerEndpoint, ca_file: Path | None) -> str | None:
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError:
        return None  # said when the settings are read
    try:
        with context.wrap_socket(connection, server_hostname=endpoint.host):
            return None
    except ssl.SSLCertVerificationError as error:
        trusted = "the system's authorities" if ca_file is None else f"ca_file {ca_file}"
        return f"its certificate is not trusted: {error.verify_message}; checked against {trusted}"
    except OSError:
        return "it does not speak TLS there, and the address says mqtts://; give it a certificate, or write mqtt://"
