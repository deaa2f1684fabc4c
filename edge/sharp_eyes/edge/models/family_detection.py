"""Guesses which family a network is of, from its outputs and metadata, and what that family is fed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads import HEADS
from sharp_eyes.edge.extract.heads.base import Array, describe
from sharp_eyes.edge.extract.heads.yolox import STRIDES
from sharp_eyes.edge.extract.manifest import DetectorFamily
from sharp_eyes.edge.models.onnx_graph import Graph

LARGEST_SHARE = 2.0
"""Boxes beyond it cannot be in shares of the picture."""

DEFAULTS: dict[DetectorFamily, dict[str, Any]] = {
    "ultralytics": {"scale": 1 / 255},
    "ultralytics_end2end": {"scale": 1 / 255},
    "yolox": {"colour": "bgr", "fit": "letterbox_topleft"},
    "rtdetr": {"scale": 1 / 255, "fit": "stretch"},
    "dfine": {"scale": 1 / 255, "fit": "stretch"},
    "rfdetr": {"scale": 1 / 255, "fit": "stretch", "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)},
}
"""Input of each family as its own program feeds it; what is not named has the manifest's default."""


@dataclass(frozen=True, slots=True)
class DetectedFamily:
    """A family, why, and how many classes the outputs show (``None`` where they do not)."""

    family: DetectorFamily
    reason: str
    classes: int | None


def detect_family(graph: Graph, outputs: Sequence[Array], width: int, height: int) -> DetectedFamily:
    """Tell the family from the outputs for one picture.

    Raises:
        ModelError: when they are of no family known; lists those that are.
    """
    shapes = [output.shape for output in outputs]
    found = _of_one(graph, outputs[0], width, height) if len(outputs) == 1 else _of_several(shapes)
    if found is None:
        raise ModelError(
            f"{graph.file}: its outputs, {describe(shapes)} at {width} x {height}, are of no family known "
            f"({', '.join(HEADS)}); for Ultralytics export a detection model with nms=False, for YOLOX without "
            "decoding inside"
        )
    return found


def _of_one(graph: Graph, output: Array, width: int, height: int) -> DetectedFamily | None:
    if output.ndim != 3 or output.shape[0] != 1:
        return None
    rows, columns = output.shape[1:]
    places = sum((width // stride) * (height // stride) for stride in STRIDES)
    if columns == places and rows > 4:
        return DetectedFamily("ultralytics", f"one output of {rows} x {places} places", rows - 4)
    if rows == places and columns > 5:
        return DetectedFamily("yolox", f"one output of {places} cells x {columns}", columns - 5)
    return _of_rows(graph, output)


def _of_rows(graph: Graph, output: Array) -> DetectedFamily | None:
    """One row an object."""
    columns = output.shape[2]
    if columns == 6:
        written = graph.metadata.get("head", "") + graph.metadata.get("description", "").lower()
        if "RTDETRDecoder" in written or "rtdetr" in written or (not written and _in_shares(output)):
            return DetectedFamily("rtdetr", "one output n x 6 with boxes in shares of the picture", None)
        return DetectedFamily("ultralytics_end2end", "one output n x 6 with boxes in pixels", None)
    if columns > 6 and _in_shares(output):
        return DetectedFamily("rtdetr", f"one output n x {columns} with boxes in shares of the picture", columns - 4)
    return None


def _in_shares(output: Array) -> bool:
    return bool(output[0, :, :4].max(initial=0.0) <= LARGEST_SHARE)


def _of_several(shapes: Sequence[tuple[int, ...]]) -> DetectedFamily | None:
    if len(shapes) == 3 and any(len(shape) == 3 and shape[2] == 4 for shape in shapes):
        return DetectedFamily("dfine", "labels, boxes and scores; D-FINE and the authors' RT-DETR are read alike", None)
    if len(shapes) == 2 and all(len(shape) == 3 for shape in shapes):
        boxes, logits = shapes
        if boxes[2] == 4 and boxes[1] == logits[1]:
            return DetectedFamily("rfdetr", f"boxes n x 4 and logits n x {logits[2]}", logits[2])
    return None
