"""Where vehicles drive: what stands or goes there belongs to the road, and is rather a motorcycle than an e-bike."""

from collections import deque
from dataclasses import dataclass

from sharp_eyes.edge.scenes.anchor import Anchor, anchor_point
from sharp_eyes.edge.scenes.base import VEHICLES, Observation
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.presence import distance

DRIVES = 0.5
"""Diagonals of its box that a vehicle must have come since it was first seen: it drives."""
AROUND = 1.0
"""Heights of a vehicle about its box that belong to its road: the next lane."""
VEHICLES_PASSED = 2
"""Different vehicles by which a place becomes a carriageway: one alone may deliver something in a yard."""
MEMORY = 120.0
"""Watched seconds for which a passing is remembered."""


@dataclass(slots=True)
class _Passing:
    first: Rectangle
    latest: float
    drives: bool
    boxes: deque[Rectangle]


class Traffic:
    """The vehicles that drove before one camera of late."""

    def __init__(self) -> None:
        self._passings: dict[int, _Passing] = {}

    def see(self, observation: Observation) -> None:
        """Take in one look."""
        now = observation.clock.watched
        for track in observation.tracks.items:
            if track.name not in VEHICLES:
                continue
            box = observation.box_of(track)
            passing = self._passings.setdefault(track.id, _Passing(box, now, drives=False, boxes=deque(maxlen=60)))
            passing.latest = now
            passing.boxes.append(box)
            passing.drives = passing.drives or distance(passing.first, box) >= DRIVES
        self._passings = {number: one for number, one in self._passings.items() if now - one.latest <= MEMORY}

    def around(self, box: Rectangle, clock: Clock) -> bool:
        """Whether a box stands where vehicles drive."""
        x, y = anchor_point(box, Anchor.BOTTOM_CENTRE)
        passed = 0
        for one in self._passings.values():
            if one.drives and clock.since(one.latest) <= MEMORY:
                passed += any(_on_its_road(x, y, at) for at in one.boxes)
        return passed >= VEHICLES_PASSED

    def clear(self) -> None:
        """Forget everything."""
        self._passings.clear()


def _on_its_road(x: float, y: float, at: Rectangle) -> bool:
    """Whether a point lies beside a vehicle, on the ground: the vehicle's foot is the lower half of its box."""
    x1, y1, x2, y2 = at
    wide, high = x2 - x1, y2 - y1
    return x1 - AROUND * wide / 2 <= x <= x2 + AROUND * wide / 2 and (y1 + y2) / 2 <= y <= y2 + AROUND * high
