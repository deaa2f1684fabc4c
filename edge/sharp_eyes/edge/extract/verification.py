"""Keeps some moments of one camera, so that a candidate can be looked at a second time before it becomes an alarm."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sharp_eyes.edge.extract.crops import Box, square_around
from sharp_eyes.edge.extract.verifier import Verifier
from sharp_eyes.edge.frame import Frame, Picture, Tracks

SPACING = 1.5
"""Seconds between two moments that are kept."""
PAST = 2
"""Moments kept beside the present one: three in all."""
WIDTH = 640
"""Width in pixels of the pictures of the past; the present one is looked at in full."""
SAME = 0.5
"""Overlap from which a track's box is that of the candidate."""

Shares = tuple[float, float, float, float]
"""A box in shares of the picture."""


@dataclass(frozen=True, slots=True)
class _Moment:
    time: float
    picture: Picture
    tracks: Tracks


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the second look said of one candidate.

    Attributes:
        probability: mean over the moments that it is what the detector called it.
        likeliest: what it is most likely.
        refused: whether it is too unlikely for an alarm.
        crops: what was looked at, oldest first.
    """

    probability: float
    likeliest: str
    refused: bool
    crops: tuple[Picture, ...]


class Verification:
    """The moments of one camera. Not for several threads at once."""

    def __init__(self, verifier: Callable[[], Verifier | None]) -> None:
        """``verifier`` gives the network of the gateway; None where there is none."""
        self._verifier = verifier
        self._past: deque[_Moment] = deque(maxlen=PAST + 1)
        self._now: tuple[Frame, Tracks] | None = None

    def take(self, frame: Frame, tracks: Tracks) -> None:
        """Take in one look."""
        self._now = frame, tracks
        if self._past and 0 <= frame.time - self._past[-1].time < SPACING:
            return
        if self._past and frame.time < self._past[-1].time:
            self._past.clear()
        width = min(WIDTH, frame.width)
        picture = frame.picture(width, max(round(frame.height * width / frame.width), 1))
        self._past.append(_Moment(frame.time, picture, tracks))

    def judge(self, class_name: str | None, box: Shares | None) -> Judgement | None:
        """Look a second time at what a detector called so, at the present look and before.

        Returns:
            None where the verifier cannot say anything: it does not know the class, or there is no place to look at.

        Raises:
            ModelError: when the network fails.
        """
        verifier = self._verifier()
        if verifier is None or class_name is None or box is None or self._now is None:
            return None
        if not verifier.judges(class_name):
            return None
        crops = tuple(self._crops(verifier, box))
        probability, likeliest = verifier.look(class_name, crops)
        return Judgement(probability, likeliest, probability < verifier.limit(class_name), crops)

    def _crops(self, verifier: Verifier, box: Shares) -> list[Picture]:
        """The candidate as it was, where its track tells where that was, and as it is."""
        assert self._now is not None
        frame, tracks = self._now
        own = _track_at(tracks, box)
        shown = []
        for moment in [moment for moment in self._past if moment.time < frame.time][-PAST:]:
            place = box if own is None else _box_of(moment.tracks, own)
            if place is not None:
                rows, columns = moment.picture.shape[:2]
                shown.append(
                    square_around(moment.picture, _pixels(place, columns, rows), verifier.context, verifier.side)
                )
        picture = frame.picture()
        shown.append(square_around(picture, _pixels(box, frame.width, frame.height), verifier.context, verifier.side))
        return shown


def _track_at(tracks: Tracks, box: Shares) -> int | None:
    """The track whose box is the candidate's; None where several make it up, or none is seen at this look."""
    found = [(_overlap(_shares(tracks, track.box), box), track.id) for track in tracks.items]
    best = max(found, default=(0.0, 0))
    return best[1] if best[0] >= SAME else None


def _box_of(tracks: Tracks, identity: int) -> Shares | None:
    return next((_shares(tracks, track.box) for track in tracks.items if track.id == identity), None)


def _shares(tracks: Tracks, box: Box) -> Shares:
    return box[0] / tracks.width, box[1] / tracks.height, box[2] / tracks.width, box[3] / tracks.height


def _pixels(box: Shares, width: int, height: int) -> Box:
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _overlap(a: Shares, b: Shares) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(wide, 0.0) * max(high, 0.0)
    return both / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both, 1e-9)
