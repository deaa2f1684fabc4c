"""The other side of detector.py and peers.py: Ultralytics in its own environment; knows nothing of our package.

usage: ultralytics_worker.py WEIGHTS PICTURES WIDTHxHEIGHT JSON   (width, height, weakest, iou)
       ultralytics_worker.py track WEIGHTS CLIP JSON   (width, height, every, rate, classes, zone, dwell, expected)
"""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")


def track(package: Any, weights: str, clip: str, wanted: dict[str, Any]) -> None:
    """Track through a clip as Ultralytics does it, every so many frames, and print what that took as JSON."""
    network = package.YOLO(weights, task="detect")
    options = {"imgsz": (wanted["height"], wanted["width"]), "device": "cpu", "verbose": False, "persist": True}
    rule = import_module("dwell_rule").DwellRule(wanted["zone"], wanted["dwell"])
    began, frames = time.process_time(), 0
    for found in network.track(
        source=clip, stream=True, vid_stride=wanted["every"], classes=wanted["classes"], **options
    ):
        if frames == 0:
            began = time.process_time()  # from here on, so that loading does not count
        boxes = found.boxes
        numbers = [] if boxes.id is None else boxes.id.int().tolist()
        rule.take(frames * wanted["every"] / wanted["rate"], zip_boxes(numbers, boxes.xyxyn.tolist()))
        frames += 1
    hits, false = rule.judged(wanted["expected"])
    seconds = (frames - 1) * wanted["every"] / wanted["rate"]
    spent = {"processor": time.process_time() - began, "seconds": seconds, "hits": hits, "false": false}
    print(json.dumps({**spent, "about": f"Ultralytics {package.__version__} track, {Path(weights).name}"}))


def zip_boxes(numbers: list[int], boxes: list[list[float]]) -> list[tuple[int, float, float, float, float]]:
    """Each track's number with its box; none before the tracker has given numbers."""
    return [(number, box[0], box[1], box[2], box[3]) for number, box in zip(numbers, boxes, strict=False)]


def main() -> None:
    """Answer until the input ends."""
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    try:
        package, cv2 = import_module("ultralytics"), import_module("cv2")
    except ImportError as error:
        raise SystemExit(f"{sys.executable} has no ultralytics: {error}") from error
    if sys.argv[1] == "track":
        track(package, sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))
        return
    wanted = json.loads(sys.argv[4])
    network = package.YOLO(sys.argv[1], task="detect")
    width, height = (int(part) for part in sys.argv[3].split("x"))
    paths = sorted(p for p in Path(sys.argv[2]).iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    pictures = [cv2.resize(cv2.imread(str(path)), (width, height)) for path in paths[:32]]

    def look(number: int) -> None:
        network.predict(
            pictures[number % len(pictures)],
            imgsz=(wanted["height"], wanted["width"]),
            conf=wanted["weakest"],
            iou=wanted["iou"],
            device="cpu",
            verbose=False,
        )

    look(0)
    about = f"ultralytics {package.__version__} with {Path(sys.argv[1]).name}"
    print(json.dumps({"about": about}), flush=True)
    for line in sys.stdin:
        answer: dict[str, Any] = {"wall": [], "processor": []}
        for number in range(int(line.split()[1])):
            start, worked = time.perf_counter(), time.process_time()
            look(number)
            answer["processor"].append((time.process_time() - worked) * 1e3)
            answer["wall"].append((time.perf_counter() - start) * 1e3)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
