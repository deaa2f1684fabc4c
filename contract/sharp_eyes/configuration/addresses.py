"""Addresses: which are this machine's own, and which are one subscriber's."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_loopback(host: str) -> bool:
    """Whether a host, as settings give it, is this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def plain_address(text: str) -> Address | None:
    """Read an IP address; IPv4 that is wrapped in IPv6 is IPv4 again. None for what is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def subscriber_of(text: str) -> str:
    """What one subscriber has for themselves: an IPv4 address, of IPv6 a network of 64 bits.

    What is no address is given back as it is.
    """
    found = plain_address(text)
    if found is None:
        return text
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network(f"{str(found).partition('%')[0]}/64", strict=False))
