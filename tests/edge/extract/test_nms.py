"""Suppression leaves one box an object, class by class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sharp_eyes.edge.extract.nms import overlaps, suppress


def test_known_overlaps() -> None:
    """Identical boxes overlap fully, halves by a half, neighbours and empty boxes not at all."""
    box = np.array([[0, 0, 10, 10]], np.float32)
    others = np.array([[0, 0, 10, 10], [0, 0, 10, 5], [10, 0, 20, 10], [5, 5, 5, 5], [5, 5, 15, 15]], np.float32)
    assert overlaps(box, others)[0] == pytest.approx([1, 0.5, 0, 0, 25 / 175])


def test_best_of_a_heap_stays_and_other_classes_are_left_alone() -> None:
    """Of overlapping boxes of a class the best stays; another class on the same place stays too."""
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [0, 1, 10, 11], [50, 0, 60, 10]], np.float32)
    scores = np.array([0.5, 0.9, 0.7, 0.6], np.float32)
    one_class = suppress(boxes, scores, np.zeros(4, np.int32), 0.5)
    assert one_class.tolist() == [1, 3]
    two_classes = suppress(boxes, scores, np.array([0, 0, 1, 0], np.int32), 0.5)
    assert two_classes.tolist() == [1, 2, 3]


def test_nothing_in_nothing_out() -> None:
    """No boxes give no boxes."""
    empty = suppress(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32), 0.5)
    assert empty.tolist() == []


@given(
    corners=arrays.arrays(np.float32, (30, 2), elements=st.floats(0, 100, width=32)),
    sizes=arrays.arrays(np.float32, (30, 2), elements=st.floats(1, 50, width=32)),
    scores=arrays.arrays(np.float32, 30, elements=st.floats(0, 1, width=32)),
    classes=arrays.arrays(np.int32, 30, elements=st.integers(0, 2)),
    iou=st.floats(0.1, 0.9),
)
def test_what_stays_does_not_overlap_and_what_goes_did(
    corners: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    sizes: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    scores: np.ndarray[tuple[int], np.dtype[np.float32]],
    classes: np.ndarray[tuple[int], np.dtype[np.int32]],
    iou: float,
) -> None:
    """Kept boxes of a class overlap by no more than the limit; each dropped one lies under a better one."""
    boxes = np.concatenate([corners, corners + sizes], axis=1)
    kept = suppress(boxes, scores, classes, iou).tolist()
    shared = overlaps(boxes, boxes)
    assert [scores[i] for i in kept] == sorted((scores[i] for i in kept), reverse=True)
    for i in kept:
        assert all(i == j or classes[i] != classes[j] or shared[i, j] <= iou for j in kept)
    for i in set(range(30)) - set(kept):
        assert any(classes[i] == classes[j] and shared[i, j] > iou and scores[j] >= scores[i] for j in kept)
