"""The worst mistakes as small pictures: objects not found, largest first, and the surest false alarms."""

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from sharp_eyes.edge.evaluate.detectors.box_matching import WRONG, Floats, areas, overlaps
from sharp_eyes.edge.evaluate.detectors.inference import ClipReader, EvaluatedModel, frame_of
from sharp_eyes.edge.evaluate.detectors.labelled import LabelledPicture
from sharp_eyes.edge.evaluate.detectors.metrics import Measured, PictureMatches, matches_of
from sharp_eyes.edge.evaluate.report.model import FootageKind
from sharp_eyes.edge.frame import Picture

MOST_OF_A_PICTURE = 2
"""Examples taken from one picture: a sheet shows many places, not one place many times."""

HEIGHT, WIDEST = 180, 320
"""Pixels of an example."""

ROOM = 0.6
"""Share of the box's longer side that is shown around it."""

GREEN, RED, YELLOW = (80, 190, 40), (40, 40, 235), (0, 190, 240)


@dataclass(frozen=True, slots=True)
class Example:
    """One mistake.

    Attributes:
        sort: an object not found, or something found that is not there.
        class_name: its class.
        score: of the false alarm; of a miss, the best score of a detection of its class that meets it, or 0.
        instead: class that the same place was taken for (miss) or that really is there (false alarm); empty
            where there is none.
        box: x1, y1, x2, y2 in pixels.
        objects, found: the class's objects and its sure detections in the picture, to be drawn.
    """

    sort: Literal["miss", "false_alarm"]
    class_name: str
    source: str
    kind: FootageKind
    picture: LabelledPicture
    score: float
    instead: str
    box: Floats
    objects: Floats
    found: Floats


def worst(model: EvaluatedModel, measured: Measured, name: str, threshold: float, most: int) -> list[Example]:
    """The worst misses and the worst false alarms of one class."""
    misses: list[tuple[float, Example]] = []
    alarms: list[tuple[float, Example]] = []
    for view in matches_of(model, measured, name):
        sure = view.judgement.scores >= threshold
        found = view.judgement.boxes[sure]
        met = view.matches.met[view.matches.scores >= threshold]
        for index, box in enumerate(view.judgement.objects):
            if index not in met:
                size = float(areas(box[None])[0]) / (view.seen.width * view.seen.height)
                misses.append((size, _miss(model, view, name, index, found)))
        for order, score, fate in zip(view.matches.order, view.matches.scores, view.matches.met, strict=True):
            if fate == WRONG and score >= threshold:
                alarms.append((float(score), _alarm(view, name, view.judgement.boxes[order], float(score), found)))
    return [*_spread(misses, most), *_spread(alarms, most)]


def _miss(model: EvaluatedModel, view: PictureMatches, name: str, index: int, found: Floats) -> Example:
    box = view.judgement.objects[index]
    met = view.matches.scores[view.matches.met == index]
    others = view.seen.classes != model.classes.index(name)
    shared = overlaps(box[None], view.seen.boxes.astype(np.float64))[0] * others
    best = int(shared.argmax()) if len(shared) else -1
    taken = best >= 0 and shared[best] >= 0.5 and view.seen.scores[best] >= 0.25
    instead = f"{model.classes[int(view.seen.classes[best])]} {view.seen.scores[best]:.2f}" if taken else ""
    score = float(met[0]) if len(met) else 0.0
    return _example("miss", view, name, box, score, instead, found)


def _alarm(view: PictureMatches, name: str, box: Floats, score: float, found: Floats) -> Example:
    boxes = view.picture.boxes * np.array([view.seen.width, view.seen.height] * 2)
    shared = overlaps(box[None], boxes)[0]
    best = int(shared.argmax()) if len(shared) else -1
    instead = view.picture.names[best] if best >= 0 and shared[best] >= 0.3 else ""
    return _example("false_alarm", view, name, box, score, instead, found)


def _example(
    sort: Literal["miss", "false_alarm"],
    view: PictureMatches,
    name: str,
    box: Floats,
    score: float,
    instead: str,
    found: Floats,
) -> Example:
    source = view.source
    objects = view.judgement.objects
    return Example(sort, name, source.name, source.kind, view.picture, score, instead, box, objects, found)


def _spread(ranked: list[tuple[float, Example]], most: int) -> list[Example]:
    """The first of each picture before the third of any."""
    taken: Counter[str] = Counter()
    chosen: list[Example] = []
    for _, example in sorted(ranked, key=lambda pair: -pair[0]):
        key = f"{example.source}/{example.picture.name}"
        if taken[key] < MOST_OF_A_PICTURE and len(chosen) < most:
            taken[key] += 1
            chosen.append(example)
    return chosen


def drawn(examples: Sequence[Example], step: float) -> dict[int, str]:
    """Each example as the base64 text of a JPEG, by its place in the list; each file is read once."""
    pictures: dict[int, str] = {}
    clip = ClipReader(step)
    for index in _in_order_of_files(examples):
        frame = frame_of(examples[index].picture, clip)
        if frame is not None:
            pictures[index] = _crop(frame.picture(), examples[index])
    return pictures


def _in_order_of_files(examples: Sequence[Example]) -> Iterable[int]:
    def key(index: int) -> tuple[str, int]:
        picture = examples[index].picture
        return str(picture.path), picture.moment[0] if picture.moment else 0

    return sorted(range(len(examples)), key=key)


def _crop(picture: Picture, example: Example) -> str:
    rows, columns = picture.shape[:2]
    left, top, right, bottom = example.box
    room = ROOM * max(right - left, bottom - top) + 8
    x1, y1 = max(int(left - room), 0), max(int(top - room), 0)
    x2, y2 = min(int(right + room) + 1, columns), min(int(bottom + room) + 1, rows)
    scale = min(HEIGHT / (y2 - y1), WIDEST / (x2 - x1))
    shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(picture[y1:y2, x1:x2], None, fx=scale, fy=scale, interpolation=shrink)
    corner = np.array([x1, y1] * 2)
    for boxes, colour in ((example.objects, GREEN), (example.found, YELLOW)):
        for box in boxes:
            _rectangle(small, (box - corner) * scale, colour, 1)
    _rectangle(small, (example.box - corner) * scale, GREEN if example.sort == "miss" else RED, 2)
    done, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return base64.b64encode(encoded.tobytes()).decode("ascii") if done else ""


def _rectangle(canvas: cv2.typing.MatLike, box: Floats, colour: tuple[int, int, int], width: int) -> None:
    left, top, right, bottom = (round(float(edge)) for edge in box)
    cv2.rectangle(canvas, (left, top), (right, bottom), colour, width)
