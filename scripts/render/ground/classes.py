"""Which class of ground a surface shows in the masks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

VEGETATION, SOIL, PAVED, WATER, OTHER, IGNORE = 0, 1, 2, 3, 4, 255
NAMES = ("vegetation", "soil", "paved", "water", "other")
TWIG = 5  # renderer's index of dead twigs: neither plant nor soil, so it is left out of training

SURFACES: dict[str, int] = {
    **dict.fromkeys(
        ("turf", "blades", "leaf", "leaf_light", "leaf_dark", "cover", "flower", "bark", "litter_turf"), VEGETATION
    ),
    **dict.fromkeys(("earth", "litter_earth"), SOIL),
    **dict.fromkeys(
        ("road", "new_asphalt", "slabs", "path", "kerb", "edging", "marking", "yellow_marking", "manhole",
         "litter_paved", "tactile"),
        PAVED,
    ),
    "water": WATER,
    "twig": TWIG,
}  # fmt: skip


def class_of(surface: str) -> int:
    """Class of a surface by its material's name; whatever is not ground or plant is `OTHER`."""
    return SURFACES.get(surface, OTHER)


def mask_of(indices: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Mask of a picture of material indices (class + 1, 0 for the sky; any shape).

    Raises:
        ValueError: an index belongs to no class.
    """
    rounded = np.rint(indices).astype(np.int64)
    if rounded.min() < 0 or rounded.max() > TWIG + 1:
        raise ValueError(f"material indices {rounded.min()} to {rounded.max()} are not within 0 to {TWIG + 1}")
    table = np.array([OTHER, VEGETATION, SOIL, PAVED, WATER, OTHER, IGNORE], dtype=np.uint8)
    return np.asarray(table[rounded], dtype=np.uint8)


def shares(mask: NDArray[np.uint8]) -> dict[str, float]:
    """Share of the pixels of each class; ignored pixels belong to none."""
    return {name: float((mask == number).mean()) for number, name in enumerate(NAMES)}
