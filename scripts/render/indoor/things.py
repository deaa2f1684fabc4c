"""Catalogue of single things: their class (empty for look-alikes) and builder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import bpy
import numpy as np
from scripts.render.chance import pick
from scripts.render.mesh import Shape

from . import bicycles, cylinders, ebikes, fire_gear, refuse, vessels, wheeled
from .forms import merged, moved

Builder = Callable[[np.random.Generator], Shape]


def dressed_ebike(random: np.random.Generator) -> Shape:
    """Any e-bike with what its rider added."""
    return ebikes.ebike(random)[1]


def ebike_poster(random: np.random.Generator) -> Shape:
    """Display board with a flat picture of an e-bike: no e-bike."""
    board = Shape()
    board.box(
        (-0.45, -0.02, 0.1), (0.45, 0.02, 1.3), pick(random, ("white", "plain:c8282a", "plain:2f6fc0", "plain:e8d080"))
    )
    for x in (-0.4, 0.4):
        board.box((x - 0.03, -0.2, 0), (x + 0.03, 0.2, 0.1), "trim")
    flat = moved(0, -0.022, 0.45, scale=0.45)
    flat[1, :3] *= 0.004
    return merged([(board, moved()), (dressed_ebike(random), flat)])


LOOK_ALIKE = ""
CATALOGUE: dict[str, tuple[str, Builder]] = {
    "ebike": ("ebike", dressed_ebike),
    "lpg": ("gas_cylinder", cylinders.lpg),
    "lpg_5kg": ("gas_cylinder", partial(cylinders.lpg, size="5")),
    "lpg_50kg": ("gas_cylinder", partial(cylinders.lpg, size="50")),
    "oxygen": ("gas_cylinder", cylinders.oxygen),
    "heap": ("garbage", refuse.heap),
    "overflowing": ("garbage_overflow", refuse.overflowing),
    "bicycle": ("bicycle", bicycles.bicycle),
    "folding_bicycle": ("bicycle", bicycles.folding_bicycle),
    "shared_bicycle": ("bicycle", bicycles.shared_bicycle),
    "ebike_poster": (LOOK_ALIKE, ebike_poster),
    "pram": (LOOK_ALIKE, wheeled.pram),
    "wheelchair": (LOOK_ALIKE, wheeled.wheelchair),
    "kick_scooter": (LOOK_ALIKE, wheeled.kick_scooter),
    "suitcase": (LOOK_ALIKE, wheeled.suitcase),
    "jug": (LOOK_ALIKE, vessels.jug),
    "dispenser": (LOOK_ALIKE, vessels.dispenser),
    "thermos": (LOOK_ALIKE, vessels.thermos),
    "bucket": (LOOK_ALIKE, vessels.bucket),
    "flower_pot": (LOOK_ALIKE, vessels.flower_pot),
    "extinguisher": (LOOK_ALIKE, fire_gear.extinguisher),
    "fire_cabinet": (LOOK_ALIKE, fire_gear.fire_cabinet),
    "carton": (LOOK_ALIKE, refuse.carton),
    "closed_bin": (LOOK_ALIKE, refuse.closed_bin),
    "stool": (LOOK_ALIKE, refuse.stool),
}


def build(kind: str, random: np.random.Generator) -> tuple[str, bpy.types.Mesh]:
    """Class and mesh of a thing of the catalogue.

    Raises:
        KeyError: the kind is not in `CATALOGUE`.
    """
    name, builder = CATALOGUE[kind]
    return name, builder(random).mesh(kind, 45)
