"""One look: a frame into the network's input, and the network's outputs into detections."""

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.heads import Candidates, head_of
from sharp_eyes.edge.extract.letterbox import Letterbox
from sharp_eyes.edge.extract.manifest import Manifest
from sharp_eyes.edge.extract.nms import suppress
from sharp_eyes.edge.extract.runtimes.base import Runtime
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections, Frame


class DetectorPipeline:
    """How frames are put to a detector, whatever computes it. Not for several threads at once.

    Args:
        manifest: the model's description.
        thresholds: scores from which a detection stands on its own; the manifest's by default.
        weakest: least score of the detections given, of every class; a share of its threshold by default.

    Raises:
        ModelError: when the model is no detector.
    """

    def __init__(self, manifest: Manifest, thresholds: Thresholds | None = None, weakest: float | None = None) -> None:
        self.manifest = manifest
        self.thresholds = thresholds or Thresholds(manifest.threshold, manifest.thresholds)
        floors = self.thresholds.weakest(manifest.classes)
        self._floors = floors if weakest is None else np.full_like(floors, weakest)
        self.weakest = float(self._floors.min())
        self._head = head_of(manifest)
        self._numbers = our_numbers(manifest)
        self._letterbox = Letterbox(manifest.input)

    def run(self, runtime: Runtime, frame: Frame) -> Detections:
        """Look at one frame; best score first, boxes not clipped.

        Raises:
            ModelError: when the network fails.
        """
        batch, geometry = self._letterbox.fit(frame)
        found = self._used(self._head.decode(runtime.run(batch), self.manifest, self.weakest))
        if self._head.unique:
            order = np.argsort(-found.scores, kind="stable")
        else:
            order = suppress(found.boxes, found.scores, found.classes, self.manifest.iou)
        boxes = geometry.to_frame(found.boxes[order])
        edge = np.array([frame.width, frame.height] * 2, dtype=np.float32)
        inside = np.clip(boxes, 0, edge)
        # What lies in the padding alone has no part inside.
        there = (inside[:, 2:] > inside[:, :2]).all(axis=1)
        chosen = order[there]
        return Detections(boxes[there], found.scores[chosen], found.classes[chosen], self.manifest.classes)

    def _used(self, found: Candidates) -> Candidates:
        """Only the classes that are used, by our numbers, and each down to its own weakest score."""
        classes = found.classes if self._numbers is None else self._numbers[found.classes]
        kept = (classes >= 0) & (found.scores >= self._floors[classes])
        return Candidates(found.boxes[kept], found.scores[kept], classes[kept])


def our_numbers(manifest: Manifest) -> npt.NDArray[np.int32] | None:
    """Our number of each of the network's classes, -1 for those not used; ``None`` where they are the same."""
    if manifest.class_map is None:
        return None
    numbers = np.full(manifest.class_map.size, -1, np.int32)
    for theirs, name in manifest.class_map.names.items():
        numbers[theirs] = manifest.classes.index(name)
    return numbers
