"""Objects that stand in a zone, recognised again after occlusion, missed detections and id switches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.geometry import Rectangle, overlap

Look = npt.NDArray[np.float32]
"""Coarse look of an object: 4 x 4 x 3 mean colours, 0 to 1."""

LookOf = Callable[[Rectangle], Look]

_SAME_PLACE = 0.45  # overlap from which a new track can be an object that stood there before
_MOVED = 0.25  # shift of the centre, in box diagonals, from which an object counts as moved
_SETTLE = 1.0  # watched seconds it must stay away from its old place before a new stay begins
_OTHER_LOOK = 0.22  # mean colour difference from which it is another object
_LOOK_EVERY = 5.0  # seconds between refreshes of a stay's look


@dataclass(slots=True)
class Candidate:
    """A track in the zone; ``box`` in shares of the picture, unclipped."""

    track: Track
    box: Rectangle


@dataclass(slots=True)
class Stay:
    """One object standing in one place."""

    number: int
    name: str
    score: float
    box: Rectangle
    place: Rectangle
    track_id: int
    dwell: Dwell
    look: Look | None = None
    look_time: float = float("-inf")
    away: Dwell | None = None
    present: bool = True


class Stays:
    """All stays in one zone of one camera."""

    def __init__(self, grace: float) -> None:
        """``grace``: watched seconds for which an object may be hidden and still be the same stay."""
        self._grace = grace
        self._stays: list[Stay] = []
        self._count = 0

    def update(self, candidates: Sequence[Candidate], clock: Clock, look_of: LookOf | None) -> list[Stay]:
        """Take in one look; returns the stays that go on (hidden ones within the grace included)."""
        free = list(candidates)
        missing = [stay for stay in self._stays if not self._follow(stay, free, clock)]
        for stay in missing:
            self._stitch(stay, free, clock, look_of)
        for stay in self._stays:
            self._refresh_look(stay, look_of)
        self._stays = [stay for stay in self._stays if stay.present or stay.dwell.miss(clock) <= self._grace]
        self._stays += [self._begin(candidate, clock, look_of) for candidate in free]
        return self._stays

    def clear(self) -> None:
        """Forget everything."""
        self._stays.clear()

    def _follow(self, stay: Stay, free: list[Candidate], clock: Clock) -> bool:
        """Find the stay's own track among the free candidates and take it."""
        stay.present = False
        own = next((candidate for candidate in free if candidate.track.id == stay.track_id), None)
        if own is None:
            return False
        free.remove(own)
        if _shift(stay.place, own.box) <= _MOVED:
            stay.away = None
            self._sight(stay, own, clock)
            return True
        if stay.away is None:
            stay.away = Dwell.start(clock)
        stay.away.see(clock)
        stay.present, stay.box = True, own.box
        if stay.away.seconds >= _SETTLE:
            # Another stay of the same car: with a number of its own, so that the event of the old one closes.
            self._count += 1
            stay.number = self._count
            stay.dwell, stay.place, stay.away = Dwell.start(clock), own.box, None
        return True

    def _stitch(self, stay: Stay, free: list[Candidate], clock: Clock, look_of: LookOf | None) -> None:
        """Give a lost stay the new track that stands where it stood, if that can be the same object.

        A track that was first seen before this stay was last seen is another object that came along.
        """
        fitting = [
            candidate
            for candidate in free
            if candidate.track.first_seen > stay.dwell.last
            and overlap(stay.place, candidate.box) >= _SAME_PLACE
            and not _other_look(stay, candidate, look_of)
        ]
        if not fitting:
            return
        best = max(fitting, key=lambda candidate: overlap(stay.place, candidate.box))
        free.remove(best)
        stay.track_id = best.track.id
        self._sight(stay, best, clock)

    @staticmethod
    def _sight(stay: Stay, candidate: Candidate, clock: Clock) -> None:
        stay.present = True
        stay.dwell.see(clock)
        stay.box = candidate.box
        stay.name = candidate.track.name
        stay.score = max(candidate.track.score, 0.9 * stay.score + 0.1 * candidate.track.score)

    def _begin(self, candidate: Candidate, clock: Clock, look_of: LookOf | None) -> Stay:
        self._count += 1
        track = candidate.track
        stay = Stay(self._count, track.name, track.score, candidate.box, candidate.box, track.id, Dwell.start(clock))
        self._refresh_look(stay, look_of)
        return stay

    @staticmethod
    def _refresh_look(stay: Stay, look_of: LookOf | None) -> None:
        if look_of is not None and stay.present and stay.dwell.last - stay.look_time >= _LOOK_EVERY:
            stay.look, stay.look_time = look_of(stay.box), stay.dwell.last


def _shift(place: Rectangle, box: Rectangle) -> float:
    """Distance of the centres in diagonals of the place."""
    dx = (box[0] + box[2] - place[0] - place[2]) / 2
    dy = (box[1] + box[3] - place[1] - place[3]) / 2
    diagonal = float(np.hypot(place[2] - place[0], place[3] - place[1]))
    return float(np.hypot(dx, dy)) / max(diagonal, 1e-6)


def _other_look(stay: Stay, candidate: Candidate, look_of: LookOf | None) -> bool:
    if look_of is None or stay.look is None:
        return False
    return float(np.abs(look_of(candidate.box) - stay.look).mean()) > _OTHER_LOOK
