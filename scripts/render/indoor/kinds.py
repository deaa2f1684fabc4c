"""The table of the kinds of places: a row each, with its sizes, surfaces, fittings and what its pictures show."""

from __future__ import annotations

import numpy as np

from .fittings import Door, Lamp, Lamps, Notices, Window, flat_doors, pipes
from .places import courtyard, garage, kitchen, lift, lobby, pavement, stairwell
from .rooms import Room
from .site import End, Kind, build

WALLS = ("stained:d8d6ce", "stained:cfcabb", "stained:e2e0da", "stained:b9b8b0", "stained:d6cfae")
DADOS = ("", "", "stained:5f8a72", "stained:4f7396", "stained:8a8f8a", "stained:a58a5a", "stained:7a3b30")
FLOORS = ("stained:8a8880", "stained:77746c", "stained:9a968c", "smalltile:b5aa98", "smalltile:8f9290",
          "floortile:cfc8ba")  # fmt: skip
NEAR: tuple[tuple[float, End], ...] = ((-1, "near"), (1, "near"), (0, "near"))  # corners, and over the middle
CORNERS: tuple[tuple[float, End], ...] = (*NEAR, (-1, "far"), (1, "far"))

KINDS: dict[str, Kind] = {
    "stairwell": Kind(
        share=0.20, half_width=(1.25, 1.75), depth=(4.2, 6.0), height=(2.6, 2.9), lens=(65, 105),
        surfaces={"floor": FLOORS, "wall": WALLS, "dado": DADOS}, ceiling="stained:d8d6d0", dado_height=(1.0, 1.4),
        fittings=(stairwell.flight, Notices(2, 7), pipes, Lamp(0.4, (0.3, 0.3), (25, 70))),
        mounts=NEAR,
        wishes={"ebike": 4, "pushed_ebike": 1, "gas": 2, "carried_gas": 1, "bicycle": 1, "heap": 1.5, "fallen": 2,
                "overflow": 0.5},
    ),
    "lobby": Kind(
        share=0.16, half_width=(2.2, 3.4), depth=(5.0, 7.5), height=(2.7, 3.2), lens=(60, 98), hang=(2.3, 2.9),
        surfaces={"wall": ("walltile:d8d2c4", "walltile:e4e2dc", "stained:d8d6ce", "walltile:b9a88a"),
                  "floor": ("floortile:cfc8ba", "floortile:b8b4ac", "floortile:d8d4c8", "smalltile:9a8f80")},
        ceiling="plain:e2e0da",
        fittings=(lobby.lift_doors, lobby.letter_boxes,
                  Window((20, 260), z=1.15, height=2.2, width=(1.4, 2.4), at=(-0.6, 0.6)),
                  Door("right", -0.9), Notices(2, 6), Lamps((0.6, 0.6), (30, 80), shares=(0.3, 0.7)), lobby.door_mat),
        mounts=CORNERS,
        wishes={"ebike": 3, "pushed_ebike": 3, "gas": 1, "carried_gas": 1.5, "bicycle": 1, "pushed_bicycle": 0.5,
                "fallen": 1.5, "heap": 0.7},
    ),
    "lift": Kind(
        share=0.20, half_width=(0.8, 1.1), depth=(1.6, 2.3), height=(2.3, 2.5), lens=(92, 112), hang=(2.1, 2.35),
        surfaces={"wall": ("brushed:a8acb0", "brushed:8f9296", "brushed:b5a184", "wood", "brushed:c4c6c8"),
                  "floor": ("floortile:b8b4ac", "stained:8a8880", "plain:6a6560", "smalltile:8f8a80", "plain:9a8f78")},
        ceiling="plain:d0d0cc",
        fittings=(lift.mirror, lift.rails_and_door, lift.buttons, Notices(2, 6), lift.shining_ceiling),
        mounts=((-1, "far"), (1, "far"), (-1, "near"), (1, "near")), inset=0.1,
        wishes={"pushed_ebike": 6, "ebike": 3, "carried_gas": 2, "gas": 1, "bicycle": 1, "pushed_bicycle": 0.7,
                "fallen": 1},
        alike=("pram", "wheelchair", "suitcase", "jug", "carton", "kick_scooter", "closed_bin", "thermos"),
    ),
    "corridor": Kind(
        share=0.10, half_width=(0.9, 1.4), depth=(8, 14), height=(2.4, 2.8), lens=(60, 95),
        surfaces={"floor": FLOORS, "wall": WALLS, "dado": DADOS}, ceiling="plain:d8d6d0",
        fittings=(flat_doors, Window((20, 180), z=1.4, height=1.6, chance=0.6), Notices(1, 5),
                  Lamps((0.25, 0.9), (15, 45), every=(1.5, 3.2)), pipes),
        mounts=CORNERS,
        wishes={"ebike": 3, "pushed_ebike": 1, "gas": 2, "carried_gas": 1, "heap": 2, "fallen": 2, "overflow": 1,
                "bicycle": 1},
    ),
    "kitchen": Kind(
        share=0.12, half_width=(1.7, 2.6), depth=(3.6, 5.5), height=(2.6, 3.0), lens=(68, 105),
        surfaces={"wall": ("walltile:e4e2dc", "walltile:d8dcd8", "stained:cfcabb", "walltile:cfd8dc"),
                  "floor": ("smalltile:8a5a44", "smalltile:8f9290", "stained:77746c", "smalltile:a8a49a")},
        ceiling="stained:c8c6c0",
        fittings=(kitchen.cooking_line, kitchen.stocked_shelves, Notices(0, 3),
                  Window((20, 120), z=1.6, height=1.0, width=0.9, at=-0.4, chance=0.5), Door("near", 0.0),
                  Lamps((0.2, 1.1), (30, 70), shares=(0.3, 0.75))),
        mounts=CORNERS[:4],
        wishes={"gas": 7, "carried_gas": 1, "overflow": 1, "heap": 1, "fallen": 0.7, "ebike": 0.6},
        alike=("jug", "jug", "dispenser", "extinguisher", "thermos", "thermos", "closed_bin", "bucket", "bucket",
               "carton", "stool"),
    ),
    "garage": Kind(
        share=0.08, half_width=(4.0, 6.5), depth=(9, 14), height=(2.6, 3.2), lens=(60, 95), hang=(2.3, 2.9),
        surfaces={"floor": ("stained:77746c", "stained:5f7a6a", "stained:8a8880", "stained:6a6d70"), "wall": WALLS,
                  "dado": ("", "stained:3f6a52", "stained:d8a21c", "stained:4f7396")},
        ceiling="stained:9a9890", dado_height=0.9,
        fittings=(garage.columns, garage.bays, Lamps((0.12, 1.2), (30, 80), every=(2.0, 4.0), across=(-0.5, 0.5)),
                  Window((100, 400), z=1.2, height=2.2, width=3.0, chance=0.4), pipes, Notices(3)),
        mounts=CORNERS,
        wishes={"ebike_row": 3, "ebike": 2, "toppled_ebike": 0.5, "pushed_ebike": 1, "gas": 1, "heap": 1,
                "overflow": 1, "bicycle": 1, "fallen": 0.7},
    ),
    "courtyard": Kind(
        share=0.07, half_width=(3.5, 5.0), depth=(7, 11), height=3.2, lens=(55, 90), hang=(2.4, 3.2),
        surfaces={"floor": ("paving", "stained:8a8880", "paving_dark", "asphalt")},
        fittings=(courtyard.forecourt,),
        mounts=((-1, -0.5), (0, -1.0), (1, -0.5)), inset=0.0,
        wishes={"ebike": 3, "pushed_ebike": 2, "ebike_row": 1, "overflow": 2, "heap": 2, "gas": 1, "carried_gas": 0.7,
                "bicycle": 1, "fallen": 0.8},
    ),
    "pavement": Kind(
        share=0.07, half_width=(4.5, 7.0), depth=(5.0, 8.0), height=4.0, lens=(50, 85), hang=(2.6, 5.0),
        surfaces={"floor": ("paving", "paving_dark", "stained:a09a90")},
        fittings=(pavement.roadside,),
        mounts=((-1, -2.5), (0, -4.0), (1, -2.5), (-0.5, -1.0)), inset=0.0,
        wishes={"shared_row": 5, "overflow": 1, "heap": 1, "ebike": 1, "pushed_bicycle": 1, "fallen": 0.5},
    ),
}  # fmt: skip


def place(name: str, random: np.random.Generator) -> Room:
    """Add a place of the kind of that name to the scene.

    Raises:
        KeyError: the kind is not in `KINDS`.
    """
    return build(name, KINDS[name], random)


def kind_of(seed: int) -> str:
    """Kind of place of a group of pictures."""
    shares = np.array([kind.share for kind in KINDS.values()])
    return str(np.random.default_rng([seed, 5]).choice(list(KINDS), p=shares / sum(shares.tolist())))
