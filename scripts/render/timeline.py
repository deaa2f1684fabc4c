"""Where things are at a time: smooth paths over the ground and times at which places are passed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class Stance:
    """Place on the ground (metres), heading (radians from +x, counter-clockwise), speed, way gone."""

    x: float
    y: float
    heading: float
    speed: float
    travelled: float


class Path:
    """A polyline with rounded corners, addressed by the length along it."""

    def __init__(self, corners: Sequence[Place], rounding: int = 3) -> None:
        points = np.array(corners, dtype=np.float64)
        points = shortened_corners(points)
        for _ in range(rounding):
            points = cut_corners(points)
        steps = np.hypot(*np.diff(points, axis=0).T)
        self.points = points
        self.lengths = np.concatenate([[0.0], np.cumsum(steps)])

    def at(self, length: float) -> Place:
        """The point at a length; beyond the ends the path goes straight on."""
        if length < 0 or length > self.lengths[-1]:
            first, second = (0, 1) if length < 0 else (-1, -2)
            way = self.points[first] - self.points[second]
            way /= np.linalg.norm(way)
            beyond = -length if length < 0 else length - self.lengths[-1]
            x, y = self.points[first] + way * beyond
            return float(x), float(y)
        return (
            float(np.interp(length, self.lengths, self.points[:, 0])),
            float(np.interp(length, self.lengths, self.points[:, 1])),
        )

    def length_at(self, place: Place) -> float:
        """Length along the path of its point nearest to a place."""
        first, step = self.points[:-1], np.diff(self.points, axis=0)
        squared = np.maximum((step**2).sum(axis=1), 1e-12)
        share = np.clip(((np.array(place) - first) * step).sum(axis=1) / squared, 0, 1)
        near = first + step * share[:, None]
        best = int(np.argmin(((near - np.array(place)) ** 2).sum(axis=1)))
        return float(self.lengths[best] + share[best] * math.sqrt(squared[best]))


def shortened_corners(points: Array, radius: float = 5.0) -> Array:
    """Replace every inner corner by two points at most `radius` metres from it."""
    result = [points[0]]
    for before, corner, after in zip(points[:-2], points[1:-1], points[2:], strict=True):
        for other in (before, after):
            way = other - corner
            distance = float(np.linalg.norm(way))
            result.append(corner + way / distance * min(radius, distance * 0.45))
    return np.array([*result, points[-1]])


def cut_corners(points: Array) -> Array:
    """One round of Chaikin's corner cutting; the ends stay."""
    first = points[:-1] * 0.75 + points[1:] * 0.25
    second = points[:-1] * 0.25 + points[1:] * 0.75
    middle = np.stack([first, second], axis=1).reshape(-1, 2)
    return np.concatenate([points[:1], middle[1:-1], points[-1:]])


class Motion:
    """Travel along a path through (time, place) keys by monotone cubic interpolation.

    Between two keys at the same place the thing stands. Slopes follow Fritsch and Carlson,
    Monotone Piecewise Cubic Interpolation, SIAM J. Numer. Anal. 17 (1980).
    """

    def __init__(self, path: Path, keys: Sequence[tuple[float, Place]], wheelbase: float = 0.3) -> None:
        self.path = path
        self.wheelbase = wheelbase
        self.times = np.array([time for time, _place in keys])
        self.lengths = np.array([path.length_at(place) for _time, place in keys])
        if np.any(np.diff(self.times) <= 0) or np.any(np.diff(self.lengths) < -1e-6):
            raise ValueError(f"keys must go forward in time and along the path: {keys}")
        self.slopes = monotone_slopes(self.times, self.lengths)

    def stance(self, time: float) -> Stance | None:
        """Stance at a time in seconds; None before the first and after the last key."""
        if not self.times[0] <= time <= self.times[-1]:
            return None
        piece = min(int(np.searchsorted(self.times, time, side="right")) - 1, len(self.times) - 2)
        span = self.times[piece + 1] - self.times[piece]
        share = (time - self.times[piece]) / span
        start, end = self.lengths[piece], self.lengths[piece + 1]
        first, last = self.slopes[piece] * span, self.slopes[piece + 1] * span
        length = float(
            start * (1 + 2 * share) * (1 - share) ** 2
            + first * share * (1 - share) ** 2
            + end * share**2 * (3 - 2 * share)
            + last * share**2 * (share - 1)
        )
        speed = float(
            (
                6 * (start - end) * share * (share - 1)
                + first * (1 - share) * (1 - 3 * share)
                + last * share * (3 * share - 2)
            )
            / span
        )
        rear = self.path.at(length - self.wheelbase / 2)
        front = self.path.at(length + self.wheelbase / 2)
        heading = math.atan2(front[1] - rear[1], front[0] - rear[0])
        return Stance((front[0] + rear[0]) / 2, (front[1] + rear[1]) / 2, heading, speed, length)


def monotone_slopes(times: Array, values: Array) -> Array:
    """Slopes at the keys that keep a cubic Hermite curve monotone."""
    secants = np.diff(values) / np.diff(times)
    slopes = np.concatenate([secants[:1], (secants[:-1] + secants[1:]) / 2, secants[-1:]])
    for index, secant in enumerate(secants):
        if abs(secant) < 1e-9:
            slopes[index] = slopes[index + 1] = 0.0
    for index, secant in enumerate(secants):
        if abs(secant) < 1e-9:
            continue
        size = math.hypot(slopes[index] / secant, slopes[index + 1] / secant)
        if size > 3:
            slopes[index] *= 3 / size
            slopes[index + 1] *= 3 / size
    return np.asarray(slopes)
