"""Score thresholds: a usual one, and those of single classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.manifest import Manifest
from sharp_eyes.edge.settings import ModelSettings

WEAK_SHARE = 0.4
"""Share of its threshold down to which a detection is given: weak ones only carry a track on."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Score from which a detection of a class stands on its own.

    Attributes:
        usual: of every class that is not in ``single``.
        single: by class name.
    """

    usual: float = 0.35
    single: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def chosen(cls, manifest: Manifest, settings: ModelSettings) -> "Thresholds":
        """The manifest's, or what the settings set: a class's own value goes before the usual one.

        Raises:
            ModelError: when the settings name a class that the model does not have.
        """
        if unknown := sorted(set(settings.thresholds) - set(manifest.classes)):
            raise ModelError(
                f"model.thresholds: {', '.join(unknown)} stand not among the classes of {manifest.name}: "
                f"{', '.join(manifest.classes)}"
            )
        if settings.threshold is not None:
            return cls(settings.threshold, settings.thresholds)
        return cls(manifest.threshold, {**manifest.thresholds, **settings.thresholds})

    def of(self, name: str) -> float:
        """Threshold of one class."""
        return self.single.get(name, self.usual)

    def vector(self, names: Sequence[str]) -> npt.NDArray[np.float32]:
        """Thresholds of classes, in their order."""
        return np.array([self.of(name) for name in names], np.float32)

    def weakest(self, names: Sequence[str]) -> npt.NDArray[np.float32]:
        """Least score of the detections of each class that are given, in their order."""
        least: npt.NDArray[np.float32] = self.vector(names) * np.float32(WEAK_SHARE)
        return least
