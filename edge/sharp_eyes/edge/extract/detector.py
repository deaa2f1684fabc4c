"""The detector: frames in, detections out."""

import threading
from collections.abc import Sequence

from sharp_eyes.edge.extract.backend_selection import open_runtime
from sharp_eyes.edge.extract.detector_pipeline import DetectorPipeline
from sharp_eyes.edge.extract.guarded_runtime import GuardedRuntime
from sharp_eyes.edge.extract.heads import head_of
from sharp_eyes.edge.extract.model import Model, find_manifest, load_model
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.settings import ModelSettings


class Detector:
    """One network for all cameras; may be called from any thread, one call at a time is served.

    Attributes:
        model: the network and its manifest.
        runtime: what computes it.
        thresholds: scores from which a detection stands on its own.
        weakest: least score of the detections given, of any class. Those below their threshold only carry a
            track on: the tracker starts nothing from them. Set, it holds for every class: measures of accuracy
            need the detections far below the threshold too.

    Raises:
        ModelError: when the model is no detector.
    """

    def __init__(
        self, model: Model, runtime: Runtime, thresholds: Thresholds | None = None, weakest: float | None = None
    ) -> None:
        self.model = model
        self.runtime = runtime
        self._pipeline = DetectorPipeline(model.manifest, thresholds, weakest)
        self.thresholds = self._pipeline.thresholds
        self.weakest = self._pipeline.weakest
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

    @property
    def fault(self) -> str:
        """What computes the network otherwise than chosen, since that failed; empty where all is well."""
        return self.runtime.fault if isinstance(self.runtime, GuardedRuntime) else ""

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Look at frames, one after the other.

        Returns:
            For each frame its detections, best score first. Boxes may reach beyond the frame where the
            network places an edge outside: a zone tests an anchor before anything is clipped.

        Raises:
            ModelError: when the network fails.
        """
        with self._lock:
            return [self._pipeline.run(self.runtime, frame) for frame in frames]
