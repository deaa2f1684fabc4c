"""What every runtime does."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.reference import Computing
from sharp_eyes.edge.settings import Device

Constants = Mapping[str, Array]
"""Inputs beside the picture that never change, by name."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a network is computed, other than on the processor.

    Attributes:
        device: which device.
        computing: how exactly.
        cache: folder for what it is compiled into; None keeps nothing.
    """

    device: Device
    computing: Computing
    cache: Path | None = None

    @property
    def folder(self) -> str | None:
        """The cache's own folder for this device and precision, made where it is not there."""
        if self.cache is None:
            return None
        folder = self.cache / f"{self.device}-{self.computing}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(folder)


class Runtime(Protocol):
    """Computes one network. For one thread at a time."""

    name: str

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch (in the layout of the manifest's input).

        Raises:
            ModelError: when the network does not take such a batch, or fails.
        """
