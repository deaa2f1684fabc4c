"""Looks at fixed-camera clips over time: is a parked car found in every look, is an empty place left alone?

Writes a contact sheet, since figures alone have fooled many.
"""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scripts.train.boxes import Floats, Found, Picture, overlaps
from scripts.train.evaluate import detectors
from scripts.train.recipe import ROOT, Recipe, arguments, load
from scripts.train.samples import frames

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.check_clips --onnx models/street/street.onnx
  .venv-train/bin/python -m scripts.train.check_clips --onnx runs/train/start.onnx runs/train/tuned.onnx
"""
VEHICLES = ("car", "bus", "truck")
COLOURS = {
    "person": (60, 60, 255),
    "bicycle": (0, 200, 255),
    "motorcycle": (255, 0, 255),
    "car": (0, 255, 0),
    "bus": (255, 200, 0),
    "truck": (255, 80, 80),
}
SHEET_LOOKS = 3


def hit_rates(looks: list[Found], places: Floats, recipe: Recipe) -> list[float]:
    """Share of the looks in which a vehicle above the threshold covers each place (overlap >= 0.5)."""
    numbers = [recipe.classes.index(name) for name in VEHICLES]
    hits = np.zeros(len(places))
    for found in looks:
        sure = found.where((found.scores >= recipe["threshold"]) & np.isin(found.classes, numbers))
        if len(sure):
            hits += (overlaps(places, sure.boxes) >= 0.5).any(axis=1)
    return [round(float(hit), 3) for hit in hits / max(1, len(looks))]


def draw(picture: Picture, found: Found, recipe: Recipe, size: tuple[int, int]) -> Picture:
    """Return the picture at `size` with the boxes above the threshold."""
    scale = np.array([size[0] / picture.shape[1], size[1] / picture.shape[0]] * 2)
    canvas = np.asarray(cv2.resize(picture, size), np.uint8)
    for box, score, number in zip(found.boxes * scale, found.scores, found.classes, strict=True):
        if score < recipe["threshold"]:
            continue
        name = recipe.classes[number]
        left, top, right, bottom = (int(edge) for edge in box)
        cv2.rectangle(canvas, (left, top), (right, bottom), COLOURS[name], 1)
        cv2.putText(canvas, f"{name[:3]} {score:.2f}", (left, top - 2), 0, 0.35, COLOURS[name], 1)
    return canvas


def check_clip(recipe: Recipe, name: str, chosen: dict[str, Any]) -> tuple[dict[str, Any], list[Picture]]:
    """Hit rates of one clip for every detector, and rows of drawn looks (one row a detector)."""
    rule = recipe["checks"][name]
    taken = list(frames(recipe.locate(f"data/clips/{name}.mp4"), rule["step_s"]))
    shown = np.linspace(0, len(taken) - 1, SHEET_LOOKS).round().astype(int)
    result: dict[str, Any] = {}
    rows = []
    for model, find in chosen.items():
        looks = [find(picture) for _, picture in taken]
        numbers = [recipe.classes.index(vehicle) for vehicle in VEHICLES]
        seen = [int(((look.scores >= recipe["threshold"]) & np.isin(look.classes, numbers)).sum()) for look in looks]
        result[model] = {
            "looks": len(looks),
            "vehicles a look": round(float(np.mean(seen)), 2),
            "parked found in": hit_rates(looks, np.array(rule["parked"], np.float32).reshape(-1, 4), recipe),
            "empty taken for one in": hit_rates(looks, np.array(rule["empty"], np.float32).reshape(-1, 4), recipe),
        }
        rows.append(np.hstack([draw(taken[i][1], looks[i], recipe, (560, 336)) for i in shown]))
    return result, rows


def main() -> None:
    """Check the clips and write runs/train/check_clips.json and contact_sheet.png."""
    options = arguments("Check detectors on fixed-camera clips.", EXAMPLES)
    options.add_argument("--onnx", type=Path, nargs="+", required=True, help="networks to compare")
    given = options.parse_args()
    recipe = load(given)
    chosen = detectors(recipe, given.onnx, teachers=False)
    results: dict[str, Any] = {}
    rows: list[Picture] = []
    for name in recipe["checks"]:
        results[name], drawn = check_clip(recipe, name, chosen)
        rows.extend(drawn)
        for model, figures in results[name].items():
            print(f"{name:14}{model:12}{figures}", flush=True)
    out = recipe.work / "check_clips.json"
    out.write_text(json.dumps(results, indent=1), encoding="utf-8")
    cv2.imwrite(str(recipe.work / "contact_sheet.png"), np.vstack(rows))
    print(f"wrote {out.relative_to(ROOT)} and contact_sheet.png (rows: {', '.join(chosen)} for each clip)")


if __name__ == "__main__":
    main()
