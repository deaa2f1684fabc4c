"""Headers that protect the page, and a limit on the size of what is sent in."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
}
ONLY_HTTPS = "max-age=31536000"
"""Sent over https alone, also where a trusted proxy says that it is https on its other side."""

MAX_JSON = 64 * 1024
MAX_GEOJSON = 8 * 1024 * 1024
"""Outlines of a city's areas; nobody but who has signed in is heard that long."""

MAX_TABLE = 4 * 1024 * 1024
"""A table of premises."""

_FORM_OVERHEAD = 16 * 1024
_PACKED = frozenset({"/api/cases", "/api/map", "/api/map/counts", "/api/cameras", "/api/areas", "/api/city"})
"""What is long and holds no secret: the length of a packed answer tells a listener what stands in it twice."""

_LEAST_PACKED, _PACKING = 2000, 1
"""Bytes from which on it pays, and how thoroughly: level 1 makes of JSON nearly as little as level 9 at a fifth of the
time."""


class PackingMiddleware:
    """ASGI layer that sends long lists packed (gzip) to who takes them so; nothing else, and never the stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=_LEAST_PACKED, compresslevel=_PACKING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        packs = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in _PACKED
        await (self._packing if packs else self._app)(scope, receive, send)


class ProtectionMiddleware:
    """ASGI layer around the whole application."""

    def __init__(self, app: ASGIApp, max_photo_bytes: int) -> None:
        self._app = app
        self._max_photo = max_photo_bytes + _FORM_OVERHEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, f"at most {limit} bytes can be sent here")
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)
                if scope["path"].startswith(("/api", "/open311")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, limited, guarded)

    def _limit(self, path: str) -> int:
        if (
            path.endswith("/photos")
            or path.rpartition("/")[0].endswith("/photos")
            or path.startswith("/open311/v2/requests.")
        ):
            return self._max_photo
        if path == "/api/premises/import":
            return MAX_TABLE + _FORM_OVERHEAD
        return MAX_GEOJSON if path.startswith(("/api/areas", "/api/places/import")) else MAX_JSON
