"""Bodies of JSON, read strictly before a route sees them: UTF-8, no key twice, nothing that nobody can keep."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sharp_eyes.contract.strict_json import read_strictly
from sharp_eyes.hub.api.problems import problem

_JSON = re.compile(r"application/([^;\s]+\+)?json\s*(;|$)", re.IGNORECASE)
_LONG = 64 * 1024
"""Bytes from which on reading takes a thread of its own."""


class StrictJsonMiddleware:
    """ASGI layer that refuses a body of JSON which is none by RFC 8259 and RFC 7493 (I-JSON)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not is_json(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        try:
            body, last = await _whole(receive)
        except HTTPException as error:  # longer than may be
            await problem(error.status_code, "too_large", str(error.detail))(scope, receive, send)
            return
        fault = await run_in_threadpool(fault_of, body) if len(body) > _LONG else fault_of(body)
        if fault is not None:
            await problem(422, "invalid", f"body: {fault}")(scope, receive, send)
            return
        pending = [last if last["type"] != "http.request" else {"type": "http.request", "body": body}]

        async def again() -> Message:
            return pending.pop() if pending else await receive()

        await self._app(scope, again, send)


def is_json(headers: Headers) -> bool:
    """Say whether a request's body is said to be JSON."""
    return _JSON.match(headers.get("content-type", "")) is not None


async def _whole(receive: Receive) -> tuple[bytes, Message]:
    """Read to the end of a body; also gives the message that ended it."""
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(pieces), message


def fault_of(body: bytes) -> str | None:
    """Say what is wrong with a text of JSON; None where nothing is, and where it is empty."""
    if not body:
        return None
    try:
        read_strictly(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "is not UTF-8"
    except ValueError as error:
        return str(error)
    return None
