"""Trajectories of real thrown and falling things, as boxes over time, and what is made of them for a test.

What counts as one trajectory is decided without looking at any fit: a new one begins where more than five seconds
pass without a box or where the box is at once more than 25 pixels higher. It is counted if it comes down by at
least a fifth of the picture (5th to 95th percentile of its height) and has ten boxes or more before it has landed
(eight pixels above its lowest 5 %). One sequence stands in the file twice under two names and is taken once.

The recordings run slowly, by how much is not said. So that gaps and speeds are those of a real fall, time is divided
by one number for each series, 4 for those named ``5…`` and 10 for the others; a picture then shows 5 to 30 metres.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.scenes.falling.motion import Blob, MovingBlobs

WIDTH, HEIGHT = 346.0, 260.0
_TWICE = "6-dvs-video"  # the same rows as 13-dvs-video
_GAP, _JUMP, _DROP, _LANDED, _BOXES = 5.0, 25.0, HEIGHT / 5, 8.0, 10

Rows = npt.NDArray[np.float64]
Change = Literal["none", "reversed", "steady", "level"]


@dataclass(frozen=True)
class Trajectory:
    """``rows``: n x 5, time in seconds of a real fall, then the box in pixels."""

    sequence: str
    rows: Rows

    def changed(self, change: Change, jitter: float = 0.0) -> "Trajectory":
        """The same boxes with time reversed, or with their height made linear or constant in time.

        ``jitter``: pixels of noise then added to the height, one standard deviation.
        """
        rows = self.rows.copy()
        time, height = rows[:, 0], (rows[:, 2] + rows[:, 4]) / 2
        if change == "reversed":
            rows = rows[::-1].copy()
            rows[:, 0] = time[0] + time[-1] - rows[:, 0]
        if change in {"steady", "level"}:
            share = (time - time[0]) / (time[-1] - time[0])
            flat = (
                height[0] + (height[-1] - height[0]) * share
                if change == "steady"
                else np.full_like(height, height.mean())
            )
            flat = flat + np.random.default_rng(0).normal(0, jitter, len(flat))
            rows[:, 2] += flat - height
            rows[:, 4] += flat - height
        return Trajectory(self.sequence, rows)

    def looks(self, interval: float = 0.0) -> list[tuple[float, MovingBlobs]]:
        """Times and what moves then, at most one look an interval (seconds)."""
        found: list[tuple[float, MovingBlobs]] = []
        for time, left, top, right, bottom in self.rows:
            if found and time - found[-1][0] < interval - 1e-6:
                continue
            x, y = (left + right) / 2 / HEIGHT, (top + bottom) / 2 / HEIGHT
            blob = Blob(x, y, (right - left) / HEIGHT, (bottom - top) / HEIGHT)
            found.append((float(time), MovingBlobs((blob,), 1 / HEIGHT, WIDTH / HEIGHT)))
        return found


def trajectories(file: Path) -> list[Trajectory]:
    """All that count, in the order of the file."""
    sequences: dict[str, list[list[float]]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            box = [float(row[key]) for key in ("t_s", "xmin", "ymin", "xmax", "ymax")]
            sequences.setdefault(row["sequence"], []).append(box)
    found = []
    for name, values in sequences.items():
        if name != _TWICE:
            rows = np.array(sorted(values))
            height = (rows[:, 2] + rows[:, 4]) / 2
            begins = np.flatnonzero((np.diff(rows[:, 0]) > _GAP) | (np.diff(height) < -_JUMP)) + 1
            parts = np.split(rows, begins)
            found += [Trajectory(name, _in_real_time(name, part)) for part in parts if _counts(part)]
    return found


def _counts(rows: Rows) -> bool:
    height = (rows[:, 2] + rows[:, 4]) / 2
    high, low = np.percentile(height, [5, 95])
    return bool(low - high >= _DROP and np.count_nonzero(height < low - _LANDED) >= _BOXES)


def _in_real_time(name: str, rows: Rows) -> Rows:
    slow = 4.0 if name.startswith("5") else 10.0
    return np.concatenate([rows[:, :1] / slow, rows[:, 1:]], axis=1)
