"""Looking back from a case: a seat by an ordinary request, its WebSocket, and stretches that become evidence."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, WebSocket
from pydantic import Field
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from sharp_eyes.contract.base import ContractError, parse_message
from sharp_eyes.contract.video import VideoWanted
from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.case_routes import MAX_ID
from sharp_eyes.hub.api.case_schemas import CaseDetail
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.look_back_schemas import AlarmMoment, LookBackSeat, SaveClipBody
from sharp_eyes.hub.api.problems import request_problem
from sharp_eyes.hub.api.video_lines import UNKNOWN, close, send_all, until_one_ends, until_over
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.queries import find_case, lock_case
from sharp_eyes.hub.cases.surroundings import surroundings
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.feedback.saved_clips import save_clip
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.liveness import is_gone
from sharp_eyes.hub.live.look_back import PastSeat, Visit
from sharp_eyes.hub.live.relay import LOOK_EVERY
from sharp_eyes.hub.store.tables import Camera, Gateway

router = APIRouter(tags=["cases"])
sockets = APIRouter()

PAGE_PATH = "/api/look-back"
_CaseId = Annotated[int, Field(ge=1, le=MAX_ID)]


@router.post("/cases/{case_id}/look-back")
def ask_to_look_back(hub: HubDependency, person: CurrentPerson, case_id: _CaseId) -> LookBackSeat:
    """Ask for the video around a case's alarm, as far as its gateway keeps it; a line of the audit trail.

    On the WebSocket come JSON notes: kept (stretches that there are), and for each ``wanted`` that the page says there
    begins and binary pieces as of live video, one file after the other, then sent. 404, 409 no_camera, camera_gone,
    camera_away, 503 too_many_viewers.
    """
    with hub.read_only() as work:
        case = find_case(work, person.scope, case_id)
        around = surroundings(work, case)
        found = work.session.execute(
            select(Camera, Gateway.online)
            .join(Gateway, Gateway.name == Camera.gateway)
            .where(Camera.gateway == case.gateway, Camera.camera == case.camera)
        ).one_or_none()
        number, area = case.number, case.area
    if around is None:
        raise RequestError(409, "no_camera", "no camera made this case: there is no video of it")
    if found is None or is_gone(found[0]):
        raise RequestError(409, "camera_gone", f"camera {case.camera} is taken out; what was kept of it is removed")
    camera, online = found
    if not online:
        raise RequestError(409, "camera_away", f"gateway {camera.gateway} is away; its kept video cannot be seen now")
    subject = f"{number} video {camera.gateway}/{camera.camera}"
    note = partial(note_look, hub, person, Action.EVIDENCE_SEEN, area, subject)
    stretch, owner = (around.since, around.until), person.me.username
    seat = PastSeat(case_id, camera.gateway, camera.camera, *stretch, owner, person.scope, person.access, note)
    ticket = hub.look_back.seats.give(seat)
    if ticket is None:
        why = "as many look back as may (limits.live_viewers, live_viewers_each); try again"
        raise RequestError(503, "too_many_viewers", why)
    note()
    alarms = [
        AlarmMoment(started_at=one.started_at, seen_at=one.seen_at, ended_at=one.ended_at) for one in around.moments
    ]
    return LookBackSeat(ticket=ticket, since=around.since, until=around.until, alarms=alarms)


@router.post("/cases/{case_id}/clips", status_code=201)
def post_clip(hub: HubDependency, person: CurrentPerson, case_id: _CaseId, body: SaveClipBody) -> CaseDetail:
    """Save a stretch of kept video as evidence; a gateway that is away sends it when it is back.

    403 not_allowed, 409 no_camera, too_many_clips, 422 wrong_stretch, reason_needed.
    """
    with hub.transaction() as work:
        case = lock_case(work, person.scope, case_id)
        save_clip(work, case, person.actor, body.since, body.until, body.note.strip())
        work.session.flush()
        return serializers.case_detail(work, case, person.actor, person.scope)


@sockets.websocket(PAGE_PATH + "/{ticket}")
async def look_back(socket: WebSocket, ticket: str) -> None:
    """Bring what a page wants of the past to whom the seat was given, until they go or may not any more."""
    hub: Hub = socket.app.state.hub
    seat = hub.look_back.seats.take(ticket)
    if seat is None:
        await socket.send_denial_response(request_problem(UNKNOWN))
        return
    await socket.accept()
    with hub.broadcaster.subscriber(seat.scope, seat.access) as session, hub.look_back.visiting(seat) as visit:
        await until_one_ends(
            send_all(socket, visit),
            _hear_wishes(socket, visit),
            visit.until_broken(),
            until_over(session),
            _until_unseen(hub, seat),
        )
    await close(socket)


async def _hear_wishes(socket: WebSocket, visit: Visit) -> None:
    """What is no wish ends the line."""
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        try:
            visit.wish(parse_message(VideoWanted, (message.get("text") or "").encode()))
        except ContractError:
            return


async def _until_unseen(hub: Hub, seat: PastSeat) -> None:
    """Wait until the case is not theirs to see any more; until then it is written down again and again."""
    while await run_in_threadpool(_is_seen, hub, seat):
        await asyncio.sleep(LOOK_EVERY)


def _is_seen(hub: Hub, seat: PastSeat) -> bool:
    try:
        with hub.read_only() as work:
            find_case(work, seat.scope, seat.case_id)
    except RequestError:
        return False
    seat.note()
    return True
