"""Frames of the bundled clip with their exact boxes, and one evaluation of the bundled model on them."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from rich.console import Console

from sharp_eyes.edge.evaluate.detectors.evaluation import (
    DetectorEvaluation,
    DetectorEvaluationOptions,
    evaluate_detectors,
)
from sharp_eyes.edge.evaluate.detectors.negatives import frames_of

ROOT = Path(__file__).resolve().parents[3]
CLIP = ROOT / "media" / "street.mp4"
STEP = 4.0
SEEN = 0.4
"""Share of an object that must be visible for a miss to count."""


@dataclass(frozen=True)
class Street:
    """The same frames in both forms."""

    yolo: Path
    coco: Path
    cache: Path
    frames: int


USUAL = DetectorEvaluationOptions(
    models=(), data=(), mapping={}, names=None, pictures=None, split=None, rendered=(), negatives=(), absent=(),
    step=STEP, threshold=None, limit=None, runtime="onnxruntime", cache=None, examples=4,
)  # fmt: skip


def measure(street: Street, **changes: Any) -> DetectorEvaluation:
    """Evaluate without a word on the terminal."""
    usual = replace(USUAL, data=(street.yolo,), cache=street.cache)
    return evaluate_detectors(replace(usual, **changes), Console(quiet=True))


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Street:
    """Twelve frames of the rendered clip; what is hidden for the most part is an ignore region."""
    folder = tmp_path_factory.mktemp("street")
    truth = json.loads(CLIP.with_suffix(".json").read_text(encoding="utf-8"))
    kinds = {thing["id"]: thing["class"] for thing in truth["objects"]}
    names = sorted(set(kinds.values()))
    entries = {round(entry["time"] * 1000): entry for entry in truth["frames"]}
    for name in ("images", "labels", "ignore"):
        (folder / name).mkdir()
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for number, frame in enumerate(frames_of(CLIP, STEP), start=1):
        boxes = entries[round(frame.time * 1000)]["boxes"]
        cv2.imwrite(str(folder / "images" / f"{number:03}.png"), frame.picture())
        images.append({"id": number, "file_name": f"{number:03}.png", "width": frame.width, "height": frame.height})
        for box in boxes:
            kind, hidden = names.index(kinds[box["object"]]), box["visible"] < SEEN
            corners = np.clip(box["box"], 0, [frame.width, frame.height] * 2)
            annotations.append(
                {
                    "id": len(annotations) + 1, "image_id": number, "category_id": kind + 1, "iscrowd": int(hidden),
                    "bbox": [*corners[:2].tolist(), *(corners[2:] - corners[:2]).tolist()],
                }
            )  # fmt: skip
            shares = corners / ([frame.width, frame.height] * 2)
            middle, size = (shares[:2] + shares[2:]) / 2, shares[2:] - shares[:2]
            target = folder / ("ignore" if hidden else "labels") / f"{number:03}.txt"
            with target.open("a", encoding="utf-8") as file:
                file.write(f"{kind} {middle[0]:.9f} {middle[1]:.9f} {size[0]:.9f} {size[1]:.9f}\n")
    description = {"names": names, "source": "street", "kind": "rendered", "licence": "AGPL-3.0-or-later"}
    (folder / "data.yaml").write_text(yaml.safe_dump(description), encoding="utf-8")
    categories = [{"id": number, "name": name} for number, name in enumerate(names, start=1)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "street.json").write_text(json.dumps(content), encoding="utf-8")
    return Street(folder / "data.yaml", folder / "street.json", tmp_path_factory.mktemp("cache"), len(images))
