"""Puts a finished ONNX beside its manifest: checksum, input contract, sources, measured figures."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import yaml
from scripts.train.recipe import ROOT, Recipe, RecipeError, arguments, load

EXAMPLES = r"""examples:
  .venv-train/bin/python -m scripts.train.manifest --onnx runs/train/start.onnx
  .venv-train/bin/python -m scripts.train.manifest --onnx runs/train/tuned.onnx \
      --figures runs/train/evaluation.json
"""
LARGEST_FILE = 12_000_000


def figures_of(report: Path | None, onnx: Path, classes: list[str]) -> tuple[dict[str, Any], str]:
    """Per-class figures of `onnx` in an evaluation report, and what they were measured on."""
    if report is None:
        return {name: {"real": None, "rendered": None} for name in classes}, "not measured yet"
    found = json.loads(report.read_text(encoding="utf-8"))
    try:
        mine = found["models"][onnx.stem]
    except KeyError:
        raise RecipeError(f"{report}: holds no figures of {onnx.stem}; run evaluate.py with it") from None
    sides = ("real", "rendered")
    figures = {name: {side: _agreed(mine[side].get(name)) for side in sides} for name in classes}
    return figures, found["measured_on"]


def _agreed(figures: dict[str, Any] | None) -> dict[str, Any] | None:
    """Only the figures that the manifest's schema knows."""
    if figures is None:
        return None
    return {key: figures[key] for key in ("map50", "precision", "recall", "pictures")}


def sources_of(index: Path) -> list[dict[str, Any]]:
    """Name, licence and number of training pictures of each source, from the data set's own table."""
    if not index.exists():
        return []
    return list(json.loads(index.read_text(encoding="utf-8")))


def manifest(recipe: Recipe, onnx: Path, report: Path | None) -> dict[str, Any]:
    """Return the manifest's content for `onnx`."""
    width, height = recipe.size
    figures, measured_on = figures_of(report, onnx, recipe.classes)
    start = {"name": "yolo11n_coco (start weights)", "licence": "AGPL-3.0", "pictures": 0}
    return {
        "schema": 1,
        "name": recipe["name"],
        "version": str(recipe["version"]),
        "file": f"{recipe['name']}.onnx",
        "sha256": hashlib.sha256(onnx.read_bytes()).hexdigest(),
        "licence": "AGPL-3.0-or-later",
        "family": "ultralytics",
        "classes": recipe.classes,
        "input": {
            "width": width,
            "height": height,
            "layout": "nchw",
            "colour": "rgb",
            "dtype": "float32",
            "scale": 1 / 255,
            "pad": recipe["input"]["pad"],
            "fit": "letterbox",
        },
        "threshold": recipe["threshold"],
        "iou": recipe["iou"],
        "sources": [start, *sources_of(recipe.work / "sources.json")],
        "figures": figures,
        "measured_on": measured_on,
    }


def main() -> None:
    """Copy the ONNX to models/ and write its manifest."""
    options = arguments("Ship an ONNX as models/<name>/ with its manifest.", EXAMPLES)
    options.add_argument("--onnx", type=Path, required=True, help="the exported network")
    options.add_argument("--figures", type=Path, help="report that evaluate.py wrote")
    given = options.parse_args()
    recipe = load(given)
    if not given.onnx.is_file() or given.onnx.stat().st_size > LARGEST_FILE:
        raise RecipeError(f"{given.onnx}: missing, or larger than {LARGEST_FILE} bytes")
    folder = ROOT / "models" / recipe["name"]
    folder.mkdir(parents=True, exist_ok=True)
    content = manifest(recipe, given.onnx, given.figures)
    shutil.copyfile(given.onnx, folder / content["file"])
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    (folder / "manifest.yaml").write_text(text, encoding="utf-8")
    print(f"wrote {folder.relative_to(ROOT)}/{content['file']} and manifest.yaml ({content['sha256'][:12]}…)")


if __name__ == "__main__":
    main()
