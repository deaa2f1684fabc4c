"""Frigate's own pipeline on one camera, for peers.py: its motion, regions, detector and tracker, in one process.

Runs in an environment of its own with Frigate's source (`git clone https://github.com/blakeblackshear/frigate`) and the
packages that source imports. FFmpeg decodes with the arguments that Frigate gives it by default, and its processor time
counts. Frigate's queues and shared memory between processes are left out, which is in its favour.

usage: frigate_worker.py SOURCE ONNX CLIP JSON   (side, labels, track, zone, dwell, expected)
"""

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import queue
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

WIDTH, HEIGHT, RATE = 1280, 720, 5
"""What Frigate's documentation proposes for detection."""

NEEDED = ("cv2", "numpy", "scipy", "norfair", "pydantic", "zmq", "openvino", "onnxruntime", "peewee")
"""Without these it would not be Frigate's pipeline."""
STOOD_IN = (
    "ai_edge_litert", "degirum", "faster_whisper", "google", "librosa", "memryx", "ollama", "onvif", "openai",
    "py3nvml", "py_vapid", "pywebpush", "rknn", "sherpa_onnx", "soundfile", "tensorflow", "tflite_runtime", "tensorrt",
    "transformers",
)  # fmt: skip
"""Packages for speech, push messages, training and other devices: imported by its modules, never called here."""


class Modules:
    """Frigate's modules by name."""

    def __getitem__(self, name: str) -> Any:
        """Import one."""
        return importlib.import_module(f"frigate.{name}")


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets modules that are not installed, and that the pipeline never calls, be imported."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Stand in for what nobody else found."""
        if name.partition(".")[0] not in STOOD_IN:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Any:
        """A module in which everything is there and nothing happens."""
        made = MagicMock(name=spec.name)
        made.__path__, made.__name__, made.__spec__ = [], spec.name, spec
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


class Film:
    """Frigate's frame queue and frame manager in one: each frame as it is asked for, from FFmpeg's pipe."""

    def __init__(self, clip: str) -> None:
        command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-i", clip, "-r", str(RATE)]
        command += ["-vf", f"fps={RATE},scale={WIDTH}:{HEIGHT}", "-threads", "2"]
        command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self._bytes = b""
        self.frames = 0

    def get(self, *given: Any) -> Any:
        """The next frame's name and time, or the frame of a name as a height * 3 / 2 x width array."""
        import numpy as np  # noqa: PLC0415

        if given and isinstance(given[0], str):
            return np.frombuffer(self._bytes, np.uint8).reshape(given[1])
        assert self._process.stdout is not None
        self._bytes = self._process.stdout.read(WIDTH * HEIGHT * 3 // 2)
        if len(self._bytes) < WIDTH * HEIGHT * 3 // 2:
            self._process.wait()
            raise queue.Empty
        self.frames += 1
        return f"frame{self.frames}", 1_700_000_000 + self.frames / RATE

    def empty(self) -> bool:
        """Whether nothing waits."""
        return False

    def close(self, name: str) -> None:
        """Nothing to give back."""

    delete = close


class Found:
    """Frigate's queue of tracked objects: the rule sees each frame's."""

    def __init__(self, rule: Any) -> None:
        self._rule = rule

    def full(self) -> bool:
        """Never."""
        return False

    def put(self, item: Any) -> None:
        """Take in what is tracked in a frame."""
        boxes = [
            (number, one["box"][0] / WIDTH, one["box"][1] / HEIGHT, one["box"][2] / WIDTH, one["box"][3] / HEIGHT)
            for number, one in item[3].items()
        ]
        self._rule.take(item[2] - 1_700_000_000, boxes)


def configured(onnx: str, wanted: dict[str, Any], labels: Path) -> Any:
    """Frigate's configuration of one camera with this network on the processor, by OpenVINO."""
    return Modules()["config"].FrigateConfig(
        mqtt={"enabled": False},
        detectors={"ov": {"type": "openvino", "device": "CPU"}},
        model={
            "path": onnx, "width": wanted["side"], "height": wanted["side"], "model_type": "yolo-generic",
            "input_tensor": "nchw", "input_dtype": "float", "labelmap_path": str(labels),
        },
        objects={"track": wanted["track"]},
        cameras={
            "camera": {
                "ffmpeg": {"inputs": [{"path": "rtsp://127.0.0.1/none", "roles": ["detect"]}]},
                "detect": {"enabled": True, "width": WIDTH, "height": HEIGHT, "fps": RATE},
            }
        },
    )  # fmt: skip


def main() -> None:
    """Play the clip through Frigate's pipeline and print what that took as JSON."""
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    source, onnx, clip, wanted = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise SystemExit(
            f"{sys.executable} lacks {', '.join(missing)}: see docker/main/requirements-wheels.txt of Frigate"
        )
    sys.path.insert(0, source)
    sys.meta_path.append(Absent())
    sys.modules.setdefault("frigate.version", ModuleType("frigate.version")).__dict__["VERSION"] = "source"
    os.environ.setdefault("CONFIG_FILE", "none")

    frigate = Modules()
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as labels:
        labels.write("\n".join(wanted["labels"]) + "\n")
        labels.flush()
        config = configured(onnx, wanted, Path(labels.name))
        camera, detector_config = config.cameras["camera"], config.detectors["ov"]
        detector = frigate["object_detection.base"].LocalObjectDetector(
            detector_config=detector_config, labels=labels.name
        )
    shape, ptz = (HEIGHT, WIDTH), frigate["camera"].PTZMetrics(autotracker_enabled=False)
    motion = frigate["motion.improved_motion"].ImprovedMotionDetector(
        shape, camera.motion, RATE, name="camera", ptz_metrics=ptz
    )
    rule, film = importlib.import_module("dwell_rule").DwellRule(wanted["zone"], wanted["dwell"]), Film(clip)
    side = range(frigate["util.object"].GRID_SIZE)
    grid: list[list[dict[str, Any]]] = [[{"sizes": []} for _ in side] for _ in side]  # as of a camera that is new
    tracker = frigate["track.norfair_tracker"].NorfairTracker(camera, ptz)
    began = time.process_time()
    frigate["video.detect"].process_frames(
        MagicMock(), film, shape, config.model, camera, film, motion, detector, tracker,
        Found(rule), MagicMock(), threading.Event(), ptz, grid, exit_on_empty=True,
    )  # fmt: skip
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    hits, false = rule.judged(wanted["expected"])
    spent = {
        "processor": time.process_time() - began + children.ru_utime + children.ru_stime,
        "decoding": children.ru_utime + children.ru_stime, "seconds": film.frames / RATE, "hits": hits, "false": false,
    }  # fmt: skip
    print(json.dumps({**spent, "about": f"Frigate's pipeline, {Path(onnx).name} by OpenVINO"}), flush=True)
    os._exit(0)  # threads of its own may go on


if __name__ == "__main__":
    main()
