"""Who asks, behind reverse proxies: what trusted ones say of their visitors' addresses and of https."""

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sharp_eyes.configuration.addresses import Address, plain_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


class TrustedProxies:
    """The reverse proxies that are believed."""

    def __init__(self, named: Iterable[str]) -> None:
        """``named``: addresses and networks, as settings have them."""
        self._networks: tuple[Network, ...] = tuple(ipaddress.ip_network(one) for one in named)

    def __contains__(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


class ForwardedMiddleware:
    """ASGI layer that puts the visitor's address and scheme in the place of a trusted proxy's own.

    What is no address is not believed: a stranger would choose words under which nobody knows them. Then the proxy that
    said it is who asks.
    """

    def __init__(self, app: ASGIApp, trusted: TrustedProxies) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        peer = plain_address(scope["client"][0]) if scope.get("client") else None
        if peer is not None:
            headers = Headers(scope=scope) if peer in self._trusted else Headers()
            visitor = self._visitor(peer, headers.getlist("x-forwarded-for"))
            scope = {**scope, "client": (str(visitor), scope["client"][1] if visitor == peer else 0)}
            seen = _SCHEMES.get(headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower())
            if seen is not None:
                scope["scheme"] = seen.replace("http", "ws") if scope["type"] == "websocket" else seen
        await self._app(scope, receive, send)

    def _visitor(self, peer: Address, said: list[str]) -> Address:
        """Go back from proxy to proxy, as long as each is trusted and names an address."""
        for one in reversed(",".join(said).split(",")):
            address = plain_address(_without_port(one.strip()))
            if address is None:
                break
            peer = address
            if peer not in self._trusted:
                break
        return peer


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0] if "]" in text else text
    return text.partition(":")[0] if text.count(":") == 1 else text
