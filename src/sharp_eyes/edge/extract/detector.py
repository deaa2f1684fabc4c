"""The detector: frames in, detections out."""

import threading
from collections.abc import Sequence

import numpy as np

from sharp_eyes.edge.extract.heads import HEADS
from sharp_eyes.edge.extract.letterbox import Letterbox
from sharp_eyes.edge.extract.manifest import Model, load_model
from sharp_eyes.edge.extract.nms import suppress
from sharp_eyes.edge.extract.runtimes import Runtime, open_runtime
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.settings import ModelSettings

WEAK_SHARE = 0.4
"""Share of the threshold down to which detections are given; see :attr:`Detector.weakest`."""


class Detector:
    """One network for all cameras; may be called from any thread, one call at a time is served.

    Attributes:
        model: the network and its manifest.
        runtime: what computes it.
        threshold: score from which a detection stands on its own.
        weakest: least score of the detections given. Those below ``threshold`` only carry a track on:
            the tracker starts nothing from them.
    """

    def __init__(self, model: Model, runtime: Runtime, threshold: float | None = None) -> None:
        manifest = model.manifest
        self.model = model
        self.runtime = runtime
        self.threshold = manifest.threshold if threshold is None else threshold
        self.weakest = self.threshold * WEAK_SHARE
        self._head = HEADS[manifest.family]
        self._letterbox = Letterbox(manifest.input)
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: ModelSettings | None = None) -> "Detector":
        """Load the model that the settings name and choose its runtime.

        Raises:
            ModelError: when the model is missing, altered or not what its manifest says.
        """
        settings = settings or ModelSettings()
        model = load_model(settings.manifest)
        return cls(model, open_runtime(model, settings), settings.threshold)

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
        found = self._head.decode(self.runtime.run(batch), manifest, self.weakest)
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
