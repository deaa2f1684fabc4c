"""Objects that stand in a zone, recognised again after occlusion, missed detections and id switches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import PlainSerializer, PlainValidator

from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.geometry import Point, Rectangle, overlap
from sharp_eyes.edge.scenes.memory import Kept

Look = npt.NDArray[np.float32]
"""Coarse look of an object: 4 x 4 x 3 mean colours, 0 to 1."""

LookOf = Callable[[Rectangle], Look]

_SAME_PLACE = 0.45  # overlap from which a new track can be an object that stood there before
_SAME_BOX = 0.3  # overlap of two boxes of one object in the looks before and after a restart
_MOVED = 0.25  # shift of the centre, in box diagonals, from which an object counts as moved
_SETTLE = 1.0  # watched seconds away from its place after which an object has left it, and in one place to rest
_OTHER_LOOK = 0.14  # mean colour difference from which it is another object; of one car 3 s later, 95 % < 0.12
_LOOK_EVERY = 5.0  # seconds between refreshes of a stay's look
_MEAN_OVER = 5.0  # seconds over which a resting object's box is averaged
_NOBODY = 0  # a track's id that no tracker gives


@dataclass(slots=True)
class Candidate:
    """A track in the zone; ``box`` in shares of the picture, unclipped."""

    track: Track
    box: Rectangle


def _read_look(value: Any) -> Look:
    look = np.asarray(value, np.float32)
    if look.shape != (4, 4, 3):
        raise ValueError("a look has 4 x 4 x 3 values")
    return look


@dataclass(slots=True)
class Stay:
    """One object standing in one place, or on its way to one.

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
    look: Annotated[Look, PlainValidator(_read_look), PlainSerializer(lambda look: look.tolist())] | None = None
    look_time: float | None = None
    away: Dwell | None = None
    away_place: Rectangle | None = None
    present: bool = True
    left: bool = False


@dataclass(slots=True)
class _Memory:
    count: int
    stays: list[Stay]


_KEPT: Kept[_Memory] = Kept(_Memory)


class Stays:
    """All stays in one zone of one camera."""

    def __init__(self, grace: float) -> None:
        """``grace``: watched seconds for which an object may be hidden and still be the same stay."""
        self._grace = grace
        self._stays: list[Stay] = []
        self._count = 0
        self._recalled = False

    def update(
        self,
        candidates: Sequence[Candidate],
        clock: Clock,
        look_of: LookOf | None,
        outside: Sequence[Candidate] = (),
    ) -> list[Stay]:
        """Take in one look; returns the stays that go on (hidden ones within the grace included).

        ``outside``: tracks that are seen, but not in the zone: whose track is seen there has left and is not hidden.
        """
        free = list(candidates)
        if self._recalled:
            self._find_again(free, look_of)
        missing = [stay for stay in self._stays if not self._follow(stay, free, clock)]
        self._stays += [self._begin(candidate, clock) for candidate in free]
        claimed = [stay.number for stay in missing if not stay.moving and self._stitch(stay, clock, look_of)]
        for stay in missing:
            if not stay.present:
                _notice_leaving(stay, outside, clock)
        self._stays = [
            stay
            for stay in self._stays
            if stay.present or self._may_be_hidden(stay, clock) or (stay.number in claimed and not stay.left)
        ]
        for stay in self._stays:
            _refresh_look(stay, look_of)
        return self._stays

    def clear(self) -> None:
        """Forget everything."""
        self._stays.clear()

    def remember(self) -> Any:
        """All stays, as JSON can hold them."""
        return _KEPT.pack(_Memory(self._count, self._stays))

    def recall(self, memory: Any, what: str) -> None:
        """Go on with these stays; their tracks, which begin anew after a restart, are found again by place and look.

        ``what`` names the memory in the log, should it be of no use.
        """
        kept = _KEPT.unpack(memory, what)
        if kept is None:
            return
        self._count, self._stays, self._recalled = kept.count, kept.stays, True
        for stay in self._stays:
            stay.track_id = _NOBODY

    def _find_again(self, free: list[Candidate], look_of: LookOf | None) -> None:
        """Give recalled stays the tracks that are where they were seen last, best fit first."""
        self._recalled = False
        pairs = [
            (overlap(stay.box, candidate.box), i, j)
            for i, stay in enumerate(self._stays)
            for j, candidate in enumerate(free)
        ]
        stays, tracks = set(range(len(self._stays))), set(range(len(free)))
        for fit, i, j in sorted(pairs, key=lambda pair: -pair[0]):
            if (
                fit >= _SAME_BOX
                and i in stays
                and j in tracks
                and not _other_look(self._stays[i], free[j].box, look_of)
            ):
                stays.remove(i)
                tracks.remove(j)
                self._stays[i].track_id, self._stays[i].first_seen = free[j].track.id, free[j].track.first_seen

    def _follow(self, stay: Stay, free: list[Candidate], clock: Clock) -> bool:
        """Find the stay's own track among the free candidates and take it."""
        stay.present = False
        own = next((candidate for candidate in free if candidate.track.id == stay.track_id), None)
        if own is None:
            return False
        free.remove(own)
        if shift(stay.place, own.box) <= _MOVED:
            stay.away = None
            _sight(stay, own, clock)
            stay.moving = stay.moving and stay.dwell.seconds < _SETTLE
            return True
        stay.present, stay.box = True, own.box
        if stay.moving:
            _go_on(stay, own.box, Dwell.start(clock))
        elif _is_away(stay, own.box, clock):
            # Another stay of the same object: with a number of its own, so that the event of the old one closes.
            self._count += 1
            stay.number = self._count
            place, since = stay.away_place, stay.away
            if place is not None and since is not None and shift(place, own.box) <= _MOVED:
                _go_on(stay, place, since)
                stay.moving = False
            else:
                _go_on(stay, own.box, Dwell.start(clock))
        return True

    def _stitch(self, stay: Stay, clock: Clock, look_of: LookOf | None) -> bool:
        """Let a lost stay go on with what stands where it stood, if that can be the same object.

        What was first seen before this stay was last seen is another object that came along, and what has not come
        to rest may only be passing before it.

        Returns:
            Whether something is there that can be it, at rest or not yet.
        """
        claimants = [
            other
            for other in self._stays
            if other.present
            and other.first_seen > stay.dwell.last
            and overlap(stay.place, other.box) >= _SAME_PLACE
            and not _other_look(stay, other.box, look_of)
        ]
        resting = [other for other in claimants if not other.moving]
        if resting:
            best = max(resting, key=lambda other: overlap(stay.place, other.box))
            self._stays.remove(best)
            _merge(stay, best, clock)
        return bool(claimants)

    def _may_be_hidden(self, stay: Stay, clock: Clock) -> bool:
        return not stay.left and not stay.moving and stay.dwell.miss(clock) <= self._grace

    def _begin(self, candidate: Candidate, clock: Clock) -> Stay:
        self._count += 1
        track, box = candidate.track, candidate.box
        dwell = Dwell.start(clock)
        return Stay(self._count, track.name, track.score, box, box, box, track.id, track.first_seen, dwell)


def shift(place: Rectangle, box: Rectangle) -> float:
    """Distance of the centres in diagonals of the place."""
    dx = (box[0] + box[2] - place[0] - place[2]) / 2
    dy = (box[1] + box[3] - place[1] - place[3]) / 2
    diagonal = float(np.hypot(place[2] - place[0], place[3] - place[1]))
    return float(np.hypot(dx, dy)) / max(diagonal, 1e-6)


def _sight(stay: Stay, candidate: Candidate, clock: Clock) -> None:
    share = 1 - float(np.exp((stay.dwell.seen - clock.watched) / _MEAN_OVER))
    x1, y1, x2, y2 = (old + share * (new - old) for old, new in zip(stay.mean, candidate.box, strict=True))
    stay.mean = x1, y1, x2, y2
    stay.present = True
    stay.dwell.see(clock)
    stay.box = candidate.box
    stay.name = candidate.track.name
    stay.score = max(candidate.track.score, 0.9 * stay.score + 0.1 * candidate.track.score)


def _merge(stay: Stay, same: Stay, clock: Clock) -> None:
    """Go on with what turned out to be the same object."""
    stay.track_id, stay.first_seen = same.track_id, same.first_seen
    stay.present, stay.box, stay.name = True, same.box, same.name
    stay.score = max(same.score, 0.9 * stay.score + 0.1 * same.score)
    stay.away = None
    stay.dwell.see(clock)


def _go_on(stay: Stay, box: Rectangle, dwell: Dwell) -> None:
    """Begin anew at another place."""
    stay.arrival = _centre(stay.place), _centre(box)
    stay.place = stay.mean = box
    stay.dwell, stay.moving = dwell, True
    stay.away = stay.away_place = None


def _is_away(stay: Stay, box: Rectangle, clock: Clock) -> bool:
    """Whether it has been seen away from its place for long enough to have left it."""
    if stay.away is None:
        stay.away, stay.away_place = Dwell.start(clock), box
    stay.away.see(clock)
    return stay.away.seconds >= _SETTLE


def _notice_leaving(stay: Stay, outside: Sequence[Candidate], clock: Clock) -> None:
    own = next((candidate for candidate in outside if candidate.track.id == stay.track_id), None)
    if own is not None and shift(stay.place, own.box) > _MOVED:
        stay.left = _is_away(stay, own.box, clock)


def _centre(box: Rectangle) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _refresh_look(stay: Stay, look_of: LookOf | None) -> None:
    due = stay.look_time is None or stay.dwell.last - stay.look_time >= _LOOK_EVERY
    if look_of is not None and stay.present and due:
        stay.look, stay.look_time = look_of(stay.box), stay.dwell.last


def _other_look(stay: Stay, box: Rectangle, look_of: LookOf | None) -> bool:
    if look_of is None or stay.look is None:
        return False
    return float(np.abs(look_of(box) - stay.look).mean()) > _OTHER_LOOK
