"""What a picture of a place shows: some of the place's classes, what is taken for them, and people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scripts.render.chance import pick

from .kinds import KINDS
from .stage import Stage

NEGATIVES = 0.25  # share of the pictures without any of the classes but person
GAS = ("lpg", "lpg", "lpg", "lpg_5kg", "lpg_50kg", "oxygen")
BICYCLES = ("bicycle", "bicycle", "folding_bicycle", "shared_bicycle")
ACTS: dict[str, Callable[[Stage], object]] = {
    "ebike": lambda stage: stage.thing("ebike"),
    "toppled_ebike": lambda stage: stage.thing("ebike", toppled=True),
    "pushed_ebike": lambda stage: stage.pushed("ebike"),
    "ebike_row": lambda stage: stage.row("ebike", int(stage.random.integers(3, 8))),
    "gas": lambda stage: stage.thing(pick(stage.random, GAS)),
    "carried_gas": lambda stage: stage.carried(),
    "bicycle": lambda stage: stage.thing(pick(stage.random, BICYCLES)),
    "pushed_bicycle": lambda stage: stage.pushed("bicycle"),
    "shared_row": lambda stage: stage.row("shared_bicycle", int(stage.random.integers(4, 16))),
    "heap": lambda stage: stage.thing("heap"),
    "overflow": lambda stage: stage.thing("overflowing"),
    "fallen": lambda stage: stage.fallen(),
}
ALIKE = (
    "pram", "wheelchair", "kick_scooter", "suitcase", "jug", "dispenser", "extinguisher", "extinguisher",
    "fire_cabinet", "thermos", "bucket", "flower_pot", "carton", "closed_bin", "closed_bin", "stool", "ebike_poster",
)  # fmt: skip


def fill(stage: Stage) -> None:
    """Choose what the picture shows: some of the place's classes, look-alikes and people."""
    random, kind = stage.random, KINDS[stage.room.kind]
    small = stage.room.kind == "lift"
    if random.random() >= NEGATIVES:
        weights = np.array(list(kind.wishes.values())) / sum(kind.wishes.values())
        count = 1 if small else int(random.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
        for wish in random.choice(list(kind.wishes), count, p=weights):
            ACTS[str(wish)](stage)
        alike = int(random.integers(0, 2 if small else 4))
    else:
        alike = int(random.integers(1, 3 if small else 6))
    for name in random.choice(kind.alike or ALIKE, alike):
        stage.thing(str(name))
    for _person in range(int(random.choice([0, 1, 2], p=[0.5, 0.35, 0.15]))):
        stage.bystander()
