"""Underground garage or bike shed: columns, painted bays, sockets along the wall."""

from __future__ import annotations

import numpy as np
from scripts.render.indoor.rooms import on_wall
from scripts.render.indoor.site import Site


def columns(site: Site) -> None:
    """Four columns, some with a warning colour below."""
    shape, room, random = site.shape, site.room, site.random
    for x in (-room.half_width * 0.45, room.half_width * 0.45):
        for y in (room.depth * 0.4, room.depth * 0.8):
            shape.box((x - 0.25, y - 0.25, 0), (x + 0.25, y + 0.25, room.height), "stained:b9b8b0")
            foot = "plain:c8a020" if random.random() < 0.5 else "stained:b9b8b0"
            shape.box((x - 0.255, y - 0.255, 0.2), (x + 0.255, y + 0.255, 1.0), foot)
            room.block(x - 0.4, y - 0.4, x + 0.4, y + 0.4)


def bays(site: Site) -> None:
    """Painted lines and charging sockets at the left wall."""
    shape, room = site.shape, site.room
    for y in np.arange(1.0, room.depth, 0.9):
        shape.box((-room.half_width + 0.1, y - 0.04, 0), (-room.half_width + 2.0, y + 0.04, 0.004), "marking")
    for y in np.arange(2.0, room.depth - 1, 1.2):
        on_wall(shape, room, "left", float(y), 1.25, 0.22, 0.3, "plain:e4e4e0", 0.1)
