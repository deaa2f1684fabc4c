"""A car is parked in the fire lane; later a trolley of cartons is left there. Talkers and a cloud are no obstacle."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Actor, Performer, Prop
from scripts.render.cars import car
from scripts.render.conditions import GroundPlane, cloud_shadow, ground_plane
from scripts.render.labels import traps
from scripts.render.people import random_person
from scripts.render.story import Moment, Picture, Story, Sun, Take, daylight

from . import _compound as compound
from ._acts import Person, ahead, drive, in_turn, pushing, stand, stroll, walk

SEED = 31041
SUN = Sun(50.0, 163.0)
CAR, CARTONS = 1, 3
PARKED = (8.0, 27.0)
LEFT = 48.0  # the trolley stands
CLOUD = (34.0, 45.5)  # its shadow is over the lane
DRIVE = (
    (2.5, (0.0, 58.0)), (6.0, (0.0, 23.0)), (PARKED[0], (0.0, 13.6)), (PARKED[1], (0.0, 13.6)),
    (28.6, (0.0, 11.0)), (31.0, (0.0, -8.0)),
)  # fmt: skip


def pusher() -> Person:
    """Pushes the trolley from the lawn's path into the lane and walks off."""
    way = walk(
        ((5.2, 40.0), (5.2, 29.2), (3.2, 28.0), (0.4, 26.4), (-0.3, 21.0), (-0.3, 12.0)),
        ((35.0, (5.2, 34.0)), (42.0, (2.4, 27.6)), (LEFT, (-0.3, 14.2)), (LEFT + 1.0, (-0.3, 14.2))),
        manner=pushing,
    )
    off = walk(((-0.3, 14.2), (-1.6, 16.0), (-5.5, 18.5), (-6.0, 36.0)), ((LEFT + 1.05, (-0.3, 14.2)),
               (LEFT + 14.5, (-6.0, 33.0))))  # fmt: skip
    return in_turn(way, off)


def set_up() -> list[Actor]:
    """Build the compound and its people."""
    engine.fresh_scene(SEED)
    compound.build(SEED)
    world.sky(SUN.elevation, SUN.azimuth, 3.6, 0.85)
    looks = [random_person(np.random.default_rng(seed)) for seed in (11, 52, 23, 34, 45, 38)]
    talker = in_turn(
        walk(((-5.2, 20.0), (-3.0, 16.5), (-0.6, 13.2)), ((27.6, (-5.2, 20.0)), (33.0, (-0.6, 13.2)))),
        stand((-0.6, 13.2), 10.0, (33.0, 43.0), 7),
        walk(((-0.6, 13.2), (-3.2, 13.5), (-5.6, 4.0), (-5.8, -4.0)), ((43.0, (-0.6, 13.2)), (56.0, (-5.8, -3.0)))),
    )
    other = in_turn(
        walk(((5.2, 4.0), (5.2, 9.0), (2.2, 12.9), (0.5, 13.4)), ((24.0, (5.2, 4.0)), (33.2, (0.5, 13.4)))),
        stand((0.5, 13.4), 190.0, (33.2, 42.6), 8),
        walk(((0.5, 13.4), (0.9, 22.0), (0.8, 34.0)), ((42.6, (0.5, 13.4)), (57.5, (0.8, 33.0)))),
    )
    carrier = pusher()
    return [
        Prop(1, "car", "offender", car("sedan", "metallic:99a1a8"), drive(((0.0, 62.0), (0.0, -12.0)), DRIVE)),
        Performer(2, "carrier", looks[0], carrier),
        Prop(3, "carton", "cartons", compound.trolley(5), ahead(carrier, 1.25, LEFT)),
        Performer(4, "talker", looks[1], talker),
        Performer(5, "talker", looks[2], other),
        Performer(6, "walker", looks[3], stroll(((-6.2, -4.0), (-6.0, 44.0)), 0.5)),
        Performer(7, "walker", looks[4], stroll(((5.4, 52.0), (5.2, 3.0)), 3.0, 1.35)),
        Performer(8, "walker", looks[5], stroll(((-7.0, 24.0), (-2.6, 23.2), (5.0, 23.6), (5.4, 46.0)), 50.0)),
        *compound.parked(9),
    ]


@cache
def plane() -> GroundPlane:
    """The ground in the camera's picture."""
    return ground_plane(compound.CAMERA)


def finish(picture: Picture, moment: Moment) -> Picture:
    """A cloud's shadow passes from the left to the right, a faint one earlier."""
    for middle, depth in ((15.0, 0.3), ((CLOUD[0] + CLOUD[1]) / 2, 0.55)):
        way = (moment.seconds - middle) / (CLOUD[1] - CLOUD[0])
        if abs(way) < 1.6:
            picture = cloud_shadow(picture, plane(), (way * 26.0, 16.0 + way * 6.0), (8.5, 7.0), depth)
    return daylight(picture, moment)


def events(take: Take) -> list[dict[str, Any]]:
    """The parked car and the cartons; talkers, walkers and the cloud's shadow are traps."""
    scene = {"scene": "fire_lane_blocked", "zone": "lane"}
    found: list[dict[str, Any]] = [
        {**scene, "object": CAR, "from": PARKED[0], "to": PARKED[1], "expected": True},
        {**scene, "object": CARTONS, "from": LEFT, "to": take.story.duration, "expected": True},
        {**scene, "from": CLOUD[0], "to": CLOUD[1], "expected": False, "why": "the shadow of a cloud passes"},
    ]
    for actor in take.actors:
        if actor.kind == "person":
            why = "people stand and talk" if actor.role == "talker" else "walks through"
            found += traps(take, actor.number, scene, why)
    return found


STORY = Story(
    name="fire_lane_day",
    seed=SEED,
    duration=66.0,
    camera=compound.CAMERA,
    set_up=set_up,
    events=events,
    zones={"lane": compound.LANE},
    lights=(SUN,),
    finish=finish,
    steady=False,
)
