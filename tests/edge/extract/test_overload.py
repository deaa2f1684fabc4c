"""A gateway that is asked for too much slows every camera by the same factor."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.edge.extract.test_scheduler import Clock, Gate, frame, until

from sharp_eyes.edge.extract.scheduler import Scheduler


class Overload:
    """Plays cameras that send a frame whenever one is wanted, and a detector that takes its time, by one clock."""

    def __init__(self, cameras: dict[str, float], cost: float) -> None:
        self.clock, self.gate, self.cost = Clock(), Gate(), cost
        self.scheduler = Scheduler(self.gate, lambda _frame, _found: None, clock=self.clock)
        self.cameras = cameras
        for camera, interval in cameras.items():
            self.scheduler.add(camera, interval)
        self.waiting = 0

    def feed(self) -> None:
        for camera in self.cameras:
            if self.scheduler.wants(camera, self.clock.now, keyframe=False):
                self.scheduler.offer(frame(camera, self.clock.now))
                self.waiting += 1

    def play(self, seconds: float) -> None:
        end = self.clock.now + seconds
        with self.scheduler:
            self.feed()
            while self.clock.now < end:
                self.gate.wait_for_look()
                self.waiting -= 1
                self.clock.now += self.cost
                self.feed()
                self.gate.let_through()
                if not self.waiting:
                    until(lambda: self.scheduler.hangs == 0)
                while not self.waiting:
                    self.clock.now += 0.02
                    self.feed()
            self.gate.let_through(1000)


@settings(max_examples=10, deadline=None)
@given(
    intervals=st.lists(st.sampled_from([0.2, 0.5, 1.0, 2.0, 10.0]), min_size=4, max_size=10),
    overload=st.floats(1.5, 5),
)
@example(intervals=[0.2] * 6 + [10.0] * 2, overload=4.0)
def test_overload_slows_every_camera_by_the_same_factor(intervals: list[float], overload: float) -> None:
    """Where a detector is asked for several times what it can do, each camera is looked at that much less often."""
    cameras = {f"camera-{number}": interval for number, interval in enumerate(intervals)}
    cost = overload / sum(1 / interval for interval in intervals)
    lasts = 10 * overload * max(intervals)
    played = Overload(cameras, cost)
    played.play(lasts)
    # Where few share the detector, two looks in turn are the fastest pace there is.
    slower = {name: lasts / played.scheduler.counts(name).looks / max(gap, 2 * cost) for name, gap in cameras.items()}
    assert max(slower.values()) <= 2.5 * min(slower.values()), slower
