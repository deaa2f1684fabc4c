"""Drawing from a random source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Range = tuple[float, float]


def pick(random: np.random.Generator, names: Sequence[str]) -> str:
    """One of the names."""
    return str(random.choice(names))


def drawn(random: np.random.Generator, value: Range | float) -> float:
    """A number of the range, or the number itself."""
    return float(random.uniform(*value)) if isinstance(value, tuple) else value
