"""The scheduler looks at the most urgent frame first and accounts for every frame."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest

from sharp_eyes.edge.errors import ConfigError, ModelError
from sharp_eyes.edge.extract.scheduler import REASONS, OnDetections, Scheduler
from sharp_eyes.edge.frame import Detections, Frame

NAMES = ("car",)
PICTURE = np.zeros((4, 4, 3), np.uint8)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Gate:
    """A detector that looks only when it is let through, and can be told to fail."""

    def __init__(self) -> None:
        self.looking: list[tuple[str, float]] = []
        self.error: Exception | None = None
        self._entered = threading.Semaphore(0)
        self._leave = threading.Semaphore(0)

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        for frame in frames:
            self.looking.append((frame.camera, frame.time))
            self._entered.release()
            assert self._leave.acquire(timeout=120)
            if self.error is not None:
                raise self.error
        return [Detections.none(NAMES) for _ in frames]

    def wait_for_look(self) -> None:
        assert self._entered.acquire(timeout=120), "no look began"

    def let_through(self, times: int = 1) -> None:
        for _ in range(times):
            self._leave.release()


def frame(camera: str, moment: float) -> Frame:
    return Frame.of_picture(camera, moment, PICTURE)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.002)


@contextmanager
def running(gate: Gate, on_look: OnDetections = lambda _frame, _found: None) -> Iterator[tuple[Scheduler, Clock]]:
    clock = Clock()
    scheduler = Scheduler(gate, on_look, clock=clock)
    for camera, interval in (("slow", 60.0), ("fast", 1.0), ("third", 5.0)):
        scheduler.add(camera, interval)
    scheduler.start()
    try:
        yield scheduler, clock
    finally:
        gate.let_through(1000)
        scheduler.stop()


def settled(scheduler: Scheduler, camera: str, looks: int) -> None:
    until(lambda: scheduler.counts(camera).looks == looks)


def failed(scheduler: Scheduler, camera: str, times: int) -> None:
    until(lambda: scheduler.counts(camera).skipped["failed"] == times)


def test_earliest_deadline_is_looked_at_first() -> None:
    """Of the frames that wait, the one whose look must be done first is taken, whatever came first."""
    gate = Gate()
    with running(gate) as (scheduler, _):
        scheduler.offer(frame("slow", 0.0))
        gate.wait_for_look()
        for camera in ("third", "fast"):
            scheduler.offer(frame(camera, 0.0))
        gate.let_through(3)
        for camera in ("third", "fast"):
            settled(scheduler, camera, 1)
    assert [camera for camera, _ in gate.looking] == ["slow", "fast", "third"]


def test_a_camera_that_waits_long_overtakes_a_faster_one() -> None:
    """Deadlines are moments, not priorities: the slow camera is not starved."""
    gate = Gate()
    with running(gate) as (scheduler, clock):
        scheduler.offer(frame("fast", 0.0))
        gate.wait_for_look()
        scheduler.offer(frame("third", 0.0))
        clock.now += 4.5
        scheduler.offer(frame("fast", 4.5))
        gate.let_through(3)
        settled(scheduler, "fast", 2)
        settled(scheduler, "third", 1)
    assert [camera for camera, _ in gate.looking] == ["fast", "third", "fast"]


def test_newest_frame_takes_the_waiting_ones_place() -> None:
    """While a look is going on, only the latest frame of a camera waits; the others count as replaced."""
    gate = Gate()
    with running(gate) as (scheduler, _):
        scheduler.offer(frame("slow", 0.0))
        gate.wait_for_look()
        for moment in (1.0, 2.0, 3.0):
            scheduler.offer(frame("fast", moment))
        gate.let_through(2)
        settled(scheduler, "fast", 1)
        assert scheduler.counts("fast").skipped["replaced"] == 2
    assert gate.looking[-1] == ("fast", 3.0)


def test_frame_before_its_time_is_not_due() -> None:
    """Frames sooner than the interval are counted, not looked at."""
    gate = Gate()
    gate.let_through(100)
    with running(gate) as (scheduler, _):
        for step in range(26):
            scheduler.offer(frame("fast", step / 25))
            if step in (0, 25):
                settled(scheduler, "fast", 1 if step == 0 else 2)
        counts = scheduler.counts("fast")
    assert counts.skipped == {"not_due": 24, "replaced": 0, "failed": 0, "stopped": 0}
    assert gate.looking == [("fast", 0.0), ("fast", 1.0)]


def test_look_that_ends_after_its_interval_is_late() -> None:
    """A look is late when it ends more than an interval after it had become due, however fresh the frame."""
    gate = Gate()
    with running(gate) as (scheduler, clock):
        for moment, delay, late in ((0.0, 0.9, 0), (1.0, 1.1, 1)):
            scheduler.offer(frame("fast", moment))
            gate.wait_for_look()
            clock.now += delay
            gate.let_through()
            settled(scheduler, "fast", int(moment) + 1)
            assert scheduler.counts("fast").late == late
        scheduler.offer(frame("slow", 0.0))
        gate.wait_for_look()
        for moment in (2.0, 2.5, 3.0):
            scheduler.offer(frame("fast", moment))
            clock.now += 0.5
        gate.let_through(2)
        settled(scheduler, "fast", 3)
        assert scheduler.counts("fast").late == 2
        assert scheduler.counts("slow").late == 0


def test_detector_failure_is_counted_and_never_looks_like_nothing_seen(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A failed look is counted as failed, named in the counts, said once a minute, and work goes on."""
    handled: list[str] = []
    gate = Gate()
    gate.let_through(100)
    gate.error = ModelError("street.onnx: out of memory")
    with caplog.at_level(logging.ERROR), running(gate, lambda f, _: handled.append(f.camera)) as (scheduler, clock):
        for count in (1, 2, 3):
            scheduler.offer(frame("fast", clock.now))
            failed(scheduler, "fast", count)
            clock.now += 31
        assert "out of memory" in (scheduler.counts("fast").failure or "")
        assert handled == []
        assert [record.getMessage().split(":")[0] for record in caplog.records] == ["camera fast"] * 2
        gate.error = None
        scheduler.offer(frame("fast", clock.now))
        settled(scheduler, "fast", 1)
        assert scheduler.counts("fast").failure is None
    assert handled == ["fast"]


def test_failure_of_what_follows_is_named_with_the_camera(caplog: pytest.LogCaptureFixture) -> None:
    """An error in handling a result is counted and logged with its camera; other cameras are served on."""
    gate = Gate()
    gate.let_through(100)

    def on_look(seen: Frame, _: Detections) -> None:
        if seen.camera == "slow":
            raise ZeroDivisionError("a scene fell over")

    with caplog.at_level(logging.ERROR), running(gate, on_look) as (scheduler, _):
        scheduler.offer(frame("slow", 0.0))
        failed(scheduler, "slow", 1)
        scheduler.offer(frame("fast", 0.0))
        settled(scheduler, "fast", 1)
        assert scheduler.counts("slow").looks == 0
    assert "camera slow" in caplog.text
    assert "a scene fell over" in caplog.text


def test_stop_ends_the_look_in_progress_and_counts_the_rest() -> None:
    """Stopping finishes one look; what waits and what comes later is counted as stopped."""
    gate = Gate()
    with running(gate) as (scheduler, _):
        scheduler.offer(frame("slow", 0.0))
        gate.wait_for_look()
        scheduler.offer(frame("fast", 0.0))
        stopper = threading.Thread(target=scheduler.stop)
        stopper.start()
        until(lambda: scheduler._stopping)
        gate.let_through()
        stopper.join(120)
        assert not stopper.is_alive()
        scheduler.offer(frame("fast", 1.0))
        assert scheduler.counts("slow").looks == 1
        assert scheduler.counts("fast").skipped["stopped"] == 2
    assert gate.looking == [("slow", 0.0)]


def test_unknown_camera_and_bad_interval_are_named() -> None:
    """A camera that was not added, twice added, or added with no interval is an error with its name."""
    scheduler = Scheduler(Gate(), lambda _frame, _found: None)
    scheduler.add("gate", 1.0)
    with pytest.raises(ConfigError, match="camera gate"):
        scheduler.add("gate", 1.0)
    with pytest.raises(ConfigError, match="camera other"):
        scheduler.add("other", 0.0)
    with pytest.raises(ConfigError, match="camera nobody"):
        scheduler.offer(frame("nobody", 0.0))


def test_every_frame_is_accounted_for_under_load() -> None:
    """Looks and skips add up to what was offered, with several cameras offering at once and a clumsy detector."""

    class Clumsy:
        def detect(self, frames: Sequence[Frame]) -> list[Detections]:
            time.sleep(0.003)
            if int(frames[0].time * 100) % 7 == 0:
                raise ModelError("now and then")
            return [Detections.none(NAMES) for _ in frames]

    scheduler = Scheduler(Clumsy(), lambda _frame, _found: None)
    offered = 200
    cameras = [f"camera-{number}" for number in range(6)]
    for number, camera in enumerate(cameras):
        scheduler.add(camera, 0.01 * (number + 1))

    def feed(camera: str) -> None:
        for step in range(offered):
            scheduler.offer(frame(camera, step * 0.01))
            time.sleep(0.001)

    threads = [threading.Thread(target=feed, args=(camera,)) for camera in cameras]
    with scheduler:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for camera in cameras:
        counts = scheduler.counts(camera)
        assert counts.looks + sum(counts.skipped.values()) == offered
        assert counts.looks > 0
        assert set(counts.skipped) == set(REASONS)


def test_nothing_is_wanted_that_the_detector_could_not_take() -> None:
    """While a frame waits or is looked at, none is decoded; only one that has grown old makes way for a keyframe."""
    gate = Gate()
    with running(gate) as (scheduler, _):
        assert scheduler.wants("fast", 0.0, keyframe=False)
        scheduler.offer(frame("slow", 0.0))
        gate.wait_for_look()
        scheduler.offer(frame("fast", 0.0))
        assert not scheduler.wants("slow", 100.0, keyframe=True), "it is being looked at"
        assert not scheduler.wants("fast", 2.0, keyframe=True), "it waits"
        assert not scheduler.wants("fast", 6.0, keyframe=False), "only a keyframe is cheap"
        assert scheduler.wants("fast", 6.0, keyframe=True), "what waits has grown old"
        gate.let_through(2)
        settled(scheduler, "fast", 1)
        assert not scheduler.wants("fast", 0.5, keyframe=True), "it is not due"
        assert scheduler.wants("fast", 1.0, keyframe=False)


def test_a_failed_look_is_not_waited_for() -> None:
    """The next frame is wanted when it is due."""
    gate = Gate()
    gate.error = ModelError("no")
    with running(gate) as (scheduler, _):
        scheduler.offer(frame("fast", 0.0))
        gate.let_through(1)
        failed(scheduler, "fast", 1)
        assert scheduler.wants("fast", 1.0, keyframe=False)


def test_asking_for_a_look_waits_for_nobody() -> None:
    """A hundred cameras ask at every packet: whoever holds what the others change must not stop them."""
    held, go_on = threading.Event(), threading.Event()

    def clock() -> float:
        if threading.current_thread().name == "offers":
            held.set()
            go_on.wait(60)
        return 0.0

    scheduler = Scheduler(Gate(), lambda _frame, _found: None, clock=clock)
    for name in ("fast", "slow"):
        scheduler.add(name, 1.0)
    offers = threading.Thread(target=scheduler.offer, args=(frame("fast", 0.0),), name="offers")
    offers.start()
    assert held.wait(60)
    answers: list[bool] = []
    asks = threading.Thread(target=lambda: answers.append(scheduler.wants("slow", 0.0, keyframe=True)))
    asks.start()
    asks.join(20)
    in_time = bool(answers)
    go_on.set()
    offers.join(60)
    asks.join(60)
    assert in_time


def test_lateness_is_said_and_forgotten() -> None:
    """A camera's counts tell how late its looks were lately, or how late the one is that waits; decoding counts."""
    gate = Gate()
    with running(gate) as (scheduler, clock):
        assert scheduler.wants("fast", 0.0, keyframe=True)
        clock.now += 3.0  # decoding took as long
        scheduler.offer(frame("fast", 0.0))
        gate.wait_for_look()
        assert scheduler.counts("fast").lateness == pytest.approx(2.0)
        clock.now += 1.5
        assert scheduler.counts("fast").lateness == pytest.approx(3.5), "it is still being looked at"
        gate.let_through()
        settled(scheduler, "fast", 1)
        assert scheduler.counts("fast").lateness == pytest.approx(3.5)
        assert scheduler.counts("slow").lateness == 0.0
        assert scheduler.busy == pytest.approx(1.5 / 4.5)
        clock.now += 90
        assert scheduler.counts("fast").lateness == 0.0
        assert scheduler.busy == 0.0


def test_a_picture_that_never_came_makes_no_later_one_late() -> None:
    """What was asked for before a camera was lost says nothing about the first frame afterwards."""
    gate = Gate()
    gate.let_through(100)
    with running(gate) as (scheduler, clock):
        assert scheduler.wants("fast", 0.0, keyframe=True)
        clock.now += 600
        scheduler.offer(frame("fast", 600.0))
        settled(scheduler, "fast", 1)
        assert (scheduler.counts("fast").late, scheduler.counts("fast").lateness) == (0, 0.0)


def test_two_workers_look_at_two_cameras_at_once_and_at_one_in_order() -> None:
    """Looks of different cameras go on beside each other; a camera's next frame waits for its look to end."""
    gate = Gate()
    clock = Clock()
    scheduler = Scheduler(gate, lambda _frame, _found: None, clock=clock, workers=2)
    for camera in ("one", "two"):
        scheduler.add(camera, 1.0)
    with scheduler:
        scheduler.offer(frame("one", 0.0))
        gate.wait_for_look()
        scheduler.offer(frame("one", 1.0))
        scheduler.offer(frame("two", 0.0))
        gate.wait_for_look()
        assert gate.looking == [("one", 0.0), ("two", 0.0)]
        clock.now += 7
        assert scheduler.hangs == 7
        gate.let_through(3)
        settled(scheduler, "one", 2)
        settled(scheduler, "two", 1)
    assert gate.looking[-1] == ("one", 1.0)
