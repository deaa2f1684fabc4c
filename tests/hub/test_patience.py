"""How long a request waits for the database: one time for all its waits, whatever they are for."""

import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.waiting import Ready
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from tests.hub.bench import Bench

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.metrics.collector import HubCollector
from sharp_eyes.hub.store import database as store
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.patience import (
    LONG_SECONDS,
    REQUEST_SECONDS,
    STEP_SECONDS,
    Patience,
    at_most,
    patience,
    waiting,
)
from sharp_eyes.hub.store.patient_connection import _GivenUpError, _until_given_up


class Clock:
    """Moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_longest_that_waits_can_take_is_below_five_seconds() -> None:
    """What remains is work: the time of a request, and the one wait that may end beyond it."""
    assert REQUEST_SECONDS + STEP_SECONDS < 5


def test_waits_in_vain_have_one_time_together(clock: Clock) -> None:
    """Each gets what those before it have left; after the end there is none at all."""
    ours = Patience(clock=clock)
    waited = 0.0
    for wanted in (1.5, 3.0, 3.0, 3.0):
        with waiting(ours):
            one = at_most(wanted)
        clock.now += one
        waited += one
        ours.note(answered=False)
    assert waited == REQUEST_SECONDS
    assert ours.left() == 0


def test_who_has_always_been_answered_is_not_given_up_in_the_middle(clock: Clock) -> None:
    """A slow answer on a busy machine; but the first wait in vain is the last."""
    ours = Patience(clock=clock)
    ours.note(answered=True)
    clock.now += 60
    assert ours.left() == STEP_SECONDS
    ours.note(answered=False)
    assert ours.left() == 0


def test_a_change_of_the_city_pack_may_take_longer(quick: Bench, clock: Clock) -> None:
    """It moves cases by the thousand; and so may what follows once an answer has begun."""
    ours = Patience(clock=clock)
    ours.note(answered=True)
    with waiting(ours), quick.hub.city_transaction():
        pass
    ours.note(answered=True)
    clock.now += 60
    assert ours.left() == LONG_SECONDS


def test_time_in_which_the_sender_was_waited_for_does_not_count(clock: Clock) -> None:
    """Of an upload over a slow line."""
    ours = Patience(clock=clock)
    clock.now += 60
    ours.add(60)
    assert ours.left() == REQUEST_SECONDS


def test_what_nobody_waits_for_has_no_end() -> None:
    """The intake, timers, commands."""
    assert patience() is None
    assert at_most(60) == 60


def steps(count: int, log: list[Any]) -> Generator[Any, Any, str]:
    """A driver's work that needs so many answers."""
    try:
        for _ in range(count):
            log.append((yield Ready.R))
    finally:
        log.append("closed")
    return "done"


def drive(work: Generator[Any, Any, str], clock: Clock, ready: Iterator[Any]) -> str:
    """As psycopg waits: a tenth of a second, then the driver is told that there is nothing yet."""
    try:
        next(work)
        while True:
            one = next(ready)
            clock.now += 0.1 if one == Ready.NONE else 0.0
            work.send(one)
    except StopIteration as done:
        answer: str = done.value
        return answer


def test_a_server_that_says_nothing_is_given_up(clock: Clock) -> None:
    """After the time of the request, and the driver's work is ended; one that answers is not."""
    log: list[Any] = []
    ours = Patience(clock=clock)
    assert drive(_until_given_up(steps(2, log), ours), clock, iter([Ready.NONE, Ready.R, Ready.NONE])) == "done"
    with pytest.raises(_GivenUpError, match="does not answer"):
        drive(_until_given_up(steps(1000, log), ours), clock, iter(lambda: Ready.NONE, None))
    assert log[-1] == "closed"
    assert REQUEST_SECONDS <= clock.now - 100 < REQUEST_SECONDS + STEP_SECONDS
    began = clock.now
    with pytest.raises(_GivenUpError):
        drive(_until_given_up(steps(1000, log), ours), clock, iter(lambda: Ready.NONE, None))
    assert clock.now - began < 0.2, "nothing is left"


def test_the_pool_and_the_turns_wait_no_longer_than_who_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection of the pool, and SQLite's turn to write."""
    monkeypatch.setattr(store, "POOL_SIZE", 1)
    monkeypatch.setattr(store, "_POOL_OVERFLOW", 0)
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write() as session:
            session.connection()
            held.set()
            may_go.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(60)
    try:
        used_up = Patience(0)
        with waiting(used_up), pytest.raises(PoolTimeoutError, match="QueuePool limit"), database.read() as session:
            session.connection()
        with waiting(used_up), pytest.raises(OperationalError, match="locked"), database.write():
            pass
    finally:
        may_go.set()
        holder.join()
        database.close()


@pytest.fixture
def seen(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> list[Patience | None]:
    """Whose time it was, at each reading of the database."""
    found: list[Patience | None] = []
    read = quick.hub.database.read

    def noted() -> Any:
        found.append(patience())
        return read()

    monkeypatch.setattr(quick.hub.database, "read", noted)
    return found


def test_a_look_at_health_and_figures_for_prometheus_have_an_end(quick: Bench, seen: list[Patience | None]) -> None:
    """Else a frozen database would be told as it was before."""
    quick.hub._look()
    HubCollector(quick.hub)._from_database()
    assert len(seen) > 1
    assert None not in seen


def test_every_request_has_its_time(quick: Bench, seen: list[Patience | None]) -> None:
    """Each its own, and none is left behind."""
    page = quick.client(Role.CLERK)
    seen.clear()
    for _ in range(2):
        assert page.get("/api/cases").is_success
    assert None not in seen
    assert len(set(map(id, seen))) == 2
    assert patience() is None
