"""Whether the camera stands still: on a mast in the wind, beside lorries or on a motor it does not.

Small grey pictures are compared block by block with the one before. People and cars move some blocks, each in its own
way, and leave others; a camera moves all of them, and by one shift, turn and zoom. A block's shift is found by phase
correlation (Kuglin and Hines, 1975).
"""

from collections import deque

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Frame

Grey = npt.NDArray[np.float32]
_Vectors = npt.NDArray[np.complex128]

UNSTEADY = "the camera shakes or moves"
"""Why a look or a frame was not trusted, as health says it."""

WIDTH = 320
"""Pixels across the small pictures; shifts are in these."""
_ACROSS, _DOWN = 4, 3  # blocks
_TEXTURE = 3.0  # grey levels of standard deviation of a block's detail, below which its shift is chance
_PEAK = 0.15  # height of the correlation's peak from which a block's shift is believed
_LEAST = 4  # blocks that must tell
_MOVED = 0.4  # pixels from which a block has moved
_MOST = 0.7  # share of the blocks that a moving camera moves
_OUTLIERS = 0.25  # share of the blocks that may go their own way
_EXPLAINED = 0.8  # share of the others' motion that is one shift, turn and zoom
_MEMORY = 3.0  # seconds for which the camera counts as unsteady
_OFTEN = 2  # motions within the memory that make it so: one alone is a knock, or a jump of a recording
_GAP = 2.0  # seconds between two pictures beyond which they are not compared


class Steadiness:
    """The latest pictures of one camera; they must come in order."""

    def __init__(self, pace: float = 0.2) -> None:
        """``pace``: seconds between two frames that are compared, at least."""
        self._pace = pace
        self._before: Grey | None = None
        self._time = 0.0
        self._motions: deque[float] = deque()
        self._distrusted = 0

    def see(self, frame: Frame) -> bool:
        """Take in a frame; returns whether the camera stands still."""
        if self._before is None or not 0 <= frame.time - self._time < self._pace:
            picture = frame.picture(WIDTH, max(round(WIDTH * frame.height / frame.width), 2 * _DOWN))
            self._compare(frame.time, np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32))
        return self._judged()

    def take(self, time: float, grey: Grey) -> bool:
        """Take in a small grey picture; returns whether the camera stands still."""
        self._compare(time, grey)
        return self._judged()

    def _compare(self, time: float, grey: Grey) -> None:
        before = self._before
        if before is not None and before.shape == grey.shape and 0 < time - self._time <= _GAP and moves(before, grey):
            self._motions.append(time)
        self._before, self._time = grey, time
        while self._motions and not 0 <= time - self._motions[0] <= _MEMORY:
            self._motions.popleft()

    def _judged(self) -> bool:
        self._distrusted += not self.steady
        return self.steady

    @property
    def steady(self) -> bool:
        """Whether it stood still in the latest seconds."""
        return len(self._motions) < _OFTEN

    @property
    def doubts(self) -> dict[str, int]:
        """How many frames or looks were not trusted, as a scene's health says it."""
        return {UNSTEADY: self._distrusted} if self._distrusted else {}

    @property
    def hindrance(self) -> str:
        """What a scene's health says while the camera moves; empty while it stands still."""
        return "" if self.steady else UNSTEADY

    def clear(self) -> None:
        """Forget everything."""
        self._before = None
        self._motions.clear()


def moves(before: Grey, now: Grey) -> bool:
    """Whether the camera moved between two small pictures; no where they show too little to tell."""
    places, shifts = _shifts(before, now)
    if len(shifts) < _LEAST or float((np.abs(shifts) >= _MOVED).mean()) < _MOST:
        return False
    left = shifts - _one_motion(places, shifts)
    kept = np.argsort(np.abs(left), kind="stable")[: max(round((1 - _OUTLIERS) * len(shifts)), _LEAST)]
    left = shifts[kept] - _one_motion(places[kept], shifts[kept])
    return float((np.abs(left) ** 2).sum()) <= (1 - _EXPLAINED) * float((np.abs(shifts[kept]) ** 2).sum())


def _shifts(before: Grey, now: Grey) -> tuple[_Vectors, _Vectors]:
    """Centre and shift of each block that tells, as complex numbers: right and down."""
    rows, columns = now.shape[0] // _DOWN, now.shape[1] // _ACROSS
    window = cv2.createHanningWindow((columns, rows), cv2.CV_32F)
    places, shifts = [], []
    for top in range(0, _DOWN * rows, rows):
        for left in range(0, _ACROSS * columns, columns):
            one, other = (_detail(picture[top : top + rows, left : left + columns]) for picture in (before, now))
            if min(float(one.std()), float(other.std())) < _TEXTURE:
                continue
            (right, down), peak = cv2.phaseCorrelate(one * window, other * window)
            if peak >= _PEAK:
                places.append(complex(left + columns / 2, top + rows / 2))
                shifts.append(complex(right, down))
    return np.asarray(places, np.complex128), np.asarray(shifts, np.complex128)


def _one_motion(places: _Vectors, shifts: _Vectors) -> _Vectors:
    """The shifts that one shift, turn and zoom of the whole picture gives, by least squares."""
    terms = np.stack([np.ones_like(places), places - places.mean()], axis=1)
    factors, *_ = np.linalg.lstsq(terms, shifts, rcond=None)
    return np.asarray(terms @ factors, np.complex128)


def _detail(block: Grey) -> Grey:
    """The block without its slow changes of grey, which light makes."""
    return np.asarray(block - cv2.blur(block, (15, 15)), np.float32)
