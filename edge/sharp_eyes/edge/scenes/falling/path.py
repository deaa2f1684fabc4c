"""Fits a track to free fall: height by a parabola over time, the sideways way by one too, both against outliers.

A camera that looks up a facade sees lower floors taller, so even a perfect fall is no parabola in the picture. With a
calibrated facade the fit runs in metres. Without, some strengths of this bending are tried and the best one is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.scenes.falling.facade import Ruler
from sharp_eyes.edge.scenes.falling.tracker import TrackPoint

_Array = npt.NDArray[np.float64]

_BENDS = (0.5, 1.0, 2.0, 4.0)  # with 1 the picture's lower edge shows equal heights four times as tall as the upper one
_BETTER = 0.7  # of the residual without bending: only then is bending believed
_OUTLIER = 3.0  # standard deviations
_ROUNDS = 3
_STEP = 0.005  # picture heights, for the slope of a calibrated facade


@dataclass(frozen=True, slots=True)
class PathFit:
    """A track as free fall. Lengths along the fall are in metres where calibrated, else in picture heights.

    Attributes:
        acceleration: downward, length a second squared.
        uncertainty: one standard deviation of it.
        speed: downward at the first point.
        fallen: way down from the first to the last point.
        duration: seconds from the first to the last point.
        path: way down in picture heights.
        drift: sideways way in picture heights, without sign.
        residual: of the fit in picture heights, root mean square, in the worse of the two directions.
        points: how many fit.
        agreeing: their share.
        first, last: first and last point that fit.
        down: the fit of the height.
    """

    acceleration: float
    uncertainty: float
    speed: float
    fallen: float
    duration: float
    path: float
    drift: float
    residual: float
    points: int
    agreeing: float
    first: TrackPoint
    last: TrackPoint
    down: "Parabola"

    @property
    def sag(self) -> float:
        """How far the path bends away from steady motion, as a share of the way down; 0.25 when dropped from rest."""
        return self.acceleration * self.duration**2 / 8 / max(self.fallen, 1e-9)

    @property
    def since_rest(self) -> float:
        """Seconds from rest to the first point; negative where it still rose there."""
        return self.speed / self.acceleration

    def rest(self) -> tuple[float, float, float]:
        """Where it was at rest by the fit, as y in picture heights; then one standard deviation above, and below."""
        place, error = self.down.turn()
        return self.down.row(place), self.down.row(place - error), self.down.row(place + error)


def fit_path(points: Sequence[TrackPoint], ruler: Ruler | None) -> PathFit:
    """Fit four points or more.

    Args:
        points: in the order of time.
        ruler: the calibrated facade; None where there is none.
    """
    time = np.array([point.time - points[0].time for point in points])
    x, y = np.array([point.x for point in points]), np.array([point.y for point in points])
    error = np.array([point.error for point in points])
    sideways = _parabola(time, x, np.ones_like(x), error)
    down = _bent(time, y, error) if ruler is None else _measured(points, time, error, ruler)
    good = down.good & sideways.good
    kept = np.flatnonzero(good)
    first, last = (int(kept[0]), int(kept[-1])) if len(kept) else (0, len(points) - 1)
    return PathFit(
        acceleration=2 * down.curve[2],
        uncertainty=2 * float(np.sqrt(down.covariance[2, 2])),
        speed=down.curve[1] + 2 * down.curve[2] * time[first],
        fallen=down.at(time[last]) - down.at(time[first]),
        duration=float(time[last] - time[first]),
        path=float(y[last] - y[first]),
        drift=float(abs(x[last] - x[first])),
        residual=max(down.residual, sideways.residual),
        points=len(kept),
        agreeing=len(kept) / len(points),
        first=points[first],
        last=points[last],
        down=down,
    )


@dataclass(frozen=True, slots=True)
class Parabola:
    """A coordinate along the fall as a parabola over time.

    Attributes:
        curve: constant, linear and square coefficient.
        covariance: of these.
        residual: root mean square in picture heights.
        good: which points fit.
        row: from the coordinate to y in picture heights.
    """

    curve: tuple[float, float, float]
    covariance: _Array
    residual: float
    good: npt.NDArray[np.bool_]
    row: Callable[[float], float]

    def at(self, time: float) -> float:
        """Value at a time."""
        constant, linear, square = self.curve
        return float(constant + linear * time + square * time**2)

    def turn(self) -> tuple[float, float]:
        """Value where the curve turns, and its standard deviation by the propagation of errors."""
        constant, linear, square = self.curve
        slope = np.array([1.0, -linear / (2 * square), linear**2 / (4 * square**2)])
        return constant - linear**2 / (4 * square), float(np.sqrt(slope @ self.covariance @ slope))


def _same(value: float) -> float:
    return value


def _parabola(
    time: _Array, value: _Array, stretch: _Array, error: _Array, row: Callable[[float], float] = _same
) -> Parabola:
    """Least squares in picture heights, repeated without outliers.

    ``stretch``: picture heights a unit of ``value`` at each point; ``error``: of each point in picture heights.
    """
    terms = np.stack([np.ones_like(time), time, time**2], axis=1) * stretch[:, None]
    target = value * stretch
    good = np.ones(len(time), bool)
    usual = float(np.median(error)) / 2
    for _ in range(_ROUNDS):
        curve, *_ = np.linalg.lstsq(terms[good], target[good], rcond=None)
        missed = target - terms @ curve
        spread = max(1.48 * float(np.median(np.abs(missed))), usual)
        within = np.abs(missed) <= _OUTLIER * spread
        if np.count_nonzero(within) < 4 or (within == good).all():
            break
        good = within
    residual = float(np.sqrt(np.mean(missed[good] ** 2)))
    count = int(np.count_nonzero(good))
    noise = max(residual**2 * count / max(count - 3, 1), usual**2)
    covariance: _Array = noise * np.asarray(np.linalg.pinv(terms[good].T @ terms[good]), np.float64)
    constant, linear, square = (float(value) for value in curve)
    return Parabola((constant, linear, square), covariance, residual, good, row)


def _bent(time: _Array, y: _Array, error: _Array) -> Parabola:
    """The parabola that fits best when depth is y (1 + bend) / (1 + bend y), which keeps the picture's height."""
    best = _parabola(time, y, np.ones_like(y), error)
    limit = _BETTER * best.residual
    for bend in _BENDS:
        depth = y * (1 + bend) / (1 + bend * y)
        fit = _parabola(time, depth, (1 + bend * y) ** 2 / (1 + bend), error, partial(_unbent, bend))
        if fit.residual < limit and np.count_nonzero(fit.good) >= np.count_nonzero(best.good):
            best, limit = fit, fit.residual
    return best


def _unbent(bend: float, depth: float) -> float:
    return depth / (1 + bend - bend * depth)


def _measured(points: Sequence[TrackPoint], time: _Array, error: _Array, ruler: Ruler) -> Parabola:
    """The parabola of metres on the facade."""
    depth = np.array([-ruler.height((point.x, point.y)) for point in points])
    above: _Array = np.array([ruler.height((point.x, point.y - _STEP)) for point in points])
    below: _Array = np.array([ruler.height((point.x, point.y + _STEP)) for point in points])
    metres = np.maximum(above - below, 1e-6)
    stretch = 2 * _STEP / metres
    return _parabola(time, depth, stretch, error, lambda value: ruler.row(points[0].x, -value))
