"""Watched time and dwells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharp_eyes.edge.scenes.clock import MAX_STEP, Clock, Dwell

steps = st.lists(st.floats(0.01, MAX_STEP), min_size=1, max_size=40)


@given(steps=steps)
def test_dwell_is_wall_time_whatever_the_pace_of_looks(steps: list[float]) -> None:
    """Few looks or many: what counts is the time between the first and the last sighting."""
    clock = Clock()
    clock.advance(100.0)
    dwell = Dwell.start(clock)
    now = 100.0
    for step in steps:
        now += step
        clock.advance(now)
        dwell.see(clock)
    assert dwell.seconds == pytest.approx(sum(steps), abs=6e-4)


@given(before=st.floats(0, 60), gap=st.floats(MAX_STEP, 1e6))
def test_a_long_gap_counts_only_up_to_the_limit(before: float, gap: float) -> None:
    """A camera that was lost for a day does not make a day of dwell."""
    clock = Clock()
    clock.advance(0.0)
    dwell = Dwell.start(clock)
    step = before / 10 if before else 0
    for look in range(10):
        clock.advance(step * (look + 1))
        dwell.see(clock)
    clock.advance(step * 10 + gap)
    dwell.see(clock)
    assert dwell.seconds == pytest.approx(before + MAX_STEP, abs=6e-4)


@given(gap=st.floats(0.1, 1e6))
def test_a_gap_is_no_absence(gap: float) -> None:
    """The first look that misses it starts the absence, however long nothing was watched before."""
    clock = Clock()
    clock.advance(0.0)
    dwell = Dwell.start(clock)
    clock.advance(gap)
    assert dwell.miss(clock) == 0
    clock.advance(gap + 5)
    assert dwell.miss(clock) == pytest.approx(5)


@given(times=st.lists(st.floats(0, 1e4), min_size=2, max_size=20))
def test_a_clock_never_runs_backwards(times: list[float]) -> None:
    """Timestamps out of order count nothing."""
    clock = Clock()
    watched = 0.0
    for time in times:
        clock.advance(time)
        assert clock.watched >= watched
        watched = clock.watched


@given(back=st.floats(2, 1e7))
def test_a_clock_that_was_set_back_is_followed(back: float) -> None:
    """The dwell neither jumps nor stands still for as long as the clock was set back."""
    clock = Clock()
    clock.advance(1e8)
    dwell = Dwell.start(clock)
    for moment in (1e8 + 10, 1e8 + 10 - back, 1e8 + 20 - back):
        clock.advance(moment)
        dwell.see(clock)
    assert clock.time == 1e8 + 20 - back
    assert dwell.seconds == pytest.approx(20, abs=6e-4)


@pytest.mark.parametrize("jitter", [-2e-6, 0.0, 2e-6])
def test_microseconds_do_not_decide_a_dwell(jitter: float) -> None:
    """A live camera's times follow the wall clock by microseconds: a dwell of whole looks is still whole."""
    clock = Clock()
    clock.advance(1.7e9)
    dwell, watched = Dwell.start(clock), clock.watched
    clock.advance(1.7e9 + 0.7 + jitter)
    dwell.see(clock)
    assert dwell.seconds == 0.7
    assert clock.since(watched) == 0.7
    assert dwell.miss(clock) == 0.0
    clock.advance(1.7e9 + 1.2 - jitter)
    assert dwell.miss(clock) == 0.5
