"""Timestamps that stand still are told, and replaced by what is known better."""

import itertools
import time
from pathlib import Path

from tests.edge.snap.clips import make_clip
from tests.edge.snap.faulty_camera import Faults, FaultyCamera
from tests.edge.snap.test_reader import Watcher

from sharp_eyes.edge.settings import RtspSource
from sharp_eyes.edge.snap.stamps import STUCK, StampWatch


def test_stamps_that_go_on_are_left_alone() -> None:
    """Also doubled and missing ones, and those that go back."""
    watch = StampWatch(0.001, 40, by_arrival=True)
    stamps = [0, 40, 40, 80, None, None, *[None] * STUCK, 120, 20, 60]
    assert [watch.next(stamp) for stamp in stamps] == stamps
    assert not watch.stuck


def test_a_recording_goes_by_the_usual_pace() -> None:
    """From where the stamps stopped, until they go on."""
    watch = StampWatch(0.001, 40, by_arrival=False)
    given = [watch.next(1000) for _ in range(STUCK + 3)]
    assert given == [*[1000] * STUCK, 1040, 1080, 1120]
    assert watch.stuck
    assert watch.next(5000) == 5000
    assert not watch.stuck


def test_a_camera_goes_by_its_packets_arrival() -> None:
    """However far apart they come."""
    moments = iter([0.1 * number for number in range(STUCK)] + [1.5, 1.75])
    watch = StampWatch(0.001, 40, by_arrival=True, monotonic=lambda: next(moments))
    given = [watch.next(7) or 0 for _ in range(STUCK + 2)]
    assert given[-1] - given[-2] == 250


def test_a_camera_whose_stamps_stand_still_is_watched_and_says_so(tmp_path: Path) -> None:
    """Its pictures have the times of their arrival, its clips play as long as they lasted, and its health says why."""
    with FaultyCamera(make_clip(tmp_path / "a.mp4"), Faults(stuck=True)) as camera:
        watcher = Watcher(RtspSource(url=camera.url, timeout=30))
        watcher.reader.start()
        watcher.until(lambda: len(watcher.frames) >= 150, 60)
        health, now = watcher.reader.health(), time.time()
        watcher.reader.stop()
    assert "timestamps stand still" in health.detail
    times = [moment for moment, _, _ in watcher.frames]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert abs(times[-1] - now) < 30
    assert times[-1] - times[0] > 2, "six seconds, unless the first came late"
