"""The picture of smoke in a box of cells: rays from the camera gather what hides and what scatters light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scripts.render.camera import Camera

from .air import Air

Plane = NDArray[np.float32]
LIGHT = (-0.45, -0.45, 0.77)  # unit vector towards most of the light
RELIEF = 0.5


@dataclass(frozen=True)
class Veil:
    """Per pixel of the picture: share of light hidden, brightness 0..1 of the smoke and its glow from a flame."""

    alpha: Plane
    light: Plane
    glow: Plane

    def packed(self) -> NDArray[np.uint8]:
        """As a picture of three channels."""
        planes = np.stack([self.alpha, self.light, self.glow], axis=2)
        return np.asarray(np.clip(planes * 255 + 0.5, 0, 255), dtype=np.uint8)

    @classmethod
    def unpacked(cls, picture: NDArray[np.uint8]) -> Veil:
        """From such a picture."""
        value = np.asarray(picture.astype(np.float32) / 255, dtype=np.float32)
        return cls(value[..., 0], value[..., 1], value[..., 2])


def relief(smoke: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness about 1 of each cell by how its surface lies to light from above and one side: billows show."""
    slope = np.asarray(np.gradient(gaussian_filter(np.minimum(smoke, 3.0), 0.8)), dtype=np.float32)
    length = np.sqrt((slope**2).sum(axis=0))
    towards = -(slope * np.array(LIGHT, np.float32)[:, None, None, None]).sum(axis=0) / (length + 0.02)
    return np.asarray(1 + RELIEF * towards, dtype=np.float32)


class View:
    """Rays of a camera through a box of air, at `scale` of the picture's size, ending at the box's far side."""

    def __init__(
        self, camera: Camera, air: Air, scale: float = 0.5, steps: int = 56, depth: Plane | None = None
    ) -> None:  # fmt: skip
        self.size = (round(camera.width * scale), round(camera.height * scale))
        self.full = (camera.width, camera.height)
        right, down, forward = camera.axes()
        rows, columns = np.mgrid[0 : self.size[1], 0 : self.size[0]] + 0.5
        ray = (
            forward
            + ((columns / scale - camera.width / 2) / camera.focal)[..., None] * right
            + ((rows / scale - camera.height / 2) / camera.focal)[..., None] * down
        ).reshape(-1, 3)
        origin = np.array(camera.position)
        low, high = air.low, air.low + np.array(air.smoke.shape) * air.cell
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (low - origin) / ray, (high - origin) / ray
        enter = np.maximum(np.minimum(first, second).max(axis=1), 0.05)
        leave = np.maximum(first, second).min(axis=1)
        if depth is not None:
            leave = np.minimum(leave, cv2.resize(depth, self.size, interpolation=cv2.INTER_NEAREST).ravel())
        self.hit = np.flatnonzero(leave > enter)
        self.steps = steps
        enter, leave, ray = enter[self.hit], leave[self.hit], ray[self.hit]
        shift = np.random.default_rng(1).random(len(self.hit))
        shares = (np.arange(steps)[:, None] + shift[None, :]) / steps
        self.stretch = ((leave - enter) * np.linalg.norm(ray, axis=1) / steps).astype(np.float32)
        places = origin + ray[None] * (enter + (leave - enter) * shares)[..., None]
        self.cells = ((places - low) / air.cell - 0.5).astype(np.float32).transpose(2, 0, 1)

    def take(self, air: Air, thickness: float, shade: float, ambient: float, flame: tuple[float, float, float] | None,
             reach: float = 0.8) -> Veil:  # fmt: skip
        """The veil that the smoke draws.

        Args:
            thickness: extinction per metre of a smoke of 1.
            shade: the same for light from above.
            ambient: share of light that reaches smoke under other smoke.
            flame: place of a flame in metres, whose light fades over `reach` metres.
        """
        above = np.cumsum(air.smoke[:, :, ::-1], axis=2)[:, :, ::-1] * np.float32(air.cell * shade)
        light = (np.float32(ambient) + np.float32(1 - ambient) * np.exp(-above)) * relief(air.smoke)
        density = self.read(air.smoke)
        hidden = 1 - np.exp(-density * np.float32(thickness) * self.stretch)
        passing = np.cumprod(1 - hidden, axis=0)
        weight = hidden * np.concatenate([np.ones_like(passing[:1]), passing[:-1]])
        total = weight.sum(axis=0)
        seen = (weight * self.read(light)).sum(axis=0) / np.maximum(total, 1e-4)
        glow = np.zeros_like(total)
        if flame is not None:
            centre = (np.array(flame) - air.low) / air.cell - 0.5
            square = sum((self.cells[axis] - np.float32(centre[axis])) ** 2 for axis in range(3))
            fall = np.exp(-square * np.float32((air.cell / reach) ** 2))
            glow = (weight * fall).sum(axis=0) / np.maximum(total, 1e-4)
        return Veil(self.plane(total), self.plane(seen, 1.0), self.plane(glow))

    def read(self, field: NDArray[np.float32]) -> NDArray[np.float32]:
        """Values of a field along the rays (steps, rays)."""
        return np.asarray(
            map_coordinates(field, self.cells, order=1, mode="nearest", prefilter=False), dtype=np.float32
        )

    def plane(self, values: NDArray[np.float32], rest: float = 0.0) -> Plane:
        """Values of the rays as a plane of the full picture's size, smoothed a little."""
        plane = np.full(self.size[0] * self.size[1], rest, np.float32)
        plane[self.hit] = values
        soft = cv2.GaussianBlur(plane.reshape(self.size[::-1]), (0, 0), 0.9)
        return np.asarray(cv2.resize(soft, self.full, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
