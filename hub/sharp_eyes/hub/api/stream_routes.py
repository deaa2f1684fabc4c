"""The live stream: what was committed, as server-sent events of a connection that a page keeps open."""

import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.broadcast import Access, Broadcaster
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.change_feed import Missed
from sharp_eyes.hub.store.unit_of_work import LiveUpdate

PING_SECONDS = 15.0

router = APIRouter(tags=["city"])


@router.get("/stream", response_class=StreamingResponse)
async def get_stream(
    hub: HubDependency, person: CurrentPerson, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """Server-sent events: case, camera and gateway changes of the asker's area; ``:ping`` when quiet.

    It ends with the session or token. With Last-Event-ID, of whichever hub on the database, it begins with what was
    missed, some of which may have been heard; ``reload`` says that it was too much, or too long ago: load lists anew.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    missed = None
    if last_event_id is not None:
        # Who may see something else by now has missed what they could not hear.
        mark, _, position = last_event_id.partition(".")
        missed = partial(hub.feed.missed, person.scope, position if mark == _mark(person.scope) else "")
    stream = server_sent_events(hub.broadcaster, person.scope, person.access, missed)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def server_sent_events(
    broadcaster: Broadcaster, scope: Scope, session: Access, missed: Callable[[], Missed] | None = None
) -> AsyncIterator[str]:
    """Give the stream's text; ends when the page is too slow, its session ends or the hub stops."""
    mark = _mark(scope)
    with broadcaster.subscriber(scope, session) as subscriber:
        yield "retry: 2000\n\n"
        if missed is None and subscriber.began_at:
            yield _event(mark, subscriber.began_at, LiveUpdate("begin", "", {}))
        elif missed is not None:
            for position, update in _again(await run_in_threadpool(missed)):
                yield _event(mark, position, update)
        while True:
            try:
                item = await subscriber.next(PING_SECONDS)
            except TimeoutError:
                yield ":ping\n\n"
                continue
            if item is None:
                return
            yield _event(mark, *item)


def _mark(scope: Scope) -> str:
    """What somebody may see, in few letters."""
    return f"{zlib.crc32(repr(scope).encode()):x}"


def _again(missed: Missed) -> Iterator[tuple[str, LiveUpdate]]:
    """What was missed; the position comes with the last, so that who goes away before it is told all of it again."""
    if missed.updates is None:
        yield missed.position, LiveUpdate("reload", "", {})
        return
    for update in missed.updates:
        yield "", update
    yield missed.position, LiveUpdate("begin", "", {})


def _event(mark: str, position: str, update: LiveUpdate) -> str:
    name = f"id: {mark}.{position}\n" if position else ""
    return f"{name}event: {update.topic}\ndata: {json.dumps(update.data)}\n\n"
