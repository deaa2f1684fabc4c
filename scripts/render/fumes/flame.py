"""Flames as a picture: burning gas that rises, tears and goes out, on an upright plane that faces the camera.

The flow is the two-dimensional counterpart of `air`; colours follow temperature from deep red to nearly white.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

Grid = NDArray[np.float32]
EXPANSION = 0.03  # share by which burning gas swells in a step; it keeps the flame's body broad


class Flame:
    """Burning gas on a grid of (height, width) cells; the fire burns on the lower edge."""

    def __init__(self, height: int, width: int, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.burning = np.zeros((height, width), np.float32)
        self.flow = np.zeros((2, height, width), np.float32)  # across and down, cells a step
        self.rows, self.columns = np.mgrid[0:height, 0:width].astype(np.float32)
        across, down = (2 - 2 * np.cos(np.pi * np.arange(size) / size) for size in (width, height))
        self.eigen = (down[:, None] + across[None, :]).astype(np.float32)
        self.eigen[0, 0] = 1.0
        self.bed = self.random.normal(size=8)

    def step(self, fierce: float) -> None:
        """One step (about 1/40 s); `fierce` 0..1 sets width and height of the fire."""
        width = self.burning.shape[1]
        self.bed = 0.9 * self.bed + 0.45 * self.random.normal(size=8)
        place = (np.arange(width) - width / 2) / (width * (0.09 + 0.08 * fierce))
        bumps = np.interp(np.linspace(0, 7, width), np.arange(8), self.bed)
        fuel = np.exp(-(place**2)) * np.clip(0.75 + 0.4 * bumps, 0, 1.5) * min(1.0, fierce * 3)
        for row in range(1, 7):  # a rounded bed
            self.burning[-row] = np.maximum(self.burning[-row], fuel.astype(np.float32) - 0.07 * row)
        self.flow[1] -= self.burning * np.float32(0.30 + 0.25 * fierce)
        draught = np.exp(-(((self.columns[0] - width / 2) / (0.2 * width)) ** 2)) * 0.05 * fierce
        self.flow[1] -= draught[None, :].astype(np.float32)
        self.curl()
        self.project()
        self.flow *= np.float32(0.985)
        source_x, source_y = self.columns - self.flow[0], self.rows - self.flow[1]
        self.flow = np.stack([self.carry(part, source_x, source_y) for part in self.flow])
        burnt = self.carry(self.burning, source_x, source_y)
        self.burning = np.maximum(burnt - np.float32(0.011 + 0.012 * (1 - fierce)) - burnt * np.float32(0.004), 0)

    def carry(self, field: Grid, x: Grid, y: Grid) -> Grid:
        """Values of a field where the gas came from; nothing comes in from outside."""
        return np.asarray(cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), dtype=np.float32)

    def curl(self) -> None:
        """Keep the eddies that tear a flame into tongues."""
        spin = np.gradient(self.flow[1], axis=1) - np.gradient(self.flow[0], axis=0)
        size = np.abs(spin)
        down, across = np.gradient(size)
        length = np.sqrt(down**2 + across**2) + 1e-5
        self.flow[0] += (0.10 * down / length * spin).astype(np.float32)
        self.flow[1] -= (0.10 * across / length * spin).astype(np.float32)
        jitter = cv2.GaussianBlur(self.random.normal(size=spin.shape).astype(np.float32), (0, 0), 3.0)
        self.flow[0] += jitter * 1.6 * np.clip(self.burning, 0, 1)

    def project(self) -> None:
        """Take out what would press the gas together, but let burning gas swell."""
        divergence = np.gradient(self.flow[0], axis=1) + np.gradient(self.flow[1], axis=0)
        divergence -= self.burning * np.float32(EXPANSION)
        pressure = fft.idctn(fft.dctn(-divergence, type=2) / self.eigen, type=2)
        down, across = np.gradient(pressure)
        self.flow[0] -= across
        self.flow[1] -= down

    def picture(self) -> Grid:
        """Light given off: BGR (height, width, 3), 1 is as bright as white paper; may be brighter."""
        depth = cv2.blur(cv2.GaussianBlur(self.burning, (0, 0), 3.0), (5, 15))  # tongues before and behind this plane
        heat = 0.75 * cv2.GaussianBlur(self.burning, (0, 0), 0.8) + 0.55 * depth
        red = np.clip(heat * 3.2, 0, 2.2)
        green = np.clip((heat - 0.14) * 2.3, 0, 1.6)
        blue = np.clip((heat - 0.5) * 1.8, 0, 1.0)
        return np.asarray(np.stack([blue, green, red], axis=2), dtype=np.float32)
