"""The other side of detector.py: Ultralytics in its own environment; knows nothing of our package.

usage: ultralytics_worker.py WEIGHTS PICTURES WIDTHxHEIGHT JSON   (width, height, weakest, iou)
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


def main() -> None:
    """Answer until the input ends."""
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    try:
        package, cv2 = import_module("ultralytics"), import_module("cv2")
    except ImportError as error:
        raise SystemExit(f"{sys.executable} has no ultralytics: {error}") from error
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
