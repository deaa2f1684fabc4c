"""Follows blobs from frame to frame over their timestamps, whatever the pace and through short gaps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.scenes.falling.motion import Blob, MovingBlobs

_Array = npt.NDArray[np.float64]

_PATIENCE = 0.35  # seconds a thing may be lost, behind a cable, before a pale wall or in a dropped frame
_START_SPEED = 0.3  # picture heights a second, one standard deviation
_PUSH = 0.8  # picture heights a second squared: acceleration, one standard deviation
_SWELL = 6.0  # per second: growth of the speed of what comes nearer to a camera that looks up
_CORRELATED = 0.04  # seconds for which that acceleration lasts
_GATE = 3.5  # standard deviations
_FARTHEST = 0.12  # picture heights from where it is expected; a prediction that is vaguer than that is none
_SELDOM = 0.5  # blobs by chance in a frame that shows but one
_BRANCHES = 3  # ways a single blob may go on
_FIRM = 5  # points from which a track has its blobs for itself
_SURPRISE = 0.5  # distance by reach from which it is not sure that the blob is the track's
_CLEAR = -0.5  # chance of a link up to which other ways are tried: amid clutter there is no end of ways
_MOST = 300
_LONGEST = 250  # points kept of one track; nothing falls for longer


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where a blob was at a time in seconds; the rest in picture heights.

    ``error``: one standard deviation; ``company``: whether something else moved beside it, as in :class:`Blob`.
    """

    time: float
    x: float
    y: float
    size: float
    error: float
    company: bool = False


@dataclass(slots=True)
class BlobTrack:
    """One thing that moves.

    Attributes:
        points: all sightings, oldest first.
        chance: log10 of the expected number of such chains per frame if all blobs lay about by chance.
        grown: whether the latest frame added a point.
    """

    number: int
    points: list[TrackPoint]
    chance: float
    grown: bool = True
    _state: _Array = field(default_factory=lambda: np.zeros(4))  # x, y and their speeds
    _spread: tuple[float, float, float] = (0.0, 0.0, 0.0)  # variance of place, covariance, variance of speed

    @classmethod
    def begin(cls, number: int, point: TrackPoint, chance: float) -> "BlobTrack":
        """Start with one sighting."""
        state = np.array([point.x, point.y, 0.0, 0.0])
        return cls(number, [point], chance, True, state, (point.error**2, 0.0, _START_SPEED**2))

    def fork(self, number: int) -> "BlobTrack":
        """A copy that may go on in another way."""
        return BlobTrack(number, list(self.points), self.chance, False, self._state.copy(), self._spread)

    def predict(self, time: float) -> tuple[_Array, tuple[float, float, float]]:
        """State and spread at a time: constant speed with noise whose size goes with the speed."""
        passed = time - self.points[-1].time
        state = self._state.copy()
        state[:2] += passed * state[2:]
        power = (_PUSH + _SWELL * float(np.hypot(*state[2:]))) ** 2 * _CORRELATED
        place, both, speed = self._spread
        place += 2 * passed * both + passed**2 * speed + power * passed**3 / 3
        both += passed * speed + power * passed**2 / 2
        return state, (place, both, speed + power * passed)

    def take(self, point: TrackPoint, chance: float) -> None:
        """Go on with a sighting (Kalman update, both axes with the same gain)."""
        state, (place, both, speed) = self.predict(point.time)
        total = place + point.error**2
        gain, gain_speed = place / total, both / total
        missed = np.array([point.x, point.y]) - state[:2]
        state[:2] += gain * missed
        state[2:] += gain_speed * missed
        self._state = state
        self._spread = (place * (1 - gain), both * (1 - gain), speed - gain_speed * both)
        self.points = [*self.points[-_LONGEST:], point]
        self.chance += chance
        self.grown = True


@dataclass(frozen=True, slots=True)
class _Link:
    cost: float
    track: BlobTrack
    blob: int
    chance: float


class BlobTracker:
    """All tracks in one zone. Blobs may be shared while tracks are young; the better one keeps them."""

    def __init__(self) -> None:
        self.tracks: list[BlobTrack] = []
        self._count = 0

    def step(self, time: float, moving: MovingBlobs) -> list[BlobTrack]:
        """Take in one frame; returns the tracks that grew with it."""
        points = [_point(blob, time, moving.pixel) for blob in moving.blobs]
        clutter = np.array([blob.clutter for blob in moving.blobs])
        for track in self.tracks:
            track.grown = False
        self.tracks = [track for track in self.tracks if time - track.points[-1].time <= _PATIENCE and _hopeful(track)]
        if points:
            links = self._links(points, time, np.maximum(clutter, max(len(points) - 1, _SELDOM) / moving.area))
            taken = self._grow_firm(links, points)
            taken |= self._grow_young(links, points, taken)
            start = math.log10(len(points))
            fresh = (point for index, point in enumerate(points) if index not in taken)
            self.tracks += [BlobTrack.begin(self._next(), point, start) for point in fresh]
            self._prune()
        return [track for track in self.tracks if track.grown]

    def _links(self, points: Sequence[TrackPoint], time: float, clutter: _Array) -> list[_Link]:
        """All ways that tracks can go on, the likeliest first; ``clutter`` around each point as in :class:`Blob`."""
        places = np.array([(point.x, point.y) for point in points])
        errors = np.array([point.error for point in points])
        links = []
        for track in self.tracks:
            state, spread = track.predict(time)
            away = np.hypot(*(places - state[:2]).T)
            reach = np.minimum(_GATE * np.sqrt(spread[0] + errors**2), _FARTHEST)
            around = math.pi * np.maximum(away, 2 * errors) ** 2
            for index in np.flatnonzero(away <= reach):
                chance = math.log10(min(1.0, clutter[index] * around[index]))
                links.append(_Link(float(away[index] / reach[index]), track, int(index), chance))
        return sorted(links, key=lambda link: (link.cost, link.track.number, link.blob))

    @staticmethod
    def _grow_firm(links: Sequence[_Link], points: Sequence[TrackPoint]) -> set[int]:
        """Give each firm track its likeliest blob, no blob to two; longer tracks choose first."""
        taken: set[int] = set()
        firm = [link for link in links if len(link.track.points) >= _FIRM]
        for link in sorted(firm, key=lambda link: link.cost - 0.05 * min(len(link.track.points), 20)):
            if not link.track.grown and link.blob not in taken:
                link.track.take(points[link.blob], link.chance)
                if link.cost < _SURPRISE:
                    taken.add(link.blob)
        return taken

    def _grow_young(self, links: Sequence[_Link], points: Sequence[TrackPoint], taken: set[int]) -> set[int]:
        """Let young tracks try several ways; returns blobs that need no track of their own."""
        used: set[int] = set()
        ways: dict[int, list[_Link]] = {}
        for link in links:
            if len(link.track.points) < _FIRM and link.blob not in taken:
                ways.setdefault(link.track.number, []).append(link)
        for options in ways.values():
            for link in options[1:_BRANCHES]:
                if link.chance > _CLEAR:
                    continue
                branch = link.track.fork(self._next())
                branch.take(points[link.blob], link.chance)
                self.tracks.append(branch)
            best = options[0]
            if len(best.track.points) > 1 and best.cost < _SURPRISE:
                used.add(best.blob)
            best.track.take(points[best.blob], best.chance)
        return used

    def _prune(self) -> None:
        if len(self.tracks) > _MOST:
            self.tracks.sort(key=lambda track: (-len(track.points), -track.number))
            del self.tracks[_MOST:]

    def _next(self) -> int:
        self._count += 1
        return self._count


def _hopeful(track: BlobTrack) -> bool:
    """Whether the track is not, step for step, what clutter gives."""
    return len(track.points) < _FIRM or track.chance <= _CLEAR * len(track.points)


def _point(blob: Blob, time: float, pixel: float) -> TrackPoint:
    size = max(blob.width, blob.height)
    return TrackPoint(time, blob.x, blob.y, size, pixel + 0.15 * size, blob.company)
