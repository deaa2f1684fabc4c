"""The detector: frames in, detections out."""

import logging
import threading
from collections.abc import Callable, Sequence
from queue import Empty, LifoQueue

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.backend_selection import Opened, open_runtime
from sharp_eyes.edge.extract.detector_pipeline import DetectorPipeline
from sharp_eyes.edge.extract.guarded_runtime import GuardedRuntime
from sharp_eyes.edge.extract.heads import head_of
from sharp_eyes.edge.extract.model import Model, find_manifest, load_model
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.settings import ModelSettings

log = logging.getLogger(__name__)


class Detector:
    """One network for all cameras; may be called from any thread, and serves as many at once as it was opened for.

    Attributes:
        model: the network and its manifest.
        runtime: what computes it, the first of them where there are several.
        opened: the way that was chosen, and how it agrees with the reference inputs; None where nobody chose.
        thresholds: scores from which a detection stands on its own.
        weakest: least score of the detections given, of any class. Those below their threshold only carry a
            track on: the tracker starts nothing from them. Set, it holds for every class: measures of accuracy
            need the detections far below the threshold too.

    Raises:
        ModelError: when the model is no detector.
    """

    def __init__(
        self,
        model: Model,
        runtime: Runtime,
        thresholds: Thresholds | None = None,
        weakest: float | None = None,
        again: Callable[[], Runtime] | None = None,
        at_once: int = 1,
        opened: Opened | None = None,
    ) -> None:
        """``again`` opens the same network once more, so that up to ``at_once`` calls are served at once.

        That is done by the call that first needs it, so that a start does not wait for it. ``opened``: what is known
        of the way that ``runtime`` computes it.
        """
        self.opened = opened
        self.model = model
        self.runtime = runtime
        self._runtimes = [runtime]
        self._again = again
        self._more = threading.Semaphore(at_once - 1 if again is not None else 0)
        self._free: LifoQueue[tuple[DetectorPipeline, Runtime]] = LifoQueue()
        pipeline = DetectorPipeline(model.manifest, thresholds, weakest)
        self._free.put((pipeline, runtime))
        self.thresholds = pipeline.thresholds
        self.weakest = pipeline.weakest
        self._weakest = weakest

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
        faults = (one.fault for one in self._runtimes if isinstance(one, GuardedRuntime))
        return next(filter(None, faults), "")

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Look at frames, one after the other.

        Returns:
            For each frame its detections, best score first. Boxes may reach beyond the frame where the
            network places an edge outside: a zone tests an anchor before anything is clipped.

        Raises:
            ModelError: when the network fails.
        """
        pipeline, runtime = taken = self._take()
        try:
            return [pipeline.run(runtime, frame) for frame in frames]
        finally:
            self._free.put(taken)

    def _take(self) -> tuple[DetectorPipeline, Runtime]:
        """One that is free: there, or opened now, or waited for."""
        try:
            return self._free.get_nowait()
        except Empty:
            if self._again is None or not self._more.acquire(blocking=False):
                return self._free.get()
        try:
            runtime = self._again()
        except ModelError as error:
            log.warning("model %s: cannot be opened once more, looks wait: %s", self.model.manifest.name, error)
            return self._free.get()
        self._runtimes.append(runtime)
        return DetectorPipeline(self.model.manifest, self.thresholds, self._weakest), runtime
