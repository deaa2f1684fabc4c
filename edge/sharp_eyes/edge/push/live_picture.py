"""A camera's live picture: a small JPEG that the hub's broker takes, whatever the shape of the picture."""

import math
import time
from collections.abc import Callable, Sequence

import cv2

from sharp_eyes.edge.frame import Frame, Picture

MAX_SNAPSHOT_SIZE = 200 * 1024
"""Bytes; below the smallest default limit of common brokers (256 KiB)."""

WIDTH = 640
QUALITIES = (95, 85, 75, 60)
SHRINK = 0.75
_EARLY = 0.1
"""Seconds by which a picture may be sent early: the housekeeper comes by in steps."""

SMALLEST = 64
"""Pixels; a picture of this width always fits."""


class LivePace:
    """How often the live picture of one camera is wanted: often while somebody watches, seldom while nobody does.

    Any thread may ask; only what the clock says decides.

    Args:
        watched: seconds between two pictures while somebody watches; 0: none at all.
        unwatched: seconds between two while nobody does.
        monotonic: seconds of a clock that nobody sets.
    """

    def __init__(self, watched: float, unwatched: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._watched, self._unwatched = watched, max(watched, unwatched)
        self._monotonic = monotonic
        self._until = -math.inf
        self._sent_at = -math.inf
        self._shown: float | None = None  # time of the frame that was sent last

    def watch(self, seconds: float) -> None:
        """Somebody watches for so long, unless it is longer already."""
        self._until = max(self._until, self._monotonic() + seconds)

    @property
    def due(self) -> bool:
        """Whether a picture is to be sent."""
        return self._watched > 0 and self._monotonic() - self._sent_at >= self._pace - _EARLY

    def wants(self, frame_time: float, latest: float | None) -> bool:
        """Whether a keyframe of this time is to be decoded for a picture; one that was decoded for a look serves, too.

        Args:
            frame_time: of the keyframe.
            latest: of the latest frame that was decoded; None where none was.
        """
        return self.due and (latest is None or not 0 <= frame_time - latest < self._pace - _EARLY)

    @property
    def _pace(self) -> float:
        return self._watched if self._monotonic() < self._until else self._unwatched

    def take(self, frame_time: float) -> bool:
        """Whether a frame of this time is a new picture; it counts as sent then."""
        if frame_time == self._shown:
            return False
        self._sent_at, self._shown = self._monotonic(), frame_time
        return True


def live_picture(
    frame: Frame, limit: int = MAX_SNAPSHOT_SIZE, width: int = WIDTH, qualities: Sequence[int] = QUALITIES
) -> bytes | None:
    """The frame as a JPEG of at most ``limit`` bytes: coarser first, then smaller; None where none can be made."""
    width = min(width, frame.width)
    while width >= min(SMALLEST, frame.width):
        picture = frame.picture(width, max(1, round(frame.height * width / frame.width)))
        for quality in qualities:
            jpeg = _jpeg(picture, quality)
            if jpeg is not None and len(jpeg) <= limit:
                return jpeg
        width = int(width * SHRINK)
    return None


def _jpeg(picture: Picture, quality: int) -> bytes | None:
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes() if done else None
