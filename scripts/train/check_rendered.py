"""Measures detectors on the rendered demonstration clip, whose boxes are exact in every frame.

Rendered figures are no promise for real streets; they tell whether the demonstration can work at all.
"""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scripts.train.boxes import Found, Picture, overlaps
from scripts.train.check_clips import draw
from scripts.train.evaluate import detectors
from scripts.train.measures import Tally
from scripts.train.recipe import ROOT, Recipe, RecipeError, arguments, load
from scripts.train.samples import frames

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.check_rendered --onnx models/street/street.onnx
  .venv-train/bin/python -m scripts.train.check_rendered --onnx runs/train/start.onnx --every 4
"""
SEEN = 0.4


def read_truth(path: Path) -> dict[str, Any]:
    """Return the truth file beside the clip."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, json.JSONDecodeError) as error:
        raise RecipeError(f"{path}: no usable truth file: {error}") from error


def truth_of(entry: dict[str, Any], kinds: dict[int, int]) -> tuple[Found, Found, list[int]]:
    """Boxes of one frame that are seen well, those hidden too much to ask for, and the former's object ids."""
    plain = [box for box in entry["boxes"] if box["visible"] >= SEEN]
    hidden = [box for box in entry["boxes"] if box["visible"] < SEEN]
    return _found(plain, kinds), _found(hidden, kinds), [box["object"] for box in plain]


def _found(boxes: list[dict[str, Any]], kinds: dict[int, int]) -> Found:
    corners = np.array([box["box"] for box in boxes], np.float32).reshape(-1, 4)
    numbers = np.array([kinds[box["object"]] for box in boxes], np.int64)
    return Found(corners, np.ones(len(boxes), np.float32), numbers)


def measure(
    recipe: Recipe, clip: Path, find: Any, every: int
) -> tuple[dict[str, Any], dict[int, list[bool]], list[Picture]]:
    """Figures per class, hits over time per object, and a few drawn looks."""
    truth = read_truth(clip.with_suffix(".json"))
    kinds = {thing["id"]: recipe.classes.index(thing["class"]) for thing in truth["objects"]}
    tallies = {kind: Tally() for kind in sorted(set(kinds.values()))}
    hits: dict[int, list[bool]] = {}
    drawn: list[Picture] = []
    for index, (_, picture) in enumerate(frames(clip, 0.0)):
        if index % every or index >= len(truth["frames"]):
            continue
        plain, hidden, ids = truth_of(truth["frames"][index], kinds)
        found = find(picture)
        if len(hidden) and len(found):
            found = found.where(~(overlaps(found.boxes, hidden.boxes) >= 0.5).any(axis=1))
        for kind, tally in tallies.items():
            tally.add(found.where(found.classes == kind), plain.where(plain.classes == kind))
        sure = found.where(found.scores >= recipe["threshold"])
        for number, box in zip(ids, plain.boxes, strict=True):
            hit = len(sure) > 0 and bool((overlaps(box[None], sure.boxes) >= 0.5).any())
            hits.setdefault(number, []).append(hit)
        drawn.append(draw(picture, found, recipe, (640, 360)))
    figures = {recipe.classes[k]: t.figures(recipe["threshold"]) for k, t in tallies.items() if t.objects}
    return figures, hits, drawn


def main() -> None:
    """Measure, print and draw every detector on the clip."""
    options = arguments("Check detectors on the rendered clip.", EXAMPLES)
    options.add_argument("--onnx", type=Path, nargs="+", required=True, help="networks to compare")
    options.add_argument("--clip", type=Path, default=ROOT / "media" / "street.mp4", help="clip with .json")
    options.add_argument("--every", type=int, default=8, help="look at every so many frames")
    given = options.parse_args()
    recipe = load(given)
    rows = []
    roles = {
        thing["id"]: f"{thing['class']} {thing['role']}"
        for thing in read_truth(given.clip.with_suffix(".json"))["objects"]
    }
    for name, find in detectors(recipe, given.onnx, teachers=False).items():
        figures, hits, drawn = measure(recipe, given.clip, find, given.every)
        for label, made in figures.items():
            print(f"{name:12}{label:12}{made}")
        for number, looks in sorted(hits.items()):
            print(f"{name:12}object {number:3} {roles[number]:24} found in {sum(looks)} of {len(looks)} looks")
        shown = np.linspace(0, len(drawn) - 1, 4).round().astype(int)
        rows.append(np.hstack([drawn[i] for i in shown]))
    out = recipe.work / "rendered_sheet.png"
    cv2.imwrite(str(out), np.vstack(rows))
    print(f"wrote {out.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
