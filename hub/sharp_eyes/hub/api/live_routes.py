"""Live video: a seat by an ordinary request, and the WebSockets of those who watch and of the gateways that send."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Query, WebSocket
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.types import Message
from starlette.websockets import WebSocketDisconnect

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.video import MAX_PIECE_SIZE, STREAM_PATH, Piece, VideoNote, parse_note
from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.problems import request_problem
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.broadcast import Subscriber
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.live.desk import Seat
from sharp_eyes.hub.live.relay import CameraStream, Relay
from sharp_eyes.hub.live.viewer import Viewer
from sharp_eyes.hub.store.tables import Camera, Gateway

router = APIRouter(tags=["cameras"])
sockets = APIRouter()

VIEWER_PATH = "/api/live"
SLOW_SECONDS = 30.0
"""How long one message may wait for a viewer that takes nothing."""

NOTE_EVERY = 600.0
"""Seconds after which somebody who goes on watching is written down again."""

_LONG = 3600.0
_KINDS = frozenset(bytes([kind]) for kind in Piece)
_LOG = logging.getLogger(__name__)
_UNKNOWN = RequestError(403, "wrong_ticket", "this ticket is not known here or was used; ask for another")


class VideoSeat(BaseModel):
    """Leave to watch: a WebSocket at ``/api/live/<ticket>``, once, within half a minute."""

    ticket: str = Field(description="Opens one WebSocket")


@router.post("/cameras/{gateway}/{camera}/video")
def ask_for_video(
    hub: HubDependency,
    person: CurrentPerson,
    gateway: str,
    camera: str,
    stream: Annotated[Literal["main", "sub"], Query(description="The smaller one is for many at once")] = "main",
) -> VideoSeat:
    """Ask to watch a camera; the looking is a line of the audit trail, again every ten minutes.

    On the WebSocket come JSON notes (begins, look, refused) and binary pieces of one fragmented MP4, each behind a byte
    of its kind: 0 beginning, 1 keyframe, 2 fragment. It ends with the session or token. 404, 409 camera_away,
    503 too_many_viewers.
    """
    with hub.read_only() as work:
        found = work.session.execute(
            select(Camera.area, Gateway.online)
            .join(Gateway, Gateway.name == Camera.gateway)
            .where(Camera.gateway == gateway, Camera.camera == camera)
        ).one_or_none()
    if found is None or not covers(person.area, found.area):
        raise not_found(f"camera {camera}")
    if not found.online:
        raise RequestError(409, "camera_away", f"gateway {gateway} is away; there is no video of camera {camera} now")
    note = partial(note_look, hub, person, Action.VIDEO_SEEN, found.area, f"{gateway}/{camera}")
    ticket = hub.live.give_seat(CameraStream(gateway, camera, stream), person.scope, person.access, note)
    if ticket is None:
        raise RequestError(503, "too_many_viewers", "as many watch live video as may (limits.live_viewers); try again")
    note()
    return VideoSeat(ticket=ticket)


@sockets.websocket(VIEWER_PATH + "/{ticket}")
async def watch_video(socket: WebSocket, ticket: str) -> None:
    """Send a camera's video to whom the seat was given, until they go, it ends, or their session does."""
    hub: Hub = socket.app.state.hub
    seat = hub.live.take_seat(ticket)
    if seat is None:
        await socket.send_denial_response(request_problem(_UNKNOWN))
        return
    await socket.accept()
    with hub.broadcaster.subscriber(seat.scope, seat.access) as session, hub.live.watching(seat) as viewer:
        await _until_one_ends(_send(socket, viewer), _until_closed(socket), _until_over(session), _note_again(seat))
    await _close(socket)


@sockets.websocket(STREAM_PATH + "/{ticket}")
async def take_video(socket: WebSocket, ticket: str) -> None:
    """Take a camera's video from the gateway that was asked for it, for as long as somebody watches."""
    hub: Hub = socket.app.state.hub
    relay = hub.live.expected(ticket)
    if relay is None:
        await socket.send_denial_response(request_problem(_UNKNOWN))
        return
    relay.connect()
    try:
        await socket.accept()
        await _until_one_ends(_receive(socket, relay), relay.ended.wait())
        await _close(socket)
    finally:
        relay.disconnect()


async def _send(socket: WebSocket, viewer: Viewer) -> None:
    while (said := await viewer.next()) is not None:
        async with asyncio.timeout(SLOW_SECONDS):
            await (socket.send_text(said) if isinstance(said, str) else socket.send_bytes(said))


async def _receive(socket: WebSocket, relay: Relay) -> None:
    """Take what a gateway says; what is no word of the contract ends its line."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            said = _understood(message)
        except ContractError as error:
            _LOG.warning("gateway %s says something as video that is none: %s", relay.which.gateway, error)
            return
        if said is not None:
            relay.take(said)


def _understood(message: Message) -> bytes | VideoNote | None:
    text = message.get("text")
    if text is not None:
        return parse_note(text.encode())
    piece: bytes = message.get("bytes") or b""
    if len(piece) > MAX_PIECE_SIZE or piece[:1] not in _KINDS:
        raise ContractError(f"a piece of {len(piece)} bytes, kind {piece[:1]!r}")
    return piece


async def _until_closed(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _until_over(session: Subscriber) -> None:
    """Wait for the end of what somebody came in with; what else the hub tells is for other streams."""
    while True:
        try:
            if await session.next(_LONG) is None:
                return
        except TimeoutError:
            continue


async def _note_again(seat: Seat) -> None:
    """Who goes on watching is noted again, so that the trail shows until when."""
    while True:
        await asyncio.sleep(NOTE_EVERY)
        await run_in_threadpool(seat.note)


async def _until_one_ends(*parts: Coroutine[Any, Any, Any]) -> None:
    """Run all until the first ends; what the others were at is broken off."""
    async with anyio.create_task_group() as group:

        async def run(part: Coroutine[Any, Any, Any]) -> None:
            with suppress(WebSocketDisconnect, TimeoutError):
                await part
            group.cancel_scope.cancel()

        for part in parts:
            group.start_soon(run, part)


async def _close(socket: WebSocket) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # it may be closed already
        await socket.close()
