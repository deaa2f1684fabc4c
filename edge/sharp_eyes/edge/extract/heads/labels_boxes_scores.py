"""Networks that answer with finished labels, boxes and scores, and want to be told the picture's size."""

from collections.abc import Mapping, Sequence

import numpy as np

from sharp_eyes.edge.extract.heads.base import Array, Candidates, describe
from sharp_eyes.edge.extract.manifest import Manifest

SIZE_INPUT = "orig_target_sizes"


class LabelsBoxesScores:
    """Three outputs: labels 1 x n (integers), boxes 1 x n x 4 (x1, y1, x2, y2), scores 1 x n.

    A second input, ``orig_target_sizes`` (width and height), is given the input's own size, so that boxes come in
    its pixels.
    """

    unique = True

    def constants(self, manifest: Manifest) -> Mapping[str, Array]:
        """The size that boxes are scaled to."""
        return {SIZE_INPUT: np.array([[manifest.input.width, manifest.input.height]], np.int64)}

    def misfit(self, shapes: Sequence[tuple[int, ...]], manifest: Manifest) -> str | None:
        """Compare the outputs' shapes with the manifest; they say nothing about the classes."""
        boxes = [shape for shape in shapes if len(shape) == 3 and shape[0] == 1 and shape[2] == 4]
        if len(shapes) == 3 and len(boxes) == 1 and sorted(shapes).count(boxes[0][:2]) == 2:
            return None
        return f"expected 1 x n (labels), 1 x n x 4 (boxes) and 1 x n (scores), got {describe(shapes)}"

    def decode(self, outputs: Sequence[Array], manifest: Manifest, threshold: float) -> Candidates:
        """Read one picture's outputs, in whatever order; labels are the integers."""
        boxes = next(output for output in outputs if output.ndim == 3)[0]
        labels = next(output for output in outputs if output.ndim == 2 and output.dtype.kind in "iu")[0]
        scores = next(output for output in outputs if output.ndim == 2 and output.dtype.kind == "f")[0]
        kept = (scores >= threshold) & (labels >= 0) & (labels < manifest.class_count)
        return Candidates(
            boxes[kept].astype(np.float32), scores[kept].astype(np.float32), labels[kept].astype(np.int32)
        )


def to_corners(boxes: Array, manifest: Manifest) -> Array:
    """Boxes n x 4 as centre x, centre y, width, height in shares of the input, as corners in its pixels."""
    size = np.array([manifest.input.width, manifest.input.height], np.float32)
    centre, half = boxes[:, :2] * size, boxes[:, 2:] * size / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
