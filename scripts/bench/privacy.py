"""How much of labelled people's heads and vehicles' lower halves the privacy masks cover, and what they cost.

Nobody labelled heads or plates: a head is taken to be the middle half of the upper 15 % of a labelled person's box, a
plate to be somewhere in the lower half of a labelled vehicle's. For example::

    python scripts/bench/privacy.py data/coco128 --people 0 --vehicles 2 5 7
"""

import argparse
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.privacy.faces import FaceFinder
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.privacy.painting import Region
from sharp_eyes.edge.privacy_settings import PrivacySettings
from sharp_eyes.edge.settings import ModelSettings

COVERED = 0.9
"""Part of the place that must be grey for it to count as masked."""

BANDS = (24, 60, 120)
"""Pixels of a labelled box's height from which a band begins."""


def main() -> None:
    """Measure a folder of pictures with YOLO labels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, nargs="*", default=[])
    parser.add_argument("--vehicles", type=int, nargs="*", default=[])
    given = parser.parse_args()
    detectors = Detectors.open(ModelSettings(runtime="onnxruntime", precision="fp32"))
    masker = Masker("bench", PrivacySettings(hide=("heads", "plates")), detectors)
    faces = FaceFinder.open()
    counts: Counter[str] = Counter()
    spent = {"detector": 0.0, "faces": 0.0}
    for path in sorted(given.folder.rglob("images/**/*.jpg")):
        read = cv2.imread(str(path))
        if read is None:
            continue
        picture = np.asarray(read, np.uint8)
        frame = Frame.of_picture("bench", 0.0, picture)
        begin = time.process_time()
        heads = masker.regions(frame, frozenset({"heads"}))
        spent["detector"] += time.process_time() - begin
        plates = masker.regions(frame, frozenset({"plates"}))
        begin = time.process_time()
        found = faces.find(frame)
        spent["faces"] += time.process_time() - begin
        counts["pictures"] += 1
        counts["faces found"] += len(found)
        counts["faces found, of those masked as heads"] += sum(is_covered(face, heads, frame) for face in found)
        for number, x1, y1, x2, y2 in labels_of(path):
            band = max((low for low in BANDS if (y2 - y1) * frame.height >= low), default=None)
            if band is None:
                continue
            middle, quarter = (x1 + x2) / 2, (x2 - x1) / 4
            if number in given.people:
                head = (middle - quarter, y1, middle + quarter, y1 + 0.15 * (y2 - y1))
                tally(counts, f"people from {band} px", is_covered(head, heads, frame))
                tally(counts, f"people from {band} px, with faces", is_covered(head, heads + found, frame))
            if number in given.vehicles:
                low = (x1, (y1 + y2) / 2, x2, y2)
                tally(counts, f"vehicles from {band} px", is_covered(low, plates, frame))
    for name, number in sorted(counts.items()):
        print(f"{name}: {number}")
    for name, seconds in spent.items():
        print(f"{name}: {1000 * seconds / max(1, counts['pictures']):.0f} ms of processor time a picture")


def tally(counts: Counter[str], name: str, covered: bool) -> None:
    """Count one place, and whether it is masked."""
    counts[name] += 1
    counts[f"{name}, masked"] += covered


def labels_of(picture: Path) -> list[tuple[int, float, float, float, float]]:
    """Class and x1, y1, x2, y2 in shares; none where there is no label file."""
    label = Path(str(picture).replace("/images/", "/labels/")).with_suffix(".txt")
    found = []
    for line in label.read_text().splitlines() if label.is_file() else ():
        number, x, y, wide, tall = (float(word) for word in line.split()[:5])
        found.append((int(number), x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2))
    return found


def is_covered(place: Region, masks: list[Region], frame: Frame) -> bool:
    """Whether nearly all of a place lies under masks."""
    x1, y1, x2, y2 = (round(value * side) for value, side in zip(place, (frame.width, frame.height) * 2, strict=True))
    canvas = np.zeros((max(1, y2 - y1), max(1, x2 - x1)), bool)
    for left, top, right, bottom in masks:
        rows = slice(max(0, round(top * frame.height) - y1), max(0, round(bottom * frame.height) - y1))
        columns = slice(max(0, round(left * frame.width) - x1), max(0, round(right * frame.width) - x1))
        canvas[rows, columns] = True
    return bool(canvas.mean() >= COVERED)


if __name__ == "__main__":
    main()
