"""The live stream: what was committed, as server-sent events of a connection that a page keeps open."""

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.broadcast import Access, Broadcaster
from sharp_eyes.hub.cases.visibility import Scope

PING_SECONDS = 15.0

router = APIRouter(tags=["city"])


@router.get("/stream", response_class=StreamingResponse)
async def get_stream(hub: HubDependency, person: CurrentPerson) -> StreamingResponse:
    """Server-sent events: case, camera and gateway changes of the asker's area; ``:ping`` when quiet.

    It ends with the session or token. After a reconnect the page loads its list again; Last-Event-ID is not replayed.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = server_sent_events(hub.broadcaster, person.scope, person.access)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def server_sent_events(broadcaster: Broadcaster, scope: Scope, session: Access) -> AsyncIterator[str]:
    """Give the stream's text; ends when the page is too slow, its session ends or the hub stops."""
    with broadcaster.subscriber(scope, session) as subscriber:
        yield "retry: 2000\n\n"
        while True:
            try:
                item = await subscriber.next(PING_SECONDS)
            except TimeoutError:
                yield ":ping\n\n"
                continue
            if item is None:
                return
            number, update = item
            yield f"id: {number}\nevent: {update.topic}\ndata: {json.dumps(update.data)}\n\n"
