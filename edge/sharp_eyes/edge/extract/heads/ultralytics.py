"""Anchor-free Ultralytics networks (YOLOv8, YOLO11 and kin) as exported without suppression inside."""

from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.extract.heads.base import Array, Candidates, OneInput, describe
from sharp_eyes.edge.extract.manifest import Manifest


class Ultralytics(OneInput):
    """One output, 1 x (4 + classes) x places: centre x, centre y, width, height, then a score a class."""

    unique = False

    def misfit(self, shapes: Sequence[tuple[int, ...]], manifest: Manifest) -> str | None:
        """Compare the outputs' shapes with the manifest."""
        rows = 4 + manifest.class_count
        if len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][:2] == (1, rows):
            return None
        return (
            f"expected 1 x {rows} x places (4 + {manifest.class_count} classes), "
            f"got {describe(shapes)}; an output n x 6 is of family ultralytics_end2end"
        )

    def decode(self, outputs: Sequence[Array], manifest: Manifest, threshold: float) -> Candidates:
        """Read one picture's outputs; the best class of a place counts."""
        output = outputs[0][0]
        best = output[4:].max(axis=0)
        kept = np.flatnonzero(best >= threshold)
        values = output[:, kept]
        centre, half = values[:2], values[2:4] / 2
        boxes = np.concatenate([centre - half, centre + half]).T
        return Candidates(
            np.ascontiguousarray(boxes, dtype=np.float32),
            best[kept].astype(np.float32),
            values[4:].argmax(axis=0).astype(np.int32),
        )
