"""Recall of a class by how high its objects stand in the network's input: how small may they be?"""

import itertools
import json
from pathlib import Path

import numpy as np
from scripts.train.boxes import overlaps
from scripts.train.evaluate import detectors
from scripts.train.measures import MATCH
from scripts.train.recipe import RecipeError, arguments, load
from scripts.train.samples import read_picture

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.recall_by_height --onnx models/street/street.onnx
  .venv-train/bin/python -m scripts.train.recall_by_height --onnx models/street/street.onnx --label car
"""
EDGES = (0, 16, 32, 64, 128, 10_000)


def main() -> None:
    """Print recall at the shipped threshold per band of height, real and rendered apart."""
    options = arguments("Recall by the objects' height.", EXAMPLES)
    options.add_argument("--onnx", type=Path, required=True, help="the network")
    options.add_argument("--label", default="person", help="class to look at")
    given = options.parse_args()
    recipe = load(given)
    table = recipe.work / "street" / "measure.json"
    if not table.exists() or given.label not in recipe.classes:
        raise RecipeError(f"{table} is missing (run build_data.py), or there is no class `{given.label}`")
    find = detectors(recipe, [given.onnx], teachers=False)[given.onnx.stem]
    wanted = recipe.classes.index(given.label)
    seen: dict[str, list[tuple[float, bool]]] = {"people": [], "render": []}
    for entry in json.loads(table.read_text(encoding="utf-8")):
        if entry["labelled_by"] not in seen or wanted not in entry["numbers"]:
            continue
        picture = read_picture(Path(entry["picture"]))
        scale = min(recipe.size[0] / picture.shape[1], recipe.size[1] / picture.shape[0])
        found = find(picture)
        sure = found.where((found.scores >= recipe["threshold"]) & (found.classes == wanted))
        for box, number in zip(entry["boxes"], entry["numbers"], strict=True):
            if number == wanted:
                hit = (overlaps(np.array([box], np.float32), sure.boxes) >= MATCH).any()
                seen[entry["labelled_by"]].append(((box[3] - box[1]) * scale, bool(hit)))
    for kind, objects in seen.items():
        for low, high in itertools.pairwise(EDGES):
            hits = [hit for height, hit in objects if low <= height < high]
            if hits:
                print(f"{kind:8}{given.label:12}{low:4} to {high:5} px: {sum(hits):4} of {len(hits):4} found")


if __name__ == "__main__":
    main()
