"""Each head reads back what was written in its family's form."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.edge.extract.models import manifest

from sharp_eyes.edge.extract.heads import HEADS
from sharp_eyes.edge.extract.manifest import DetectorFamily

WIDTH, HEIGHT = 128, 96
CLASSES = ("person", "bicycle", "car")
CELLS = [(stride, HEIGHT // stride, WIDTH // stride) for stride in (8, 16, 32)]
PLACES = sum(rows * columns for _, rows, columns in CELLS)
Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Thing:
    """An object as it should be read: in the cell it is written to, with box, class and score."""

    place: int
    box: tuple[float, float, float, float]
    kind: int
    score: float


def cell_of(place: int) -> tuple[int, int, int]:
    """Stride, column and row of a place, counted fine to coarse and row by row."""
    for stride, rows, columns in CELLS:
        if place < rows * columns:
            return stride, place % columns, place // columns
        place -= rows * columns
    raise AssertionError(place)


def write_ultralytics(things: Sequence[Thing]) -> Array:
    output = np.full((1, 4 + len(CLASSES), PLACES), 0.001, np.float32)
    for thing in things:
        x1, y1, x2, y2 = thing.box
        output[0, :4, thing.place] = [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]
        output[0, 4 + thing.kind, thing.place] = thing.score
    return output


def write_end2end(things: Sequence[Thing]) -> Array:
    output = np.zeros((1, 20, 6), np.float32)
    for row, thing in enumerate(things):
        output[0, row] = [*thing.box, thing.score, thing.kind]
    return output


def write_yolox(things: Sequence[Thing]) -> Array:
    output = np.full((1, PLACES, 5 + len(CLASSES)), 0.001, np.float32)
    for thing in things:
        stride, column, row = cell_of(thing.place)
        x1, y1, x2, y2 = thing.box
        root = math.sqrt(thing.score)
        output[0, thing.place, :5] = [
            (x1 + x2) / 2 / stride - column,
            (y1 + y2) / 2 / stride - row,
            math.log((x2 - x1) / stride),
            math.log((y2 - y1) / stride),
            root,
        ]
        output[0, thing.place, 5 + thing.kind] = root
    return output


def shares(box: tuple[float, float, float, float]) -> list[float]:
    x1, y1, x2, y2 = box
    return [(x1 + x2) / 2 / WIDTH, (y1 + y2) / 2 / HEIGHT, (x2 - x1) / WIDTH, (y2 - y1) / HEIGHT]


def write_rtdetr(things: Sequence[Thing]) -> Array:
    output = np.full((1, 20, 4 + len(CLASSES)), 0.001, np.float32)
    for row, thing in enumerate(things):
        output[0, row, :4] = shares(thing.box)
        output[0, row, 4 + thing.kind] = thing.score
    return output


def write_rtdetr_best(things: Sequence[Thing]) -> Array:
    output = np.zeros((1, 20, 6), np.float32)
    for row, thing in enumerate(things):
        output[0, row] = [*shares(thing.box), thing.score, thing.kind]
    return output


def write_three(things: Sequence[Thing]) -> list[npt.NDArray[Any]]:
    labels, boxes = np.zeros((1, 20), np.int64), np.zeros((1, 20, 4), np.float32)
    scores = np.full((1, 20), 0.001, np.float32)
    for row, thing in enumerate(things):
        labels[0, row], boxes[0, row], scores[0, row] = thing.kind, thing.box, thing.score
    return [labels, boxes, scores]


def write_rfdetr(things: Sequence[Thing]) -> list[npt.NDArray[Any]]:
    boxes, logits = np.zeros((1, 20, 4), np.float32), np.full((1, 20, len(CLASSES)), -9, np.float32)
    for row, thing in enumerate(things):
        boxes[0, row] = shares(thing.box)
        logits[0, row, thing.kind] = math.log(thing.score / (1 - thing.score))
    return [boxes, logits]


WRITERS: list[tuple[DetectorFamily, Callable[[Sequence[Thing]], list[npt.NDArray[Any]]]]] = [
    ("ultralytics", lambda things: [write_ultralytics(things)]),
    ("ultralytics_end2end", lambda things: [write_end2end(things)]),
    ("yolox", lambda things: [write_yolox(things)]),
    ("rtdetr", lambda things: [write_rtdetr(things)]),
    ("rtdetr", lambda things: [write_rtdetr_best(things)]),
    ("rtdetr", write_three),
    ("dfine", write_three),
    ("rfdetr", write_rfdetr),
]


@st.composite
def some_things(draw: st.DrawFn) -> list[Thing]:
    places = draw(st.lists(st.integers(0, PLACES - 1), max_size=12, unique=True))
    things = []
    for place in places:
        x, y = draw(st.floats(0, WIDTH - 10)), draw(st.floats(0, HEIGHT - 10))
        width, height = draw(st.floats(1, 80)), draw(st.floats(1, 80))
        kind, score = draw(st.integers(0, len(CLASSES) - 1)), draw(st.floats(0.05, 0.99))
        things.append(Thing(place, (x, y, x + width, y + height), kind, score))
    return things


@pytest.mark.parametrize(("family", "write"), WRITERS)
@settings(max_examples=60, deadline=None)
@given(things=some_things(), threshold=st.floats(0.02, 0.9))
def test_what_was_written_is_read(
    family: DetectorFamily,
    write: Callable[[Sequence[Thing]], list[npt.NDArray[Any]]],
    things: list[Thing],
    threshold: float,
) -> None:
    """Boxes, classes and scores come back; those below the threshold stay out."""
    things = [thing for thing in things if abs(thing.score - threshold) > 1e-4]
    described = manifest(family=family, classes=CLASSES, input={"width": WIDTH, "height": HEIGHT})
    found = HEADS[family].decode(write(things), described, threshold)
    expected = sorted((thing for thing in things if thing.score >= threshold), key=lambda thing: thing.score)
    order = np.argsort(found.scores, kind="stable")
    assert len(order) == len(expected)
    assert found.scores[order] == pytest.approx([thing.score for thing in expected], abs=1e-5)
    for thing in expected:
        apart = np.abs(found.boxes - np.array(thing.box, np.float32)).max(axis=1)
        assert ((apart < 0.1) & (found.classes == thing.kind)).any()


@pytest.mark.parametrize(("family", "write"), WRITERS)
def test_fitting_outputs_fit(
    family: DetectorFamily, write: Callable[[Sequence[Thing]], list[npt.NDArray[Any]]]
) -> None:
    """The shape that a family writes is accepted."""
    described = manifest(family=family, classes=CLASSES, input={"width": WIDTH, "height": HEIGHT})
    assert HEADS[family].misfit([output.shape for output in write([])], described) is None


@pytest.mark.parametrize(
    ("family", "shapes", "said"),
    [
        ("ultralytics", [(1, 84, 8400)], "expected 1 x 7 x places (4 + 3 classes), got 1 x 84 x 8400"),
        ("ultralytics", [(1, 300, 6)], "ultralytics_end2end"),
        ("ultralytics", [], "got nothing"),
        ("ultralytics", [(1, 7, 10), (1, 7, 10)], "got 1 x 7 x 10 and 1 x 7 x 10"),
        ("ultralytics_end2end", [(1, 7, 252)], "expected 1 x n x 6, got 1 x 7 x 252"),
        ("yolox", [(1, 252, 85)], "expected 1 x 252 x 8 (5 + 3 classes at 128 x 96), got 1 x 252 x 85"),
        ("yolox", [(1, 3549, 8)], "got 1 x 3549 x 8"),
        (
            "rtdetr",
            [(1, 300, 84)],
            "expected 1 x n x 7 (4 + 3 classes), 1 x n x 6, or labels, boxes and scores, got 1 x 300 x 84",
        ),
        ("rtdetr", [(1, 300), (1, 300, 5), (1, 300)], "got 1 x 300 and 1 x 300 x 5 and 1 x 300"),
        ("dfine", [(1, 300, 7)], "expected 1 x n (labels), 1 x n x 4 (boxes) and 1 x n (scores), got 1 x 300 x 7"),
        ("dfine", [(1, 300), (1, 200, 4), (1, 300)], "got 1 x 300 and 1 x 200 x 4"),
        ("rfdetr", [(1, 300, 4), (1, 300, 91)], "1 x n x 3 (labels, 3 slots), got 1 x 300 x 4 and 1 x 300 x 91"),
        ("rfdetr", [(1, 300, 91), (1, 300, 4)], "got 1 x 300 x 91 and 1 x 300 x 4"),
    ],
)
def test_outputs_that_do_not_fit_are_explained(
    family: DetectorFamily, shapes: list[tuple[int, ...]], said: str
) -> None:
    """A network of another family, size or number of classes is told apart, in words."""
    described = manifest(family=family, classes=CLASSES, input={"width": WIDTH, "height": HEIGHT})
    assert said in (HEADS[family].misfit(shapes, described) or "")


def test_padding_rows_of_end2end_are_left_out() -> None:
    """Rows with a class outside the manifest's are padding, whatever their score."""
    output = write_end2end([])
    output[0, 0] = [1, 1, 5, 5, 0.9, -1]
    output[0, 1] = [1, 1, 5, 5, 0.9, 3]
    described = manifest(family="ultralytics_end2end", classes=CLASSES)
    assert len(HEADS["ultralytics_end2end"].decode([output], described, 0.1).scores) == 0


def test_unused_slots_of_rfdetr_do_not_hide_an_object() -> None:
    """The best of the used classes counts, even where an unused slot, such as background, scores higher."""
    boxes, logits = write_rfdetr([Thing(0, (0, 0, 10, 10), 1, 0.6)])
    logits = np.concatenate([logits, np.full((1, 20, 1), 5.0, np.float32)], axis=2)
    mapped = {"size": 4, "names": {0: "person", 1: "bicycle", 2: "car"}}
    described = manifest(family="rfdetr", classes=CLASSES, class_map=mapped, input={"width": WIDTH, "height": HEIGHT})
    found = HEADS["rfdetr"].decode([boxes, logits], described, 0.3)
    assert found.classes.tolist() == [1]
    assert found.scores.tolist() == pytest.approx([0.6])
