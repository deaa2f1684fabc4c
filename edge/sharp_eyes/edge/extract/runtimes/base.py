"""What every runtime does."""

from collections.abc import Mapping
from typing import Protocol

from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch

Constants = Mapping[str, Array]
"""Inputs beside the picture that never change, by name."""


class Runtime(Protocol):
    """Computes one network. For one thread at a time."""

    name: str

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch (in the layout of the manifest's input).

        Raises:
            ModelError: when the network does not take such a batch, or fails.
        """
