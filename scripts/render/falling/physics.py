"""Paths of falling, flying and drifting things through the air; no Blender."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
GRAVITY = 9.81
STEP = 0.002
Place = Callable[[float], Array]


@dataclass(frozen=True)
class Path:
    """Places (N, 3) in metres at even times from `start`, in seconds; None of it before or after."""

    start: float
    step: float
    places: Array

    @property
    def end(self) -> float:
        """Last time."""
        return self.start + self.step * (len(self.places) - 1)

    def at(self, time: float) -> Array | None:
        """Place at a time, or None when it is not there."""
        if not self.start <= time <= self.end:
            return None
        share = (time - self.start) / self.step
        index = min(int(share), len(self.places) - 2)
        rest = share - index
        return np.asarray(self.places[index] * (1 - rest) + self.places[index + 1] * rest)


def drag_factor(mass: float, area: float, coefficient: float) -> float:
    """Deceleration by air a squared speed, 1/m: half of density, area (m²) and coefficient over mass (kg)."""
    return 0.5 * 1.2 * area * coefficient / mass


def fall(
    start: float, place: tuple[float, float, float], velocity: tuple[float, float, float], drag: float,
    ground: float = 0.0, wind: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Path:  # fmt: skip
    """A thing let go at a place (m) with a velocity (m/s), until it reaches the ground's height.

    `drag` is that of `drag_factor`; the air moves with `wind`.
    """
    at, speed, air = np.array(place), np.array(velocity), np.array(wind)
    places = [at.copy()]
    while at[2] > ground:
        relative = speed - air
        change = np.array([0.0, 0.0, -GRAVITY]) - drag * float(np.linalg.norm(relative)) * relative
        at = at + speed * STEP + 0.5 * change * STEP**2
        speed = speed + change * STEP
        places.append(at.copy())
    return Path(start, STEP, np.array(places))


def flutter(
    start: float, place: tuple[float, float, float], sink: float, drift: float, swing: float, period: float,
    duration: float, random: np.random.Generator,
) -> Path:  # fmt: skip
    """A leaf or a scrap of paper: sinks at about `sink` m/s, drifts, and swings to and fro by `swing` metres."""
    times = np.arange(0.0, duration, 0.02)
    turn = 2 * math.pi * times / period + float(random.uniform(0, 6.28))
    gusts = np.cumsum(smoothed(random.normal(0, 1, len(times)), 60)) * 0.02
    x = place[0] + drift * times + swing * np.sin(turn) + 1.6 * gusts
    y = place[1] + 0.4 * swing * np.cos(turn * 0.7)
    z = place[2] - sink * times - 0.22 * swing * np.cos(2 * turn) + 1.2 * np.cumsum(
        smoothed(random.normal(0, 1, len(times)), 50)) * 0.02  # fmt: skip
    return Path(start, 0.02, np.stack([x, y, z], axis=1))


def glide(start: float, corners: Sequence[tuple[float, float, float]], speed: float) -> Path:
    """A bird's flight: a smooth curve through the corners at about one speed, m/s."""
    points = np.array(corners)
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    knots = np.concatenate([[0.0], np.cumsum(lengths)]) / speed
    times = np.arange(0.0, knots[-1], 0.02)
    rough = np.stack([np.interp(times, knots, points[:, axis]) for axis in range(3)], axis=1)
    return Path(start, 0.02, np.stack([smoothed(rough[:, axis], 40) for axis in range(3)], axis=1))


def rise(start: float, place: tuple[float, float, float], speed: float, drift: float, duration: float) -> Path:
    """A balloon: gains its speed within a second and drifts sideways with the wind."""
    times = np.arange(0.0, duration, 0.02)
    z = place[2] + speed * (times - 0.5 * (1 - np.exp(-times / 0.5)))
    x = place[0] + drift * times + 0.25 * np.sin(times * 1.3)
    return Path(start, 0.02, np.stack([x, np.full_like(x, place[1]), z], axis=1))


def dart(start: float, place: tuple[float, float, float], reach: float, duration: float,
         random: np.random.Generator) -> Path:  # fmt: skip
    """An insect near the lens: quick turns all over a small space."""
    times = np.arange(0.0, duration, 0.01)
    steps = np.stack([smoothed(random.normal(0, 1, len(times)), 16) for _ in range(3)], axis=1)
    steps *= reach * 0.02 / steps.std(axis=0)
    places = np.array(place) + np.cumsum(steps, axis=0) * (1.0, 0.25, 1.0)
    return Path(start, 0.01, places)


def smoothed(values: Array, width: int) -> Array:
    """Running mean, with the ends held."""
    padded = np.pad(values, width, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="same")[width:-width]
