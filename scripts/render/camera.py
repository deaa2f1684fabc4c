"""A pinhole camera over the street: the same numbers drive the renderer and the ground truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """Position in metres; yaw (positive to the right of +y) and pitch (positive up) in degrees."""

    position: tuple[float, float, float]
    yaw: float
    pitch: float
    field_of_view: float  # horizontal, degrees
    width: int
    height: int

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.width / 2 / math.tan(math.radians(self.field_of_view) / 2)

    def axes(self) -> tuple[Array, Array, Array]:
        """Unit vectors to the right of the picture, down the picture and into the scene."""
        yaw, pitch = math.radians(self.yaw), math.radians(self.pitch)
        forward = np.array([math.sin(yaw) * math.cos(pitch), math.cos(yaw) * math.cos(pitch), math.sin(pitch)])
        right = np.array([math.cos(yaw), -math.sin(yaw), 0.0])
        return right, np.cross(forward, right), forward

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixels (N, 2) and depths (N,) in metres of world points (N, 3)."""
        right, down, forward = self.axes()
        offset = np.asarray(points, dtype=np.float64) - np.array(self.position)
        depth = offset @ forward
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        x = self.width / 2 + self.focal * (offset @ right) / safe
        y = self.height / 2 + self.focal * (offset @ down) / safe
        return np.stack([x, y], axis=1), depth

    def polygon(self, ground: list[tuple[float, float, float]]) -> list[list[float]]:
        """Ground polygon as normalised picture coordinates, rounded to 4 places.

        Raises:
            ValueError: a corner lies behind the camera.
        """
        pixels, depth = self.project(np.array(ground))
        if depth.min() <= 0.1:
            raise ValueError("a polygon corner lies behind the camera; move it away from the pole")
        return [[round(float(x / self.width), 4), round(float(y / self.height), 4)] for x, y in pixels]

    def box(self, points: Array) -> tuple[float, float, float, float] | None:
        """Tight pixel box of a thing's vertices clipped to the picture; None if out of sight."""
        pixels, depth = self.project(points)
        seen = pixels[depth > 0.3]
        if not len(seen):
            return None
        x0, y0 = np.maximum(seen.min(axis=0), 0.0)
        x1, y1 = np.minimum(seen.max(axis=0), (self.width, self.height))
        if x1 - x0 < 2 or y1 - y0 < 2:
            return None
        return float(x0), float(y0), float(x1), float(y1)
