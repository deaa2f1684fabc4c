"""Small restaurant kitchen or storeroom: work table with stove and hood, shelves with goods."""

from __future__ import annotations

import numpy as np
from scripts.render.chance import pick
from scripts.render.indoor.rooms import Room
from scripts.render.indoor.site import Site
from scripts.render.mesh import Shape

GOODS = (
    "plain:a8845a", "plain:b03028", "plain:d8d8d4", "plain:2d6ab0", "plain:d8a21c", "plain:3c7a45", "steel",
)  # fmt: skip


def cooking_line(site: Site) -> None:
    """Steel table with pots along the right wall under a hood, and the camera beside that."""
    shape, room, random = site.shape, site.room, site.random
    half, depth = room.half_width, room.depth
    length = float(random.uniform(1.6, depth - 1.2))
    counter(shape, (half - 0.65, depth - 0.2 - length), (half, depth - 0.2), "brushed:b8bcc0")
    room.block(half - 0.7, depth - 0.3 - length, half, depth)
    for y in np.arange(depth - length, depth - 0.5, 0.6):
        shape.tube((half - 0.35, y, 0.86), (half - 0.35, y, 0.92), (0.17, 0.2), "trim", 16)
        if random.random() < 0.6:
            shape.ellipsoid((half - 0.35, y, 1.0), (0.22, 0.22, 0.1), pick(random, ("steel", "trim")), (14, 8))
    shape.box((half - 0.8, depth - 0.2 - length, 1.9), (half, depth - 0.2, 2.3), "brushed:a8acb0")
    room.mounts.append((half - 0.95, depth - 0.14))


def stocked_shelves(site: Site) -> None:
    """Shelves of goods along the left wall."""
    shelves(site.shape, site.room, site.random)


def counter(shape: Shape, low: tuple[float, float], high: tuple[float, float], name: str) -> None:
    """Steel work table with a lower shelf."""
    (x0, y0), (x1, y1) = low, high
    shape.box((x0, y0, 0.8), (x1, y1, 0.86), name)
    shape.box((x0 + 0.04, y0 + 0.04, 0.25), (x1, y1 - 0.04, 0.27), name)
    for x in (x0 + 0.04, x1 - 0.04):
        for y in (y0 + 0.04, y1 - 0.04):
            shape.tube((x, y, 0), (x, y, 0.8), (0.022, 0.022), name, 8)


def shelves(shape: Shape, room: Room, random: np.random.Generator) -> None:
    """Open shelf on the left wall with cartons, tins and bottles."""
    half, depth = room.half_width, room.depth
    start, length = depth * 0.45, float(random.uniform(1.0, depth * 0.45))
    for z in (0.15, 0.65, 1.15, 1.65):
        shape.box((-half, start, z), (-half + 0.42, start + length, z + 0.025), "brushed:a8acb0")
        y = start + 0.1
        while y < start + length - 0.15:
            name = pick(random, GOODS)
            size = float(random.uniform(0.06, 0.16))
            if random.random() < 0.5:
                shape.box((-half + 0.05, y, z + 0.025), (-half + 0.35, y + size, z + random.uniform(0.12, 0.36)), name)
            else:
                x, middle = -half + 0.22, y + size / 2
                top = z + random.uniform(0.12, 0.3)
                shape.tube((x, middle, z + 0.025), (x, middle, top), (size / 2, size / 2.4), name, 12)
            y += size + float(random.exponential(0.08))
    room.block(-half, start - 0.1, -half + 0.5, start + length + 0.1)
