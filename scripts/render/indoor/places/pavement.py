"""Pavement with kerb and carriageway before a house: the place of shared bicycles."""

from __future__ import annotations

from scripts.render import world
from scripts.render.indoor.site import Site

from .facade import facade, house_behind


def roadside(site: Site) -> None:
    """Pavement with tactile paving, kerb, carriageway, house front and, often, two trees."""
    shape, room = site.shape, site.room
    world.flat(shape, (-40, 0.6), (40, room.depth), 0.0, site.surfaces["floor"])
    world.flat(shape, (-40, -30), (40, 0.4), -0.12, "asphalt")
    shape.box((-40, 0.4, -0.12), (40, 0.6, 0.005), "kerb")
    world.flat(shape, (-40, room.depth * 0.45), (40, room.depth * 0.45 + 0.3), 0.004, "tactile")
    facade(shape, room, site.random)
    house_behind(shape, 20)
    if site.random.random() < 0.6:
        for x in (-room.half_width * 0.7, room.half_width * 0.6):
            shape.tube((x, 1.1, 0), (x, 1.1, 4.5), (0.12, 0.09), "bark", 10)
            room.block(x - 0.4, 0.7, x + 0.4, 1.5)
