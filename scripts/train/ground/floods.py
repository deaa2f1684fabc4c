"""Measures the score of a flood for whole pictures: area under the ROC curve, by day and at night, cameras drawn anew.

Run in the product's environment; the score is the one that scenes are given. Beside it stands the share of water in the
picture, which is all that a segmenter without such a score has to say.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scripts.train.ground.recipe import Recipe, arguments, load
from scripts.train.ground.sources import Sample, read, split

from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.reference.glance import Glance
from sharp_eyes.edge.scenes.reference.trust import Light
from sharp_eyes.edge.settings import ModelSettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.ground.floods                                        # the bundled model
  .venv/bin/python -m scripts.train.ground.floods --manifest runs/ground/heads/manifest.yaml --out floods.json
"""
STREETS = "street cameras held out"
SETS = {
    STREETS: (("flood_cctv",), ("flood_cctv",)),
    "floods at eye level against dry cameras": (("flood_ground",), ("trafficcam", "footage", "street_cctv")),
}
"""Sources of the flooded and of the other pictures."""
RESAMPLES = 500


def auc(scores: npt.NDArray[np.float64], flooded: npt.NDArray[np.bool_]) -> float | None:
    """How often a flooded picture scores above one that is not; nothing where one side is missing."""
    if flooded.all() or not flooded.any():
        return None
    above = scores[flooded][:, None] - scores[~flooded][None]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def interval(
    scores: npt.NDArray[np.float64], flooded: npt.NDArray[np.bool_], groups: Sequence[str]
) -> tuple[float, float] | None:
    """95 % interval of the AUC, whole groups drawn anew with replacement."""
    random = np.random.default_rng(0)
    names = sorted(set(groups))
    members = [np.flatnonzero(np.array(groups) == name) for name in names]
    found = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([members[k] for k in random.integers(0, len(names), len(names))])
        if (one := auc(scores[chosen], flooded[chosen])) is not None:
            found.append(one)
    return (float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))) if len(found) > RESAMPLES / 2 else None


def at_night(recipe: Recipe, sample: Sample, glance: Glance) -> bool:
    """As seen by eye where the recipe says so of a source, as lamps fool a measure; else as scenes see it."""
    by_day = recipe["sources"][sample.source].get("by_day")
    return Light.of(glance).dark(None) if by_day is None else sample.picture.stem not in by_day


def looked(recipe: Recipe, segmenter: Segmenter, sample: Sample) -> dict[str, Any]:
    """What is said of one picture."""
    frame = Frame.of_picture("floods", 0.0, read(sample, recipe)[0])
    seen = segmenter.segment(frame)
    return {
        "picture": sample.picture.stem,
        "group": f"{sample.source} {sample.group}",
        "flooded": bool(sample.flooded),
        "night": at_night(recipe, sample, Glance(frame, seen)),
        "score": seen.whole.get("flooded"),
        "water": seen.shares().get("water", 0.0),
    }


def measured(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of some pictures, for the score and for the share of water."""
    flooded = np.array([row["flooded"] for row in rows])
    groups = [row["group"] for row in rows]
    found: dict[str, Any] = {"pictures": len(rows), "flooded": int(flooded.sum()), "groups": len(set(groups))}
    for key in ("score", "water"):
        if rows and all(row[key] is not None for row in rows):
            scores = np.array([row[key] for row in rows], np.float64)
            found[key] = {"auc": auc(scores, flooded), "interval": interval(scores, flooded, groups)}
    return found


def report(recipe: Recipe, segmenter: Segmenter) -> dict[str, Any]:
    """Figures of each set, of all of it and by day and night."""
    known: dict[str, list[dict[str, Any]]] = {}
    for source in sorted({source for sides in SETS.values() for side in sides for source in side}):
        samples = [sample for sample in split(recipe, source).held_out if sample.flooded is not None]
        known[source] = [looked(recipe, segmenter, sample) for sample in samples]
    result: dict[str, Any] = {"model": segmenter.model.manifest.name, "pictures": known, "sets": {}}
    for title, (wet, dry) in SETS.items():
        rows = [row for source in wet for row in known[source] if row["flooded"]]
        rows += [row for source in dry for row in known[source] if not row["flooded"]]
        parts = {"all": rows, "day": [r for r in rows if not r["night"]], "night": [r for r in rows if r["night"]]}
        result["sets"][title] = {part: measured(chosen) for part, chosen in parts.items()}
    return result


def main() -> None:
    """Measure one model."""
    options = arguments("Measure the score of a flood on held-out pictures.", EXAMPLES)
    options.add_argument("--manifest", type=Path, help="default: the bundled ground model")
    options.add_argument("--out", type=Path, help="JSON file for the figures and every picture's score")
    given = options.parse_args()
    found = report(
        load(given), Segmenter.open(ModelSettings(manifest=given.manifest, runtime="onnxruntime", threads=1))
    )
    if given.out:
        given.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    for title, parts in found["sets"].items():
        for part, own in parts.items():
            print(f"{title}, {part}: {own['pictures']} pictures, {own['flooded']} flooded, {own['groups']} groups")
            for key in ("score", "water"):
                if key in own and own[key]["auc"] is not None:
                    low, high = own[key]["interval"] or (float("nan"), float("nan"))
                    print(f"  AUC of the {key}: {own[key]['auc']:.3f} ({low:.2f}-{high:.2f})")


if __name__ == "__main__":
    main()
