"""What the WebSockets of live and past video have in common."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

import anyio
from fastapi import WebSocket
from starlette.types import Message
from starlette.websockets import WebSocketDisconnect

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.video import MAX_PIECE_SIZE, Piece, VideoNote, parse_note
from sharp_eyes.hub.broadcast import Subscriber
from sharp_eyes.hub.errors import RequestError

SLOW_SECONDS = 30.0
"""How long one message may wait for a viewer that takes nothing."""

UNKNOWN = RequestError(403, "wrong_ticket", "this ticket is not known here or was used; ask for another")

_LONG = 3600.0
_KINDS = frozenset(bytes([kind]) for kind in Piece)
_LOG = logging.getLogger(__name__)


class Giving(Protocol):
    """Has something for a page."""

    async def next(self) -> bytes | str | None:
        """What is to be sent next; None at the end."""


async def send_all(socket: WebSocket, giving: Giving) -> None:
    """Send what there is, until its end or the page takes nothing any more."""
    while (said := await giving.next()) is not None:
        async with asyncio.timeout(SLOW_SECONDS):
            await (socket.send_text(said) if isinstance(said, str) else socket.send_bytes(said))


async def heard(socket: WebSocket, gateway: str) -> bytes | VideoNote | None:
    """What a gateway says next, leaving aside what a later version knows; None at the end of its line.

    What is no word of the contract is such an end.
    """
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        try:
            said = _understood(message)
        except ContractError as error:
            _LOG.warning("gateway %s says something as video that is none: %s", gateway, error)
            return None
        if said is not None:
            return said


def _understood(message: Message) -> bytes | VideoNote | None:
    text = message.get("text")
    if text is not None:
        return parse_note(text.encode())
    piece: bytes = message.get("bytes") or b""
    if len(piece) > MAX_PIECE_SIZE or piece[:1] not in _KINDS:
        raise ContractError(f"a piece of {len(piece)} bytes, kind {piece[:1]!r}")
    return piece


async def until_closed(socket: WebSocket) -> None:
    """Wait until the other side goes; what it says is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def until_over(session: Subscriber) -> None:
    """Wait for the end of what somebody came in with; what else the hub tells is for other streams."""
    while True:
        try:
            if await session.next(_LONG) is None:
                return
        except TimeoutError:
            continue


async def until_one_ends(*parts: Coroutine[Any, Any, Any]) -> None:
    """Run all until the first ends; what the others were at is broken off."""
    async with anyio.create_task_group() as group:

        async def run(part: Coroutine[Any, Any, Any]) -> None:
            with suppress(WebSocketDisconnect, TimeoutError):
                await part
            group.cancel_scope.cancel()

        for part in parts:
            group.start_soon(run, part)


async def close(socket: WebSocket) -> None:
    """Close it, if it is not closed already."""
    with suppress(WebSocketDisconnect, RuntimeError):  # it may be closed already
        await socket.close()
