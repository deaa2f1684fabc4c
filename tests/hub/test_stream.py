"""The stream of changes: only one's own area, slow pages are dropped, nobody hangs on at the end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sharp_eyes.hub.api import stream_routes
from sharp_eyes.hub.api.stream_routes import server_sent_events
from sharp_eyes.hub.broadcast import Broadcaster, Subscriber
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.unit_of_work import LiveUpdate


def notice(area: str, number: int = 0) -> LiveUpdate:
    return LiveUpdate("case", area, {"id": number})


async def _rest(source: AsyncIterator[str]) -> list[str]:
    return [line async for line in source]


def test_a_page_hears_of_its_own_area_and_below() -> None:
    """In the order of the commits, as server-sent events with the place to go on from."""

    async def run() -> list[str]:
        broadcaster = Broadcaster()
        source = server_sent_events(broadcaster, Scope("demo/first-street"), 1)
        assert await anext(source) == "retry: 2000\n\n"
        for number, area in enumerate(["demo/first-street", "demo", "demo/first-street/east", "demo/first-street-2"]):
            await asyncio.to_thread(broadcaster.publish, [notice(area, number)], f"at-{number}")
        broadcaster.close()
        return await _rest(source)

    mark = stream_routes._mark(Scope("demo/first-street"))
    assert mark != stream_routes._mark(Scope("demo"))
    assert asyncio.run(run()) == [
        f'id: {mark}.at-0\nevent: case\ndata: {{"id": 0}}\n\n',
        f'id: {mark}.at-2\nevent: case\ndata: {{"id": 2}}\n\n',
    ]


def test_a_page_that_does_not_keep_up_is_dropped() -> None:
    """It costs no memory without end, and the others are not held up."""

    async def run() -> tuple[int, int]:
        broadcaster = Broadcaster()
        slow, quick = (
            server_sent_events(broadcaster, Scope("demo"), 1),
            server_sent_events(broadcaster, Scope("demo"), 2),
        )
        await anext(slow)
        await anext(quick)
        heard = 0
        for number in range(600):
            broadcaster.publish([notice("demo", number)])
            await anext(quick)
            heard += 1
        return heard, len(await _rest(slow))

    heard, slow = asyncio.run(run())
    assert heard == 600
    assert slow <= 1


def test_a_quiet_stream_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that both sides see that the other is there."""
    monkeypatch.setattr(stream_routes, "PING_SECONDS", 0.01)

    async def run() -> list[str]:
        source = server_sent_events(Broadcaster(), Scope("demo"), 1)
        return [await anext(source) for _ in range(3)]

    assert asyncio.run(run()) == ["retry: 2000\n\n", ":ping\n\n", ":ping\n\n"]


def test_a_stream_ends_with_its_session_before_what_still_waits() -> None:
    """Also while events flow: what was not read yet is never read."""

    async def run() -> tuple[list[str], list[str]]:
        broadcaster = Broadcaster()
        mine, other = (server_sent_events(broadcaster, Scope("demo"), session) for session in (1, 2))
        await anext(mine)
        await anext(other)
        broadcaster.publish([notice("demo", number) for number in range(5)])
        broadcaster.end_sessions({1})
        broadcaster.publish([notice("demo", 5)])
        ended = await asyncio.wait_for(_rest(mine), 10)
        return ended, [await anext(other) for _ in range(6)]

    ended, other = asyncio.run(run())
    assert ended == []
    assert len(other) == 6


def test_a_stream_opened_while_the_hub_stops_ends_at_once() -> None:
    """Nobody waits for it."""

    async def run() -> list[str]:
        broadcaster = Broadcaster()
        broadcaster.close()
        return await asyncio.wait_for(_rest(server_sent_events(broadcaster, Scope("demo"), 1)), 60)

    assert asyncio.run(run()) == ["retry: 2000\n\n"]


def test_telling_a_page_whose_loop_is_gone_is_no_error() -> None:
    """The hub goes on telling the others."""

    async def run() -> Subscriber:
        return Subscriber(Scope("demo"), 1)

    subscriber = asyncio.run(run())
    subscriber.offer("at-1", notice("demo"))
    subscriber.end()
