"""Objects that stand in a zone, recognised again after occlusion, missed detections and id switches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, PlainSerializer, PlainValidator

from sharp_eyes.edge.extract.box_overlap import overlap
from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.polygons import Point
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.state import StateCodec

AppearancePatch = npt.NDArray[np.float32]
"""Coarse appearance of an object: 4 x 4 x 3 mean colours, 0 to 1."""

PatchOf = Callable[[Rectangle], AppearancePatch]

_SAME_PLACE = 0.45  # overlap from which a new track can be an object that stood there before
_SAME_BOX = 0.3  # overlap of two boxes of one object in the looks before and after a restart
_MOVED = 0.25  # shift of the centre, in box diagonals, from which an object counts as moved
_SETTLE = 1.0  # watched seconds away from its place after which an object has left it, and in one place to rest
_OTHER_PATCH = 0.14  # mean colour difference from which it is another object; of one car 3 s later, 95 % < 0.12
_PATCH_EVERY = 5.0  # seconds between refreshes of an object's patch
_MEAN_OVER = 5.0  # seconds over which a resting object's box is averaged
_NOBODY = 0  # a track's id that no tracker gives


@dataclass(slots=True)
class Candidate:
    """A track in the zone; ``box`` in shares of the picture, unclipped."""

    track: Track
    box: Rectangle


def _read_patch(value: Any) -> AppearancePatch:
    patch = np.asarray(value, np.float32)
    if patch.shape != (4, 4, 3):
        raise ValueError("an appearance patch has 4 x 4 x 3 values")
    return patch


_StoredPatch = Annotated[AppearancePatch, PlainValidator(_read_patch), PlainSerializer(lambda patch: patch.tolist())]


@dataclass(slots=True)
class StationaryObject:
    """One object standing in one place, or on its way to one. Stored states keep the names of their first form.

    Attributes:
        box: where it was seen last.
        place: where it came to rest.
        mean: its box averaged over the last seconds of rest, for whatever lies on an edge.
        moving: it has not rested yet.
        arrival: from where to where it came before it rested; None where it was found at rest.
        away: since when, and where, it was seen away from its place.
    """

    number: int
    name: str
    score: float
    box: Rectangle
    place: Rectangle
    mean: Rectangle
    track_id: int
    first_seen: float
    dwell: Dwell
    moving: bool = True
    arrival: tuple[Point, Point] | None = None
    patch: Annotated[_StoredPatch | None, Field(alias="look")] = None
    patch_time: Annotated[float | None, Field(alias="look_time")] = None
    away: Dwell | None = None
    away_place: Rectangle | None = None
    present: bool = True
    left: bool = False


@dataclass(slots=True)
class _State:
    count: int
    objects: Annotated[list[StationaryObject], Field(alias="stays")]


_CODEC: StateCodec[_State] = StateCodec(_State)


class StationaryObjects:
    """All objects that stand in one zone of one camera, or come to."""

    def __init__(self, grace: float) -> None:
        """``grace``: watched seconds for which an object may be hidden and still be the same."""
        self._grace = grace
        self._objects: list[StationaryObject] = []
        self._count = 0
        self._loaded = False
        self._lost = False

    def update(
        self,
        candidates: Sequence[Candidate],
        clock: Clock,
        patch_of: PatchOf | None,
        outside: Sequence[Candidate] = (),
    ) -> list[StationaryObject]:
        """Take in one look; returns the objects that are still there (hidden ones within the grace included).

        ``outside``: tracks that are seen, but not in the zone: whose track is seen there has left and is not hidden.
        """
        free = list(candidates)
        if self._loaded:
            self._find_again(free, patch_of)
        missing = [item for item in self._objects if not self._follow(item, free, clock)]
        elsewhere = {candidate.track.id for candidate in outside}
        self._lost = any(item.moving and item.track_id not in elsewhere for item in missing)
        self._objects += [self._begin(candidate, clock) for candidate in free]
        claimed = [item.number for item in missing if not item.moving and self._stitch(item, clock, patch_of)]
        for item in missing:
            if not item.present:
                _notice_leaving(item, outside, clock)
        self._objects = [
            item
            for item in self._objects
            if item.present or self._may_be_hidden(item, clock) or (item.number in claimed and not item.left)
        ]
        for item in self._objects:
            _refresh_patch(item, patch_of)
        return self._objects

    @property
    def all(self) -> list[StationaryObject]:
        """Those of the latest look, hidden ones included."""
        return self._objects

    @property
    def restless(self) -> bool:
        """Whether one moves, is away from its place, or could not be seen; also one that moved until it was missed."""
        return self._lost or any(item.moving or not item.present or item.away is not None for item in self._objects)

    def clear(self) -> None:
        """Forget everything."""
        self._objects.clear()
        self._lost = False

    def dump_state(self) -> Any:
        """All objects, as JSON can hold them."""
        return _CODEC.dump(_State(self._count, self._objects))

    def load_state(self, state: Any, what: str) -> None:
        """Go on with these objects; their tracks, which begin anew after a restart, are found again by place and patch.

        ``what`` names the state in the log, should it be of no use.
        """
        kept = _CODEC.load(state, what)
        if kept is None:
            return
        self._count, self._objects, self._loaded = kept.count, kept.objects, True
        for item in self._objects:
            item.track_id = _NOBODY

    def _find_again(self, free: list[Candidate], patch_of: PatchOf | None) -> None:
        """Give loaded objects the tracks that are where they were seen last, best fit first."""
        self._loaded = False
        pairs = [
            (overlap(item.box, candidate.box), i, j)
            for i, item in enumerate(self._objects)
            for j, candidate in enumerate(free)
        ]
        objects, tracks = set(range(len(self._objects))), set(range(len(free)))
        for fit, i, j in sorted(pairs, key=lambda pair: -pair[0]):
            if (
                fit >= _SAME_BOX
                and i in objects
                and j in tracks
                and not _looks_different(self._objects[i], free[j].box, patch_of)
            ):
                objects.remove(i)
                tracks.remove(j)
                self._objects[i].track_id, self._objects[i].first_seen = free[j].track.id, free[j].track.first_seen

    def _follow(self, item: StationaryObject, free: list[Candidate], clock: Clock) -> bool:
        """Find the object's own track among the free candidates and take it."""
        item.present = False
        own = next((candidate for candidate in free if candidate.track.id == item.track_id), None)
        if own is None:
            return False
        free.remove(own)
        if shift(item.place, own.box) <= _MOVED:
            item.away = None
            _sight(item, own, clock)
            item.moving = item.moving and item.dwell.seconds < _SETTLE
            return True
        item.present, item.box = True, own.box
        if item.moving:
            _go_on(item, own.box, Dwell.start(clock))
        elif _is_away(item, own.box, clock):
            # At another place it counts as another object, with its own number, so that the old one's event closes.
            self._count += 1
            item.number = self._count
            place, since = item.away_place, item.away
            if place is not None and since is not None and shift(place, own.box) <= _MOVED:
                _go_on(item, place, since)
                item.moving = False
            else:
                _go_on(item, own.box, Dwell.start(clock))
        return True

    def _stitch(self, item: StationaryObject, clock: Clock, patch_of: PatchOf | None) -> bool:
        """Let a lost object go on as what stands where it stood, if that can be the same one.

        What was first seen before this one was last seen is another object that came along, and what has not come
        to rest may only be passing before it.

        Returns:
            Whether something is there that can be it, at rest or not yet.
        """
        claimants = [
            other
            for other in self._objects
            if other.present
            and other.first_seen > item.dwell.last
            and overlap(item.place, other.box) >= _SAME_PLACE
            and not _looks_different(item, other.box, patch_of)
        ]
        resting = [other for other in claimants if not other.moving]
        if resting:
            best = max(resting, key=lambda other: overlap(item.place, other.box))
            self._objects.remove(best)
            _merge(item, best, clock)
        return bool(claimants)

    def _may_be_hidden(self, item: StationaryObject, clock: Clock) -> bool:
        return not item.left and not item.moving and item.dwell.miss(clock) <= self._grace

    def _begin(self, candidate: Candidate, clock: Clock) -> StationaryObject:
        self._count += 1
        track, box = candidate.track, candidate.box
        dwell = Dwell.start(clock)
        return StationaryObject(self._count, track.name, track.score, box, box, box, track.id, track.first_seen, dwell)


def shift(place: Rectangle, box: Rectangle) -> float:
    """Distance of the centres in diagonals of the place."""
    dx = (box[0] + box[2] - place[0] - place[2]) / 2
    dy = (box[1] + box[3] - place[1] - place[3]) / 2
    diagonal = float(np.hypot(place[2] - place[0], place[3] - place[1]))
    return float(np.hypot(dx, dy)) / max(diagonal, 1e-6)


def _sight(item: StationaryObject, candidate: Candidate, clock: Clock) -> None:
    share = 1 - float(np.exp((item.dwell.seen - clock.watched) / _MEAN_OVER))
    x1, y1, x2, y2 = (old + share * (new - old) for old, new in zip(item.mean, candidate.box, strict=True))
    item.mean = x1, y1, x2, y2
    item.present = True
    item.dwell.see(clock)
    item.box = candidate.box
    item.name = candidate.track.name
    item.score = max(candidate.track.score, 0.9 * item.score + 0.1 * candidate.track.score)


def _merge(item: StationaryObject, same: StationaryObject, clock: Clock) -> None:
    """Go on with what turned out to be the same object."""
    item.track_id, item.first_seen = same.track_id, same.first_seen
    item.present, item.box, item.name = True, same.box, same.name
    item.score = max(same.score, 0.9 * item.score + 0.1 * same.score)
    item.away = None
    item.dwell.see(clock)


def _go_on(item: StationaryObject, box: Rectangle, dwell: Dwell) -> None:
    """Begin anew at another place."""
    item.arrival = _centre(item.place), _centre(box)
    item.place = item.mean = box
    item.dwell, item.moving = dwell, True
    item.away = item.away_place = None


def _is_away(item: StationaryObject, box: Rectangle, clock: Clock) -> bool:
    """Whether it has been seen away from its place for long enough to have left it."""
    if item.away is None:
        item.away, item.away_place = Dwell.start(clock), box
    item.away.see(clock)
    return item.away.seconds >= _SETTLE


def _notice_leaving(item: StationaryObject, outside: Sequence[Candidate], clock: Clock) -> None:
    own = next((candidate for candidate in outside if candidate.track.id == item.track_id), None)
    if own is not None and shift(item.place, own.box) > _MOVED:
        item.left = _is_away(item, own.box, clock)


def _centre(box: Rectangle) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _refresh_patch(item: StationaryObject, patch_of: PatchOf | None) -> None:
    due = item.patch_time is None or item.dwell.last - item.patch_time >= _PATCH_EVERY
    if patch_of is not None and item.present and due:
        item.patch, item.patch_time = patch_of(item.box), item.dwell.last


def _looks_different(item: StationaryObject, box: Rectangle, patch_of: PatchOf | None) -> bool:
    if patch_of is None or item.patch is None:
        return False
    return float(np.abs(patch_of(box) - item.patch).mean()) > _OTHER_PATCH
