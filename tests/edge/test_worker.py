"""One camera of a gateway: what goes wrong in a scene stays there."""

from pathlib import Path

import numpy as np
import pytest

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.scenes.falling_object import FallingObject
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.worker import CameraWorker

EVERYWHERE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def test_a_fault_of_a_scene_that_sees_every_frame_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frames go on to the camera's other scenes; the health says what fails, until it works again."""
    zones = [{"id": "all", "polygon": EVERYWHERE}]
    camera = {
        "id": "tower",
        "source": {"kind": "file", "path": str(tmp_path / "never-opened.mp4")},
        "scenes": [{"scene": "falling_object", "zones": zones}, {"scene": "perimeter_intrusion", "zones": zones}],
    }
    settings = GatewaySettings.model_validate({"gateway": "gw", "data": str(tmp_path), "cameras": [camera]})
    detectors = Detectors.open()
    scheduler = Scheduler(detectors, lambda _frame, _found: None)
    outbox = Outbox(tmp_path / "outbox", 2**30)
    worker = CameraWorker(settings, settings.cameras[0], detectors, scheduler, outbox)

    def fails(_scene: object, _frame: Frame, _clock: object) -> list[SceneEvent]:
        raise ValueError("out of shape")

    pictures = [Frame.of_picture("tower", 100.0 + number, np.zeros((90, 160, 3), np.uint8)) for number in range(3)]
    with monkeypatch.context() as patched:
        patched.setattr(FallingObject, "observe_frame", fails)
        worker._on_frame(pictures[0])
        worker._on_frame(pictures[1])
        assert "cannot watch every frame: out of shape" in worker.health().detail
        assert scheduler.counts("tower").skipped["replaced"] == 1, "the looks were offered both frames"
    worker._on_frame(pictures[2])
    assert "cannot watch" not in worker.health().detail
    outbox.close()
