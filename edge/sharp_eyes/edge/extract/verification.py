"""Keeps some moments of one camera, so that a candidate can be looked at a second time before it becomes an alarm."""

from collections import deque
from dataclasses import dataclass

from sharp_eyes.edge.extract.box_overlap import Box, overlap
from sharp_eyes.edge.extract.verifier import CONTEXTS, PAST_CONTEXT, Glimpse, LooksCloser, look
from sharp_eyes.edge.frame import Frame, Picture, Tracks

SPACING = 1.5
"""Seconds between two moments that are kept."""
PAST = 2
"""Moments kept beside the present one: three in all."""
WIDTH = 640
"""Width in pixels of the pictures of the past; the present one is looked at in full."""
SAME = 0.5
"""Overlap from which a track's box is that of the candidate."""
MOST = 2
"""Candidates of one camera that are judged in one look; the others wait for the next, so that no look lasts long."""


@dataclass(frozen=True, slots=True)
class _Moment:
    time: float
    picture: Picture
    tracks: Tracks


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the second look said of one candidate.

    Attributes:
        score: mean over distances and moments with which it is what the detector called it.
        likeliest: what it is most likely.
        refused: whether that is too little for an alarm.
        moments: how many were looked at.
    """

    score: float
    likeliest: str
    refused: bool
    moments: int


class Verification:
    """The moments of one camera. Not for several threads at once."""

    def __init__(self, detectors: LooksCloser) -> None:
        self._detectors = detectors
        self._past: deque[_Moment] = deque(maxlen=PAST + 1)
        self._now: tuple[Frame, Tracks] | None = None
        self._left = MOST

    @property
    def spent(self) -> bool:
        """Whether enough was judged in this look."""
        return self._left <= 0

    def take(self, frame: Frame, tracks: Tracks) -> None:
        """Take in one look."""
        self._now, self._left = (frame, tracks), MOST
        if self._past and 0 <= frame.time - self._past[-1].time < SPACING:
            return
        if self._past and frame.time < self._past[-1].time:
            self._past.clear()
        width = min(WIDTH, frame.width)
        picture = frame.picture(width, max(round(frame.height * width / frame.width), 1))
        self._past.append(_Moment(frame.time, picture, tracks))

    def judge(self, class_name: str, box: Box) -> Judgement | None:
        """Look a second time at what a detector called so; ``box`` in shares of the picture.

        Returns:
            None where nobody looks at that class again, or no look was taken in.

        Raises:
            ModelError: when the network fails.
        """
        limit = self._detectors.limit_of(class_name)
        if limit is None or self._now is None:
            return None
        self._left -= 1
        glimpses = self._glimpses(*self._now, box)
        score, likeliest = look(self._detectors, class_name, glimpses)
        return Judgement(score, likeliest, score < limit, len(glimpses))

    def _glimpses(self, frame: Frame, tracks: Tracks, box: Box) -> list[Glimpse]:
        """The candidate as it is, and as it was where its track tells where that was."""
        picture = frame.picture()
        shown = [Glimpse(picture, _pixels(box, frame.width, frame.height), CONTEXTS)]
        own = _track_at(tracks, box)
        for moment in [moment for moment in self._past if moment.time < frame.time][-PAST:]:
            place = box if own is None else _box_of(moment.tracks, own)
            if place is not None:
                rows, columns = moment.picture.shape[:2]
                shown.append(Glimpse(moment.picture, _pixels(place, columns, rows), (PAST_CONTEXT,)))
        return shown


def _track_at(tracks: Tracks, box: Box) -> int | None:
    """The track whose box is the candidate's; None where several make it up, or none is seen at this look."""
    found = [(overlap(_shares(tracks, track.box), box), track.id) for track in tracks.items]
    best = max(found, default=(0.0, 0))
    return best[1] if best[0] >= SAME else None


def _box_of(tracks: Tracks, identity: int) -> Box | None:
    return next((_shares(tracks, track.box) for track in tracks.items if track.id == identity), None)


def _shares(tracks: Tracks, box: Box) -> Box:
    return box[0] / tracks.width, box[1] / tracks.height, box[2] / tracks.width, box[3] / tracks.height


def _pixels(box: Box, width: int, height: int) -> Box:
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height
