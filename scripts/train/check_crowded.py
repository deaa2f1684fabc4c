"""Says how often a detector sees what the cases of the field ask for: a heap, a row of scooters, a car beside a car.

Held-out cut-outs (crowded.py) on held-out street pictures, as a poor gateway sends them: 240 lines, H.264. A heap or
a row counts as seen where at least five of its two-wheelers have a box, a double-parked car where it and its neighbours
have boxes of their own. Runs in the product's own environment.
"""

from pathlib import Path

import cv2
import numpy as np
from scripts.train import gateway
from scripts.train.boxes import Found, Picture, overlaps
from scripts.train.crowded import crowd, read_fleet
from scripts.train.merge import Known
from scripts.train.recipe import Recipe, arguments, load
from scripts.train.samples import read_picture

from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.pile import single
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.check_crowded --model models/street/manifest.yaml runs/ship/street/manifest.yaml
"""
LINES = 240
ENOUGH = 5
KINDS = {"heap": ("bicycle", "motorcycle"), "row": ("bicycle", "motorcycle"), "kerb": ("car",), "park": ("car",)}


def scenes(recipe: Recipe, plan: str, count: int) -> list[tuple[Picture, Known]]:
    """Pictures of one plan with at least five two-wheelers, or three cars, as a gateway sends them."""
    shares = dict.fromkeys(recipe["crowded"]["shares"], 0.0) | {plan: 1.0}
    ours = Recipe(recipe.values | {"crowded": recipe["crowded"] | {"shares": shares, "others": 0.0}}, recipe.shared)
    fleet = read_fleet(ours, held=True)
    listed = (recipe.work / "held" / "street_cctv" / "list.txt").read_text(encoding="utf-8").split()
    nothing = Known(Found.empty(), np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    made: list[tuple[Picture, Known]] = []
    for number in range(50 * count):
        street = read_picture(Path(listed[number % len(listed)]))
        picture, known = crowd(street, nothing, fleet, ours, [recipe["seed"], number, 9])
        tall = np.median(known.labels.boxes[:, 3] - known.labels.boxes[:, 1]) if len(known.labels) else 0
        if len(known.labels) >= (ENOUGH if plan in ("heap", "row") else 3) and tall >= 0.05 * picture.shape[0]:
            made.append((sent(picture, number), known))
        if len(made) == count:
            break
    return made


def sent(picture: Picture, number: int) -> Picture:
    """The picture in LINES lines after a key frame of H.264, blown up to its own size again."""
    rows, columns = picture.shape[:2]
    small = cv2.resize(picture, (round(columns * LINES / rows) // 2 * 2, LINES), interpolation=cv2.INTER_AREA)
    coarse = gateway.h264(np.asarray(small, np.uint8), 30 + number % 6)
    return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)


def is_seen(detector: Detector, picture: Picture, known: Known, kinds: tuple[str, ...]) -> tuple[bool, int]:
    """Whether enough of a picture is seen, and how many people are seen where none are."""
    (found,) = detector.detect([Frame.of_picture("crowded", 0.0, picture)])
    names = np.array(detector.model.classes)[found.classes]
    boxes = np.asarray(found.boxes, np.float32)
    ours = boxes[np.isin(names, kinds)]
    people = int((names == "person").sum())
    if "car" in kinds:
        each = overlaps(known.labels.boxes, ours) if len(ours) else np.zeros((len(known.labels), 1))
        return bool((each.max(axis=1) >= 0.5).mean() >= 0.99), people
    near = ours[[bool(overlaps(box[None], known.labels.boxes).max() > 0.2) for box in ours]] if len(ours) else ours
    apart = single([(float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in near])
    return len(apart) >= ENOUGH, people


def main() -> None:
    """Print a table."""
    options = arguments("How often heaps, rows and double-parked cars are seen.", EXAMPLES)
    options.add_argument("--model", type=Path, nargs="+", required=True, help="manifests to compare")
    options.add_argument("--count", type=int, default=40, help="pictures of each plan (default: %(default)s)")
    given = options.parse_args()
    recipe = load(given)
    for plan, kinds in KINDS.items():
        made = scenes(recipe, plan, given.count)
        for model in given.model:
            settings = ModelSettings.model_validate({"manifest": model, "runtime": "onnxruntime"})
            detector = Detector.open(settings)
            answers = [is_seen(detector, picture, known, kinds) for picture, known in made]
            seen, people = sum(one for one, _ in answers), sum(many for _, many in answers)
            print(f"{plan:6}{model.parent.name:>12}  seen {seen} of {len(made)}; people where none were laid: {people}")


if __name__ == "__main__":
    main()
