"""The detector: frames in, detections out."""

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.heads import Candidates, head_of
from sharp_eyes.edge.extract.letterbox import Letterbox
from sharp_eyes.edge.extract.manifest import Manifest
from sharp_eyes.edge.extract.model import Model, find_manifest, load_model
from sharp_eyes.edge.extract.nms import suppress
from sharp_eyes.edge.extract.runtimes import Runtime, open_runtime
from sharp_eyes.edge.extract.thresholds import WEAK_SHARE, Thresholds
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.settings import ModelSettings


class Detector:
    """One network for all cameras; may be called from any thread, one call at a time is served.

    Attributes:
        model: the network and its manifest.
        runtime: what computes it.
        thresholds: scores from which a detection stands on its own.
        weakest: least score of the detections given, of any class. Those below their threshold only carry a
            track on: the tracker starts nothing from them.

    Raises:
        ModelError: when the model is no detector.
    """

    def __init__(self, model: Model, runtime: Runtime, thresholds: Thresholds | None = None) -> None:
        manifest = model.manifest
        self.model = model
        self.runtime = runtime
        self.thresholds = thresholds or Thresholds(manifest.threshold, manifest.thresholds)
        self._floors = self.thresholds.vector(model.classes) * np.float32(WEAK_SHARE)
        self.weakest = float(self._floors.min())
        self._head = head_of(manifest)
        self._numbers = our_numbers(manifest)
        self._letterbox = Letterbox(manifest.input)
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: ModelSettings | None = None) -> "Detector":
        """Load the model that the settings name and choose what computes it.

        Raises:
            ModelError: when the model is missing, altered or not what its manifest says.
        """
        settings = settings or ModelSettings()
        model = load_model(find_manifest(settings))
        thresholds = Thresholds.chosen(model.manifest, settings)
        head_of(model.manifest)
        return cls(model, open_runtime(model, settings), thresholds)

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Look at frames, one after the other.

        Returns:
            For each frame its detections, best score first. Boxes may reach beyond the frame where the
            network places an edge outside: a zone tests an anchor before anything is clipped.

        Raises:
            ModelError: when the network fails.
        """
        with self._lock:
            return [self._look(frame) for frame in frames]

    def _look(self, frame: Frame) -> Detections:
        manifest = self.model.manifest
        batch, geometry = self._letterbox.fit(frame)
        found = self._used(self._head.decode(self.runtime.run(batch), manifest, self.weakest))
        if self._head.unique:
            order = np.argsort(-found.scores, kind="stable")
        else:
            order = suppress(found.boxes, found.scores, found.classes, manifest.iou)
        boxes = geometry.to_frame(found.boxes[order])
        edge = np.array([frame.width, frame.height] * 2, dtype=np.float32)
        inside = np.clip(boxes, 0, edge)
        # What lies in the padding alone has no part inside.
        there = (inside[:, 2:] > inside[:, :2]).all(axis=1)
        chosen = order[there]
        return Detections(boxes[there], found.scores[chosen], found.classes[chosen], self.model.classes)

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
