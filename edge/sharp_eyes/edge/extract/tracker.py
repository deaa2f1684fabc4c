"""The tracker: gives the detections of one camera's frames lasting identities.

Association in stages after Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box",
arXiv:2110.06864; a last stage by distance serves low frame rates, at which boxes no longer overlap.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.extract.motion import Box, BoxMotion
from sharp_eyes.edge.extract.nms import areas, intersections, overlaps, suppress
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Boxes, Detections, Track, Tracks

GROUPS = {
    "car": "vehicle",
    "bus": "vehicle",
    "truck": "vehicle",
    "bicycle": "cycle",
    "motorcycle": "cycle",
}
"""Classes that a detector takes for one another; a class not named here is a group of its own."""

ONE_OBJECT = 0.8
"""Overlap from which two boxes of one group are one object under two class names."""
LEAST_OVERLAP = 0.2
LEAST_OVERLAP_STILL = 0.5
LEAST_OVERLAP_WEAK = 0.4
"""Overlap that carries a track on: in general, standing still, and with a weak detection."""
LEAST_OVERLAP_HIDDEN = 0.25
HIDDEN_INSIDE = 0.85
"""A standing object may be partly hidden: less overlap will do for a box that lies inside its own by so much.
What passes in front of it lies partly outside.
"""
FARTHEST = 3.0
"""Standard deviations from the predicted place within which a box may carry a track on."""
FARTHEST_SIZES = 2.0
"""… and sizes of the object: in traffic, what is farther is rather another one."""
FRESH = 1.6
FRESH_LOOKS = 2.2
"""Seconds, or looks if that is longer, after which a moving object is no longer sought by distance."""
LARGEST_RATIO = 2.5
"""Width or height may change by this factor between two looks."""
KEEP = 5.0
KEEP_STILL = 20.0
KEEP_ONCE = 1.5
"""Seconds that an unseen track is kept: in general, standing still, and seen only once."""
KEEP_LOOKS = 3.0
"""… and in any case for as many looks."""
VOTE_MEMORY = 0.98

Matrix = npt.NDArray[np.float64]
"""Tracks x detections: how well they go together; 0 where they do not."""


class _Live:
    """A track while it lives."""

    def __init__(self, identity: int, group: str, box: Box, time: float) -> None:
        self.id = identity
        self.group = group
        self.motion = BoxMotion(box, time)
        self.first_seen = time
        self.last_seen = time
        self.hits = 0
        self.votes: defaultdict[str, float] = defaultdict(float)

    def see(self, name: str, score: float, box: Box, time: float) -> Track:
        """Take in a detection."""
        if self.hits:
            self.motion.correct(box, time)
        self.hits += 1
        self.last_seen = time
        for voted in self.votes:
            self.votes[voted] *= VOTE_MEMORY
        self.votes[name] += score
        winner = max(self.votes, key=lambda voted: self.votes[voted])
        return Track(self.id, winner, score, box, self.first_seen)

    def findable(self, time: float, pace: float) -> bool:
        """Whether it may be found by distance alone."""
        return self.motion.still or time - self.last_seen <= max(FRESH, FRESH_LOOKS * pace)

    def patience(self, pace: float) -> float:
        """Seconds it is kept unseen, at ``pace`` seconds between two looks."""
        kept = KEEP_STILL if self.motion.still else KEEP
        return max(kept if self.hits > 1 else KEEP_ONCE, KEEP_LOOKS * pace)


class Tracker:
    """Tracks the objects of one camera; the frames' timestamps drive motion and expiry.

    Args:
        thresholds: scores from which a detection may start a track; weaker ones only carry one on.
    """

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self._thresholds = thresholds or Thresholds()
        self._live: list[_Live] = []
        self._last_id = 0
        self._time: float | None = None
        self._pace: float | None = None

    def update(self, time: float, detections: Detections, width: int, height: int) -> Tracks:
        """Take in one frame's detections.

        Args:
            time: the frame's timestamp, seconds; one that goes back counts as no time passed.
            detections: boxes in pixels of the frame; weak ones included.
            width: of the frame, pixels.
            height: of the frame, pixels.

        Returns:
            The objects seen in this frame, in the order of their ids.
        """
        self._advance(time)
        scene = _Scene(detections)
        tracks = self._live
        strong = {i for i in scene.indices if scene.scores[i] >= self._thresholds.of(scene.names[i])}
        weak = {i for i in scene.indices if i not in strong}
        related = scene.related(tracks)
        overlap = related * scene.overlap(tracks)
        still = np.array([track.motion.still for track in tracks], dtype=bool)
        matched: dict[int, int] = {}
        stands = (overlap >= LEAST_OVERLAP_STILL) | (
            (overlap >= LEAST_OVERLAP_HIDDEN) & (scene.inside(tracks) >= HIDDEN_INSIDE)
        )
        enough = np.where(still[:, None], stands, overlap >= LEAST_OVERLAP)
        _assign(overlap * enough, strong, matched)
        _assign(overlap * enough * (overlap >= LEAST_OVERLAP_WEAK), weak, matched)
        left = strong - matched.keys()
        if left and len(matched) < len(tracks):
            findable = np.array([[track.findable(time, self._pace or 0.0)] for track in tracks])
            _assign(related * findable * scene.nearness(tracks, left), left, matched)
        seen = []
        for i in sorted(strong | matched.keys()):
            track = tracks[matched[i]] if i in matched else self._start(scene, i, time)
            seen.append(track.see(scene.names[i], scene.scores[i], scene.boxes[i], time))
        return Tracks(time, width, height, tuple(sorted(seen, key=lambda track: track.id)))

    def _start(self, scene: "_Scene", index: int, time: float) -> _Live:
        self._last_id += 1
        track = _Live(self._last_id, scene.groups[index], scene.boxes[index], time)
        self._live.append(track)
        return track

    def _advance(self, time: float) -> None:
        """Predict every track to ``time`` and forget those unseen for too long."""
        passed = 0.0 if self._time is None else max(time - self._time, 0.0)
        self._time = time
        if passed > 0:
            # A gap in the video must not pass for a slow pace.
            usual = passed if self._pace is None else self._pace
            self._pace = 0.8 * usual + 0.2 * min(passed, 3 * usual)
        pace = self._pace or 0.0
        self._live = [track for track in self._live if time - track.last_seen <= track.patience(pace)]
        for track in self._live:
            # A clock that was set back must not make a track immortal.
            track.first_seen, track.last_seen = min(track.first_seen, time), min(track.last_seen, time)
            track.motion.advance(passed)


class _Scene:
    """One frame's detections as plain values, one box an object."""

    def __init__(self, detections: Detections) -> None:
        self.names = [detections.names[i] for i in detections.classes]
        self.groups = [GROUPS.get(name, name) for name in self.names]
        self.scores: list[float] = detections.scores.tolist()
        self.boxes: list[Box] = [(x1, y1, x2, y2) for x1, y1, x2, y2 in detections.boxes.tolist()]
        self._array = detections.boxes
        self._known: dict[str, int] = {}
        self._group_numbers = self._numbers(self.groups)
        kept = suppress(self._array, detections.scores, self._group_numbers, ONE_OBJECT)
        self.indices: list[int] = sorted(kept.tolist())

    def related(self, tracks: Sequence[_Live]) -> Matrix:
        """1 where a track and a detection are of one group."""
        mine = self._numbers([track.group for track in tracks])
        return np.asarray(mine[:, None] == self._group_numbers[None, :], dtype=np.float64)

    def overlap(self, tracks: Sequence[_Live]) -> Matrix:
        """Overlap of each track's predicted box with each detection."""
        return overlaps(_predicted(tracks), self._array).astype(np.float64)

    def inside(self, tracks: Sequence[_Live]) -> Matrix:
        """Share of each detection that lies inside each track's predicted box."""
        shared = intersections(_predicted(tracks), self._array)
        return (shared / np.maximum(areas(self._array), 1.0)).astype(np.float64)

    def nearness(self, tracks: Sequence[_Live], indices: set[int]) -> Matrix:
        """Nearness of some detections to each track's predicted place, in units of its uncertainty."""
        values = np.zeros((len(tracks), len(self.boxes)))
        for i in indices:
            values[:, i] = [_nearness(track.motion, self.boxes[i]) for track in tracks]
        return values

    def _numbers(self, groups: Sequence[str]) -> npt.NDArray[np.int32]:
        return np.array([self._known.setdefault(group, len(self._known)) for group in groups], dtype=np.int32)


def _nearness(motion: BoxMotion, box: Box) -> float:
    left, top, right, bottom = box
    ratios = ((right - left) / motion.width, (bottom - top) / motion.height)
    if not all(1 / LARGEST_RATIO <= ratio <= LARGEST_RATIO for ratio in ratios):
        return 0.0
    if motion.sizes_away(box) > FARTHEST_SIZES:
        return 0.0
    return max(0.0, 1 - motion.distance(box) / FARTHEST)


def _predicted(tracks: Sequence[_Live]) -> Boxes:
    return np.array([track.motion.box for track in tracks], dtype=np.float32).reshape(-1, 4)


def _assign(values: Matrix, candidates: set[int], matched: dict[int, int]) -> None:
    """Give open detections to open tracks so that the values add up to the most (Hungarian method).

    Args:
        values: tracks x detections.
        candidates: detections that take part.
        matched: track of each detection matched so far; what is found is put in.
    """
    rows = sorted(set(range(len(values))) - set(matched.values()))
    columns = sorted(candidates - matched.keys())
    part = values[np.ix_(rows, columns)]
    if not (part > 0).any():
        return
    # A third of what a gateway imports: not before the first look.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    for row, column in zip(*linear_sum_assignment(part, maximize=True), strict=True):
        if part[row, column] > 0:
            matched[columns[column]] = rows[row]
