"""Measures a ground model on the held-out pictures, through the runtime that ships, real and rendered apart.

Run in the product's environment. `pasted` is the held-out real pictures with ponds, wet asphalt, shadows and
repairs painted in (the same at every run); its figures count as rendered.
"""

import json
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scripts.train.ground.pasting import add_decoy, add_pond
from scripts.train.ground.recipe import Recipe, arguments, load
from scripts.train.ground.sources import Mask, Picture, bits, read, split

from sharp_eyes.edge.evaluate.segmenters.evaluation import classes_of
from sharp_eyes.edge.evaluate.segmenters.pixel_tally import Tally
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.ground.evaluate
  .venv/bin/python -m scripts.train.ground.evaluate --manifest runs/ground/trial/manifest.yaml
Writes evaluation.json and sheet_<source>.png below --out.
"""
PASTED = "pasted"
COLOURS = np.array([[60, 200, 60], [30, 110, 190], [190, 190, 190], [255, 110, 0], [120, 0, 120]], np.uint8)
"""BGR of vegetation, soil, paved, water, other on the sheets."""
SHEET_COLUMNS = 3
SHEET_MOST = 24
TILE = (300, 200)


def with_pasting(recipe: Recipe, number: int, picture: Picture, field: Mask) -> tuple[Picture, Mask] | None:
    """A held-out picture with a decoy and, two times in three, a pond; nothing where too little is paved."""
    paved = field == bits(["paved"], recipe.classes)
    if paved.mean() < recipe["pasting"]["least_paved"]:
        return None
    random = np.random.default_rng([recipe["seed"], 99, number])
    seen = add_decoy(random, picture, paved)
    if number % 3 == 2:
        return seen, field
    return add_pond(random, seen, field, paved, bits(["water"], recipe.classes))


def tile(picture: Picture, field: Mask, given: npt.NDArray[np.uint8], classes: int) -> Picture:
    """Picture, expected classes (coarse ones black) and given classes, side by side."""
    expected = np.zeros_like(picture)
    for number in range(classes):
        expected[field == 1 << number] = COLOURS[number]
    mixed = cv2.addWeighted(picture, 0.35, COLOURS[given], 0.65, 0)
    return np.hstack([cv2.resize(part, TILE, interpolation=cv2.INTER_AREA) for part in (picture, expected, mixed)])


def write_sheet(path: Path, tiles: list[Picture]) -> None:
    """Write tiles in rows; the last row is filled with black."""
    missing = -len(tiles) % SHEET_COLUMNS
    filled = [*tiles, *[np.zeros_like(tiles[0])] * missing]
    rows = [np.hstack(filled[k : k + SHEET_COLUMNS]) for k in range(0, len(filled), SHEET_COLUMNS)]
    cv2.imwrite(str(path), np.vstack(rows))


def measure_source(recipe: Recipe, segmenter: Segmenter, source: str, out: Path) -> tuple[Tally, Tally]:
    """Tallies of a source's held-out pictures: as they are, and with pasting."""
    plain, pasted = (Tally.empty(len(recipe.classes)) for _ in range(2))
    samples = split(recipe, source).held_out
    shown = max(len(samples) // SHEET_MOST, 1)
    sheets: dict[str, list[Picture]] = {source: [], f"{source}_{PASTED}": []}
    for number, sample in enumerate(samples):
        picture, field = read(sample, recipe)
        altered = with_pasting(recipe, number, picture, field)
        for tally, name, pair in ((plain, source, (picture, field)), (pasted, f"{source}_{PASTED}", altered)):
            if pair is None:
                continue
            given = classes_of(segmenter, pair[0])
            tally.add(pair[1], given)
            if number % shown == 0:
                sheets[name].append(tile(*pair, given, len(recipe.classes)))
    for name, tiles in sheets.items():
        if tiles:
            write_sheet(out / f"sheet_{name}.png", tiles)
    return plain, pasted


def figures(tally: Tally, classes: list[str]) -> dict[str, Any]:
    """Figures of one source or side, ready for JSON."""
    result: dict[str, Any] = {}
    for number, name in enumerate(classes):
        if tally.iou(number) is not None:
            result[name] = {
                "iou": rounded(tally.iou(number)),
                "recall": rounded(tally.recall(number)),
                "precision": rounded(tally.precision(number)),
                "pictures": int(tally.pictures[number]),
            }
    return {"pictures": tally.seen, "consistency": rounded(tally.consistency), "classes": result}


def time_of_a_look(segmenter: Segmenter, looks: int = 30) -> dict[str, float]:
    """Milliseconds of one look at a 1080p frame, scaling included: median by the clock, and of the processor."""
    picture = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), np.uint8)
    frame = Frame.of_picture("evaluate", 0.0, picture)
    segmenter.segment(frame)
    spent = []
    processor = time.process_time()
    for _ in range(looks):
        began = time.perf_counter()
        segmenter.segment(frame)
        spent.append(time.perf_counter() - began)
    processor = (time.process_time() - processor) / looks
    return {"clock_ms": round(float(np.median(spent)) * 1e3, 1), "processor_ms": round(processor * 1e3, 1)}


def rounded(value: float | None) -> float | None:
    """Three digits."""
    return None if value is None else round(value, 3)


def table(report: dict[str, Any], classes: list[str]) -> str:
    """Markdown table of IoU per class and source."""
    lines = ["| | pictures | " + " | ".join(classes) + " | coarse consistent |", "|---" * (len(classes) + 3) + "|"]
    for name, entry in [*report["sources"].items(), *((f"**{side}**", report[side]) for side in ("real", "rendered"))]:
        cells = [str(entry["classes"].get(kind, {}).get("iou", "")) for kind in classes]
        lines.append(f"| {name} | {entry['pictures']} | {' | '.join(cells)} | {entry['consistency'] or ''} |")
    return "\n".join(lines)


def main() -> None:
    """Measure one model."""
    options = arguments("Measure a ground model on the held-out pictures.", EXAMPLES)
    options.add_argument("--manifest", type=Path, help="default: the bundled ground model")
    options.add_argument("--out", type=Path, help="folder for the report; default runs/ground/evaluation")
    given = options.parse_args()
    recipe = load(given)
    out = given.out or recipe.work / "evaluation"
    out.mkdir(parents=True, exist_ok=True)
    segmenter = Segmenter.open(ModelSettings(manifest=given.manifest))
    sides = {"real": Tally.empty(len(recipe.classes)), "rendered": Tally.empty(len(recipe.classes))}
    report: dict[str, Any] = {"model": segmenter.model.manifest.name, "sources": {}}
    report["look"] = time_of_a_look(segmenter)
    for source, entry in recipe["sources"].items():
        print(f"{source} …", flush=True)
        plain, pasted = measure_source(recipe, segmenter, source, out)
        side = "rendered" if entry.get("rendered") else "real"
        sides[side] = sides[side].merge(plain)
        report["sources"][source] = figures(plain, recipe.classes)
        if pasted.seen and side == "real":
            sides["rendered"] = sides["rendered"].merge(pasted)
            report["sources"][f"{source} {PASTED}"] = figures(pasted, recipe.classes)
    for side, tally in sides.items():
        report[side] = figures(tally, recipe.classes)
        report[side]["confusion"] = tally.confusion.tolist()
    (out / "evaluation.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(table(report, recipe.classes))
    print(f"one look at 1080p: {report['look']['clock_ms']} ms, {report['look']['processor_ms']} ms of processor time")


if __name__ == "__main__":
    main()
