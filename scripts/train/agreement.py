"""How well two ONNX detectors with raw pictures as input agree, box by box."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from scripts.train.boxes import Found, overlaps, suppress

WEAK_SHARE = 0.4
"""Boxes are read down to this share of the threshold, as the product does."""


class RawDetector:
    """An ONNX as scripts/train/export.py writes it: uint8, batch x height x width x 3, BGR."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        entry = self._session.get_inputs()[0]
        self.name: str = entry.name
        self.height, self.width = int(entry.shape[1]), int(entry.shape[2])

    def find(self, picture: npt.NDArray[np.uint8], floor: float, iou: float = 0.6) -> Found:
        """Boxes in pixels of the input with a score of at least ``floor``, one an object."""
        output = np.asarray(self._session.run(None, {self.name: picture[None]})[0])[0]
        scores = output[4:].max(axis=0)
        kept = np.flatnonzero(scores >= floor)
        centre, half = output[:2, kept].T, output[2:4, kept].T / 2
        boxes = np.hstack([centre - half, centre + half])
        return suppress(Found(boxes, scores[kept], output[4:, kept].argmax(axis=0)), iou)


@dataclass
class Agreement:
    """Counts over pictures; see ``Tolerance`` in the product for the meaning of the words.

    Attributes:
        overlap, score: a box is matched from this overlap and within this difference of score.
        recorded, matched, surplus: numbers of boxes.
    """

    overlap: float
    score: float
    recorded: int = 0
    matched: int = 0
    surplus: int = 0
    overlaps: float = 0.0
    differences: float = 0.0

    @property
    def share(self) -> float:
        """Share of boxes on which both agree."""
        return self.matched / max(self.recorded + self.surplus, 1)

    def add(self, expected: Found, got: Found, threshold: float) -> None:
        """Compare the boxes of one picture, weak ones included on both sides."""
        shared = overlaps(expected.boxes, got.boxes)
        apart = np.abs(expected.scores[:, None] - got.scores[None, :])
        near = (expected.classes[:, None] == got.classes[None, :]) & (shared >= self.overlap) & (apart <= self.score)
        strong = expected.scores >= threshold
        hits = strong & near.any(axis=1)
        self.recorded += int(strong.sum())
        self.matched += int(hits.sum())
        self.surplus += int(((got.scores >= threshold + self.score) & ~near.any(axis=0)).sum())
        best = np.where(near, shared, -1.0)
        for row in np.flatnonzero(hits):
            column = int(best[row].argmax())
            self.overlaps += float(shared[row, column])
            self.differences += float(apart[row, column])

    def __str__(self) -> str:
        found = max(self.matched, 1)
        return (
            f"{self.share:.3f} of boxes agree (overlap >= {self.overlap}, score +- {self.score}): "
            f"{self.matched} of {self.recorded} found, {self.surplus} too many; "
            f"mean overlap {self.overlaps / found:.3f}, mean score difference {self.differences / found:.3f}"
        )


def compare(
    first: RawDetector,
    second: RawDetector,
    pictures: Iterable[npt.NDArray[np.uint8]],
    threshold: float,
    overlap: float = 0.75,
    score: float = 0.1,
) -> Agreement:
    """Compare ``second`` with ``first`` on pictures that already fit the input."""
    counted = Agreement(overlap, score)
    for picture in pictures:
        floor = WEAK_SHARE * threshold
        counted.add(first.find(picture, floor), second.find(picture, floor), threshold)
    return counted
