"""Which objects of the rendered demonstration clip are found, look by look? Their boxes are exact in every frame.

Figures by class come from `sharp-eyes-edge evaluate detector`; this tells whether the demonstration can work at all.
Runs in the product's own environment, with the product's own detector.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scripts.train.boxes import Floats, Picture, overlaps
from scripts.train.check_clips import draw, looks_of
from scripts.train.recipe import ROOT, RecipeError, arguments, load
from scripts.train.samples import frames

from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.frame import Detections
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.check_rendered --model models/street/manifest.yaml
  .venv/bin/python -m scripts.train.check_rendered --model models/street/manifest.yaml --every 4
"""
SEEN = 0.4
"""Share of an object that must be visible for it to be asked for."""
MATCH = 0.5


def read_truth(path: Path) -> dict[str, Any]:
    """Return the truth file beside the clip."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, json.JSONDecodeError) as error:
        raise RecipeError(f"{path}: no usable truth file: {error}") from error


def hits_over_time(entries: list[dict[str, Any]], looks: list[Detections]) -> dict[int, list[bool]]:
    """For each object, whether each look in which it is well seen finds it, whatever class it is taken for."""
    hits: dict[int, list[bool]] = defaultdict(list)
    for entry, found in zip(entries, looks, strict=True):
        plain = [box for box in entry["boxes"] if box["visible"] >= SEEN]
        corners: Floats = np.array([box["box"] for box in plain], np.float32).reshape(-1, 4)
        shared = overlaps(corners, np.asarray(found.boxes, np.float32))
        for box, row in zip(plain, shared, strict=True):
            hits[box["object"]].append(bool((row >= MATCH).any()))
    return dict(hits)


def main() -> None:
    """Print the hits of each object and draw a few looks of every detector."""
    options = arguments("Check detectors on the rendered clip.", EXAMPLES)
    options.add_argument("--model", type=Path, nargs="+", required=True, help="manifests to compare")
    options.add_argument("--clip", type=Path, default=ROOT / "media" / "street.mp4", help="clip with .json")
    options.add_argument("--every", type=int, default=8, help="look at every so many frames")
    given = options.parse_args()
    recipe = load(given)
    truth = read_truth(given.clip.with_suffix(".json"))
    roles = {thing["id"]: f"{thing['class']} {thing['role']}" for thing in truth["objects"]}
    entries = truth["frames"][:: given.every]
    pictures = list(frames(given.clip, 0.0))[:: given.every][: len(entries)]
    rows: list[Picture] = []
    for path in given.model:
        detector = Detector.open(ModelSettings(manifest=path, runtime="onnxruntime", precision="fp32"))
        looks = looks_of(detector, pictures)
        for number, seen in sorted(hits_over_time(entries[: len(looks)], looks).items()):
            name = detector.model.manifest.name
            print(f"{name:12}object {number:3} {roles[number]:24} found in {sum(seen)} of {len(seen)} looks")
        shown = np.linspace(0, len(looks) - 1, 4).round().astype(int)
        rows.append(np.hstack([draw(pictures[i][1], looks[i], (640, 360)) for i in shown]))
    out = recipe.work / "rendered_sheet.png"
    cv2.imwrite(str(out), np.vstack(rows))
    print(f"wrote {out.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
