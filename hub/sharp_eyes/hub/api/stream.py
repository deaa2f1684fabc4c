"""Server-sent events: what was committed, as the text of a stream that a page keeps open."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from sharp_eyes.hub.broadcast import Broadcaster

PING_SECONDS = 15.0


async def lines(broadcaster: Broadcaster, area: str, still_signed_in: Callable[[], bool]) -> AsyncIterator[str]:
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
            number, notice = item
            yield f"id: {number}\nevent: {notice.topic}\ndata: {json.dumps(notice.data)}\n\n"
