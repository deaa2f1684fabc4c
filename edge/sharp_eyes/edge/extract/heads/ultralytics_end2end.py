"""Ultralytics networks that choose their boxes themselves (YOLOv10, YOLO26, or exported with suppression)."""

from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.extract.heads.base import Array, Candidates, OneInput, describe
from sharp_eyes.edge.extract.manifest import Manifest


class UltralyticsEnd2End(OneInput):
    """One output, 1 x n x 6: x1, y1, x2, y2, score, class."""

    unique = True

    def misfit(self, shapes: Sequence[tuple[int, ...]], manifest: Manifest) -> str | None:
        """Compare the outputs' shapes with the manifest; they say nothing about the classes."""
        if len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][0] == 1 and shapes[0][2] == 6:
            return None
        return f"expected 1 x n x 6, got {describe(shapes)}; an output (4 + classes) x places is of family ultralytics"

    def decode(self, outputs: Sequence[Array], manifest: Manifest, threshold: float) -> Candidates:
        """Read one picture's outputs.

        Rows of a class that the manifest does not know are left out: they are padding.
        """
        rows = outputs[0][0]
        classes = rows[:, 5].astype(np.int32)
        kept = (rows[:, 4] >= threshold) & (classes >= 0) & (classes < manifest.class_count)
        return Candidates(rows[kept, :4].astype(np.float32), rows[kept, 4].astype(np.float32), classes[kept])
