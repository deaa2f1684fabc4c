"""What every head does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.manifest import Manifest
from sharp_eyes.edge.frame import Boxes

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes as the network gives them: n x 4 in pixels of its input, with score and class of each."""

    boxes: Boxes
    scores: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int32]


class Head(Protocol):
    """Reads the outputs of one family."""

    unique: bool
    """Whether the network itself gives one box an object, so that nothing is left to suppress."""

    def constants(self, manifest: Manifest) -> Mapping[str, Array]:
        """Inputs that the network wants beside the picture, by name."""

    def misfit(self, shapes: Sequence[tuple[int, ...]], manifest: Manifest) -> str | None:
        """Compare the outputs' shapes with the manifest; ``None``, or 'expected …, got …'."""

    def decode(self, outputs: Sequence[Array], manifest: Manifest, threshold: float) -> Candidates:
        """Read one picture's outputs: all boxes with a score of at least ``threshold``."""


class OneInput:
    """Base of heads whose networks want the picture alone."""

    def constants(self, manifest: Manifest) -> Mapping[str, Array]:
        """Nothing beside the picture."""
        return {}


def describe(shapes: Sequence[tuple[int, ...]]) -> str:
    """Shapes for a message, such as ``1 x 10 x 5040``."""
    return " and ".join(" x ".join(str(size) for size in shape) for shape in shapes) or "nothing"
