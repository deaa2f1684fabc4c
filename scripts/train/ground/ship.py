"""Puts an exported ground model beside a manifest: to be measured, or with its figures to be shipped."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import yaml
from scripts.train.ground.floods import STREETS
from scripts.train.ground.recipe import ROOT, Recipe, RecipeError, arguments, load
from scripts.train.ground.sources import split

from sharp_eyes.edge.extract.parity import read_frame
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = r"""examples:
  .venv/bin/python -m scripts.train.ground.ship --name trial                 # manifest beside the file, to measure
  .venv/bin/python -m scripts.train.ground.ship --figures runs/ground/figures/report.json\
      --floods runs/ground/floods.json --to models/ground\
      --reference runs/render/ground/images/ground_9100_2.jpg
"""


def figures_of(report: Path | None, floods: Path | None, classes: list[str]) -> dict[str, Any]:
    """IoU of each class on real and on rendered pictures as the judge wrote it, and the AUC of the score of a flood.

    Empty where it was not measured.
    """
    tables = [] if report is None else json.loads(report.read_text(encoding="utf-8"))["tables"]
    sides = {table["kind"]: table["classes"] for table in tables if table["source"] is None}
    result: dict[str, Any] = {name: {"real": None, "rendered": None} for name in classes}
    for side, measured in sides.items():
        for name, entry in measured.items():
            rounded = {key: entry[key] and round(entry[key], 3) for key in ("iou", "precision", "recall")}
            result[name][side] = rounded | {"pictures": entry["pictures"]}
    if floods is not None:
        measured = json.loads(floods.read_text(encoding="utf-8"))["sets"][STREETS]["all"]
        result["flooded"] = {"real": {"auc": round(measured["score"]["auc"], 3), "pictures": measured["pictures"]}}
    return result


def manifest(recipe: Recipe, onnx: Path, report: Path | None, floods: Path | None) -> dict[str, Any]:
    """Return the manifest's content."""
    sources = [{"name": "yolo11n_coco (start weights of the backbone)", "licence": "AGPL-3.0", "pictures": 0}]
    for source, entry in recipe["sources"].items():
        pictures = len(split(recipe, source).train)
        sources.append({"name": source, "licence": entry["licence"], "pictures": pictures})
    width, height = recipe.size
    return {
        "schema": 2,
        "kind": "segmenter",
        "name": recipe["name"],
        "version": str(recipe["version"]),
        "licence": "AGPL-3.0-or-later",
        "family": "segmentation",
        "networks": {"fp16": {"file": onnx.name, "sha256": hashlib.sha256(onnx.read_bytes()).hexdigest()}},
        "classes": recipe.classes,
        "whole": ["flooded"],
        "input": {
            "width": width,
            "height": height,
            "layout": "nhwc",
            "colour": "bgr",
            "dtype": "uint8",
            "pad": recipe["input"]["pad"],
            "fit": "letterbox",
        },
        "sources": sources,
        "figures": figures_of(report, floods, recipe.classes),
        "measured_on": recipe["measured_on"] if report else "not measured yet",
    }


def write(content: dict[str, Any], path: Path) -> None:
    """Write a manifest."""
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    path.write_text(text, encoding="utf-8")


def reference(pictures: list[Path], path: Path) -> dict[str, Any]:
    """Copy reference pictures beside the manifest at `path` and record what the model sees in them here."""
    segmenter = Segmenter.open(ModelSettings.model_validate({"manifest": path, "runtime": "onnxruntime"}))
    recorded = []
    for picture in pictures:
        file = Path("reference") / picture.name
        (path.parent / file).parent.mkdir(exist_ok=True)
        shutil.copyfile(picture, path.parent / file)
        shares = segmenter.segment(read_frame(picture)).shares()
        recorded.append(
            {
                "file": file.as_posix(),
                "sha256": hashlib.sha256(picture.read_bytes()).hexdigest(),
                "shares": {name: round(share, 4) for name, share in shares.items()},
            }
        )
    return {"pictures": recorded}


def main() -> None:
    """Write the manifest, and copy the network where it is to go."""
    options = arguments("Write the ground model's manifest.", EXAMPLES)
    options.add_argument("--name", default="ground", help="name of the run")
    options.add_argument("--figures", type=Path, help="report.json of `evaluate segmenter` on the held-out pictures")
    options.add_argument("--floods", type=Path, help="figures that floods.py wrote")
    options.add_argument("--to", type=Path, help="folder to ship to; without it the manifest lies beside the file")
    options.add_argument("--reference", type=Path, nargs="+", help="own rendered pictures to bundle")
    given = options.parse_args()
    recipe = load(given)
    onnx = recipe.work / given.name / f"{recipe['name']}.onnx"
    if not onnx.is_file():
        raise RecipeError(f"{onnx}: not found; run scripts.train.ground.export first")
    folder = onnx.parent if given.to is None else ROOT / given.to
    folder.mkdir(parents=True, exist_ok=True)
    if given.to is not None:
        shutil.copyfile(onnx, folder / onnx.name)
    path = folder / "manifest.yaml"
    content = manifest(recipe, onnx, given.figures, given.floods)
    write(content, path)
    if given.reference:
        content["reference"] = reference(given.reference, path)
        write(content, path)
    print(f"wrote {folder}/manifest.yaml")


if __name__ == "__main__":
    main()
