"""Requests that are answered where they are made: no server, no thread, no event loop of their own for each."""

import asyncio
import threading
from collections.abc import Callable
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
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=client)
        self._sockets = sockets

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for the whole answer."""
        if request.url.scheme in ("ws", "wss"):
            return self._sockets.handle_request(request)
        return _loop().run_until_complete(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        _direct.set(True)
        answer = await self._inner.handle_async_request(request)
        content = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]
        return httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)


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
