"""The live stream: what was committed, as server-sent events of a connection that a page keeps open."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, find_person
from sharp_eyes.hub.broadcast import Broadcaster
from sharp_eyes.hub.errors import RequestError

PING_SECONDS = 15.0

router = APIRouter(tags=["city"])


@router.get("/stream", response_class=StreamingResponse)
async def get_stream(hub: HubDependency, person: CurrentPerson) -> StreamingResponse:
    """Server-sent events: case, camera and gateway changes of the asker's area; ``:ping`` when quiet.

    After a reconnect the page loads its list again; Last-Event-ID is not replayed.
    """

    def still_signed_in() -> bool:
        try:
            # A page left open is no sign that someone sits before it.
            return find_person(hub, person.token, in_use=False) is not None
        except RequestError:
            return False

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = server_sent_events(hub.broadcaster, person.area, still_signed_in)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def server_sent_events(
    broadcaster: Broadcaster, area: str, still_signed_in: Callable[[], bool]
) -> AsyncIterator[str]:
    """Give the stream's text; ends when the page is too slow, signed out or the hub stops."""
    with broadcaster.subscriber(area) as subscriber:
        yield "retry: 2000\n\n"
        while True:
            try:
                item = await subscriber.next(PING_SECONDS)
            except TimeoutError:
                if not await asyncio.to_thread(still_signed_in):
                    return
                yield ":ping\n\n"
                continue
            if item is None:
                return
            number, update = item
            yield f"id: {number}\nevent: {update.topic}\ndata: {json.dumps(update.data)}\n\n"
