"""Threads that decode stand back for those that look."""

import os
import sys
import threading
from pathlib import Path

import pytest
from tests.edge.snap.clips import make_clip

from sharp_eyes.contract.status import CameraHealth
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import CameraSettings, FileSource
from sharp_eyes.edge.snap.reader import CameraReader
from sharp_eyes.edge.snap.standing_back import STEP

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a thread has a niceness of its own")


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_reader_is_nicer_than_the_rest_of_the_gateway(tmp_path: Path) -> None:
    """Its thread alone: whoever starts it stays as it is."""
    clip = make_clip(tmp_path / "clip.mp4", seconds=1)
    seen: list[int] = []
    done = threading.Event()

    def on_frame(_frame: Frame) -> None:
        seen.append(niceness())
        done.set()

    def on_health(_health: CameraHealth) -> None:
        """Nobody listens."""

    own = niceness()
    camera = CameraSettings(id="gate", source=FileSource(path=clip, pace="fast"))
    reader = CameraReader(camera, "all", None, on_frame, on_health)
    reader.start()
    assert done.wait(120)
    reader.stop()
    assert set(seen) == {min(own + STEP, 19)}
    assert niceness() == own
