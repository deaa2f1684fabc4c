"""Whether this machine sees in the reference inputs what the manifest says is to be seen there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.detector_pipeline import DetectorPipeline
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.nms import overlaps
from sharp_eyes.edge.extract.reference import Computing, ReferenceBox, ReferencePicture, Tolerance
from sharp_eyes.edge.extract.runtimes.base import Runtime
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections, Frame

LEAST_BOXES = 5
"""Recorded boxes below which an agreement says nothing."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How an answer compares with what is recorded; :class:`Tolerance` defines the words.

    Attributes:
        recorded: boxes recorded at or above their threshold.
        matched: of these, boxes seen here too.
        surplus: boxes seen here alone.
        wanted: share of boxes that must agree.
        counts: the same three numbers for each picture.
    """

    recorded: int
    matched: int
    surplus: int
    wanted: float
    counts: tuple[tuple[int, int, int], ...] = ()

    @property
    def share(self) -> float:
        """Share of boxes on which both agree."""
        return self.matched / max(self.recorded + self.surplus, 1)

    @property
    def agrees(self) -> bool:
        """Whether the answer is good enough to be relied on."""
        return self.recorded >= LEAST_BOXES and self.share >= self.wanted

    def __str__(self) -> str:
        if self.recorded < LEAST_BOXES:
            return f"the manifest records only {self.recorded} reference boxes, at least {LEAST_BOXES} are wanted"
        return (
            f"{self.matched} of {self.recorded} reference boxes, {self.surplus} too many "
            f"({self.share:.0%}, {self.wanted:.0%} wanted)"
        )


def read_frame(picture: Path) -> Frame:
    """Read a picture file as a frame.

    Raises:
        ModelError: when it cannot be read as a picture.
    """
    pixels = cv2.imread(str(picture), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ModelError(f"{picture}: cannot be read as a picture; give a JPEG or PNG")
    return Frame.of_picture("reference", 0.0, np.asarray(pixels, np.uint8))


def reference_frames(model: Model) -> list[Frame]:
    """Read the reference pictures of a model."""
    return [read_frame(model.folder / picture.file) for picture in model.manifest.reference.pictures]


def check(model: Model, runtime: Runtime, computing: Computing) -> Parity:
    """Look at the reference pictures and compare with what the manifest records.

    Raises:
        ModelError: when the network fails, or a picture cannot be read.
    """
    tolerance = model.manifest.reference.tolerance(computing)
    pipeline = DetectorPipeline(model.manifest)
    counts = []
    for picture, frame in zip(model.manifest.reference.pictures, reference_frames(model), strict=True):
        counts.append(count_in(model, picture, pipeline.run(runtime, frame), pipeline.thresholds, tolerance))
    recorded, matched, surplus = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return Parity(recorded, matched, surplus, tolerance.matched, tuple(counts))


def count_in(
    model: Model, picture: ReferencePicture, got: Detections, thresholds: Thresholds, tolerance: Tolerance
) -> tuple[int, int, int]:
    """Count the boxes of one reference picture: recorded, matched and surplus."""
    return compare(_detections(picture.boxes, model.classes), got, thresholds, tolerance)


def compare(
    expected: Detections, got: Detections, thresholds: Thresholds, tolerance: Tolerance
) -> tuple[int, int, int]:
    """Count the boxes of one picture: recorded, matched and surplus."""
    levels = thresholds.vector(expected.names)
    if not np.isfinite(got.boxes).all() or not np.isfinite(got.scores).all():
        return int((expected.scores >= levels[expected.classes]).sum()), 0, len(got)
    near = (
        (expected.classes[:, None] == got.classes[None, :])
        & (overlaps(expected.boxes, got.boxes) >= tolerance.overlap)
        & (np.abs(expected.scores[:, None] - got.scores[None, :]) <= tolerance.score)
    )
    strong = expected.scores >= levels[expected.classes]
    alone = (got.scores >= levels[got.classes] + tolerance.score) & ~near.any(axis=0)
    return int(strong.sum()), int((strong & near.any(axis=1)).sum()), int(alone.sum())


def record(model: Model, runtime: Runtime, frame: Frame) -> list[ReferenceBox]:
    """What is seen in a frame, in the form of a manifest."""
    found = DetectorPipeline(model.manifest).run(runtime, frame)
    rows = zip(found.boxes.tolist(), found.scores.tolist(), found.classes.tolist(), strict=True)
    return [
        ReferenceBox.model_validate(
            {"class": found.names[kind], "box": [round(side, 1) for side in box], "score": round(score, 4)}
        )
        for box, score, kind in rows
    ]


def _detections(boxes: Sequence[ReferenceBox], names: tuple[str, ...]) -> Detections:
    return Detections(
        np.array([box.box for box in boxes], np.float32).reshape(-1, 4),
        np.array([box.score for box in boxes], np.float32),
        np.array([names.index(box.name) for box in boxes], np.int32),
        names,
    )
