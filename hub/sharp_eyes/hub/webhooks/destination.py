"""Where a webhook may go. Whoever may subscribe is not thereby let into the office's own network."""

import ipaddress
import socket
from urllib.parse import urlsplit

from sharp_eyes.hub.errors import ChannelError, FieldError
from sharp_eyes.hub.webhook_settings import WebhookSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST = 2000
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check_url(url: str, *, insecure: bool) -> None:
    """See that an address is one that a webhook may have: https, or http where ``insecure`` says so.

    Raises:
        SettingsError: it may not; the address itself is not told, it may hold a key.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise FieldError("url: is no address such as https://host/path", "url", "not_url") from error
    if parts.scheme not in {"https", "http"} or not host or len(url) > _LONGEST or not url.isprintable() or " " in url:
        message = f"url: is no address such as https://host/path, of {_LONGEST} characters at most"
        raise FieldError(message, "url", "not_url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise FieldError("url: holds a user name, a password or a fragment", "url", "secret_in_url")
    if parts.scheme == "http" and not insecure:
        raise FieldError(
            "url: is not https, so that what is told could be read on the way; 'insecure' allows http to an address "
            "of webhooks.allow in hub.yaml",
            "url",
            "not_https",
        )


def resolve(url: str, settings: WebhookSettings) -> str:
    """Find the address to connect to; it is looked up anew each time, and what was looked up is what is called.

    Raises:
        ChannelError: the name is not known, or one of its addresses may not be called.
    """
    parts = urlsplit(url)
    host, plain = parts.hostname or "", parts.scheme == "http"
    try:
        port = parts.port or (80 if plain else 443)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ChannelError("the host's name is not known") from error
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for one in addresses:
        if settings.allows(one) or settings.allows(_meant(one)):
            continue
        if not is_public(one):
            raise ChannelError("the host lies in a network of its own, which webhooks.allow in hub.yaml does not name")
        if plain:
            raise ChannelError("http goes to addresses of webhooks.allow in hub.yaml alone")
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Whether an address, and what it stands for, belongs to a public network."""
    meant = _meant(address)
    return meant.is_global and not meant.is_multicast and not meant.is_reserved


def _meant(address: Address) -> Address:
    """An IPv4 address that is wrapped into an IPv6 one; the address itself where none is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = None if address.teredo is None else address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address
