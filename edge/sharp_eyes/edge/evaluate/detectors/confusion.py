"""What is taken for what: labelled objects against detections at the threshold, and background."""

from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.evaluate.detectors.box_matching import IGNORED, MATCH, WRONG, match, overlaps, to_pixels
from sharp_eyes.edge.evaluate.detectors.detection_cache import CachedDetections
from sharp_eyes.edge.evaluate.detectors.inference import EvaluatedModel, SourceDetections
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledPicture, LabelledSource
from sharp_eyes.edge.evaluate.detectors.schema import Confusion

BACKGROUND = "background"


def confusion_of(
    model: EvaluatedModel, measured: Sequence[tuple[LabelledSource, SourceDetections]], thresholds: dict[str, float]
) -> Confusion:
    """Counts over all readable pictures.

    A detection first meets an object of its own class (as in the other figures); what is left on both sides
    is then paired across classes by the same overlap, most sure detection first. Only classes that a source
    labels are counted there.
    """
    labelled = {name for source, _ in measured for name in source.labelled}
    columns = [name for name in model.classes if name in labelled]
    foreign = sorted(labelled - set(model.classes))
    rows = [*columns, *foreign]
    counts = np.zeros((len(rows) + 1, len(columns) + 1), np.int64)
    for source, looks in measured:
        for index, seen in sorted(looks.seen.items()):
            for row, column in _pairs(model, source, source.pictures[index], seen, thresholds):
                place = len(rows) if row is None else rows.index(row)
                counts[place, len(columns) if column is None else columns.index(column)] += 1
    return Confusion(rows=[*rows, BACKGROUND], columns=[*columns, BACKGROUND], foreign=foreign, counts=counts.tolist())


def _pairs(
    model: EvaluatedModel,
    source: LabelledSource,
    picture: LabelledPicture,
    seen: CachedDetections,
    thresholds: dict[str, float],
) -> list[tuple[str | None, str | None]]:
    """(object, taken for) of one picture; None on either side is background."""
    pairs: list[tuple[str | None, str | None]] = []
    left_objects = np.ones(len(picture.names), bool)
    left_found: list[int] = []
    for name in source.labelled:
        if name not in model.classes:
            continue
        own = [number for number, known in enumerate(picture.names) if known == name]
        sure = (seen.classes == model.classes.index(name)) & (seen.scores >= thresholds[name])
        chosen = np.flatnonzero(sure)
        size = seen.width, seen.height
        made = match(
            seen.boxes[chosen],
            seen.scores[chosen],
            to_pixels(picture.boxes_of(name), *size),
            to_pixels(picture.ignored_for(name), *size),
        )
        for index, met in zip(made.order, made.met, strict=True):
            if met == WRONG:
                left_found.append(int(chosen[index]))
            elif met != IGNORED:
                left_objects[own[met]] = False
                pairs.append((name, name))
    return pairs + _across(model, picture, seen, left_objects, sorted(left_found))


def _across(
    model: EvaluatedModel,
    picture: LabelledPicture,
    seen: CachedDetections,
    left_objects: np.ndarray[tuple[int], np.dtype[np.bool_]],
    found: list[int],
) -> list[tuple[str | None, str | None]]:
    objects = np.flatnonzero(left_objects)
    boxes = to_pixels(picture.boxes[objects], seen.width, seen.height)
    shared = overlaps(seen.boxes[found].astype(np.float64), boxes)
    free = np.ones(len(objects), bool)
    pairs: list[tuple[str | None, str | None]] = []
    for row, index in enumerate(found):  # detections are kept best score first
        taken = model.classes[int(seen.classes[index])]
        candidates = np.where(free, shared[row], -1.0)
        best = int(candidates.argmax()) if len(objects) else -1
        if best >= 0 and candidates[best] >= MATCH:
            free[best] = False
            pairs.append((picture.names[objects[best]], taken))
        else:
            pairs.append((None, taken))
    pairs.extend((picture.names[number], None) for number in objects[free])
    return pairs
