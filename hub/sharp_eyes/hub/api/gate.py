"""What is decided before a request's body is read, and how HEAD is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sharp_eyes.hub.api.dependencies import require_access, require_csrf_header
from sharp_eyes.hub.api.problems import request_problem, unavailable
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub

_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_OPEN = ("/api/session", "/api/join")
"""Signing in needs no session, and a gateway that joins has none; bodies there are small."""


class GateMiddleware:
    """Refuses what changes something before its body is read: not signed in, no header of ours, no room."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] in _BODY and scope["path"].startswith("/api/"):
            refusal = await run_in_threadpool(self._refusal, Request(scope))
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        try:
            require_csrf_header(request)
            if path not in _OPEN and not path.startswith(f"{_OPEN[0]}/"):
                require_access(request, self._hub)
        except RequestError as error:
            return request_problem(error)
        uploads = request.headers.get("content-type", "").startswith("multipart/")
        room = self._hub.disk_room
        if not uploads or room.has_room(announced_bytes(request)):
            return None
        if room.read_only() is not None:
            return unavailable("unavailable", "the command centre's disk can only be read now; try again later")
        return unavailable("no_room", "the command centre's disk has no room for files now; try again later")


class HeadMiddleware:
    """Answers HEAD as GET without its body, and does not wait for one that has no end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        headers_sent = asyncio.Event()
        serving = asyncio.ensure_future(self._app({**scope, "method": "GET"}, receive, _head_only(send, headers_sent)))
        waiting = asyncio.ensure_future(headers_sent.wait())
        try:
            await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            if headers_sent.is_set() or not serving.done():
                serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def _head_only(send: Send, sent: asyncio.Event) -> Callable[[Message], Awaitable[None]]:
    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b""})
            sent.set()

    return send_head


def announced_bytes(request: Request) -> int:
    """Say how long a request's body is to be; 0 where it does not say."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 16 else 0
