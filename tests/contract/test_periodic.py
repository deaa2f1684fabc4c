"""Work that goes on whatever happens in it."""

import logging
import threading
import time
from collections.abc import Callable

import pytest

from sharp_eyes.configuration.periodic import PeriodicThread, Steps


class UnforeseenError(Exception):
    """One that nobody foresaw."""


def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_thread_outlives_what_nobody_foresaw(caplog: pytest.LogCaptureFixture) -> None:
    """Three rounds fail, the fourth works: the log says so once with the fault, and once that it is over."""
    rounds: list[int] = []

    def step() -> None:
        rounds.append(len(rounds))
        if len(rounds) <= 3:
            raise UnforeseenError("no such thing")

    thread = PeriodicThread("test", "counting", step, 0.001)
    with caplog.at_level(logging.WARNING):
        thread.start()
        until(lambda: len(rounds) > 5)
        thread.stop()
    assert thread.is_stopping
    assert [record.getMessage() for record in caplog.records] == [
        "counting failed, for 0 s now; the next round tries again",
        "counting works again, after 0 s",
    ]
    assert caplog.records[0].exc_info is not None


def test_it_ends_after_the_step_in_hand() -> None:
    """And may be told to end twice, or before it began."""
    never = PeriodicThread("never", "nothing", lambda: pytest.fail("it was stopped"), 0.001)
    never.stop()
    entered, leave = threading.Event(), threading.Event()

    def step() -> None:
        entered.set()
        leave.wait(60)

    thread = PeriodicThread("test", "waiting", step, 3600, first=0)
    thread.start()
    assert entered.wait(60)
    thread.stop(0.01)
    assert thread.is_stopping
    leave.set()
    thread.stop(60)
    assert not thread._thread.is_alive()


def test_one_step_s_trouble_is_not_another_s() -> None:
    """Each has its own name, and its own reminder."""
    steps, done = Steps(), list[str]()

    def fail() -> None:
        raise UnforeseenError

    assert not steps.do("one", fail)
    assert steps.do("other", lambda: done.append("other"))
    assert done == ["other"]


def test_a_fault_that_comes_and_goes_is_told_whole_once_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    """Else a database that has no connection to spare now and then fills the log with where each asked it."""
    now = [0.0]
    steps = Steps(lambda: now[0])

    def fail() -> None:
        raise UnforeseenError("no connection\nbecause of much")

    for second in (0.0, 1.0, 2.0, 3600.0):
        now[0] = second
        assert not steps.do("asking", fail)
        assert steps.do("asking", lambda: None)
    told = [record for record in caplog.records if "failed" in record.getMessage()]
    assert [record.exc_info is not None for record in told] == [True, False, False, True]
    assert told[1].getMessage().endswith("tries again: UnforeseenError no connection")


def test_a_step_may_let_the_next_come_sooner() -> None:
    """Than every hour; each time it is said anew."""
    rounds: list[int] = []

    def step() -> None:
        rounds.append(len(rounds))
        if len(rounds) < 3:
            thread.again_in(0.001)

    thread = PeriodicThread("test", "counting", step, 3600, first=0.001)
    thread.start()
    until(lambda: len(rounds) == 3)
    time.sleep(0.05)
    thread.stop()
    assert len(rounds) == 3
