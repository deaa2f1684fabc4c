"""Writes the held-out pictures as data sets for `sharp-eyes-edge evaluate segmenter`, the judge of all figures.

A mask holds bit fields: its values are sets of classes, and each `data.yaml` says which.
"""

import csv
import shutil
from pathlib import Path

import cv2
import numpy as np
import yaml
from scripts.train.ground.recipe import Recipe, RecipeError, arguments, load
from scripts.train.ground.sources import Sample, read, split

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.ground.held_out                          # runs/ground/held/<source>
  .venv/bin/python -m scripts.train.ground.held_out --sources flood_ground flood_cctv
  .venv/bin/sharp-eyes-edge evaluate segmenter --data runs/ground/held/flood_ground --out runs/ground/figures
"""


def write(recipe: Recipe, source: str, samples: list[Sample], folder: Path) -> int:
    """Write one data set of the samples in which anything is labelled; gives how many pictures it has."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    rows, values = [], set()
    for sample in samples:
        _, field = read(sample, recipe)
        if not field.any():
            continue
        name = sample.picture.stem
        shutil.copyfile(sample.picture, folder / "images" / sample.picture.name)
        cv2.imwrite(str(folder / "masks" / f"{name}.png"), field)
        rows.append((name, sample.group))
        values |= set(np.unique(field).tolist()) - {0}
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("image", "group"), *rows])
    entry = recipe["sources"][source]
    told = {
        "classes": {
            value: [name for k, name in enumerate(recipe.classes) if value >> k & 1] for value in sorted(values)
        },
        "groups": "index.csv",
        "source": source,
        "kind": "rendered" if entry.get("rendered") else "real",
        "licence": entry["licence"],
    }
    (folder / "data.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return len(rows)


def main() -> None:
    """Write the data sets."""
    options = arguments("Write the held-out pictures as data sets for the judge.", EXAMPLES)
    options.add_argument("--sources", nargs="+", help="only these; default: all that hold something out")
    given = options.parse_args()
    recipe = load(given)
    for source in given.sources or recipe["sources"]:
        if source not in recipe["sources"]:
            raise RecipeError(f"recipe: sources: no {source}; it has {', '.join(recipe['sources'])}")
        if samples := split(recipe, source).held_out:
            folder = recipe.work / "held" / source
            print(f"{folder}: {write(recipe, source, samples, folder)} pictures")


if __name__ == "__main__":
    main()
