"""Live video: a seat by an ordinary request, and the WebSockets of those who watch and of the gateways that send."""

import asyncio
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, WebSocket
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from sharp_eyes.contract.video import STREAM_PATH
from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.problems import request_problem
from sharp_eyes.hub.api.video_lines import UNKNOWN, close, heard, send_all, until_closed, until_one_ends, until_over
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.live.desk import Seat
from sharp_eyes.hub.live.look_back import Visit
from sharp_eyes.hub.live.relay import CameraStream, Relay
from sharp_eyes.hub.store.tables import Camera, Gateway

router = APIRouter(tags=["cameras"])
sockets = APIRouter()

VIEWER_PATH = "/api/live"
NOTE_EVERY = 600.0
"""Seconds after which somebody who goes on watching is written down again."""


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
    form: Annotated[
        Literal["packets", "pictures"], Query(description="JPEG pictures where the camera's packets cannot be played")
    ] = "packets",
) -> VideoSeat:
    """Ask to watch a camera; the looking is a line of the audit trail, again every ten minutes.

    On the WebSocket come JSON notes (begins, look, refused) and binary pieces of one fragmented MP4, each behind a byte
    of its kind: 0 beginning, 1 keyframe, 2 fragment; or, as ``pictures``, 3 before each picture's time (a double, the
    highest byte first) and its JPEG, five a second at most. It ends with the session or token. 404, 409 camera_away,
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
    ticket = hub.live.give_seat(CameraStream(gateway, camera, stream, form), person.scope, person.access, note)
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
        await socket.send_denial_response(request_problem(UNKNOWN))
        return
    await socket.accept()
    with hub.broadcaster.subscriber(seat.scope, seat.access) as session, hub.live.watching(seat) as viewer:
        await until_one_ends(send_all(socket, viewer), until_closed(socket), until_over(session), _note_again(seat))
    await close(socket)


@sockets.websocket(STREAM_PATH + "/{ticket}")
async def take_video(socket: WebSocket, ticket: str) -> None:
    """Take a camera's video, live or past, from the gateway that was asked for it, for as long as somebody watches."""
    hub: Hub = socket.app.state.hub
    relay, visit = hub.live.expected(ticket), hub.look_back.expected(ticket)
    if relay is not None:
        relay.connect()
        try:
            await socket.accept()
            await until_one_ends(_relay(socket, relay), relay.ended.wait())
            await close(socket)
        finally:
            relay.disconnect()
    elif visit is not None:
        visit.connect()
        try:
            await socket.accept()
            await until_one_ends(_bring(socket, visit), _pass_on(socket, visit), visit.ended.wait())
            await close(socket)
        finally:
            visit.disconnect()
    else:
        await socket.send_denial_response(request_problem(UNKNOWN))


async def _relay(socket: WebSocket, relay: Relay) -> None:
    while (said := await heard(socket, relay.which.gateway)) is not None:
        relay.take(said)


async def _bring(socket: WebSocket, visit: Visit) -> None:
    while (said := await heard(socket, visit.gateway)) is not None:
        await visit.offer(said)


async def _pass_on(socket: WebSocket, visit: Visit) -> None:
    while True:
        await socket.send_text((await visit.wished()).model_dump_json())


async def _note_again(seat: Seat) -> None:
    """Who goes on watching is noted again, so that the trail shows until when."""
    while True:
        await asyncio.sleep(NOTE_EVERY)
        await run_in_threadpool(seat.note)
