"""How training pictures are drawn and turned; apart from Ultralytics, so that it is tested without it."""

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scripts.train import turning
from scripts.train.boxes import Floats, Picture
from scripts.train.recipe import Recipe

LEAST_SEEN = 0.3
"""Share of a thing that must be left in the picture for its box to stay; below it nobody is asked."""


@dataclasses.dataclass(frozen=True)
class Looks:
    """How one source's pictures are changed: shares of the times that each change is made."""

    turn: float = 0.0
    tilt: float = 8.0
    smear: float = 0.08
    sent: float = 0.45
    lay: float = 0.0


def looks_of(recipe: Recipe, source: str) -> Looks:
    """What the recipe says under `looks` of a source, over what it says of every one."""
    rules = recipe["looks"]
    return Looks(**{**rules.get("all", {}), **rules.get(source, {})})


def source_of(path: str) -> str:
    """Source of a training picture by its file's name, `<source>-<name>.jpg`."""
    return Path(path).name.partition("-")[0]


def chances(files: list[str], draw: dict[str, float] | None) -> Floats:
    """Chance (n,) that each file is drawn: a source's share spread evenly over its lines; all alike without `draw`."""
    if not draw:
        return np.full(len(files), 1 / max(1, len(files)), np.float32)
    sources = [source_of(file) for file in files]
    counts = {source: sources.count(source) for source in set(sources)}
    weights = np.array([draw.get(source, 0.0) / counts[source] for source in sources], np.float64)
    return np.asarray(weights / weights.sum(), np.float32)


def turn_all(
    picture: Picture,
    boxes: Floats,
    kinds: npt.NDArray[np.int64],
    classes: int,
    random: np.random.Generator,
    most: float,
) -> tuple[Picture, Floats, npt.NDArray[np.int64]]:
    """Turn a picture by up to `most` degrees with its boxes (n, 4, pixels) and class numbers (n,).

    Unknown regions (numbers from `classes` on) are made as large as they can be; one over the whole picture stays so.
    A thing of which less than LEAST_SEEN is left becomes unknown.
    """
    rows, columns = picture.shape[:2]
    degrees = float(random.uniform(-most, most))
    fit = turning.zoom_to_fit(columns, rows, degrees)
    matrix = turning.turning(columns, rows, degrees, float(random.uniform(min(fit, 1.0), 1.0)))
    there = turning.turned_boxes(boxes, matrix)
    unknown = kinds >= classes
    there[unknown] = turning.turned_boxes(boxes[unknown], matrix, 0.0)
    edge = np.array([columns, rows] * 2, np.float32)
    whole = unknown & (boxes[:, :2] <= 1).all(axis=1) & (boxes[:, 2:] >= edge[:2] - 1).all(axis=1)
    there[whole] = boxes[whole]
    seen = turning.seen_shares(there, columns, rows)
    lost = (seen < LEAST_SEEN) & ~unknown
    kinds = np.where(lost, kinds + classes, kinds)
    there = np.asarray(np.clip(there, 0, edge), np.float32)
    left = (there[:, 2:] - there[:, :2] > 1).all(axis=1)
    return turning.turned(picture, matrix), there[left], kinds[left]
