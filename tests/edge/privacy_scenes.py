"""A street picture with people and vehicles, and a worker whose camera shows it."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.worker import CameraWorker

ROOT = Path(__file__).parents[2]
LEFT = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
ALL = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def street_picture(number: int = 1) -> Picture:
    """One of the reference pictures of the bundled detector."""
    picture = cv2.imread(str(ROOT / "models" / "street" / "reference" / f"{number}.jpg"))
    return np.asarray(picture, np.uint8)


def frame_of(picture: Picture, time: float = 1000.0) -> Frame:
    return Frame.of_picture("cam", time, picture)


def gateway_settings(folder: Path, privacy: dict[str, Any], scenes: list[dict[str, Any]]) -> GatewaySettings:
    source = {"kind": "file", "path": str(folder / "never-opened.mp4")}
    camera = {"id": "cam", "source": source, "privacy": privacy, "scenes": scenes}
    model = {"runtime": "onnxruntime", "precision": "fp32"}
    return GatewaySettings.model_validate({"gateway": "gw", "data": str(folder), "model": model, "cameras": [camera]})


def worker_of(settings: GatewaySettings, outbox: Outbox) -> CameraWorker:
    detectors = Detectors.open(settings.model)
    return CameraWorker(settings, settings.cameras[0], detectors, Scheduler(detectors, lambda _f, _d: None), outbox)
