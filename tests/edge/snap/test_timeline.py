"""Times of a stream: they count on, jump only for a reason, and never go back."""

import itertools
import threading

import pytest

from sharp_eyes.edge.snap import timeline as timelines
from sharp_eyes.edge.snap import wall_clock
from sharp_eyes.edge.snap.timeline import ArrivalTimeline, PacedTimeline, Timeline


def test_a_gap_is_told_and_kept() -> None:
    """Three missing seconds are a gap, and the times show them."""
    timeline = Timeline(1000.0)
    gaps = [timeline.packet(at, at, 0.04, 0.0) for at in (0.0, 0.04, 0.08, 3.08, 3.12)]
    assert gaps == [False, False, False, True, False]
    assert timeline.at(3.12) == pytest.approx(1003.12)


def test_a_slow_camera_has_no_gaps() -> None:
    """A camera that sends a picture every five seconds is slow, not broken."""
    timeline = Timeline(0.0)
    assert not any(timeline.packet(at, at, 5.0, 0.0) for at in (0.0, 5.0, 10.0, 15.0))


@pytest.mark.parametrize("jump", [-500.0, 90_000.0])
def test_a_new_clock_does_not_move_the_timeline(jump: float) -> None:
    """Where a stream's clock is set anew, the timeline goes on and calls it a gap."""
    timeline = Timeline(1000.0)
    timeline.packet(600.0, 600.0, 0.04, 600.0)
    timeline.packet(600.04, 600.04, 0.04, 600.0)
    assert timeline.packet(600.08 + jump, 600.08 + jump, 0.04, 600.0)
    assert timeline.at(600.08 + jump) == pytest.approx(1000.08)


def test_frame_times_rise_even_if_stamps_do_not() -> None:
    """Equal, backward and missing stamps still give strictly increasing times."""
    timeline = Timeline(0.0)
    timeline.packet(0.0, 0.0, 0.04, 0.0)
    times = [timeline.frame(stamp) for stamp in (0.0, 0.04, 0.04, 0.02, None, None, 0.5)]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert times[-1] == 0.5


class _Machine:
    """The machine's two clocks: one that can be set, one that cannot."""

    def __init__(self) -> None:
        self.set_to, self.passed = 1_000_000.0, 50.0
        self.wall = wall_clock.WallClock()

    def time(self) -> float:
        return self.set_to

    def monotonic(self) -> float:
        return self.passed

    def go_on(self, seconds: float) -> None:
        self.set_to += seconds
        self.passed += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> _Machine:
    """A machine of our own, and a wall clock that reads it."""
    made = _Machine()
    monkeypatch.setattr(wall_clock, "time", made)
    made.wall = wall_clock.WallClock()
    monkeypatch.setattr(timelines, "wall", made.wall)
    made.wall.time()
    return made


def test_a_clock_that_is_set_is_followed_and_told(machine: _Machine, caplog: pytest.LogCaptureFixture) -> None:
    """Thirty days back as well as a day forward; log and doubt say so, and after an hour the doubt is over."""
    wall = machine.wall
    assert wall.doubt == "the gateway's clock was never set: it says 1970-01-12; give it a time server"
    machine.set_to += 1_800_000_000
    wall.time()
    machine.set_to -= 30 * 86_400
    machine.go_on(10)
    assert wall.time() == pytest.approx(machine.set_to)
    assert "clock was set back by 2592000 s" in wall.doubt
    assert "clock was set back by 2592000 s" in caplog.text
    machine.set_to += 86_400
    assert wall.time() == pytest.approx(machine.set_to)
    assert "clock was set forward by 86400 s" in wall.doubt
    machine.go_on(wall_clock.DOUBT + 1)
    assert wall.doubt == ""


def test_a_clock_set_back_by_little_is_met_without_going_back(machine: _Machine) -> None:
    """Four seconds: times go at half the pace for eight, and never come twice."""
    times = [machine.wall.time()]
    machine.set_to -= 4
    for _ in range(100):
        machine.go_on(0.1)
        times.append(machine.wall.time())
    assert all(0 < later - earlier <= 0.11 for earlier, later in itertools.pairwise(times))
    assert times[75] > machine.set_to - 2.4
    assert times[-1] == pytest.approx(machine.set_to)


@pytest.mark.parametrize("kind", [ArrivalTimeline, PacedTimeline])
@pytest.mark.parametrize("set_by", [-30 * 86_400.0, -40.0, 86_400.0])
def test_a_live_timeline_goes_with_a_clock_that_is_set(machine: _Machine, kind: type[Timeline], set_by: float) -> None:
    """From the next packet on its times are those of the clock, after a gap, and nobody waits for the difference."""
    stop = threading.Event()
    stop.set()  # nothing is waited for: the machine's clock is ours
    timeline = ArrivalTimeline(machine.set_to) if kind is ArrivalTimeline else PacedTimeline(stop)
    seen = []
    for number in range(200):
        machine.go_on(0.04)
        if number == 100:
            machine.set_to += set_by
        gap = timeline.packet(number * 0.04, number * 0.04, 0.04, 0.0)
        seen.append((timeline.frame(number * 0.04), machine.set_to, gap))
    assert [number for number, (_, _, gap) in enumerate(seen) if gap] == [100]
    assert all(abs(moment - now) < 2.1 for moment, now, _ in seen)
    assert seen[150][0] == pytest.approx(seen[150][1], abs=0.1)
    for part in (seen[:100], seen[100:]):
        assert all(later[0] > earlier[0] for earlier, later in itertools.pairwise(part))


def test_a_camera_that_comes_back_after_the_clock_was_set_back_has_the_new_time(machine: _Machine) -> None:
    """What it gave before lies in the future, and does not hold its times there."""
    timeline = ArrivalTimeline(machine.set_to, after=machine.set_to + 86_400)
    timeline.packet(5.0, 5.0, 0.04, 0.0)
    assert timeline.frame(5.0) == pytest.approx(machine.set_to)


class _Clock:
    moved = stepped = 0.0

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


def _arrive(timeline: ArrivalTimeline, clock: _Clock, at: float, stamp: float) -> float:
    clock.now = at
    timeline.packet(stamp, stamp, 0.04, 0.0)
    return timeline.at(stamp)


def test_packets_buffered_while_connecting_do_not_lie_in_the_future(monkeypatch: pytest.MonkeyPatch) -> None:
    """A burst of old pictures at the start does not put the camera ahead of the clock for ever."""
    clock = _Clock(1000.0)
    monkeypatch.setattr(timelines, "wall", clock)
    timeline = ArrivalTimeline(1000.0)
    for number in range(50):
        _arrive(timeline, clock, 1000.5, number * 0.04)
    assert _arrive(timeline, clock, 1000.54, 2.0) == pytest.approx(1000.54)


def test_a_stall_of_the_network_is_no_drift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets held up for four seconds and then delivered at once keep their own times."""
    clock = _Clock(1000.0)
    monkeypatch.setattr(timelines, "wall", clock)
    timeline = ArrivalTimeline(1000.0)
    for number in range(250):
        _arrive(timeline, clock, 1000 + number * 0.04, number * 0.04)
    for number in range(250, 350):
        assert _arrive(timeline, clock, 1014.0, number * 0.04) == pytest.approx(1000 + number * 0.04)
    assert _arrive(timeline, clock, 1014.04, 14.04) == pytest.approx(1014.04)


def test_a_camera_whose_clock_falls_behind_is_anchored_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """When every packet has been more than two seconds late for a while, the timeline follows the clock."""
    clock = _Clock(1000.0)
    monkeypatch.setattr(timelines, "wall", clock)
    timeline = ArrivalTimeline(1000.0)
    for number in range(200):
        _arrive(timeline, clock, 1000 + number * 0.04, number * 0.04)
    late = [_arrive(timeline, clock, 1011 + n * 0.04, 8 + n * 0.04) - (1011 + n * 0.04) for n in range(400)]
    assert late[0] == pytest.approx(-3.0, abs=0.01)
    assert late[-1] == pytest.approx(0.0, abs=0.01)


class _Waiting(threading.Event):
    """A stop that is waited for by a clock of its own, and what it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.waited = 50.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.now += timeout
        self.waited.append(timeout)
        return False


def test_a_paced_timeline_does_not_wait_when_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause of the reader it catches up without sleeping, then keeps the old beat."""
    stop = _Waiting()
    monkeypatch.setattr(timelines, "time", stop)
    timeline = PacedTimeline(stop)
    timeline.packet(0.0, 0.0, 0.1, 0.0)
    stop.now += 0.5
    for number in range(1, 5):
        timeline.packet(number * 0.1, number * 0.1, 0.1, 0.0)
    assert stop.waited == []
    timeline.packet(0.7, 0.7, 0.1, 0.0)
    assert stop.waited == [pytest.approx(0.2)]
