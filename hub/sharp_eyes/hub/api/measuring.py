"""How long requests take, by the route that took them."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sharp_eyes.hub.measures import Measures

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_INTERFACE = "/api/"
_NO_ROUTE = "none"
"""Refused before a route was found; what was asked for is a stranger's to choose, and no name for a figure."""


class MeasuringMiddleware:
    """ASGI layer that notes when an answer began: what streams on after that is no time that anybody waited."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"], time.monotonic() - begun)
            await send(message)

        await self._app(scope, receive, watched)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _template(scope)
        self._measures.requests.labels(method, route).observe(seconds)
        self._measures.responses.labels(method, route, f"{status // 100}xx").inc()


def _template(scope: Scope) -> str:
    """The path's template, such as ``/api/cases/{case_id}``."""
    path: str = getattr(scope.get("route"), "path", _NO_ROUTE)
    # A route that was included with a prefix may not know of it.
    is_bare = scope["path"].startswith(_INTERFACE) and path.startswith("/") and not path.startswith(_INTERFACE)
    return f"{_INTERFACE}{path.removeprefix('/')}" if is_bare else path
