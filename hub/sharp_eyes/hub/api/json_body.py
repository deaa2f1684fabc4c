"""Bodies of JSON, read strictly before a route sees them: UTF-8, no key twice, no text or number that nobody can keep.

Programs differ in what they make of a key that stands twice, so that what a guard has read is not what we would do;
half characters, NUL and numbers that are not finite end in the database.
"""

import json
import math
import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
        if scope["type"] != "http" or not _JSON.match(Headers(scope=scope).get("content-type", "")):
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
        text = body.decode("utf-8-sig")
        read = json.loads(
            text, object_pairs_hook=_once, parse_float=_finite, parse_int=_whole_number, parse_constant=_no_number
        )
    except UnicodeDecodeError:
        return "is not UTF-8"
    except RecursionError:
        return "is nested too deep"
    except ValueError as error:
        return str(error)
    return next((fault for one in _texts(read) if (fault := _fault_of_text(one))), None) if "\\u" in text else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands in it twice")
    return read


def _finite(text: str) -> float:
    read = float(text)
    if not math.isfinite(read):
        raise ValueError(f"the number {text[:20]} is too large")
    return read


def _whole_number(text: str) -> int:
    if len(text) > 400:
        raise ValueError(f"the number {text[:20]}… is too large")
    return int(text)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _texts(read: Any) -> list[str]:
    """All texts, keys included."""
    found, left = [], [read]
    while left:
        one = left.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            left += (*one, *one.values())
        elif isinstance(one, list):
            left += one
    return found


def _fault_of_text(text: str) -> str | None:
    if "\0" in text:
        return "the character NUL is not allowed"
    return None if text.isascii() or not re.search("[\ud800-\udfff]", text) else "a text holds half a character"
