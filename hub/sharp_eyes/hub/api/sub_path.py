"""A hub that a reverse proxy shows under a path of its own, and passes that path on."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class SubPathMiddleware:
    """ASGI layer that takes the path away before anything else sees it; what comes without it is served as well."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        """``path`` begins with a slash and does not end in one; nothing is done where it is empty."""
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = scope.get("path", "")
        if scope["type"] not in ("http", "websocket") or not self._path:
            await self._app(scope, receive, send)
        elif asked == self._path and scope["type"] == "http":
            # Without the slash the browser would look for the page's parts beside it.
            await RedirectResponse(f"{self._path}/")(scope, receive, send)
        elif asked.startswith(f"{self._path}/"):
            raw: bytes = scope.get("raw_path") or asked.encode()
            own = self._path.encode()
            shorter = {"path": asked[len(self._path) :], "raw_path": raw.removeprefix(own)}
            await self._app({**scope, **shorter}, receive, send)
        else:
            await self._app(scope, receive, send)
