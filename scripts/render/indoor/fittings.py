"""Fittings that several kinds of places have, as rows of the table `kinds`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scripts.render.chance import Range, drawn

from . import rooms
from .rooms import COLD, NEUTRAL, WARM, ceiling_lamp, daylight
from .site import Site


def lamp_colour(random: np.random.Generator) -> tuple[float, float, float]:
    """Warm, neutral or cold white."""
    return (WARM, NEUTRAL, NEUTRAL, COLD, COLD)[int(random.integers(5))]


@dataclass(frozen=True)
class Notices:
    """Posters and notes on the walls: at least `least` and fewer than `below`, or just so many."""

    least: int
    below: int | None = None

    def __call__(self, site: Site) -> None:
        """Hang them."""
        count = self.least if self.below is None else int(site.random.integers(self.least, self.below))
        rooms.notices(site.shape, site.room, site.random, count)


def pipes(site: Site) -> None:
    """Upright pipe and, often, a fire main."""
    rooms.pipes(site.shape, site.room, site.random)


@dataclass(frozen=True)
class Door:
    """Flat door in a wall, centred `at` metres along it; below zero: before its far end."""

    wall: str
    at: float

    def __call__(self, site: Site) -> None:
        """Hang it."""
        at = self.at if self.at >= 0 else site.room.depth + self.at
        rooms.door(site.shape, site.room, self.wall, at, site.random)


@dataclass(frozen=True)
class Window:
    """Bright window or glass door in the far wall, in `chance` of the places; without `width` half the room's."""

    energy: Range
    z: float
    height: float
    width: Range | float | None = None
    at: Range | float = 0.0
    chance: float = 1.0

    def __call__(self, site: Site) -> None:
        """Open it, perhaps."""
        random, room = site.random, site.room
        if self.chance < 1 and random.random() >= self.chance:
            return
        at = drawn(random, self.at)
        size = (room.half_width if self.width is None else drawn(random, self.width), self.height)
        daylight(site.shape, room, "far", at, self.z, size, drawn(random, self.energy))


@dataclass(frozen=True)
class Lamp:
    """One lamp in the middle of the ceiling, at a share of the depth; its size in metres."""

    at: float
    size: tuple[float, float]
    energy: Range

    def __call__(self, site: Site) -> None:
        """Hang it."""
        energy = drawn(site.random, self.energy)
        ceiling_lamp(site.shape, site.room, 0.0, site.room.depth * self.at, self.size, energy, lamp_colour(site.random))


@dataclass(frozen=True)
class Lamps:
    """Lamps of one colour in rows: `across` in shares of the half width, along y in shares or `every` (from, step)."""

    size: tuple[float, float]
    energy: Range
    shares: tuple[float, ...] = ()
    every: tuple[float, float] = (0.0, 0.0)
    across: tuple[float, ...] = (0.0,)

    def __call__(self, site: Site) -> None:
        """Hang them."""
        room, colour = site.room, lamp_colour(site.random)
        places = [room.depth * share for share in self.shares]
        if not places:
            places = [float(y) for y in np.arange(self.every[0], room.depth, self.every[1])]
        for x in self.across:
            for y in places:
                energy = drawn(site.random, self.energy)
                ceiling_lamp(site.shape, room, x * room.half_width, y, self.size, energy, colour)


def flat_doors(site: Site) -> None:
    """Doors of flats along both sides of a corridor."""
    shape, room, random = site.shape, site.room, site.random
    for index, at in enumerate(np.arange(1.6, room.depth - 0.8, 2.2)):
        rooms.door(shape, room, "left" if index % 2 else "right", float(at), random)
        if random.random() < 0.5:
            rooms.door(shape, room, "right" if index % 2 else "left", float(at), random)
