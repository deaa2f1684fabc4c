"""What every runtime does."""

from typing import Protocol

from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch


class Runtime(Protocol):
    """Computes one network. For one thread at a time."""

    name: str

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch (n x 3 x height x width).

        Raises:
            ModelError: when the network does not take such a batch, or fails.
        """
