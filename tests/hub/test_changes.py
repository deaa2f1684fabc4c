"""Changes that pages are told: in the order of the commits, whichever hub made them, and again to who was away."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from tests.hub.bench import EAST, Bench
from tests.hub.databases import Cluster

from sharp_eyes.hub.api.stream_routes import server_sent_events
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.change_feed import Missed
from sharp_eyes.hub.store import changes
from sharp_eyes.hub.store.change_signal import ChangeSignal
from sharp_eyes.hub.store.changes import KEPT, UnknownPositionError, changes_since, current_position, write_changes
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.unit_of_work import LiveUpdate
from sharp_eyes.hub.store.writing import WritingSession


def case(number: int, area: str = "demo", **facts: Any) -> LiveUpdate:
    return LiveUpdate("case", area, {"id": number}, **facts)


def numbers(updates: Sequence[LiveUpdate] | None) -> list[int]:
    assert updates is not None
    return [update.data["id"] for update in updates]


def say(bench: Bench, *said: LiveUpdate) -> None:
    with bench.transaction() as work:
        work.live_updates += said


@pytest.fixture
def database(postgresql: Cluster) -> Iterator[Database]:
    made = Database(postgresql.emptied("prepared"))
    yield made
    made.close()


def test_what_commits_late_is_read_late_and_never_left_out(database: Database, quick: Bench) -> None:
    """Of transactions that overlap each change is read once, soon after its own commit, whatever its id."""

    def read(position: str) -> tuple[list[int], str]:
        with database.read() as session:
            found, after = changes_since(session, position)
        return numbers(found), after

    def write(session: WritingSession, number: int) -> None:
        write_changes(session, [case(number)], quick.clock())

    with database.read() as session:
        start = current_position(session)
    with database.write() as slow:
        write(slow, 1)
        with database.write() as quicker:
            write(quicker, 2)
        heard, middle = read(start)
        assert heard == [2], "nobody waits for the slow one"
        with pytest.raises(ZeroDivisionError), database.write() as failing:
            write(failing, 3)
            raise ZeroDivisionError
        with database.write() as last:
            write(last, 4)
        assert read(middle)[0] == [4]
    assert read(middle)[0] == [1, 4]
    heard, end = read(start)
    assert heard == [1, 2, 4]
    assert read(end)[0] == []


def test_postgresql_wakes_whoever_reads(database: Database) -> None:
    """At the commit, and not at the next look: the wait would be over by itself only after a minute."""
    signal = ChangeSignal(database)
    signal.wait(60)  # it listens from now on
    with database.write() as session:
        write_changes(session, [LiveUpdate("camera", EAST, {})], datetime.now(UTC))
    begun = time.monotonic()
    signal.wait(60)
    assert time.monotonic() - begun < 30
    signal.close()


def test_a_hub_hears_what_another_has_committed(bench: Bench) -> None:
    """With all that says who may be told of it; each is told once."""
    bench.hub.feed.step()
    told: list[LiveUpdate] = []
    bench.hub.broadcaster.publish = lambda updates, position="": told.extend(updates)  # type: ignore[method-assign]
    ended = case(1, units=frozenset({"squad"}), ended_at=bench.clock())
    with bench.hub.database.write() as elsewhere:
        write_changes(elsewhere, [ended, case(2, people=frozenset({"ann", "bob"}))], bench.clock())
    for _ in range(2):
        bench.hub.feed.step()
    assert told == [ended, case(2, people=frozenset({"ann", "bob"}))]


def test_who_was_away_is_told_what_they_missed_and_may_hear(bench: Bench) -> None:
    """From the last event's id on, at whichever hub; beginning with it, all has been heard."""
    bench.hub.feed.step()
    left = bench.hub.broadcaster.position
    say(bench, case(1), case(2, EAST))
    say(bench, case(3, EAST))
    missed = bench.hub.feed.missed(Scope(EAST), left)
    assert numbers(missed.updates) == [2, 3]
    assert numbers(bench.hub.feed.missed(Scope(EAST), missed.position).updates) == []


@pytest.mark.parametrize(
    "last", ["", "7", "x-1", "٣-1", "9" * 40, "-", "{now}-", "{now}-0:0:", "{now}-9:5:", "{now}-z"]
)
def test_an_id_that_nobody_gave_is_answered_with_reload(bench: Bench, last: str) -> None:
    """As is one from a database that has meanwhile gone back to a backup."""
    now = int(bench.clock().timestamp())
    ahead = [f"{now}-99999999999999999", f"{now}-5:99999999999999999:", f"{now}-1:99999999999:7,6"]
    for one in (last.format(now=now), *ahead):
        assert bench.hub.feed.missed(Scope("demo"), one).updates is None


def test_what_is_too_long_ago_or_too_much_is_answered_with_reload(bench: Bench) -> None:
    """The lists are quicker then; and what nobody can ask for is deleted."""
    bench.hub.feed.step()
    left = bench.hub.broadcaster.position
    say(bench, *(case(number) for number in range(501)))
    assert bench.hub.feed.missed(Scope("demo"), left).updates is None
    assert numbers(bench.hub.feed.missed(Scope(EAST), left).updates) == [], "only what they hear counts"
    bench.clock.time += KEPT * 1.2
    assert bench.hub.feed.missed(Scope(EAST), left).updates is None
    bench.hub._forget()
    assert bench.told() == []
    say(bench, case(7))
    bench.hub.feed.step()
    with bench.hub.database.read() as session, pytest.raises(UnknownPositionError):
        changes_since(session, "no position")


def test_the_stream_begins_with_what_was_missed(quick: Bench) -> None:
    """And each event says from where its reader goes on; the first one too, before anything happens."""
    hub = quick.hub
    hub.feed.step()

    def lines(text: str) -> dict[str, str]:
        return dict(line.split(": ", 1) for line in text.strip().splitlines())

    async def hear(last: str | None, count: int) -> list[dict[str, str]]:
        missed = None if last is None else lambda: hub.feed.missed(Scope("demo"), last.partition(".")[2])
        source = server_sent_events(hub.broadcaster, Scope("demo"), 1, missed)
        return [lines(await asyncio.wait_for(anext(source), 60)) for _ in range(count + 1)][1:]

    (begun,) = asyncio.run(hear(None, 1))
    assert begun["event"] == "begin"
    say(quick, case(1), case(2))
    first, second, end = asyncio.run(hear(begun["id"], 3))
    assert [first["data"], second["data"], end["event"]] == ['{"id": 1}', '{"id": 2}', "begin"]
    assert "id" not in first, "who goes away now is told both again"
    assert asyncio.run(hear("nonsense", 1))[0]["event"] == "reload"
    assert asyncio.run(hear(end["id"], 1))[0]["event"] == "begin"


def test_many_changes_are_described_together_and_in_their_order(quick: Bench) -> None:
    """A storm costs a few readings; and who goes away amid it begins it again."""
    rounds: list[int] = []

    def describe(updates: Sequence[LiveUpdate]) -> Sequence[LiveUpdate]:
        rounds.append(len(updates))
        return updates

    async def run() -> list[tuple[str, int]]:
        quick.hub.feed.describe_with(describe)
        quick.hub.feed.step()
        with quick.hub.broadcaster.subscriber(Scope("demo"), 1) as page:
            for number in range(0, 450, 3):
                say(quick, case(number), case(number + 1), case(number + 2))
            quick.hub.feed.step()
            heard = [await page.next(60) for _ in range(450)]
        return [(one[0], one[1].data["id"]) for one in heard if one is not None]

    heard = asyncio.run(run())
    assert [number for _, number in heard] == list(range(450))
    assert rounds == [200, 200, 50]
    positions = [position for position, _ in heard]
    assert len(set(positions)) == 2
    assert positions.index(positions[-1]) == 449


def test_a_database_that_fails_still_tells_that_something_changed(
    quick: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page asks then; and where changes themselves cannot be read, they are told once they can."""

    def describe(_updates: Sequence[LiveUpdate]) -> Sequence[LiveUpdate]:
        raise OperationalError("select", {}, Exception("locked"))

    def cannot(*_args: object) -> str:
        raise OperationalError("select", {}, Exception("away"))

    async def run() -> list[int]:
        feed = quick.hub.feed
        feed.describe_with(describe)
        feed.step()
        with quick.hub.broadcaster.subscriber(Scope("demo"), 1) as page:
            say(quick, case(7))
            with monkeypatch.context() as patch, pytest.raises(OperationalError):
                patch.setattr(changes, "current_position", cannot)
                feed.step()
            say(quick, case(8))
            feed.step()
            heard = [await page.next(60) for _ in range(2)]
        return [one[1].data["id"] for one in heard if one is not None]

    assert asyncio.run(run()) == [7, 8]


def test_pages_load_anew_where_a_backup_was_restored_under_the_hub(quick: Bench) -> None:
    """Its positions are no longer the database's."""

    async def run() -> str:
        quick.hub.feed.step()
        quick.hub.feed._position = "99999"
        with quick.hub.broadcaster.subscriber(Scope(EAST), 1) as page:
            quick.hub.feed.step()
            heard = await page.next(60)
        assert heard is not None
        return heard[1].topic

    assert asyncio.run(run()) == "reload"
    assert quick.hub.feed.missed(Scope(EAST), quick.hub.broadcaster.position) != Missed(None, "")
