"""What a look costs in the gateway against the bare network: hand-over, scaling, boxes, tracker and scene on top.

Frames are decoded beforehand; each goes through the scheduler's own thread, the detector, the tracker and the scene, as
in a running gateway. The bare network computes one prepared input. Both take turns; processor milliseconds.
"""

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from scripts.bench.cameras import ZONE

from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.letterbox import Letterbox
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.settings import CameraSettings, FileSource, ModelSettings
from sharp_eyes.edge.snap.sources import look_through

EXAMPLES = """examples:
  .venv/bin/python -m scripts.bench.look
  .venv/bin/python -m scripts.bench.look --clip CLIP --runtime openvino --precision bf16
"""
ROOT = Path(__file__).resolve().parents[2]


class Looks:
    """The way of a frame in a gateway, one at a time."""

    def __init__(self, camera: CameraSettings, detectors: Detectors, frames: list[Frame]) -> None:
        self._pipeline = CameraPipeline("bench", camera, detectors)
        self._scheduler = Scheduler(detectors, self._on_detections)
        self._scheduler.add(camera.id, 0.001)
        self._scheduler.start()
        self._done = threading.Event()
        self._frames, self._number = frames, 0

    def look(self) -> None:
        """One look, to the scene's word."""
        frame = self._frames[self._number % len(self._frames)]
        self._number += 1
        self._done.clear()
        self._scheduler.offer(replace(frame, time=float(self._number)))
        if not self._done.wait(60):
            raise SystemExit("a look did not end within a minute")

    def _on_detections(self, frame: Frame, found: Detections) -> None:
        self._pipeline.on_detections(frame, found)
        self._done.set()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clip", type=Path, default=ROOT / "media/street.mp4", help="(%(default)s)")
    parser.add_argument("--runtime", default="onnxruntime", choices=["onnxruntime", "openvino"])
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16", "int8"])
    parser.add_argument("--threads", type=int, default=1, help="threads of the runtime (%(default)s)")
    parser.add_argument("--rounds", type=int, default=12, help="turns of each side (%(default)s)")
    parser.add_argument("--looks", type=int, default=10, help="looks in a turn (%(default)s)")
    return parser.parse_args()


def main() -> None:
    """Take turns and print both."""
    given = arguments()
    model = ModelSettings(runtime=given.runtime, precision=given.precision, threads=given.threads)
    source = FileSource(path=given.clip)
    scene = {"scene": "illegal_parking", "zones": [ZONE]}
    camera = CameraSettings.model_validate({"id": "camera", "source": source.model_dump(), "scenes": [scene]})
    try:
        frames = list(look_through(source, "camera", lambda _time, keyframe: keyframe))[:32]
        looks, detector = Looks(camera, Detectors.open(model), frames), Detector.open(model)
    except EdgeError as error:
        raise SystemExit(str(error)) from error
    batch, _ = Letterbox(detector.model.manifest.input).fit(frames[0])
    sides: dict[str, Callable[[], object]] = {
        "a look in the gateway": looks.look,
        "the bare network": lambda: detector.runtime.run(batch),
    }
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(given.rounds + 1):
        for name, task in sides.items():
            worked = time.process_time()
            for _ in range(given.looks):
                task()
            if turn:  # the first one warms up
                spent[name].append(1e3 * (time.process_time() - worked) / given.looks)
    print(f"{given.runtime} {given.precision}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; processor ms")
    for name, values in spent.items():
        print(f"{name:24}{statistics.median(values):8.1f} (least {min(values):.1f})")
    gateway, bare = (statistics.median(values) for values in spent.values())
    print(f"ratio {gateway / bare:.2f}")


if __name__ == "__main__":
    main()
