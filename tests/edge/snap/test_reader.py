"""A camera is read for ever: lost, told, found again."""

import itertools
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from tests.edge.snap.clips import RtspCamera, SilentHost, make_clip
from tests.ports import free_port

from sharp_eyes.contract.status import CameraHealth, CameraState
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import CameraSettings, FileSource, FolderSource, RtspSource
from sharp_eyes.edge.snap import CameraReader, DecodeMode, PacketRing, losses
from sharp_eyes.edge.snap.decode_mode import Demand


class Watcher:
    """Collects what a reader calls back, and runs it."""

    def __init__(
        self,
        source: RtspSource | FileSource | FolderSource,
        pace: DecodeMode = "all",
        *,
        demand: Demand | None = None,
        patience: float | None = None,
    ) -> None:
        self.frames: list[tuple[float, bool, int]] = []
        self.changes: list[CameraHealth] = []
        self.ring = PacketRing(20)
        self.reader = CameraReader(
            CameraSettings(id="gate", source=source),
            pace,
            self.ring,
            self._on_frame,
            self.changes.append,
            demand=demand,
            patience=patience,
        )

    def _on_frame(self, frame: Frame) -> None:
        self.frames.append((frame.time, frame.after_gap, frame.index))

    @property
    def states(self) -> list[CameraState]:
        return [change.state for change in self.changes]

    def until(self, condition: Callable[[], bool], seconds: float = 80) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{self.changes}, {self.reader.health()}"
            time.sleep(0.02)


def test_a_recording_starts_comes_online_and_ends(tmp_path: Path) -> None:
    """Three states, each told once, in this order."""
    watcher = Watcher(FileSource(path=make_clip(tmp_path / "a.mp4"), pace="fast"))
    watcher.reader.start()
    watcher.until(lambda: watcher.states[-1:] == [CameraState.ENDED])
    watcher.reader.stop()
    assert watcher.states == [CameraState.STARTING, CameraState.ONLINE, CameraState.ENDED]
    assert len(watcher.frames) == 100
    assert watcher.reader.health().keyframe_interval == pytest.approx(1.0)


def test_rates_are_measured_while_running(tmp_path: Path) -> None:
    """Frames decoded a second and the keyframe interval show the truth; broken packets none."""
    clip = make_clip(tmp_path / "a.mp4", seconds=3, keyframe_every=10)
    watcher = Watcher(FileSource(path=clip, loop=True), "keyframes")
    watcher.reader.start()
    watcher.until(lambda: len(watcher.frames) >= 6)
    health = watcher.reader.health()
    watcher.reader.stop()
    assert health.keyframe_interval == pytest.approx(0.4, abs=0.05)
    assert health.frames_per_second == pytest.approx(2.5, abs=0.4)
    assert health.skipped == {}
    assert health.detail == ""


@pytest.mark.parametrize("mode", ["nonreference", "keyframes"])
def test_rare_keyframes_are_told_in_the_health(tmp_path: Path, mode: DecodeMode) -> None:
    """Where keyframes are rarer than looks, the detail says what follows and what to do."""
    clip = make_clip(tmp_path / "a.mp4", seconds=6, keyframe_every=50)
    watcher = Watcher(FileSource(path=clip, loop=True), mode, demand=lambda _time, _keyframe: True, patience=0.5)
    watcher.reader.start()
    watcher.until(lambda: watcher.reader.health().keyframe_interval is not None)
    health = watcher.reader.health()
    watcher.reader.stop()
    assert "keyframes come every 2.0 s but a look is wanted every 0.5 s" in health.detail
    assert ("as 'decode: keyframes' says" if mode == "keyframes" else "more frames are decoded") in health.detail


def test_a_lost_camera_says_why_and_when_it_is_tried_again() -> None:
    """The detail names the address without the password, the reason and the next try."""
    port = free_port()
    watcher = Watcher(RtspSource(url=f"rtsp://admin:topsecret@127.0.0.1:{port}/cam"))
    watcher.reader.start()
    watcher.until(lambda: CameraState.LOST in watcher.states)
    detail = watcher.reader.health().detail
    watcher.reader.stop()
    assert detail.startswith(f"rtsp://***@127.0.0.1:{port}/cam does not answer (connection refused)")
    assert "; next try in " in detail
    assert "topsecret" not in detail
    assert watcher.states == [CameraState.STARTING, CameraState.LOST]


def test_a_file_that_comes_later_is_found(tmp_path: Path) -> None:
    """A missing file is lost, not fatal; once it is there it is read."""
    path = tmp_path / "late.mp4"
    watcher = Watcher(FileSource(path=path, pace="fast"))
    watcher.reader.start()
    watcher.until(lambda: CameraState.LOST in watcher.states)
    make_clip(tmp_path / "made.mp4", seconds=1).rename(path)
    watcher.until(lambda: CameraState.ENDED in watcher.states)
    watcher.reader.stop()
    assert watcher.frames


def test_a_fault_in_the_program_does_not_end_a_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What handles the frames fails for a while (a full disk, a fault of ours): it is said, and read on after it."""
    monkeypatch.setattr(losses, "FIRST_DELAY", 0.2)
    watcher = Watcher(FileSource(path=make_clip(tmp_path / "a.mp4"), pace="fast"))
    handle, tell = watcher.reader._on_frame, watcher.reader._on_health
    frames, changes = itertools.count(), itertools.count()

    def handle_from_the_fourth(frame: Frame) -> None:
        if next(frames) < 3:
            raise sqlite3.OperationalError("database or disk is full")
        handle(frame)

    def tell_but_for_two(health: CameraHealth) -> None:
        if next(changes) in (3, 4):
            raise sqlite3.OperationalError("database or disk is full")
        tell(health)

    watcher.reader._on_frame, watcher.reader._on_health = handle_from_the_fourth, tell_but_for_two
    watcher.reader.start()
    watcher.until(lambda: watcher.states[-1:] == [CameraState.ENDED])
    watcher.reader.stop()
    told = [change.detail for change in watcher.changes if change.state is CameraState.LOST]
    assert "fault in the program" in told[0]
    assert "database or disk is full" in told[0]
    assert len(watcher.frames) == 100


def test_stop_is_prompt_while_the_network_hangs() -> None:
    """A host that never answers does not hold up the stop, and nothing is called back after it."""
    with SilentHost() as host:
        watcher = Watcher(RtspSource(url=f"rtsp://127.0.0.1:{host.port}/cam", timeout=60))
        watcher.reader.start()
        time.sleep(0.3)
        began = time.monotonic()
        watcher.reader.stop()
        assert time.monotonic() - began < 30, "the camera's own time-out is a minute"
    watcher.until(lambda: not watcher.reader._thread.is_alive())  # the host hung up
    assert watcher.states == [CameraState.STARTING]


def test_stop_is_prompt_between_two_tries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the next try, which would take minutes, ends at once."""
    for delay in ("FIRST_DELAY", "LONGEST_DELAY"):
        monkeypatch.setattr(losses, delay, 1000.0)
    watcher = Watcher(FileSource(path=tmp_path / "gone.mp4"))
    watcher.reader.start()
    watcher.until(lambda: CameraState.LOST in watcher.states)
    watcher.reader.stop()
    watcher.until(lambda: not watcher.reader._thread.is_alive())


def test_a_camera_that_goes_and_comes_is_read_on_by_itself(tmp_path: Path) -> None:
    """A real RTSP camera is unplugged and plugged in: online, lost, online; times go on, the gap is told."""
    clip = make_clip(tmp_path / "a.mp4", seconds=4, bframes=2)
    port = free_port()
    with RtspCamera(clip, port) as camera:
        watcher = Watcher(RtspSource(url=camera.url, timeout=20))
        watcher.reader.start()
        watcher.until(lambda: len(watcher.frames) >= 50)
        camera.stop()
        watcher.until(lambda: watcher.states[-1] is CameraState.LOST)
        frames_before = len(watcher.frames)
    with RtspCamera(clip, port):
        watcher.until(lambda: len(watcher.frames) >= frames_before + 75)
        now, newest = time.time(), watcher.frames[-1][0]
        cut = watcher.ring.cut(newest - 2, newest)
        health = watcher.reader.health()
        watcher.reader.stop()
    assert watcher.states == [
        CameraState.STARTING,
        CameraState.ONLINE,
        CameraState.LOST,
        CameraState.ONLINE,
    ]
    lost = watcher.changes[2].detail
    assert lost.startswith(f"rtsp://127.0.0.1:{port}/cam ")
    assert "next try in" in lost
    times = [moment for moment, _, _ in watcher.frames]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert [index for _, _, index in watcher.frames] == list(range(len(watcher.frames)))
    assert [number for number, (_, gap, _) in enumerate(watcher.frames) if gap] == [frames_before]
    assert newest == pytest.approx(now, abs=20), "the clip's own times begin at 0"
    assert health.detail == ""
    assert cut is not None
    (tmp_path / "cut.mp4").write_bytes(cut.data)
    with av.open(str(tmp_path / "cut.mp4")) as container:
        pictures = len(list(container.decode(video=0)))
    assert pictures >= 45


def test_a_camera_that_falls_silent_is_lost(tmp_path: Path) -> None:
    """Connected but sending nothing: lost after the time-out, with that reason, and found again by itself."""
    port = free_port()
    with RtspCamera(make_clip(tmp_path / "a.mp4"), port) as camera:
        watcher = Watcher(RtspSource(url=camera.url, timeout=1.5))
        watcher.reader.start()
        watcher.until(lambda: len(watcher.frames) >= 25)
        camera.freeze()
        watcher.until(lambda: watcher.states[-1] is CameraState.LOST)
        assert "sent nothing for 1.5 s" in watcher.changes[-1].detail
        camera.thaw()
        watcher.until(lambda: watcher.states[-1] is CameraState.ONLINE)
        watcher.reader.stop()


def test_a_program_ends_while_a_camera_hangs() -> None:
    """A reader that waits for a silent camera does not keep the gateway's process from ending in order."""
    program = (
        "import sys, time\n"
        "from sharp_eyes.edge.settings import CameraSettings, RtspSource\n"
        "from sharp_eyes.edge.snap import CameraReader\n"
        "camera = CameraSettings(id='gate', source=RtspSource(url=sys.argv[1], timeout=60))\n"
        "reader = CameraReader(camera, 'all', None, print, lambda health: None)\n"
        "reader.start()\n"
        "time.sleep(0.5)\n"
        "reader.stop()\n"
        "print('stopped')\n"
    )
    with SilentHost() as host:
        done = subprocess.run(
            [sys.executable, "-c", program, f"rtsp://127.0.0.1:{host.port}/cam"],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


def test_a_wrong_path_at_a_camera_is_told(tmp_path: Path) -> None:
    """The camera answers, but has no such stream: the detail says to check the path."""
    port = free_port()
    with RtspCamera(make_clip(tmp_path / "a.mp4", seconds=1), port):
        watcher = Watcher(RtspSource(url=f"rtsp://127.0.0.1:{port}/elsewhere"))
        watcher.reader.start()
        watcher.until(lambda: CameraState.LOST in watcher.states)
        watcher.reader.stop()
    assert "has no stream by this path" in watcher.changes[-1].detail
