"""The street of two clips, which has sunk in the middle: without water and ponded."""

from __future__ import annotations

import numpy as np
from scripts.render.camera import Camera
from scripts.render.ground import pictures
from scripts.render.ground.belts import add_belt
from scripts.render.ground.damage import belt_ground
from scripts.render.ground.fields import Sheet, smooth
from scripts.render.ground.plan import Strip
from scripts.render.ground.streets import add_kerbs, add_paved, flood, lay, paved_sheet
from scripts.render.ground.surfaces import number_surfaces
from scripts.render.ground.things import houses, lamps, shrubs

from .place import LAMPS, SIZE, Place, surfaces

ROAD_CAMERA = Camera((-4.9, -1.5, 6.2), 23.0, -22.0, 62.0, *SIZE)
ROAD_STRIPS = (
    Strip("belt", -9.4, -6.9, 0.09, "hedge"), Strip("slabs", -6.9, -4.2, 0.13), Strip("road", -4.2, 5.2, 0.0),
    Strip("slabs", 5.2, 8.0, 0.13),
)  # fmt: skip
DIP = (0.9, 10.4, 3.8, 5.2, 0.11)  # where the road has sunk: x, y, radii and depth in metres
ROAD_ZONE = ((-3.9, 6.8, 0.0), (4.9, 6.8, 0.0), (4.9, 16.5, 0.0), (-3.9, 16.5, 0.0))
HIGH_ZONE = ((-3.9, 18.5, 0.0), (4.9, 18.5, 0.0), (4.9, 29.0, 0.0), (-3.9, 29.0, 0.0))
BOTH_SIDES = 0  # seed that puts houses on both sides of the street
LEVEL = -0.052  # of the water at its highest, metres


def road(seed: int) -> Place:
    """A street that has sunk in the middle, with dark repairs higher up: without water and ponded."""
    pictures.start()
    random = np.random.default_rng([seed, 7])
    surfaces(random)
    place = Place(ROAD_CAMERA, ROAD_STRIPS, [])
    for number, strip in enumerate(ROAD_STRIPS):
        if strip.kind == "belt":
            belt = belt_ground(strip, [], np.random.default_rng([seed, number, 3]))
            add_belt(belt, shrubs(), np.random.default_rng([seed, number, 17]))
            place.sheets.append(belt.soil)
            continue
        sheet = paved_sheet(strip, "ponding", np.random.default_rng([seed, number, 5]))
        if strip.kind == "road":
            sheet = sunk(sheet)
        thing = add_paved(strip, sheet, random)
        if strip.kind == "road":
            for low, high in (((-2.6, 19.5), (0.4, 25.0)), ((1.6, 22.0), (3.4, 24.0)), ((-3.4, 12.2), (-2.2, 15.4))):
                lay(sheet, low, high, 0.005, "new_asphalt")
            water = flood(sheet, thing, LEVEL)
            place.states["water"] = [] if water is None else [water]
            flood(sheet, thing, -np.inf)
        place.sheets.append(sheet)
    add_kerbs(ROAD_STRIPS)
    houses(ROAD_STRIPS, "street", np.random.default_rng(BOTH_SIDES))
    place.lamps = lamps(ROAD_STRIPS, np.random.default_rng(LAMPS))
    number_surfaces()
    return place


def sunk(sheet: Sheet) -> Sheet:
    """The road with its dip, and higher beyond it, so that no water stands there."""
    x, y = np.meshgrid(sheet.xs, sheet.ys)
    away = np.hypot((x - DIP[0]) / DIP[2], (y - DIP[1]) / DIP[3])
    z = np.maximum(sheet.z, -0.05) - DIP[4] * np.exp(-(away**2)) + 0.05 * smooth((y - 15.0) / 4.0)
    return Sheet(sheet.xs, sheet.ys, z + 0.03 * smooth((4.0 - y) / 3.0))
