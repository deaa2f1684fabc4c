"""Our side of detector.py: reads 'look N' or 'bare N', answers with milliseconds in JSON.

usage: sharp_eyes_worker.py MANIFEST PICTURES WIDTHxHEIGHT RUNTIME PRECISION
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.letterbox import Letterbox
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings


def frames(folder: Path, size: str) -> list[Frame]:
    """Read at most 32 pictures, scaled to ``size``."""
    width, height = (int(part) for part in size.split("x"))
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not paths:
        raise SystemExit(f"{folder}: no .jpg or .png pictures")
    read = [cv2.imread(str(path)) for path in paths[:32]]
    scaled = [cv2.resize(picture, (width, height)) for picture in read if picture is not None]
    return [Frame.of_picture("bench", 0.0, np.asarray(picture, np.uint8)) for picture in scaled]


def timed(task: Callable[[int], object], times: int) -> dict[str, Any]:
    """Milliseconds on the wall clock and on the processor, each time."""
    wall, processor = [], []
    for number in range(times):
        start, worked = time.perf_counter(), time.process_time()
        task(number)
        processor.append((time.process_time() - worked) * 1e3)
        wall.append((time.perf_counter() - start) * 1e3)
    return {"wall": wall, "processor": processor}


def main() -> None:
    """Answer until the input ends."""
    if len(sys.argv) != 6:
        raise SystemExit(__doc__)
    wanted = {"manifest": sys.argv[1], "runtime": sys.argv[4], "precision": sys.argv[5]}
    settings = ModelSettings.model_validate(wanted)
    try:
        detector = Detector.open(settings)
    except ModelError as error:
        raise SystemExit(f"sharp eyes: {error}") from error
    manifest = detector.model.manifest
    pictures = frames(Path(sys.argv[2]), sys.argv[3])
    batch, _ = Letterbox(manifest.input).fit(pictures[0])
    about = {
        "about": f"{manifest.name} {manifest.version} with {detector.runtime.name} {sys.argv[5]}, {sys.argv[3]}",
        "file": str(detector.model.file.resolve()),
        "raw": manifest.input.dtype == "uint8",
        "width": manifest.input.width,
        "height": manifest.input.height,
        "weakest": detector.weakest,
        "iou": manifest.iou,
    }
    print(json.dumps(about), flush=True)
    tasks: dict[str, Callable[[int], object]] = {
        "look": lambda number: detector.detect([pictures[number % len(pictures)]]),
        "bare": lambda _: detector.runtime.run(batch),
    }
    for line in sys.stdin:
        task, times = line.split()
        print(json.dumps(timed(tasks[task], int(times))), flush=True)


if __name__ == "__main__":
    main()
