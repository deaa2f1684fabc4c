"""Finds in a piece of the main stream the picture of the moment that the substream shows.

The two streams of a camera have no common clock: each is timed by when its packets arrive, and one may be buffered
longer. What moves in the picture tells: of the main stream's pictures around that time the one is taken whose moving
parts lie where the substream shows them. Where nothing moves any picture will do, and the nearest in time is taken.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.snap.decoder import Pixels
from sharp_eyes.edge.snap.opening import video_stream
from sharp_eyes.edge.snap.orientation import Turning
from sharp_eyes.edge.snap.ring import EncodedClip

COMPARED = (192, 108)
"""Width and height in pixels at which pictures are compared."""

NOISE = 6.0
"""Grey levels by which a place may change over the window and still count as at rest."""

UNLIKE = 10.0
"""Grey levels by which what moves differs at least in a picture of another moment; noise differs by less."""

LEAST_MOVING = 12
"""Places that must move before they say anything."""

CLEARER = 0.6
"""One of several pictures is the right one if it differs by less than this share as much as the others."""

SAME_SHAPE = 1.02
_Small = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Match:
    """What was found.

    Attributes:
        pixels: the picture, to be had at any size.
        width, height: as shown, in pixels.
        offset: seconds by which it lies after the time asked for.
        told: whether motion told; otherwise it is the nearest in time.
        doubtful: something moved, but nowhere in the window as the substream shows it.
        cut: left, top, right, bottom of what the substream shows of it, as shares; all of it as a rule.
    """

    pixels: Pixels
    width: int
    height: int
    offset: float
    told: bool
    doubtful: bool
    cut: tuple[float, float, float, float]

    @property
    def is_cut(self) -> bool:
        """Whether the substream shows only a part of it."""
        return self.cut != WHOLE

    def frame(self, like: Frame) -> Frame:
        """The picture as a frame in the place of the substream's: its boxes, shares of the picture, hold in it."""
        left, top, right, bottom = self.cut
        x1, y1, x2, y2 = (round(left * self.width), round(top * self.height),
                          round(right * self.width), round(bottom * self.height))  # fmt: skip

        def scaled(width: int, height: int) -> Picture:
            if not self.is_cut:
                return self.pixels.scaled(width, height)
            part = self.pixels.scaled(self.width, self.height)[y1:y2, x1:x2]
            return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8)

        return Frame(like.camera, like.time, like.index, x2 - x1, y2 - y1, like.keyframe, like.after_gap, scaled)


WHOLE = (0.0, 0.0, 1.0, 1.0)


def match(clip: EncodedClip, frame: Frame, around: float, window: float) -> Match | None:
    """Find the picture of the frame's moment.

    Args:
        clip: of the main stream, from a keyframe before the window on.
        frame: of the substream.
        around: where the moment is expected on the main stream's clock, seconds since the Unix epoch.
        window: seconds before and after that are looked at.

    Returns:
        None where no picture of the window can be decoded.
    """
    times: list[float] = []
    pictures: list[_Small] = []
    for moment, shown in _decoded(clip, around + window):
        if moment >= around - window:
            times.append(moment)
            pictures.append(_grey(shown.scaled(*COMPARED)))
    if not times:
        return None
    wanted = _grey(frame.picture(*COMPARED))
    chosen, told, doubtful = _choose(np.stack(pictures), wanted, np.array(times) - around)
    # Decoded once more: all pictures of the window at full size would be a hundred megabytes.
    found = next((shown for moment, shown in _decoded(clip, around + window) if moment >= times[chosen]), None)
    if found is None:
        return None
    cut = _cut(pictures[chosen], wanted, found.width / found.height, frame.width / frame.height)
    return Match(found, found.width, found.height, times[chosen] - frame.time, told, doubtful, cut)


def _decoded(clip: EncodedClip, until: float) -> Iterator[tuple[float, Pixels]]:
    """Pictures of a clip with their times, up to one moment."""
    try:
        with av.open(io.BytesIO(clip.data), "r", format="mp4") as container:
            stream = video_stream(container)
            base, first, turning = float(stream.time_base or 0), None, Turning(clip.turned)
            for shown in container.decode(stream):
                if shown.pts is None or shown.is_corrupt:
                    continue
                first = shown.pts if first is None else first
                moment = clip.start + (shown.pts - first) * base
                if moment > until:
                    return
                yield moment, Pixels(shown, turning.of(shown, stream.sample_aspect_ratio))
    except av.error.FFmpegError:
        return  # what came before the fault is used


def _choose(pictures: npt.NDArray[np.float32], wanted: _Small, ages: npt.NDArray[np.float64]) -> tuple[int, bool, bool]:
    """Which of the pictures shows what is wanted, whether motion told it, and whether none is like it."""
    nearest = int(np.abs(ages).argmin())
    moving = np.clip(pictures.max(axis=0) - pictures.min(axis=0) - NOISE, 0, None)
    if np.count_nonzero(moving) < LEAST_MOVING:
        return nearest, False, False
    weights = moving / moving.sum()
    # Another size and another encoder: the same place is a little brighter or darker throughout.
    shade = np.median(wanted - np.median(pictures, axis=0))
    costs = (np.abs(pictures - (wanted - shade)) * weights).sum(axis=(1, 2))
    best = int(costs.argmin())
    like = bool(costs[best] <= UNLIKE)
    told = like and bool(costs[best] < CLEARER * costs.mean())
    return (best if told else nearest), told, not like


def _cut(whole: _Small, wanted: _Small, main: float, sub: float) -> tuple[float, float, float, float]:
    """What part of the main picture the substream shows, where their shapes differ: all of it squeezed, or its middle.

    Args:
        main, sub: width by height.
    """
    ratio = sub / main
    if 1 / SAME_SHAPE <= ratio <= SAME_SHAPE:
        return WHOLE
    if ratio < 1:
        cut = ((1 - ratio) / 2, 0.0, (1 + ratio) / 2, 1.0)
    else:
        cut = (0.0, (1 - 1 / ratio) / 2, 1.0, (1 + 1 / ratio) / 2)
    height, width = whole.shape
    part = whole[round(cut[1] * height) : round(cut[3] * height), round(cut[0] * width) : round(cut[2] * width)]
    middle = np.asarray(cv2.resize(part, COMPARED, interpolation=cv2.INTER_LINEAR), np.float32)
    return cut if _difference(middle, wanted) < CLEARER * _difference(whole, wanted) else WHOLE


def _difference(one: _Small, other: _Small) -> float:
    return float(np.abs((one - one.mean()) - (other - other.mean())).mean())


def _grey(picture: Picture) -> _Small:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32)
