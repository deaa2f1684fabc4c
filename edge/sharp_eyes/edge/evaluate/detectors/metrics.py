"""Figures of one model on a set of sources: each source counts for the classes that it labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sharp_eyes.edge.evaluate.detectors.average_precision import (
    RECALLS,
    Curve,
    Judgement,
    Tally,
    curve_of,
    intervals,
    share_interval,
)
from sharp_eyes.edge.evaluate.detectors.box_matching import IGNORED, Matches, match, to_pixels
from sharp_eyes.edge.evaluate.detectors.calibration import calibration_of
from sharp_eyes.edge.evaluate.detectors.confusion import confusion_of
from sharp_eyes.edge.evaluate.detectors.detection_cache import CachedDetections
from sharp_eyes.edge.evaluate.detectors.inference import EvaluatedModel, SourceDetections
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledPicture, LabelledSource
from sharp_eyes.edge.evaluate.detectors.schema import (
    FALSE_FRAMES_PER,
    Band,
    ClassMetrics,
    ClassTable,
    FalseFrames,
    Mean,
)
from sharp_eyes.edge.evaluate.report.model import CurvePoint, FootageKind

Measured = Sequence[tuple[LabelledSource, SourceDetections]]
"""Sources and what one model found in them."""

ClassThresholds = dict[str, float]
"""Score from which a detection stands, by class."""


HEIGHTS = (0, 16, 32, 64, 128)
"""Where the bands of :class:`Band` begin: how small may an object be?"""


@dataclass(frozen=True, slots=True)
class PictureMatches:
    """One picture seen for one class.

    Attributes:
        group: unique over sources.
        judgement: its objects, ignore regions and detections in pixels.
        matches: how the detections fared.
    """

    source: LabelledSource
    picture: LabelledPicture
    seen: CachedDetections
    group: str
    judgement: Judgement
    matches: Matches
    chosen: np.ndarray[tuple[int], np.dtype[np.intp]]


def matches_of(model: EvaluatedModel, measured: Measured, name: str) -> Iterator[PictureMatches]:
    """Every readable picture of the sources that label a class, seen for that class."""
    number = model.classes.index(name)
    for source, looks in measured:
        if name not in source.labelled:
            continue
        for index, seen in sorted(looks.seen.items()):
            picture = source.pictures[index]
            yield _view(source, picture, seen, name, number)


def _view(
    source: LabelledSource, picture: LabelledPicture, seen: CachedDetections, name: str, number: int
) -> PictureMatches:
    size = seen.width, seen.height
    objects = to_pixels(picture.boxes_of(name), *size)
    regions = to_pixels(picture.ignored_for(name), *size)
    chosen = np.flatnonzero(seen.classes == number)
    boxes, scores = seen.boxes[chosen], seen.scores[chosen]
    matches = match(boxes, scores, objects, regions)
    judgement = Judgement(*size, objects, regions, boxes.astype(np.float64), scores.astype(np.float64))
    return PictureMatches(source, picture, seen, f"{source.name}/{picture.group}", judgement, matches, chosen)


def table_of(
    model: EvaluatedModel,
    measured: Measured,
    thresholds: ClassThresholds,
    kind: FootageKind,
    source: str | None,
    shared: Sequence[str],
) -> ClassTable:
    """All figures of one model on sources of one kind."""
    labelled = {name for one, _ in measured for name in one.labelled}
    classes = {
        name: figures_of(list(matches_of(model, measured, name)), thresholds[name], model.input_size)
        for name in model.classes
        if name in labelled
    }
    classes = {name: figures for name, figures in classes.items() if figures.pictures}
    return ClassTable(
        model=model.name,
        kind=kind,
        source=source,
        classes=classes,
        mean=mean_of(classes, list(classes)),
        shared_mean=mean_of(classes, shared),
        confusion=confusion_of(model, measured, thresholds),
    )


def figures_of(seen: Sequence[PictureMatches], threshold: float, input_size: tuple[int, int]) -> ClassMetrics:
    """Figures of one class over its pictures; the network's input size in pixels tells how small objects are."""
    tally, groups = tally_of(seen)
    objects = sum(view.matches.objects for view in seen)
    curve = curve_of([view.judgement for view in seen]) if objects else None
    sure = tally.scores >= threshold
    hits = int((tally.right[sure] > 0).sum())
    found = int(sure.sum())
    negatives = [view for view in seen if not view.matches.objects and not len(view.judgement.regions)]
    false_frames = sum(bool((view.matches.scores >= threshold).any()) for view in negatives)
    precision = hits / found if found else None
    recall = hits / objects if objects else None
    ap50_interval, recall_interval = intervals(tally, threshold)
    return ClassMetrics(
        pictures=len(seen),
        with_objects=sum(view.matches.objects > 0 for view in seen),
        objects=objects,
        groups=groups,
        threshold=threshold,
        ap50=_round(curve.ap50 if curve else None),
        ap50_interval=_pair(ap50_interval),
        ap50_95=_round(curve.ap50_95 if curve else None),
        precision=_round(precision),
        recall=_round(recall),
        recall_interval=_pair(recall_interval),
        f1=_round(2 * hits / (found + objects) if objects else None),
        hits=hits,
        false_alarms=found - hits,
        misses=objects - hits,
        negatives=len(negatives),
        false_frames=false_frames,
        false_frames_per_200=_per_200(false_frames, len(negatives)),
        by_height=_by_height(seen, threshold, input_size),
        curve=_points(curve),
        calibration=calibration_of(tally),
    )


def _by_height(seen: Sequence[PictureMatches], threshold: float, input_size: tuple[int, int]) -> list[Band]:
    heights: list[float] = []
    hits: list[bool] = []
    for view in seen:
        scale = min(input_size[0] / view.seen.width, input_size[1] / view.seen.height)
        met = set(view.matches.met[view.matches.scores >= threshold].tolist())
        objects = view.judgement.objects
        heights.extend(((objects[:, 3] - objects[:, 1]) * scale).tolist())
        hits.extend(index in met for index in range(len(objects)))
    # Rounded, so that how finely the labels were written does not move an object from band to band.
    bands = np.searchsorted(HEIGHTS, np.round(heights, 2), side="right") - 1
    found = np.array(hits, bool)
    return [
        Band(at_least=low, below=high, objects=int((bands == band).sum()), hits=int(found[bands == band].sum()))
        for band, (low, high) in enumerate(zip(HEIGHTS, [*HEIGHTS[1:], None], strict=True))
        if (bands == band).any()
    ]


def tally_of(seen: Sequence[PictureMatches]) -> tuple[Tally, int]:
    """Detections of all pictures, best first, and how many groups there are; those in ignore regions are left out."""
    names = {group: number for number, group in enumerate(sorted({view.group for view in seen}))}
    objects = np.zeros(len(names))
    scores, right, group = [np.zeros(0)], [np.zeros(0)], [np.zeros(0, np.int64)]
    for view in seen:
        objects[names[view.group]] += view.matches.objects
        counts = view.matches.met != IGNORED
        scores.append(view.matches.scores[counts])
        right.append((view.matches.met[counts] >= 0).astype(np.float64))
        group.append(np.full(int(counts.sum()), names[view.group], np.int64))
    together = np.concatenate(scores)
    order = np.argsort(-together, kind="stable")
    return Tally(together[order], np.concatenate(right)[order], np.concatenate(group)[order], objects), len(names)


def _points(curve: Curve | None) -> list[CurvePoint]:
    if curve is None:
        return []
    rows = zip(RECALLS.tolist(), curve.precision.tolist(), curve.scores.tolist(), strict=True)
    return [
        CurvePoint(recall=round(recall, 2), precision=round(precision, 4), score=round(score, 4))
        for recall, precision, score in rows
        if precision > 0
    ]


def mean_of(classes: dict[str, ClassMetrics], over: Sequence[str]) -> Mean:
    """Means over those of the classes that have objects. A class of which nothing is found has precision 0."""
    chosen = [name for name in over if name in classes and classes[name].objects]

    def mean(values: Sequence[float | None]) -> float | None:
        return _round(float(np.mean([value or 0.0 for value in values]))) if values else None

    return Mean(
        over=chosen,
        ap50=mean([classes[name].ap50 for name in chosen]),
        ap50_95=mean([classes[name].ap50_95 for name in chosen]),
        precision=mean([classes[name].precision for name in chosen]),
        recall=mean([classes[name].recall for name in chosen]),
        f1=mean([classes[name].f1 for name in chosen]),
    )


def false_frames_of(model: EvaluatedModel, measured: Measured, thresholds: ClassThresholds) -> FalseFrames:
    """Looks in which something is found that is not there."""
    counts = dict.fromkeys((name for name in model.classes if _absent(measured, name)), 0)
    looks = any_false = 0
    for source, found in measured:
        for seen in found.seen.values():
            looks += 1
            wrong = {
                name
                for name in counts
                if name in source.labelled
                and (seen.scores[seen.classes == model.classes.index(name)] >= thresholds[name]).any()
            }
            any_false += bool(wrong)
            for name in wrong:
                counts[name] += 1
    per_200 = {name: _per_200(count, looks) or 0.0 for name, count in counts.items()}
    return FalseFrames(
        looks=looks,
        classes=counts,
        any=any_false,
        per_200=per_200,
        any_per_200=_per_200(any_false, looks) or 0.0,
        intervals_per_200={name: _interval_per_200(count, looks) for name, count in counts.items()},
        any_interval_per_200=_interval_per_200(any_false, looks),
    )


def _interval_per_200(frames: int, of: int) -> tuple[float, float]:
    low, high = share_interval(frames, of)
    return round(low * FALSE_FRAMES_PER, 2), round(high * FALSE_FRAMES_PER, 2)


def _absent(measured: Measured, name: str) -> bool:
    return any(name in source.labelled for source, _ in measured)


def _per_200(frames: int, of: int) -> float | None:
    return round(frames * FALSE_FRAMES_PER / of, 2) if of else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _pair(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if interval is None else (round(interval[0], 4), round(interval[1], 4))
