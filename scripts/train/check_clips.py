"""Looks at fixed-camera clips over time: whether a parked car is found in every look and an empty place left alone.

Writes a contact sheet, since figures alone have fooled many. Runs in the product's own environment, with the product's
own detector.
"""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scripts.train.boxes import Floats, Picture, overlaps
from scripts.train.recipe import ROOT, Recipe, arguments, load
from scripts.train.samples import frames

from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.check_clips --model models/street/manifest.yaml
  .venv/bin/python -m scripts.train.check_clips --model old/manifest.yaml models/street/manifest.yaml
"""
VEHICLES = ("car", "bus", "truck")
SHEET_LOOKS = 3
PALETTE = ((60, 60, 255), (0, 200, 255), (0, 255, 200), (255, 0, 255), (0, 255, 0), (255, 200, 0), (255, 80, 80))


def looks_of(detector: Detector, pictures: list[tuple[float, Picture]]) -> list[Detections]:
    """What the detector is sure of in each picture."""
    found = []
    for second, picture in pictures:
        seen = detector.detect([Frame.of_picture("clip", second, picture)])[0]
        sure = seen.scores >= detector.thresholds.vector(seen.names)[seen.classes]
        found.append(Detections(seen.boxes[sure], seen.scores[sure], seen.classes[sure], seen.names))
    return found


def vehicles(found: Detections) -> Floats:
    """Boxes (n, 4) of cars, buses and trucks."""
    numbers = [number for number, name in enumerate(found.names) if name in VEHICLES]
    return np.asarray(found.boxes[np.isin(found.classes, numbers)], np.float32)


def hit_rates(looks: list[Detections], places: Floats) -> list[float]:
    """Share of the looks in which a vehicle covers each place (overlap >= 0.5)."""
    hits = np.zeros(len(places))
    for found in looks:
        boxes = vehicles(found)
        if len(boxes):
            hits += (overlaps(places, boxes) >= 0.5).any(axis=1)
    return [round(float(hit), 3) for hit in hits / max(1, len(looks))]


def draw(picture: Picture, found: Detections, size: tuple[int, int]) -> Picture:
    """Return the picture at `size` with its boxes."""
    scale = np.array([size[0] / picture.shape[1], size[1] / picture.shape[0]] * 2)
    canvas = np.asarray(cv2.resize(picture, size), np.uint8)
    for box, score, number in zip(found.boxes * scale, found.scores, found.classes, strict=True):
        colour = PALETTE[int(number) % len(PALETTE)]
        left, top, right, bottom = (int(edge) for edge in box)
        cv2.rectangle(canvas, (left, top), (right, bottom), colour, 1)
        cv2.putText(canvas, f"{found.names[number][:6]} {score:.2f}", (left, top - 2), 0, 0.35, colour, 1)
    return canvas


def check_clip(recipe: Recipe, name: str, detectors: dict[str, Detector]) -> tuple[dict[str, Any], list[Picture]]:
    """Hit rates of one clip for every detector, and rows of drawn looks (one row a detector)."""
    rule = recipe["checks"][name]
    folder = recipe.locate("data/clips")
    paths = sorted((folder / name).glob("*.mp4")) if (folder / name).is_dir() else [folder / f"{name}.mp4"]
    taken = [look for path in paths for look in frames(path, rule["step_s"])]
    shown = np.linspace(0, len(taken) - 1, SHEET_LOOKS).round().astype(int)
    result: dict[str, Any] = {}
    rows = []
    for model, detector in detectors.items():
        looks = looks_of(detector, taken)
        result[model] = {
            "looks": len(looks),
            "vehicles a look": round(float(np.mean([len(vehicles(look)) for look in looks])), 2),
            "boxes a look": round(float(np.mean([len(look.boxes) for look in looks])), 2),
            "parked found in": hit_rates(looks, np.array(rule["parked"], np.float32).reshape(-1, 4)),
            "empty taken for one in": hit_rates(looks, np.array(rule["empty"], np.float32).reshape(-1, 4)),
        }
        rows.append(np.hstack([draw(taken[i][1], looks[i], (560, 336)) for i in shown]))
    return result, rows


def main() -> None:
    """Check the clips and write runs/train/check_clips.json and contact_sheet.png."""
    options = arguments("Check detectors on fixed-camera clips.", EXAMPLES)
    options.add_argument("--model", type=Path, nargs="+", required=True, help="manifests to compare")
    given = options.parse_args()
    recipe = load(given)
    detectors = {}
    for path in given.model:
        detector = Detector.open(ModelSettings(manifest=path, runtime="onnxruntime"))
        detectors[f"{detector.model.manifest.name} {detector.model.manifest.version}"] = detector
    results: dict[str, Any] = {}
    rows: list[Picture] = []
    for name in recipe["checks"]:
        results[name], drawn = check_clip(recipe, name, detectors)
        rows.extend(drawn)
        for model, figures in results[name].items():
            print(f"{name:14}{model:12}{figures}", flush=True)
    out = recipe.work / "check_clips.json"
    out.write_text(json.dumps(results, indent=1), encoding="utf-8")
    cv2.imwrite(str(recipe.work / "contact_sheet.png"), np.vstack(rows))
    print(f"wrote {out.relative_to(ROOT)} and contact_sheet.png (rows: {', '.join(detectors)} for each clip)")


if __name__ == "__main__":
    main()
