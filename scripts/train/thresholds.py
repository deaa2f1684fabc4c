"""Says from which score on a detector gives at most one false frame in so many, on clips that hold none of its classes.

Runs in the product's own environment. What the clips show after all (labels/clips.yaml) does not count as false. The
scores are a help to choose the recipe's thresholds; `sharp-eyes-edge evaluate detector --negatives` measures them.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scripts.train.boxes import Picture
from scripts.train.labels import seen_at
from scripts.train.recipe import Recipe, arguments, load
from scripts.train.samples import frames

from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.thresholds --model models/hazard/manifest.yaml
  .venv/bin/python -m scripts.train.thresholds --model models/hazard/manifest.yaml --step 0.2 --part early
"""
CLIPS = ("cctv_normal", "corridor", "stairwell_night", "street_queue", "indoor_person", "shared_bikes_riding")


def looks(recipe: Recipe, step: float, part: str) -> Iterator[tuple[str, float, Picture]]:
    """Clip, second and picture; `early` or `late` is the half of each clip that may or may not have been trained on."""
    folder = recipe.locate("data/clips")
    for name in CLIPS:
        many = (folder / name).is_dir()
        for path in sorted((folder / name).glob("*.mp4")) if many else [folder / f"{name}.mp4"]:
            clip = f"{name}/{path.stem}" if many else name
            taken = list(frames(path, step))
            half = taken[-1][0] / 2
            for second, picture in taken:
                if part == "all" or (second < half) == (part == "early"):
                    yield clip, second, picture


def best_scores(recipe: Recipe, model: Path, step: float, part: str) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Names of the classes, and for each look (n, classes) the best score that is false."""
    settings = ModelSettings.model_validate({"manifest": model, "runtime": "onnxruntime", "threshold": 0.05})
    detector = Detector.open(settings)
    names = list(detector.model.classes)
    rows = []
    for clip, second, picture in looks(recipe, step, part):
        (found,) = detector.detect([Frame.of_picture("clip", second, picture)])
        row = np.zeros(len(names))
        np.maximum.at(row, found.classes, found.scores)
        there = [names.index(name) for name in seen_at(clip, second) if name in names]
        row[there] = 0
        rows.append(row)
        if len(rows) % 100 == 0:
            print(f"  {len(rows)} looks, now {clip}", flush=True)
    return names, np.array(rows)


def main() -> None:
    """Print the scores."""
    options = arguments("Scores from which false frames are rare.", EXAMPLES)
    options.add_argument("--model", type=Path, required=True, help="manifest.yaml")
    options.add_argument("--step", type=float, default=0.5, help="seconds between looks (default: %(default)s)")
    options.add_argument("--part", choices=("all", "early", "late"), default="all", help="which half of each clip")
    given = options.parse_args()
    names, scores = best_scores(load(given), given.model, given.step, given.part)
    print(f"{len(scores)} looks; score that is reached in this share of them")
    print(f"{'class':20}{'1 in 50':>10}{'1 in 200':>10}{'1 in 400':>10}{'highest':>10}")
    for number, name in enumerate(names):
        column = np.sort(scores[:, number])[::-1]
        at = [column[min(len(column) - 1, len(column) // share)] for share in (50, 200, 400)]
        print(f"{name:20}" + "".join(f"{value:10.3f}" for value in (*at, column[0])))


if __name__ == "__main__":
    main()
