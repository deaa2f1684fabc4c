"""Lift car: mirror, handrails, door, buttons and a shining ceiling."""

from __future__ import annotations

from scripts.render.chance import pick
from scripts.render.indoor.fittings import lamp_colour
from scripts.render.indoor.rooms import ceiling_lamp, on_wall
from scripts.render.indoor.site import Site


def mirror(site: Site) -> None:
    """A mirror on the far wall of most cars."""
    if site.random.random() < 0.6:
        width = site.room.half_width * 1.3
        on_wall(site.shape, site.room, "far", 0, 1.5, width, 1.5, "mirror:d8dcde", 0.012)


def rails_and_door(site: Site) -> None:
    """Handrails along both sides and the closed door."""
    shape, room = site.shape, site.room
    half, depth = room.half_width, room.depth
    for x in (-half + 0.06, half - 0.06):
        shape.tube((x, 0.3, 0.92), (x, depth - 0.1, 0.92), (0.02, 0.02), "chrome", 10)
    on_wall(shape, room, "near", 0, 1.05, 1.0, 2.1, "brushed:b8bcc0", 0.01)
    on_wall(shape, room, "near", 0, 1.05, 0.012, 2.1, "trim", 0.012)


def buttons(site: Site) -> None:
    """Panel of buttons beside the door, some of them lit."""
    shape, room, random = site.shape, site.room, site.random
    side = pick(random, ("left", "right"))
    on_wall(shape, room, side, 0.35, 1.2, 0.2, 0.9, "brushed:d0d2d4", 0.02)
    for row in range(7):
        for column in (-0.045, 0.045):
            name = "glow:e8b040" if random.random() < 0.15 else "white"
            on_wall(shape, room, side, 0.35 + column, 0.95 + row * 0.08, 0.04, 0.04, name, 0.028)


def shining_ceiling(site: Site) -> None:
    """A lamp over most of the ceiling."""
    room, random = site.room, site.random
    size = (room.half_width * 1.3, room.depth * 0.7)
    energy = float(random.uniform(14, 35))
    ceiling_lamp(site.shape, room, 0, room.depth / 2, size, energy, lamp_colour(random))
