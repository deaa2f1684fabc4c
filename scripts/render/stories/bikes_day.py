"""Riders leave shared bicycles before an entrance until there are too many; others ride by or use the dock."""

from __future__ import annotations

import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.story import Story, Sun

from . import _plaza as plaza
from ._clutter import add_drops, add_passing, add_walkers, clutter_events

SEED = 42017
CAMERA = Camera((0.5, -0.6, 6.0), -2.0, -26.0, 50.0, 640, 360)
SUN = Sun(46.0, 150.0)
# when and where bicycles are left: seconds, place, the corner before it
DROPS = (
    (8.0, (1.7, 11.4), (4.0, 8.6)), (13.0, (-1.2, 10.6), (-4.2, 8.4)), (18.0, (2.9, 10.2), (5.6, 7.6)),
    (23.0, (0.3, 9.9), (-2.6, 8.0)), (28.0, (-2.0, 9.2), (-5.2, 7.9)), (33.5, (1.9, 8.8), (5.0, 7.0)),
    (38.0, (-0.6, 12.0), (2.2, 9.4)),
)  # fmt: skip
PASSING = ((3.5, 8.4, -1), (21.0, 4.8, 1), (41.0, 8.2, 1), (47.5, 4.6, -1))  # start, y, direction
WALKS = (
    (21, ((-15.0, 9.8), (-3.0, 8.6), (14.0, 9.4)), 1.0),
    (22, ((14.0, 12.0), (3.0, 9.0), (0.8, 13.4), plaza.DOOR), 24.0),
    (23, (plaza.DOOR, (-0.8, 13.2), (-3.0, 9.0), (-14.0, 9.0)), 44.0),
)


def set_up() -> list[Actor]:
    """Build the place, the bicycles that stand there, and those that come."""
    engine.fresh_scene(SEED)
    random = np.random.default_rng(SEED)
    plaza.build(SEED)
    world.sky(SUN.elevation, SUN.azimuth, 3.6, 0.85)
    actors: list[Actor] = [
        plaza.standing_bike(1, "left", -1.9, 12.2, 35.0),
        plaza.standing_bike(2, "left", 0.6, 12.4, 150.0),
        *plaza.always_there(3, random),
    ]
    add_drops(actors, DROPS, 60, lambda _index, thing: thing)
    add_passing(actors, PASSING, 90)
    add_walkers(actors, WALKS)
    return actors


STORY = Story(
    name="bikes_day",
    seed=SEED,
    duration=52.0,
    samples=2,
    still_samples=14,
    camera=CAMERA,
    set_up=set_up,
    events=lambda take: clutter_events(take, least=5),
    zones={"entrance": plaza.ZONE, "dock": plaza.DOCK, "bay": plaza.BAY},
    lights=(SUN,),
    probes=60,
)
