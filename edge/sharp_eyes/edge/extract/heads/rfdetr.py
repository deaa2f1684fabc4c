"""RF-DETR as its own ``export`` exports it (package ``rfdetr``, detection models).

Source: Robinson et al., "RF-DETR: Neural Architecture Search for Real-Time Detection Transformers", arXiv:2511.09554.
"""

from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.extract.heads.base import Array, Candidates, OneInput, describe
from sharp_eyes.edge.extract.heads.labels_boxes_scores import to_corners
from sharp_eyes.edge.extract.manifest import Manifest

LARGEST_LOGIT = 80.0
"""Beyond it a sigmoid is 0 or 1, and its exponential would overflow."""


class RfDetr(OneInput):
    """Two outputs, ``dets`` 1 x n x 4 (centre x, centre y, width, height in shares) and ``labels`` 1 x n x slots.

    The slots are logits. The published COCO weights have 91, numbered as COCO's categories; trained on own classes
    the last slot is background. Either way the manifest's class map says which slots are used.
    """

    unique = True

    def misfit(self, shapes: Sequence[tuple[int, ...]], manifest: Manifest) -> str | None:
        """Compare the outputs' shapes with the manifest."""
        slots = manifest.class_count
        if len(shapes) == 2 and all(len(shape) == 3 and shape[0] == 1 for shape in shapes):
            boxes, logits = shapes
            if boxes[2] == 4 and logits[1:] == (boxes[1], slots):
                return None
        return f"expected 1 x n x 4 (dets) and 1 x n x {slots} (labels, {slots} slots), got {describe(shapes)}"

    def decode(self, outputs: Sequence[Array], manifest: Manifest, threshold: float) -> Candidates:
        """Read one picture's outputs; the best used class of a query counts."""
        boxes, logits = outputs[0][0], outputs[1][0].astype(np.float32)
        used = range(logits.shape[1]) if manifest.class_map is None else sorted(manifest.class_map.names)
        scores = 1 / (1 + np.exp(-np.clip(logits[:, list(used)], -LARGEST_LOGIT, LARGEST_LOGIT)))
        best = scores.max(axis=1)
        kept = np.flatnonzero(best >= threshold)
        numbers = np.array(list(used), np.int32)[scores[kept].argmax(axis=1)]
        return Candidates(to_corners(boxes[kept], manifest), best[kept].astype(np.float32), numbers)
