"""RT-DETR, as Ultralytics exports it or as the authors' own repository does.

Source: Zhao et al., "DETRs Beat YOLOs on Real-time Object Detection", arXiv:2304.08069.
"""

from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.extract.heads.base import Array, Candidates, describe
from sharp_eyes.edge.extract.heads.labels_boxes_scores import LabelsBoxesScores, to_corners
from sharp_eyes.edge.extract.manifest import Manifest


class RtDetr(LabelsBoxesScores):
    """Three forms, told apart by the outputs. Ultralytics gives boxes as shares: centre x, centre y, width, height.

    Ultralytics up to 8.3: one output 1 x n x (4 + classes), a box and a score a class (sigmoid taken). Ultralytics
    8.4: one output 1 x n x 6, a box, its score and its class. The authors' ``export_onnx.py`` (v1 and v2): labels,
    boxes and scores.
    """

    def misfit(self, shapes: Sequence[tuple[int, ...]], manifest: Manifest) -> str | None:
        """Compare the outputs' shapes with the manifest."""
        columns = 4 + manifest.class_count
        if len(shapes) == 3:
            return super().misfit(shapes, manifest)
        if len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][0] == 1 and shapes[0][2] in (columns, 6):
            return None
        return (
            f"expected 1 x n x {columns} (4 + {manifest.class_count} classes), 1 x n x 6, or labels, boxes and "
            f"scores, got {describe(shapes)}"
        )

    def decode(self, outputs: Sequence[Array], manifest: Manifest, threshold: float) -> Candidates:
        """Read one picture's outputs; the best class of a query counts."""
        if len(outputs) == 3:
            return super().decode(outputs, manifest, threshold)
        rows = outputs[0][0]
        # With two classes both forms have six columns; a score is never a whole number, a class always is.
        if rows.shape[1] == 6 and (rows[:, 5] == np.rint(rows[:, 5])).all():
            best, numbers = rows[:, 4], rows[:, 5].astype(np.int32)
        else:
            best, numbers = rows[:, 4:].max(axis=1), rows[:, 4:].argmax(axis=1).astype(np.int32)
        kept = (best >= threshold) & (numbers < manifest.class_count)
        return Candidates(to_corners(rows[kept, :4], manifest), best[kept].astype(np.float32), numbers[kept])
