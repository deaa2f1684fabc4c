"""Lobby: lift doors, letter boxes and a door mat."""

from __future__ import annotations

import numpy as np
from scripts.render.indoor.rooms import lift_door, on_wall
from scripts.render.indoor.site import Site


def lift_doors(site: Site) -> None:
    """Two lifts in the left wall."""
    room = site.room
    for at in np.linspace(-0.4, 0.4, 2) * room.depth * 0.5 + room.depth * 0.5:
        lift_door(site.shape, room, "left", float(at))


def letter_boxes(site: Site) -> None:
    """Block of letter boxes on the right wall, which nothing stands before."""
    room = site.room
    for column in range(5):
        for row in range(4):
            at, z = room.depth * 0.35 + column * 0.34, 0.8 + row * 0.22
            steel = "brushed:a8b0b4" if row % 2 else "brushed:9aa2a8"
            on_wall(site.shape, room, "right", at, z, 0.32, 0.2, steel, 0.25)
    room.block(room.half_width - 0.35, room.depth * 0.3, room.half_width, room.depth * 0.65)


def door_mat(site: Site) -> None:
    """A mat before the entrance of every second lobby."""
    if site.random.random() < 0.5:
        depth = site.room.depth
        site.shape.box((-0.9, depth - 1.3, 0), (0.9, depth - 0.2, 0.012), "plain:4a2a26")
