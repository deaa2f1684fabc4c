"""The verifier: crops of what a detector found in, what they show out. A second look before an alarm."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.model import MANIFEST, Model, bundled_models, load_model
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.frame import Picture

DEFAULT = "verifier"
"""The bundled verifier."""

TOLERANCE = 1e-2
"""How far the probabilities of one crop may sum up beside 1."""


class Verifier:
    """One network for all cameras; may be called from any thread, one call at a time is served.

    It is asked a few times an hour, so ONNX Runtime computes it with one thread and nothing is timed.

    Attributes:
        model: the network and its manifest.
    """

    def __init__(self, model: Model, runtime: Runtime) -> None:
        if model.manifest.verifies is None:
            raise ModelError(f"model {model.manifest.name} is a {model.manifest.kind}; a verifier is wanted here")
        self.model = model
        self._verifies = model.manifest.verifies
        self._runtime = runtime
        self._lock = threading.Lock()

    @classmethod
    def open(cls, threads: int = 1) -> "Verifier | None":
        """Open the bundled verifier; None where there is none.

        Raises:
            ModelError: when it is altered, no verifier, or not what its manifest says.
        """
        path = bundled_models() / DEFAULT / MANIFEST
        return cls.read(path, threads) if path.is_file() else None

    @classmethod
    def read(cls, manifest: Path, threads: int = 1) -> "Verifier":
        """Open the verifier that a manifest describes.

        Raises:
            ModelError: when it is missing or altered, no verifier, or not what its manifest says.
        """
        model = load_model(manifest)
        verifier = cls(model, OnnxRuntime(model.file, threads))
        side = verifier.side
        given = verifier.probabilities([np.full((side, side, 3), model.manifest.input.pad, np.uint8)] * 2)
        count = len(model.classes)
        if given.shape != (2, count) or not np.allclose(given.sum(axis=1), 1, atol=TOLERANCE):
            raise ModelError(
                f"{model.file}: expected probabilities 2 x {count} that sum to 1, got {given.shape}; correct classes "
                "and input in the manifest, or export the network again"
            )
        return verifier

    @property
    def side(self) -> int:
        """Pixels of a crop's side."""
        return self.model.manifest.input.width

    @property
    def context(self) -> float:
        """Side of the square around a box, times the box's longer side."""
        return self._verifies.context

    def judges(self, class_name: str | None) -> bool:
        """Whether it can say anything about what a detector calls so."""
        return class_name in self._verifies.classes

    def limit(self, class_name: str) -> float:
        """Probability below which what a detector calls so is refused."""
        own = self._verifies.classes[class_name]
        return self.model.manifest.thresholds.get(own, self.model.manifest.threshold)

    def look(self, class_name: str, crops: Sequence[Picture]) -> tuple[float, str]:
        """Mean probability that crops of one thing show what a detector called them, and the likeliest class.

        Raises:
            ModelError: when the network fails.
        """
        mean = self.probabilities(crops).mean(axis=0)
        number = self.model.classes.index(self._verifies.classes[class_name])
        return float(mean[number]), self.model.classes[int(mean.argmax())]

    def probabilities(self, crops: Sequence[Picture]) -> npt.NDArray[np.float32]:
        """Probabilities (n, classes) of crops of :attr:`side` pixels, BGR.

        Raises:
            ModelError: when the network fails.
        """
        with self._lock:
            return np.asarray(self._runtime.run(np.stack(crops))[0], np.float32)
