"""Average precision by ``faster-coco-eval``, and the same for resampled pictures to tell how sure it is."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster

from sharp_eyes.edge.evaluate.detectors.box_matching import MOST, Floats, Numbers

_log = logging.getLogger(__name__)

RECALLS: Floats = np.linspace(0.0, 1.0, 101)
"""Recalls at which the COCO evaluation reads the precision."""

RESAMPLES = 500
"""How often groups are drawn anew for an interval."""

SEED = 20240517
"""Of the draws: the same data give the same interval."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Average precision of one class.

    Attributes:
        ap50, ap50_95: at an overlap of 0.5, and the mean over 0.5, 0.55 … 0.95.
        precision, scores: at the 101 ``RECALLS`` for an overlap of 0.5; both 0 where a recall is not reached.
    """

    ap50: float
    ap50_95: float
    precision: Floats
    scores: Floats


@dataclass(frozen=True, slots=True)
class Judgement:
    """Objects, ignore regions and detections of one class in one picture, all in pixels."""

    width: int
    height: int
    objects: Floats
    regions: Floats
    boxes: Floats
    scores: Floats


def curve_of(pictures: Sequence[Judgement]) -> Curve:
    """Average precision of one class over pictures; there must be an object in at least one of them."""
    truth: dict[str, Any] = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "class"}]}
    results: list[dict[str, Any]] = []
    for number, picture in enumerate(pictures, start=1):
        truth["images"].append({"id": number, "width": picture.width, "height": picture.height})
        for boxes, crowd in ((picture.objects, 0), (picture.regions, 1)):
            for box in _corner_and_size(boxes):
                truth["annotations"].append(_annotation(len(truth["annotations"]) + 1, number, box, crowd))
        for box, score in zip(_corner_and_size(picture.boxes), picture.scores.tolist(), strict=True):
            results.append({"image_id": number, "category_id": 1, "bbox": box, "score": score})
    if not results:
        nothing = np.zeros(len(RECALLS))
        return Curve(0.0, 0.0, nothing, nothing)
    known = COCO(truth)
    evaluation = COCOeval_faster(known, known.loadRes(results), iouType="bbox", print_function=_log.debug)
    evaluation.params.maxDets = [1, 10, MOST]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, 0, 0, -1]
    scores = evaluation.eval["scores"][0, :, 0, 0, -1]
    return Curve(
        ap50=float(precision[0].mean()),
        ap50_95=float(precision.mean()),
        precision=np.asarray(precision[0], np.float64),
        scores=np.where(precision[0] > 0, scores, 0.0),
    )


def _corner_and_size(boxes: Floats) -> list[list[float]]:
    rows = np.column_stack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    return [[float(value) for value in row] for row in rows]


def _annotation(number: int, picture: int, box: list[float], crowd: int) -> dict[str, Any]:
    return {
        "id": number, "image_id": picture, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": crowd,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """Detections of one class over many pictures, best first, and what is needed to draw them anew.

    Attributes:
        scores: n; right: n, whether each met an object; group: n, index of the group it comes from.
        objects: for each group, how many objects it holds.
    """

    scores: Floats
    right: Floats
    group: Numbers
    objects: Floats


def average_precision(tally: Tally, weights: Floats) -> float:
    """AP50 with each group counted ``weights`` times; with ones it is the library's.

    Method: precision made monotone from the right, read at 101 recalls (COCO evaluation).
    """
    total = float((tally.objects * weights).sum())
    if total == 0:
        return float("nan")
    weight = weights[tally.group]
    right = np.cumsum(weight * tally.right)
    all_found = np.cumsum(weight)
    precision = right / np.maximum(all_found, 1e-12)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(right / total, RECALLS, side="left")
    reached = at < len(envelope)
    return float(np.where(reached, envelope[np.minimum(at, len(envelope) - 1)], 0.0).mean()) if len(envelope) else 0.0


def intervals(tally: Tally, threshold: float) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """95 % intervals of AP50 and of the recall at a threshold, by drawing groups with replacement.

    Method: percentile bootstrap (Efron, 1979). None where fewer than two groups hold an object.
    """
    groups = len(tally.objects)
    if np.count_nonzero(tally.objects) < 2:
        return None, None
    draws = np.random.default_rng(SEED)
    hits = np.bincount(tally.group, tally.right * (tally.scores >= threshold), minlength=groups)
    precisions, recalls = [], []
    for _ in range(RESAMPLES):
        weights = np.bincount(draws.integers(0, groups, groups), minlength=groups).astype(np.float64)
        objects = float((tally.objects * weights).sum())
        if objects > 0:
            precisions.append(average_precision(tally, weights))
            recalls.append(float((hits * weights).sum()) / objects)
    return _middle(precisions), _middle(recalls)


def _middle(values: list[float]) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def share_interval(count: int, of: int) -> tuple[float, float]:
    """95 % interval of a share, by the score method (Wilson, 1927): no zero is ever quite certain."""
    if of == 0:
        return 0.0, 1.0
    quantile = 1.959964
    share, extra = count / of, quantile**2 / of
    middle = share + extra / 2
    spread = quantile * float(np.sqrt(share * (1 - share) / of + extra / (4 * of)))
    return max((middle - spread) / (1 + extra), 0.0), min((middle + spread) / (1 + extra), 1.0)
