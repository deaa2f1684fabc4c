"""When a camera is looked at: at its pace, and at the keyframe that serves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sharp_eyes.edge.sampling import LookPlan, NextLook, Sampler


@given(
    interval=st.floats(0.05, 5),
    rate=st.floats(1, 50),
    jitter=st.floats(0, 0.4),
    seed=st.integers(0, 1000),
)
def test_pace_is_kept_on_average(interval: float, rate: float, jitter: float, seed: int) -> None:
    """As many frames are due as intervals have passed, though frames come at other times than asked for."""
    random = np.random.default_rng(seed)
    times = (np.arange(400) + random.uniform(-jitter, jitter, 400)) / rate
    sampler = Sampler(interval)
    due = []
    for moment in times:
        if sampler.due(float(moment)):
            sampler.taken(float(moment))
            due.append(float(moment))
    wanted = min(len(times), int((times[-1] - times[0]) / interval) + 1)
    if interval * rate >= 2:
        assert abs(len(due) - wanted) <= 1
    assert len(due) <= wanted + 1


def test_pace_starts_anew_when_the_clock_is_set_back() -> None:
    """A source that starts its time line again is looked at again at once."""
    sampler = Sampler(1.0)
    sampler.taken(100.0)
    assert not sampler.due(100.5)
    assert sampler.due(3.0)
    sampler.taken(3.0)
    assert not sampler.due(3.5)
    assert sampler.due(4.0)


def test_a_late_look_does_not_make_the_next_one_dearer() -> None:
    """Keyframes every two seconds: after a look that took three, the next keyframe serves, and no frame before it."""
    plan = LookPlan(1.0)
    for moment in (8.0, 10.0):
        plan.see(moment, keyframe=True)
    plan.taken(10.0)
    plan.see(12.0, keyframe=True)
    plan.see(13.0, keyframe=False)
    plan.wish(10.0, [NextLook(10.0, 13.6)])
    assert not plan.wants(13.04, keyframe=False)
    assert not plan.wants(13.8, keyframe=False)
    plan.see(14.0, keyframe=True)
    assert plan.wants(14.0, keyframe=True)
    late = LookPlan(1.0)
    late.see(10.0, keyframe=True)
    late.taken(10.0)
    late.wish(10.0, [NextLook(10.0, 13.6)])
    assert late.wants(11.0, keyframe=False), "nobody knows when the next keyframe comes"
