"""What is said over HTTPS to join: nothing secret is sent before it is certain that the hub of the code listens."""

import hashlib
import hmac
import http.client
import ipaddress
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from typing_extensions import Self

from sharp_eyes.configuration.version import __version__
from sharp_eyes.contract.base import ContractError, parse_message
from sharp_eyes.contract.joining import (
    AUTHORITY_PATH,
    FINGERPRINT_BYTES,
    JOIN_PATH,
    JoinCode,
    JoinGrant,
    JoinRequest,
    Trust,
)
from sharp_eyes.edge.errors import ConfigError, JoinError

_SECONDS = 20.0
_PORT = 8420
_LARGEST = 256 * 1024
_OTHER_NAME = frozenset({62, 64})
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


@dataclass(frozen=True, slots=True)
class HubAddress:
    """Where the hub's page and interface are; ``path`` is empty or begins with a slash."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, text: str, trust: Trust) -> Self:
        """Read ``host``, ``host:port`` or a whole address; the code says whether it is http or https.

        Raises:
            ConfigError: it is no address, or http where the code asks for https.
        """
        scheme = "http" if trust is Trust.PLAIN else "https"
        try:
            parts = urlsplit(text if "://" in text else f"{scheme}://{text}")
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ConfigError(f"hub {text!r}: {error}") from error
        if not host or parts.scheme not in ("http", "https") or parts.username or parts.query:
            raise ConfigError(f"hub {text!r}: write it such as https://eyes.example.org:8420")
        if parts.scheme != scheme:
            meant = "has no TLS: write http://" if scheme == "http" else "speaks TLS: write https://"
            raise ConfigError(f"hub {text!r}: the hub that made this code {meant}…")
        usual = {"http": 80, "https": 443}[scheme] if "://" in text else _PORT
        return cls(scheme, host, port or usual, parts.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def trusted_context(address: HubAddress, code: JoinCode, ca: Path | None) -> ssl.SSLContext | None:
    """Make what checks the hub's certificate, as the code says; ``None`` without TLS.

    Where the code holds a fingerprint, the hub's authority is fetched from whoever answers, and believed only if it
    is the one of the fingerprint.

    Raises:
        ConfigError: the authority's file cannot be used.
        JoinError: the hub does not answer, or somebody else does.
    """
    if code.trust is Trust.PLAIN:
        return None
    if code.trust is Trust.SYSTEM:
        try:
            return ssl.create_default_context(cafile=None if ca is None else str(ca))
        except OSError as error:
            raise ConfigError(f"--ca {ca}: {error}") from error
    return ssl.create_default_context(cadata=_authority(address, code.fingerprint))


def ask(address: HubAddress, code: JoinCode, password: str, context: ssl.SSLContext | None) -> JoinGrant:
    """Ask to be let in.

    Raises:
        JoinError: says why not, and what to do.
    """
    request = JoinRequest(secret=code.secret_text, password=password, version=__version__)
    status, body = _request(address, "POST", JOIN_PATH, context, request.model_dump_json())
    if status != 200:
        raise JoinError(f"{address} does not let this gateway in: {_reason(status, body)}")
    try:
        return parse_message(JoinGrant, body)
    except ContractError as error:
        raise JoinError(f"{address} answers something that is no grant ({error}); is it a Sharp Eyes hub?") from error


def _authority(address: HubAddress, fingerprint: bytes) -> str:
    """Fetch the hub's authority from a server that is not known yet; nothing secret is sent.

    Returns that one certificate and nothing that came with it (PEM).
    """
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    status, body = _request(address, "GET", AUTHORITY_PATH, anybody)
    if status != 200:
        raise JoinError(f"{address} shows no authority: {_reason(status, body)}; is it the hub that made the code?")
    try:
        der = ssl.PEM_cert_to_DER_cert(body.decode("ascii").strip())
    except ValueError as error:
        raise JoinError(f"{address} shows something that is no certificate; is it a Sharp Eyes hub?") from error
    if not hmac.compare_digest(hashlib.sha256(der).digest()[:FINGERPRINT_BYTES], fingerprint):
        raise JoinError(
            f"{address} is not the hub that made this code: its authority has another fingerprint. Either the code is "
            "of another hub, or its certificates were made anew since, or somebody stands between; nothing was sent"
        )
    return ssl.DER_cert_to_PEM_cert(der)


def _request(
    address: HubAddress, method: str, path: str, context: ssl.SSLContext | None, body: str | None = None
) -> tuple[int, bytes]:
    connection: http.client.HTTPConnection
    if address.scheme == "http":
        connection = http.client.HTTPConnection(address.host, address.port, timeout=_SECONDS)
    else:
        connection = http.client.HTTPSConnection(address.host, address.port, timeout=_SECONDS, context=context)
    headers = {"X-Requested-With": "sharp-eyes", "Content-Type": "application/json"}
    try:
        connection.request(method, address.path + path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST)
    except ssl.SSLCertVerificationError as error:
        raise JoinError(_untrusted(address, error)) from error
    except ssl.SSLError as error:
        raise JoinError(f"{address} does not speak TLS there ({error.reason}); is the address right?") from error
    except (OSError, http.client.HTTPException) as error:
        raise JoinError(f"{address} cannot be reached ({error}); is the hub running and the address right?") from error
    finally:
        connection.close()


def _untrusted(address: HubAddress, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _OTHER_NAME:
        return (
            f"the hub's certificate does not hold for {address.host}: {error.verify_message}. Join by a name that it "
            f"holds for, or make it anew at the hub: sharp-eyes-hub tls make … --name {address.host}"
        )
    return (
        f"the certificate at {address} is not trusted: {error.verify_message}. Nothing was sent; where the page stands "
        "behind a proxy with an authority of its own, name that with --ca"
    )


def _reason(status: int, body: bytes) -> str:
    """The hub's own words, or the bare status where it was somebody else who answered."""
    try:
        said = json.loads(body)["error"]["message"]
    except (ValueError, LookupError, TypeError):
        return f"HTTP {status}"
    return str(said)[:500]
