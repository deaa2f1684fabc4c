"""Hot air and smoke in a box of cells: a small solver of the incompressible flow equations.

Semi-Lagrangian advection and projection follow J. Stam, Stable Fluids, SIGGRAPH 1999; vorticity confinement follows
R. Fedkiw, J. Stam and H. W. Jensen, Visual Simulation of Smoke, SIGGRAPH 2001. The walls of the box are closed
except where named open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import gaussian_filter, map_coordinates

Grid = NDArray[np.float32]


@dataclass(frozen=True)
class Source:
    """A soft ball in which smoke and heat are set free: centre and radius in metres, rates per second at full flow."""

    centre: tuple[float, float, float]
    radius: float
    smoke: float
    heat: float
    push: tuple[float, float, float] = (0.0, 0.0, 0.0)  # m/s given to the air there


@dataclass(frozen=True)
class Climate:
    """How the air behaves; rates are shares per second."""

    buoyancy: float = 1.6  # m/s² for a heat of 1
    weight: float = 0.0  # m/s² downwards for a smoke of 1
    cooling: float = 0.12
    thinning: float = 0.01
    swirl: float = 6.0
    wind: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gusts: float = 0.0  # share by which the wind swells and turns


class Air:
    """Smoke, heat (X, Y, Z) and velocity (3, X, Y, Z; m/s) in a box from `low` with cells of `cell` metres."""

    def __init__(
        self, low: tuple[float, float, float], shape: tuple[int, int, int], cell: float, climate: Climate, seed: int,
        closed: bool = True,
    ) -> None:  # fmt: skip
        self.low, self.cell, self.climate, self.closed = np.array(low), cell, climate, closed
        self.smoke = np.zeros(shape, np.float32)
        self.heat = np.zeros(shape, np.float32)
        self.velocity = np.zeros((3, *shape), np.float32)
        self.random = np.random.default_rng(seed)
        self.index = np.stack(np.meshgrid(*[np.arange(size, dtype=np.float32) for size in shape], indexing="ij"))
        waves = [2 - 2 * np.cos(np.pi * np.arange(size) / size) for size in shape]
        eigen = waves[0][:, None, None] + waves[1][None, :, None] + waves[2][None, None, :]
        eigen[0, 0, 0] = 1.0
        self.eigen = eigen.astype(np.float32)
        self.time = 0.0
        self.turbulence = np.zeros_like(self.velocity)

    def reach(self, source: Source) -> Grid:
        """Weight 0..1 of each cell in a source."""
        centre = (np.array(source.centre) - self.low) / self.cell - 0.5
        distance = np.sqrt(((self.index - centre[:, None, None, None].astype(np.float32)) ** 2).sum(axis=0))
        return np.asarray(np.clip(1.5 - distance * self.cell / source.radius, 0, 1), dtype=np.float32)

    def feed(self, source: Source, weight: Grid, flow: float, step: float) -> None:
        """Set smoke and heat free in a source's cells; `flow` is the share of its full rates."""
        flicker = 1 + 0.35 * float(self.random.normal())
        self.smoke += weight * np.float32(source.smoke * flow * step * max(0.2, flicker))
        self.heat += weight * np.float32(source.heat * flow * step * max(0.2, flicker))
        for axis, push in enumerate(source.push):
            self.velocity[axis] += weight * np.float32(push * flow * step * 4)

    def step(self, step: float) -> None:
        """Move on by `step` seconds."""
        climate = self.climate
        self.velocity[2] += np.float32(step) * (
            np.float32(climate.buoyancy) * self.heat - np.float32(climate.weight) * self.smoke
        )
        self.swirl(step)
        if any(climate.wind):
            self.blow(step)
        self.project()
        back = self.index - self.velocity * np.float32(step / self.cell)
        for axis in range(3):
            self.velocity[axis] = self.moved(self.velocity[axis], back) * np.float32(1 - 0.08 * step)
        before = float(self.smoke.sum())
        self.smoke = self.crisp(self.smoke, back)
        lost = before / max(float(self.smoke.sum()), 1e-6) if self.closed else 1.0
        self.smoke *= np.float32(min(1.02, lost) * (1 - climate.thinning * step))  # advection alone loses smoke
        self.heat = self.moved(self.heat, back) * np.float32(1 - climate.cooling * step)
        if not self.closed:
            self.open_sides()
        self.time += step

    @staticmethod
    def moved(field: Grid, back: Grid) -> Grid:
        """Values of a field at the places (3, X, Y, Z) from which the air came."""
        return np.asarray(map_coordinates(field, back, order=1, mode="nearest", prefilter=False), dtype=np.float32)

    def crisp(self, field: Grid, back: Grid) -> Grid:
        """As `moved`, with the blur of a step there and back taken off (A. Selle and others, An unconditionally stable
        MacCormack method, J. Sci. Comput. 35, 2008), so that billows keep their edges.
        """
        there = self.moved(field, back)
        again = self.moved(there, 2 * self.index - back)
        sharper = there + np.float32(0.5) * (field - again)
        return np.asarray(np.clip(sharper, 0.5 * there, 1.5 * there), dtype=np.float32)

    def swirl(self, step: float) -> None:
        """Give back the small eddies that the coarse cells lose, with a little new turbulence."""
        u, v, w = self.velocity
        du, dv, dw = np.gradient(u), np.gradient(v), np.gradient(w)
        curl = np.stack([dw[1] - dv[2], du[2] - dw[0], dv[0] - du[1]])
        size = np.sqrt((curl**2).sum(axis=0))
        slope = np.stack(np.gradient(size))
        slope /= np.sqrt((slope**2).sum(axis=0)) + 1e-5
        force = np.stack(
            [
                slope[1] * curl[2] - slope[2] * curl[1],
                slope[2] * curl[0] - slope[0] * curl[2],
                slope[0] * curl[1] - slope[1] * curl[0],
            ]
        )
        self.velocity += np.asarray(force * (self.climate.swirl * self.cell * step), dtype=np.float32)
        fresh = gaussian_filter(self.random.normal(size=self.velocity.shape).astype(np.float32), (0, 1.6, 1.6, 1.6))
        self.turbulence = np.asarray(0.85 * self.turbulence + fresh * 4.0, dtype=np.float32)
        self.velocity += self.turbulence * np.clip(self.heat + self.smoke * 0.3, 0, 1) * np.float32(step * 0.5)

    def blow(self, step: float) -> None:
        """Draw the air towards the wind, which swells and turns slowly."""
        swell = 1 + self.climate.gusts * (np.sin(self.time * 0.9) * 0.6 + np.sin(self.time * 0.37 + 1.0) * 0.4)
        turn = self.climate.gusts * 0.8 * np.sin(self.time * 0.53 + 2.0)
        x, y, z = self.climate.wind
        wind = (x * swell - y * turn, y * swell + x * turn, z)
        for axis in range(3):
            self.velocity[axis] += (np.float32(wind[axis]) - self.velocity[axis]) * np.float32(min(1.0, 0.8 * step))

    def project(self) -> None:
        """Take out what would press air together; no air passes a closed wall."""
        if self.closed:
            for axis in range(3):
                face = np.moveaxis(self.velocity[axis], axis, 0)
                face[0] = face[-1] = 0.0
        else:
            self.velocity[2, :, :, 0] = 0.0
        divergence = np.sum([self.slope(self.velocity[axis], axis) for axis in range(3)], axis=0, dtype=np.float32)
        pressure = np.asarray(fft.idctn(fft.dctn(-divergence, type=2) / self.eigen, type=2), dtype=np.float32)
        for axis in range(3):
            gradient = np.zeros_like(pressure)
            face = np.moveaxis(gradient, axis, 0)
            moved = np.moveaxis(pressure, axis, 0)
            face[1:-1] = (moved[2:] - moved[:-2]) * 0.5
            self.velocity[axis] -= gradient

    @staticmethod
    def slope(field: Grid, axis: int) -> Grid:
        """Central difference along an axis, with still air beyond the border."""
        face = np.moveaxis(field, axis, 0)
        result = np.empty_like(face)
        result[1:-1] = (face[2:] - face[:-2]) * 0.5
        result[0], result[-1] = face[1] * 0.5, -face[-2] * 0.5
        return np.moveaxis(result, 0, axis)

    def open_sides(self) -> None:
        """Let smoke leave through the sides and the top."""
        for field in (self.smoke, self.heat):
            for axis in (0, 1):
                face = np.moveaxis(field, axis, 0)
                face[:2] *= 0.7
                face[-2:] *= 0.7
            field[:, :, -3:] *= 0.75
