"""Stairwell: the flight at one side, what is opposite it, and where its cameras hang."""

from __future__ import annotations

from scripts.render.indoor.rooms import daylight, door, meters, stairs
from scripts.render.indoor.site import Site


def flight(site: Site) -> None:
    """Flight of stairs with flat doors at its wall, meters opposite and, often, a small window beside it."""
    random, room, shape = site.random, site.room, site.shape
    side = float(random.choice([-1, 1]))
    stairs(shape, room, side * 0.2, side * room.half_width, room.depth - 0.27 * 8, 8, "stained:8a8880")
    for at in (0.9, room.depth - 1.2):
        door(shape, room, "left" if side > 0 else "right", at, random)
    meters(shape, room, "right" if side > 0 else "left", 1.4)
    if random.random() < 0.6:
        daylight(shape, room, "far", -side * room.half_width * 0.45, 1.7, (0.7, 0.8), float(random.uniform(5, 60)))
    room.mounts.append((-side * (room.half_width - 0.14), room.depth - 0.14))  # not above the stairs
