"""Ground that is already taken, so that things do not stand in each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Occupied:
    """Discs (x, y, radius) on the ground, metres."""

    discs: list[tuple[float, float, float]] = field(default_factory=list)

    def take(self, x: float, y: float, radius: float) -> bool:
        """Reserve a disc if it is free."""
        return self.take_all([(x, y)], radius)

    def take_all(self, places: Sequence[tuple[float, float]], radius: float) -> bool:
        """Reserve discs of one radius if all of them are free; they may overlap each other."""
        if any(math.hypot(x - a, y - b) < radius + r for x, y in places for a, b, r in self.discs):
            return False
        self.discs.extend((x, y, radius) for x, y in places)
        return True
