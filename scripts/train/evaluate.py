"""Measures ONNX detectors side by side on the held-out pictures, per class and per source.

Real pictures with labels made by people, rendered stills, and frames that only the teachers labelled are kept
apart: agreement with the teachers is no accuracy.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scripts.train.boxes import Found, Picture
from scripts.train.measures import Tally
from scripts.train.network import Network
from scripts.train.recipe import Recipe, RecipeError, arguments, load
from scripts.train.samples import read_picture
from scripts.train.teachers import Teachers

EXAMPLES = r"""examples:
  .venv-train/bin/python -m scripts.train.evaluate --onnx runs/train/start.onnx
  .venv-train/bin/python -m scripts.train.evaluate --onnx runs/train/start.onnx runs/train/tuned.onnx \
      --teachers
"""
MEASURED_ON = (
    "held-out groups of vehicles, coco128, bicycle and street_cctv (labels made by people; each source is "
    "judged only on the classes it labels) and, apart, stills of rendered scenes never trained on; overlap 0.5, "
    "precision and recall at the shipped threshold"
)
KINDS = {"people": "real", "render": "rendered", "teachers": "agreement"}
Detector = Callable[[Picture], Found]
Tallies = dict[tuple[str, str, str], Tally]


def detectors(recipe: Recipe, paths: list[Path], *, teachers: bool) -> dict[str, Detector]:
    """Name and function of every detector to measure."""
    width, height = recipe.size
    rows = list(range(len(recipe.classes)))
    chosen: dict[str, Detector] = {}
    for path in paths:
        chosen[path.stem] = Network(
            path, "ultralytics", rows, width, height, recipe["input"]["pad"], recipe["iou"]
        ).find
    if teachers:
        chosen["teachers"] = Teachers(recipe).label
    return chosen


def measure(recipe: Recipe, chosen: dict[str, Detector]) -> dict[str, Tallies]:
    """Run every detector on every held-out picture: tallies by kind, source (or `all`) and class."""
    table = recipe.work / "street" / "measure.json"
    if not table.exists():
        raise RecipeError(f"{table}: not found; run build_data.py first")
    entries = json.loads(table.read_text(encoding="utf-8"))
    tallies: dict[str, Tallies] = {name: {} for name in chosen}
    for number, entry in enumerate(entries, start=1):
        picture = read_picture(Path(entry["picture"]))
        truth = _truth(entry)
        for name, find in chosen.items():
            _count(tallies[name], entry, find(picture), truth, recipe.classes)
        if number % 50 == 0:
            print(f"  {number} of {len(entries)} pictures", flush=True)
    return tallies


def _truth(entry: dict[str, Any]) -> Found:
    boxes = np.array(entry["boxes"], np.float32).reshape(-1, 4)
    return Found(boxes, np.ones(len(boxes), np.float32), np.array(entry["numbers"], np.int64))


def _count(tallies: Tallies, entry: dict[str, Any], found: Found, truth: Found, classes: list[str]) -> None:
    kind = KINDS[entry["labelled_by"]]
    for number in entry["classes"]:
        pair = found.where(found.classes == number), truth.where(truth.classes == number)
        for source in ("all", entry["source"]):
            tallies.setdefault((kind, source, classes[number]), Tally()).add(*pair)


def print_report(tallies: dict[str, Tallies], recipe: Recipe) -> None:
    """Print one line per kind, source and class with every detector's figures side by side."""
    names = list(tallies)
    print(f"{'AP50 / precision / recall':44}" + "".join(f"{name:>22}" for name in names))
    keys = sorted(next(iter(tallies.values())), key=lambda key: (key[0], key[1] != "all", key[1]))
    for key in keys:
        first = tallies[names[0]][key]
        if not first.objects:
            continue
        cells = []
        for name in names:
            made = tallies[name][key].figures(recipe["threshold"])
            cells.append(f"{made['map50']:.3f} / {made['precision']:.2f} / {made['recall']:.2f}")
        label = f"{key[0]} {key[1]} {key[2]} ({first.objects})"
        print(f"{label:44}" + "".join(f"{cell:>22}" for cell in cells))
    for kind in ("real", "rendered", "agreement"):
        print(f"mean AP50 {kind:10}", {name: mean(tallies[name], kind) for name in names})


def mean(tallies: Tallies, kind: str) -> float | None:
    """Return the mean of the classes' AP50 over all sources of one kind."""
    values = [tally.average_precision() for key, tally in tallies.items() if key[:2] == (kind, "all") and tally.objects]
    return round(float(np.mean(values)), 3) if values else None


def report(tallies: dict[str, Tallies], recipe: Recipe) -> dict[str, Any]:
    """Return the figures as manifest.py and the model card want them."""
    models: dict[str, Any] = {}
    for name, mine in tallies.items():
        models[name] = {kind: {} for kind in KINDS.values()}
        models[name]["mean"] = {kind: mean(mine, kind) for kind in KINDS.values()}
        for (kind, source, label), tally in mine.items():
            if source == "all" and tally.objects:
                models[name][kind][label] = tally.figures(recipe["threshold"])
    return {"measured_on": MEASURED_ON, "threshold": recipe["threshold"], "models": models}


def main() -> None:
    """Measure and write runs/train/evaluation.json."""
    options = arguments("Measure detectors on the held-out pictures.", EXAMPLES)
    options.add_argument("--onnx", type=Path, nargs="+", required=True, help="networks to compare")
    options.add_argument("--teachers", action="store_true", help="measure the fused teachers too (slow)")
    options.add_argument("--out", type=Path, help="report (default: runs/train/evaluation.json)")
    given = options.parse_args()
    recipe = load(given)
    tallies = measure(recipe, detectors(recipe, given.onnx, teachers=given.teachers))
    print_report(tallies, recipe)
    out = given.out or recipe.work / "evaluation.json"
    out.write_text(json.dumps(report(tallies, recipe), indent=1), encoding="utf-8")
    print(f"wrote {out}")


if __name__ == "__main__":
    main()
