"""Small data sets on disk, and what a model that is not there found in them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import yaml

from sharp_eyes.edge.evaluate.detectors.detection_cache import CachedDetections
from sharp_eyes.edge.evaluate.detectors.inference import EvaluatedModel, SourceDetections
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledPicture, LabelledSource, Shares
from sharp_eyes.edge.evaluate.detectors.metrics import table_of
from sharp_eyes.edge.evaluate.detectors.schema import ClassTable
from sharp_eyes.edge.evaluate.report.model import FootageKind
from sharp_eyes.edge.extract.detector import Detector

Box = tuple[float, float, float, float]
Found = tuple[float, Box, str]
"""Score, x1 y1 x2 y2 in pixels, class."""

WIDTH, HEIGHT = 200, 100


def model(*classes: str, name: str = "made up") -> EvaluatedModel:
    """A model of which only the classes and the input are asked: twice the size of the pictures."""
    manifest = SimpleNamespace(input=SimpleNamespace(width=2 * WIDTH, height=2 * HEIGHT))
    detector = cast(Detector, SimpleNamespace(model=SimpleNamespace(classes=classes, manifest=manifest)))
    return EvaluatedModel(name, "key", Path("manifest.yaml"), "0" * 64, "fp32", detector)


def picture(
    name: str,
    objects: Sequence[tuple[Box, str]] = (),
    ignore: Sequence[tuple[Box, str]] = (),
    group: str | None = None,
) -> LabelledPicture:
    """A labelled picture of 200 x 100 pixels."""
    return LabelledPicture(
        path=Path(name),
        name=name,
        group=group or name,
        boxes=shares([box for box, _ in objects]),
        names=tuple(kind for _, kind in objects),
        ignore=shares([box for box, _ in ignore]),
        ignore_names=tuple(kind for _, kind in ignore),
    )


def shares(boxes: Sequence[Box]) -> Shares:
    """Pixels as shares of the picture."""
    return np.asarray(np.array(boxes, np.float64).reshape(-1, 4) / np.array([WIDTH, HEIGHT] * 2), np.float64)


def source(
    name: str, labelled: Sequence[str], pictures: Sequence[LabelledPicture], kind: FootageKind = "real"
) -> LabelledSource:
    """A source as it is after its names were mapped."""
    return LabelledSource(name, kind, "", name, "yolo", tuple(labelled), tuple(pictures))


def seen(classes: Sequence[str], found: Sequence[Found]) -> CachedDetections:
    """What was found in one picture."""
    ranked = sorted(found, key=lambda one: -one[0])
    return CachedDetections(
        WIDTH,
        HEIGHT,
        np.array([box for _, box, _ in ranked], np.float32).reshape(-1, 4),
        np.array([score for score, _, _ in ranked], np.float32),
        np.array([classes.index(kind) for _, _, kind in ranked], np.int32),
    )


def looks(classes: Sequence[str], found: Sequence[Sequence[Found]]) -> SourceDetections:
    """What was found in the pictures of a source, one after the other."""
    return SourceDetections({index: seen(classes, one) for index, one in enumerate(found)})


def measured(
    classes: Sequence[str],
    pairs: Sequence[tuple[LabelledSource, Sequence[Sequence[Found]]]],
    thresholds: Mapping[str, float] | None = None,
) -> ClassTable:
    """The figures of a model on sources."""
    limits = dict.fromkeys(classes, 0.5) | dict(thresholds or {})
    own = [(one, looks(classes, found)) for one, found in pairs]
    return table_of(model(*classes), own, limits, "real", None, classes)


def write_picture(path: Path, seed: int = 0) -> None:
    """A picture of 200 x 100 noisy pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), noise)


def write_yolo(folder: Path, labels: Mapping[str, str | None], **keys: object) -> Path:
    """A YOLO folder with a picture for each name, a label file unless it is None, and a data.yaml."""
    for seed, (name, text) in enumerate(labels.items()):
        write_picture(folder / "images" / f"{name}.png", seed)
        if text is not None:
            (folder / "labels").mkdir(exist_ok=True)
            (folder / "labels" / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "data.yaml").write_text(yaml.safe_dump({"names": ["car", "person"], **keys}), encoding="utf-8")
    return folder / "data.yaml"
