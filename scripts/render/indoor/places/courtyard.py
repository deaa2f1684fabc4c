"""Courtyard before the entrance of a block of flats."""

from __future__ import annotations

from scripts.render import world
from scripts.render.indoor.site import Site

from .facade import facade, house_behind


def forecourt(site: Site) -> None:
    """Paved ground, the front of the house and a strip of grass along it."""
    shape, room = site.shape, site.room
    world.flat(shape, (-30, -25), (30, room.depth), 0.0, site.surfaces["floor"])
    facade(shape, room, site.random)
    world.flat(shape, (-room.half_width * 3, room.depth - 0.8), (-1.3, room.depth), 0.02, "grass")
    house_behind(shape, 14)
