"""Objects that are in a zone, moving or not, followed through missed detections and judged by votes over looks.

A detector with weak figures errs in single looks: it misses what is there, and takes a person or a chair for it. What
is really there is seen again and again, with a good score, and no other class claims its place.
"""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from sharp_eyes.edge.extract.box_overlap import overlap
from sharp_eyes.edge.polygons import Point, Polygon, area
from sharp_eyes.edge.scenes.anchor import Anchor, anchor_point
from sharp_eyes.edge.scenes.base import Observation
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.geometry import Rectangle, contains
from sharp_eyes.edge.scenes.state import StateCodec
from sharp_eyes.edge.scenes.stationary import Candidate

ONE_OBJECT = 0.7
"""Share of the smaller of two boxes inside the other from which both show one object."""
REACH = 1.2
"""Box diagonals that a lost object may have moved when it is found again under a new track."""
LARGEST_RATIO = 2.5
"""Width or height may differ by this factor when it is found again."""
MOVED = 0.5
"""Shift of the centre, in box diagonals, from which an object has moved."""
LEAST_LOOKS = 5
"""Looks that vote at least, whatever the pace."""
EDGE = 0.002
"""How far inside the picture a point on its edge is taken to lie, as a share of its width and height."""
IGNORED_SHARE = 0.5
"""Share of a box inside an ignored area from which the object is ignored."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """One candidate in one look.

    Attributes:
        rival: score of another class for the same place; 0 where none claims it.
        begins: whether it may begin a presence, or only carries one on.
    """

    candidate: Candidate
    rival: float = 0.0
    begins: bool = True

    @property
    def score(self) -> float:
        """The detector's score."""
        return self.candidate.track.score


@dataclass(frozen=True, slots=True)
class Rules:
    """When a presence counts.

    Attributes:
        dwell: watched seconds from the first to the latest sighting.
        grace: watched seconds that an object may go unseen.
        seen: share of the latest looks that must have seen it.
        score: mean score of those that have.
    """

    dwell: float
    grace: float
    seen: float
    score: float


@dataclass(slots=True)
class Presence:
    """One object in the zone. A vote is the watched time of a look, its own score (0 where unseen) and the rival's."""

    number: int
    name: str
    box: Rectangle
    first_box: Rectangle
    track_id: int
    dwell: Dwell
    votes: deque[tuple[float, float, float]] = field(default_factory=deque)
    confirmed: bool = False
    moved: bool = False
    present: bool = True

    @property
    def score(self) -> float:
        """Mean score of the latest looks that saw it."""
        own = [vote[1] for vote in self.votes if vote[1] > 0]
        return sum(own) / len(own) if own else 0.0

    @property
    def seen(self) -> float:
        """Share of the latest looks that saw it."""
        return sum(vote[1] > 0 for vote in self.votes) / len(self.votes) if self.votes else 0.0

    @property
    def contested(self) -> bool:
        """Whether another class has the better claim to its place."""
        return sum(vote[2] for vote in self.votes) > sum(vote[1] for vote in self.votes)


@dataclass(frozen=True, slots=True)
class _State:
    count: int
    presences: list[Presence]


_CODEC: StateCodec[_State] = StateCodec(_State)
_NOBODY = 0


class Presences:
    """All objects of the wanted kind in one zone of one camera."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._all: list[Presence] = []
        self._count = 0

    def update(self, sighted: Sequence[Sighted], clock: Clock) -> list[Presence]:
        """Take in one look; returns the objects that count (hidden ones within the grace included)."""
        free = self._distinct(sighted)
        for presence in self._all:
            presence.present = False
        self._match(free, clock, lambda presence, item: item.candidate.track.id == presence.track_id)
        self._match(free, clock, _may_be)
        for presence in self._all:
            if not presence.present:
                self._vote(presence, 0.0, 0.0, clock)
        self._all = [item for item in self._all if item.present or item.dwell.miss(clock) <= self._rules.grace]
        self._all += [self._begin(item, clock) for item in free if item.begins]
        for presence in self._all:
            presence.confirmed = presence.confirmed or self._counts(presence)
        return [presence for presence in self._all if presence.confirmed]

    def clear(self) -> None:
        """Forget everything."""
        self._all.clear()

    def dump_state(self) -> Any:
        """All objects, as JSON can hold them."""
        return _CODEC.dump(_State(self._count, self._all))

    def load_state(self, state: Any, what: str) -> None:
        """Go on with these objects; ``what`` names them in the log, should they be of no use."""
        kept = _CODEC.load(state, what)
        if kept is not None:
            self._count, self._all = kept.count, kept.presences
            for presence in self._all:
                presence.track_id = _NOBODY  # tracks count anew after a restart; places tell

    def _distinct(self, sighted: Sequence[Sighted]) -> list[Sighted]:
        """One candidate an object: first those that are followed already, then the better scores."""
        followed = {presence.track_id for presence in self._all}
        order = sorted(
            sighted,
            key=lambda item: (item.candidate.track.id not in followed, not item.begins, -item.score),
        )
        kept: list[Sighted] = []
        for item in order:
            if all(nested(item.candidate.box, other.candidate.box) < ONE_OBJECT for other in kept):
                kept.append(item)
        return kept

    def _match(self, free: list[Sighted], clock: Clock, fits: Callable[[Presence, Sighted], bool]) -> None:
        for presence in self._all:
            fitting = [] if presence.present else [item for item in free if fits(presence, item)]
            if fitting:
                best = min(fitting, key=lambda item: distance(presence.box, item.candidate.box))
                free.remove(best)
                self._sight(presence, best, clock)

    def _sight(self, presence: Presence, item: Sighted, clock: Clock) -> None:
        candidate = item.candidate
        presence.present, presence.box = True, candidate.box
        if item.begins:
            presence.track_id = candidate.track.id
        presence.dwell.see(clock)
        presence.moved = presence.moved or distance(presence.first_box, candidate.box) >= MOVED
        self._vote(presence, item.score, item.rival, clock)

    def _begin(self, item: Sighted, clock: Clock) -> Presence:
        self._count += 1
        track, box = item.candidate.track, item.candidate.box
        presence = Presence(self._count, track.name, box, box, track.id, Dwell.start(clock))
        self._vote(presence, item.score, item.rival, clock)
        return presence

    def _vote(self, presence: Presence, own: float, rival: float, clock: Clock) -> None:
        presence.votes.append((clock.watched, own, rival))
        while len(presence.votes) > LEAST_LOOKS and clock.since(presence.votes[0][0]) > self._rules.dwell:
            presence.votes.popleft()

    def _counts(self, presence: Presence) -> bool:
        return (
            presence.dwell.seconds >= self._rules.dwell
            and presence.seen >= self._rules.seen
            and presence.score >= self._rules.score
            and not presence.contested
        )


def sightings(
    observation: Observation,
    polygon: Polygon,
    anchor: Anchor,
    names: Collection[str],
    ignore: Sequence[Polygon],
    smallest: float,
) -> list[Candidate]:
    """Tracks of these classes in the polygon that are not in an ignored area and not too small.

    Indoors a camera hangs close, and what stands at the lower edge is cut off: its foot, which lies just outside the
    picture, counts as on the edge.

    ``smallest``: height in shares of the picture's height.
    """
    found = (Candidate(track, observation.box_of(track)) for track in observation.tracks.items if track.name in names)
    return [
        item
        for item in found
        if contains(polygon, _in_picture(anchor_point(item.box, anchor)))
        and item.box[3] - item.box[1] >= smallest
        and not any(inside_share(item.box, ignored) >= IGNORED_SHARE for ignored in ignore)
    ]


def claim(observation: Observation, box: Rectangle, least_overlap: dict[str, float]) -> float:
    """Best score with which one of these classes claims the place of a box; 0 where none does.

    ``least_overlap``: overlap by class from which its box stands for the same place.
    """
    return max(
        (
            track.score
            for track in observation.tracks.items
            if track.name in least_overlap and overlap(box, observation.box_of(track)) >= least_overlap[track.name]
        ),
        default=0.0,
    )


def nested(a: Rectangle, b: Rectangle) -> float:
    """Share of the smaller box that lies inside the other."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return max(width, 0.0) * max(height, 0.0) / max(smaller, 1e-9)


def inside_share(box: Rectangle, polygon: Polygon) -> float:
    """Share of the box's area inside the polygon, which is cut to the box edge by edge.

    Source: Sutherland and Hodgman, "Reentrant polygon clipping", 1974; the box is convex, so the polygon may be
    of any form.
    """
    corners = list(polygon)
    for axis, limit, keep in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        corners = _cut(corners, axis, limit, keep)
        if len(corners) < 3:
            return 0.0
    return area(corners) / max((box[2] - box[0]) * (box[3] - box[1]), 1e-9)


def distance(a: Rectangle, b: Rectangle) -> float:
    """Distance of two boxes' centres in diagonals of the larger."""
    dx, dy = (a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2
    diagonal = max(hypot(a[2] - a[0], a[3] - a[1]), hypot(b[2] - b[0], b[3] - b[1]))
    return hypot(dx, dy) / max(diagonal, 1e-6)


def _in_picture(point: Point) -> Point:
    x, y = point
    return min(max(x, EDGE), 1 - EDGE), min(max(y, EDGE), 1 - EDGE)


def _cut(corners: list[tuple[float, float]], axis: int, limit: float, keep: int) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    for before, corner in zip(corners[-1:] + corners[:-1], corners, strict=True):
        was, now = keep * (before[axis] - limit), keep * (corner[axis] - limit)
        if (was < 0) != (now < 0):
            part = was / (was - now)
            kept.append((before[0] + part * (corner[0] - before[0]), before[1] + part * (corner[1] - before[1])))
        if now >= 0:
            kept.append(corner)
    return kept


def _may_be(presence: Presence, item: Sighted) -> bool:
    """Whether a candidate can be a lost object: a track that was there beside it is another one."""
    a, b = presence.box, item.candidate.box
    beside = item.begins and item.candidate.track.first_seen <= presence.dwell.last
    if beside and nested(a, b) < ONE_OBJECT:
        return False
    ratios = ((b[2] - b[0]) / max(a[2] - a[0], 1e-6), (b[3] - b[1]) / max(a[3] - a[1], 1e-6))
    alike = all(1 / LARGEST_RATIO <= ratio <= LARGEST_RATIO for ratio in ratios)
    return alike and distance(a, b) <= REACH
