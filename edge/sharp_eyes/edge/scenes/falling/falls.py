"""The falls in one zone: recognised, followed to their end, and each told once."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.falling.motion import MotionDetector, MovingBlobs
from sharp_eyes.edge.scenes.falling.tracker import BlobTrack, BlobTracker, TrackPoint
from sharp_eyes.edge.scenes.falling.verdict import Limits, Verdict, judge

_LASTING = 0.4  # seconds after its latest point for which a fall may still go on
_KNOWN = 2.0  # seconds for which a fall that is over is kept, to know its pieces
_BESIDE = 0.08  # picture heights between two pieces of one thing at the same time
_FOLLOWS = 0.5  # seconds in which a piece may be found again further down


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the falls of a zone over a restart: how many were told, and when the latest was last seen."""

    number: int = 0
    time: float = float("-inf")


@dataclass(slots=True)
class Fall:
    """One thing that falls.

    ``first`` is the verdict by which it was recognised, before the air has braked it much; ``verdict`` the latest.
    """

    number: int
    first: Verdict
    verdict: Verdict
    tracks: set[int]
    points: list[TrackPoint] = field(default_factory=list)
    over: bool = False

    @property
    def last(self) -> TrackPoint:
        """The latest point that fits."""
        return self.verdict.fit.last


class Falls:
    """Watches one zone; ``step`` takes every frame in order."""

    def __init__(self, motion: MotionDetector, limits: Limits, confidence: float, told: Told) -> None:
        """``confidence``: score from which a fall is told; ``told``: what was told before."""
        self._motion = motion
        self._tracker = BlobTracker()
        self._limits = limits
        self._confidence = confidence
        self._falls: list[Fall] = []
        self._before = told
        self._time = -math.inf
        self.told = told

    def step(self, frame: Frame, steady: bool = True) -> list[Fall]:
        """Take in a frame; returns the falls that are going on.

        ``steady``: whether the camera stands still; while it does not, the whole picture falls and rises, and nothing
        that was followed is believed.
        """
        moving = self._motion.step(frame)
        if not steady:
            self._tracker = BlobTracker()
            moving = replace(moving, blobs=())
        return self.take(frame.time, moving)

    def take(self, time: float, moving: MovingBlobs) -> list[Fall]:
        """Take in what moves at a time; returns the falls that are going on."""
        if time < self._time:  # the clock was set back: what was in the air has landed
            self._tracker, self._falls = BlobTracker(), []
        self._time = time
        for track in self._tracker.step(time, moving):
            self._consider(track)
        for fall in self._falls:
            fall.over = fall.over or time - fall.last.time > _LASTING
            self.told = Told(max(self.told.number, fall.number), max(self.told.time, fall.last.time))
        self._falls = [fall for fall in self._falls if time - fall.last.time <= _KNOWN]
        return [fall for fall in self._falls if not fall.over]

    def _consider(self, track: BlobTrack) -> None:
        known = next((fall for fall in self._falls if track.number in fall.tracks), None)
        if known is not None and known.over:
            return
        verdict = judge(track, self._limits)
        if verdict is None or (known is None and verdict.score < self._confidence):
            return
        known = known or next((fall for fall in self._falls if _one_thing(fall, track.points)), None)
        if known is None:
            if 0 <= verdict.fit.first.time - self._before.time <= _FOLLOWS:
                return  # the rest of what was told before the restart
            number = max([self.told.number, *(fall.number for fall in self._falls)]) + 1
            self._falls.append(Fall(number, verdict, verdict, {track.number}, track.points))
            return
        known.tracks.add(track.number)
        if not known.over and verdict.fit.path >= known.verdict.fit.path:
            known.verdict, known.points = verdict, track.points


def _one_thing(fall: Fall, points: list[TrackPoint]) -> bool:
    """Whether the points are a second piece of what falls already, beside it or further down its path."""
    together = list(_pairs(fall.points, points))
    if together:
        return all(abs(a.x - b.x) + abs(a.y - b.y) <= _BESIDE for a, b in together)
    first, last = points[0], fall.last
    return 0 < first.time - last.time <= _FOLLOWS and first.y >= last.y and abs(first.x - last.x) <= 2 * _BESIDE


def _pairs(some: list[TrackPoint], others: list[TrackPoint]) -> Iterator[tuple[TrackPoint, TrackPoint]]:
    at = {point.time: point for point in some}
    return ((at[point.time], point) for point in others if point.time in at)
