"""The verifier's crops as they lie on disk, and how an epoch draws from them."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scripts.train.recipe import RecipeError


@dataclass(frozen=True)
class Crops:
    """All crops of one folder.

    Attributes:
        pixels: (n, side, side, 3), BGR, as a memory map.
        allowed: (n,) bits of the classes that each may be.
        claimed: what a detector took each for; empty where nobody did.
        kinds: `labelled`, `mistaken` or `random`.
        sources: where each comes from.
    """

    pixels: npt.NDArray[np.uint8]
    allowed: npt.NDArray[np.int64]
    claimed: list[str]
    kinds: list[str]
    sources: list[str]

    @classmethod
    def read(cls, folder: Path, side: int) -> "Crops":
        """Open the crops of a folder; RecipeError where there are none."""
        table = folder / "crops.csv"
        if not table.is_file():
            raise RecipeError(f"{table}: not found; cut the crops first (python -m scripts.train.verifier.crops)")
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        pixels = np.memmap(folder / "pixels.u8", np.uint8, "r").reshape(-1, side, side, 3)
        if len(pixels) != len(rows):
            raise RecipeError(f"{folder}: {len(pixels)} crops, {len(rows)} rows; cut the crops again")
        columns: dict[str, list[str]] = {name: [row[name] for row in rows] for name in rows[0]}
        allowed = np.array(columns["allowed"], np.int64)
        return cls(pixels, allowed, columns["claimed"], columns["kind"], columns["source"])

    def bits(self, classes: int) -> npt.NDArray[np.float32]:
        """(n, classes): 1 where a crop may be of the class."""
        return np.asarray((self.allowed[:, None] >> np.arange(classes)) & 1, np.float32)


class Drawing:
    """Draws the crops of an epoch: each class of labelled things alike, and each class's mistakes alike."""

    def __init__(self, crops: Crops, values: dict[str, Any]) -> None:
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, kind in enumerate(crops.kinds):
            key = str(crops.allowed[number]) if kind == "labelled" else crops.claimed[number]
            groups[kind, key].append(number)
        self._groups = [np.array(group) for group in groups.values()]
        # The square root keeps a class of a few crops from being shown a hundred times an epoch.
        weights = np.array([np.sqrt(len(group)) for group in self._groups])
        kinds = np.array([kind for kind, _ in groups])
        for kind, share in values["draw"].items():
            own = kinds == kind
            if own.any():
                weights[own] *= share / weights[own].sum()
        self._weights = weights / weights.sum()

    def epoch(self, count: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
        """Numbers of ``count`` crops."""
        which = random.choice(len(self._groups), count, p=self._weights)
        return np.array([int(random.choice(self._groups[group])) for group in which])
