"""The light over the whole picture: taken out before pictures are compared, and told when it changes altogether."""

from enum import Enum, auto
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.scenes.state import StateCodec

Grid = npt.NDArray[np.float32]
"""Rows x columns x 3: logarithms of mean colours."""

_COLUMNS, _ROWS = 24, 16
_DARK = 4.0  # levels added before taking logarithms, so that noise in the dark weighs little
_SLOW = 120.0  # seconds over which each cell follows its own light
_OTHER = 0.25  # a cell whose light differs by this from what it was, whole-picture gain taken out, has changed
_UPHEAVAL = 0.5  # share of the cells that must have changed for the picture to be another one
_RESTLESS = 0.1
_STIRRED, _STIRRED_SHARE = 0.06, 0.25  # look-to-look change of a cell, and share of the cells, when the sun comes out
_REST = 3.0  # seconds without change after which the new picture counts

_CODEC: StateCodec[list[float]] = StateCodec(list[float])


class ChangeKind(Enum):
    """What became of the light since it was learnt."""

    NONE = auto()
    UPHEAVAL = auto()
    """The picture changes altogether (lamps, infrared, camera turned): nothing can be compared now."""
    SETTLED = auto()
    """It has changed altogether and is steady again: everything is to be learnt anew."""


class LightChange:
    """Follows the light of one camera on a coarse grid of the whole picture."""

    def __init__(self) -> None:
        self._reference: Grid | None = None
        self._previous: Grid | None = None
        self._steady_from: float | None = None
        self._latest: float | None = None
        self.gain = np.zeros(3, np.float32)
        self.stirred = False

    def see(self, picture: Picture, now: float) -> ChangeKind:
        """Take in one picture at ``now`` (watched seconds).

        ``gain`` then holds its log gain by channel; ``stirred`` says whether the light has just changed in many places,
        and not everywhere alike, as when the sun comes out.
        """
        small = cv2.resize(picture, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA)
        grid = np.log(np.asarray(small, np.float32) + np.float32(_DARK))
        if self._reference is None or self._previous is None:
            self._learn(grid, now)
            return ChangeKind.NONE
        passed = 0.0 if self._latest is None else now - self._latest
        self._latest = now
        gain = _gain(grid, self._reference)
        residual = grid - gain - self._reference
        moved = grid - self._previous
        stirred = _changed(moved - np.median(moved.reshape(-1, 3), axis=0), _STIRRED)
        self.stirred = float(stirred.mean()) > _STIRRED_SHARE
        if float(_changed(residual, _OTHER).mean()) > _UPHEAVAL:
            return self._wait_for_rest(grid, now)
        self._steady_from, self._previous, self.gain = None, grid, gain
        self._reference = self._reference + np.float32(1 - np.exp(-passed / _SLOW)) * residual
        return ChangeKind.NONE

    def evened(self, part: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """A part of the latest picture as it would look in the light that was learnt."""
        return np.asarray((part + _DARK) / np.exp(self.gain) - _DARK, np.float32)

    @property
    def faintness(self) -> float:
        """How much more pixels may differ than when it was learnt, at least 1: in the dark noise weighs more."""
        return max(1.0, float(np.exp(-self.gain.min() / 2)))

    def dump_state(self) -> Any:
        """The reference, as JSON can hold it."""
        return None if self._reference is None else _CODEC.dump(self._reference.astype(float).round(4).ravel().tolist())

    def load_state(self, state: Any) -> bool:
        """Go on with this reference; returns whether it could be used."""
        kept = _CODEC.load(state, "light")
        if kept is None or len(kept) != _ROWS * _COLUMNS * 3:
            return False
        self._reference = self._previous = np.asarray(kept, np.float32).reshape(_ROWS, _COLUMNS, 3)
        return True

    def _wait_for_rest(self, grid: Grid, now: float) -> ChangeKind:
        assert self._previous is not None
        moved = grid - self._previous
        self._previous = grid
        if self._steady_from is None or float(_changed(moved, _RESTLESS).mean()) > 0.2:
            self._steady_from = now
        if now - self._steady_from < _REST:
            return ChangeKind.UPHEAVAL
        self._learn(grid, now)
        return ChangeKind.SETTLED

    def _learn(self, grid: Grid, now: float) -> None:
        self._reference = self._previous = grid
        self._steady_from, self._latest = None, now
        self.gain = np.zeros(3, np.float32)


def _gain(grid: Grid, reference: Grid) -> npt.NDArray[np.float32]:
    return np.asarray(np.median((grid - reference).reshape(-1, 3), axis=0), np.float32)


def _changed(difference: Grid, limit: float) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(difference).max(axis=2) > limit)
