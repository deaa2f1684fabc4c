"""Requests that are answered where they are made: no server, no thread, no event loop of their own for each."""

import asyncio
import threading
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

_direct: ContextVar[bool] = ContextVar("_direct", default=False)
_loops = threading.local()


class DirectTransport(httpx.BaseTransport):
    """Hands a request to the application in this thread; what the application raises becomes its answer 500."""

    def __init__(self, app: FastAPI, client: tuple[str, int], sockets: httpx.BaseTransport) -> None:
        """``client``: address and port from which the requests come; ``sockets``: what takes those for WebSockets."""
        self._app, self._client, self._sockets = app, client, sockets

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for the whole answer."""
        if request.url.scheme in ("ws", "wss"):
            return self._sockets.handle_request(request)
        return _loop().run_until_complete(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        """As ``httpx.ASGITransport`` does it; that one looks for Trio on the disk at each request."""
        _direct.set(True)
        url = request.url
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": self._client,
            "root_path": "",
        }
        assert isinstance(request.stream, httpx.SyncByteStream)
        parts = [{"body": part, "more_body": True} for part in request.stream]
        given = iter([*parts, {"body": b"", "more_body": False}])
        said: list[MutableMapping[str, Any]] = []
        whole = asyncio.Event()

        async def receive() -> MutableMapping[str, Any]:
            if (part := next(given, None)) is not None:
                return {"type": "http.request", **part}
            await whole.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            said.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                whole.set()

        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 - as a server does; what was raised is in the log
            if not said:
                return httpx.Response(500, request=request)
        begun, *bodies = said
        content = b"" if request.method == "HEAD" else b"".join(one.get("body", b"") for one in bodies)
        return httpx.Response(begun["status"], headers=begun["headers"], content=content, request=request)


async def run_here(function: Callable[..., Any], /, *values: Any, **named: Any) -> Any:
    """Run a plain function of the hub: at once for a request of ours, in a thread for one that came over a line."""
    if _direct.get():
        return function(*values, **named)
    return await run_in_threadpool(function, *values, **named)


def _loop() -> asyncio.AbstractEventLoop:
    """Give the event loop of this thread."""
    if not hasattr(_loops, "mine"):
        _loops.mine = asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = _loops.mine
    return loop
