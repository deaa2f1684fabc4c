"""The green belt of two clips: its lawn whole, dug up, and under fallen leaves."""

from __future__ import annotations

import numpy as np
from scripts.render.camera import Camera
from scripts.render.ground import pictures
from scripts.render.ground.belts import add_belt, fallen_leaves
from scripts.render.ground.damage import EDGE, Belt, belt_ground, outline
from scripts.render.ground.fields import Noise, Sheet, smooth
from scripts.render.ground.plan import Damage, Strip
from scripts.render.ground.streets import add_kerbs, add_paved, paved_sheet
from scripts.render.ground.surfaces import number_surfaces
from scripts.render.ground.things import houses, lamps, shrubs

from .place import LAMPS, SIZE, Place, added, names, surfaces

GREEN_CAMERA = Camera((-6.9, -1.0, 5.8), 37.0, -21.0, 60.0, *SIZE)
GREEN_STRIPS = (
    Strip("road", -8.2, -0.6, 0.0), Strip("belt", -0.6, 4.4, 0.09, "lawn"), Strip("slabs", 4.4, 7.2, 0.13),
    Strip("belt", 7.2, 9.8, 0.09, "bed"),
)  # fmt: skip
GREEN_ZONE = ((-0.3, 4.6, 0.09), (4.1, 4.6, 0.09), (4.1, 16.0, 0.09), (-0.3, 16.0, 0.09))
HARM = (Damage("bare", 1.7, 9.2, 3.1, 0.5), Damage("bare", 2.6, 11.6, 1.8, 1.1))


def harmed(belt: Belt, seed: int) -> Belt:
    """The belt with its plants dug out in two places that touch."""
    x, y = np.meshgrid(belt.cover.xs, belt.cover.ys)
    random = np.random.default_rng([seed, 13])
    bare = np.max([outline(one, belt.strip, x, y, random) for one in HARM], axis=0)
    fray = Noise(random, 1.1, 5, 0.62)(x, y)
    cover = np.minimum(belt.cover.z, np.clip(-3.2 * (bare + EDGE * fray), -1.0, 1.0))
    hollow = belt.soil.z - 0.05 * smooth(bare * 1.4) + 0.035 * smooth(bare * 2) * Noise(random, 0.5, 3)(x, y)
    return Belt(belt.strip, Sheet(belt.soil.xs, belt.soil.ys, hollow), Sheet(belt.cover.xs, belt.cover.ys, cover))


def green(seed: int) -> Place:
    """A street's lawn between carriageway and pavement: whole, dug up, and with fallen leaves on it."""
    pictures.start()
    random = np.random.default_rng([seed, 7])
    surfaces(random)
    place = Place(GREEN_CAMERA, GREEN_STRIPS, [])
    for number, strip in enumerate(GREEN_STRIPS):
        if strip.kind != "belt":
            sheet = paved_sheet(strip, "street", random)
            add_paved(strip, sheet, random)
        else:
            belt = belt_ground(strip, [], np.random.default_rng([seed, number, 3]))
            sheet = belt.soil
            plant(place, number, belt, seed)
        place.sheets.append(sheet)
    add_kerbs(GREEN_STRIPS)
    houses(GREEN_STRIPS, "street", random)
    place.lamps = lamps(GREEN_STRIPS, np.random.default_rng(LAMPS))
    number_surfaces()
    return place


def plant(place: Place, number: int, belt: Belt, seed: int) -> None:
    """Add a belt; the wide one in all its states."""
    before = names()
    add_belt(belt, shrubs(), np.random.default_rng([seed, number, 17]))
    if belt.strip.cover != "lawn":
        return
    place.states["whole"] = added(before)
    before = names()
    add_belt(harmed(belt, seed), shrubs(), np.random.default_rng([seed, number, 17]))
    place.states["harmed"] = added(before)
    before = names()
    fallen_leaves(belt, np.random.default_rng([seed, 5]))
    place.states["leaves"] = added(before)
