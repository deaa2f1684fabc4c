"""Riders leave shared bicycles before an entrance until there are too many; others ride by or use the dock."""

from __future__ import annotations

import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Actor, Performer, Prop
from scripts.render.camera import Camera
from scripts.render.people import random_person
from scripts.render.story import Story, Sun
from scripts.render.two_wheelers import scooter

from . import _plaza as plaza
from ._acts import drive, dropped, rider, stroll
from ._clutter import clutter_events

SEED = 42017
CAMERA = Camera((0.8, -1.4, 6.6), -4.0, -25.5, 62.0, 640, 360)
SUN = Sun(46.0, 150.0)
# when and where bicycles are left: seconds, place, the corner before it
DROPS = (
    (8.0, (1.7, 11.4), (4.0, 8.6)), (13.0, (-1.2, 10.6), (-4.2, 8.4)), (18.0, (2.9, 10.2), (5.6, 7.6)),
    (23.0, (0.3, 9.9), (-2.6, 8.0)), (28.0, (-2.0, 9.2), (-5.2, 7.9)), (33.5, (1.9, 8.8), (5.0, 7.0)),
    (38.0, (-0.6, 12.0), (2.2, 9.4)),
)  # fmt: skip
PASSING = ((3.5, 8.4, -1), (21.0, 4.8, 1), (41.0, 8.2, 1), (47.5, 4.6, -1))  # start, y, direction


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
    for index, (stop, spot, corner) in enumerate(DROPS):
        side = 1.0 if corner[0] > spot[0] else -1.0
        person = random_person(np.random.default_rng(60 + index))
        way = ((side * 15.0, 5.0), (side * 8.5, 5.6), corner, spot)
        bike, driver = dropped(way, stop - 6.0, stop, person.height, ((spot[0] * 0.5, 13.6), plaza.DOOR))
        actors.append(Prop(len(actors) + 1, "bicycle", "left", plaza.bike_mesh(index), bike))
        actors.append(Performer(len(actors) + 1, "rider", person, driver))
    for index, (start, y, way_x) in enumerate(PASSING):
        person = random_person(np.random.default_rng(90 + index))
        kind = "scooter" if index == 1 else "bicycle"
        mesh = scooter("paint:2f7f5f") if kind == "scooter" else plaza.bike_mesh(index + 1)
        ends = ((-16.0 * way_x, y), (16.0 * way_x, y))
        thing = drive(ends, ((start, ends[0]), (start + 6.4, ends[1])), 1.1)
        actors.append(Prop(len(actors) + 1, "motorcycle" if kind == "scooter" else "bicycle", "passing", mesh, thing))
        actors.append(Performer(len(actors) + 1, "rider", person, rider(thing, kind, person.height, 99.0)))
    for seed, corners, start in (
        (21, ((-15.0, 9.8), (-3.0, 8.6), (14.0, 9.4)), 1.0),
        (22, ((14.0, 12.0), (3.0, 9.0), (0.8, 13.4), plaza.DOOR), 24.0),
        (23, (plaza.DOOR, (-0.8, 13.2), (-3.0, 9.0), (-14.0, 9.0)), 44.0),
    ):
        person = random_person(np.random.default_rng(seed))
        actors.append(Performer(len(actors) + 1, "walker", person, stroll(corners, start)))
    return actors


STORY = Story(
    name="bikes_day",
    seed=SEED,
    duration=52.0,
    samples=3,
    still_samples=24,
    camera=CAMERA,
    set_up=set_up,
    events=lambda take: clutter_events(take, least=5),
    zones={"entrance": plaza.ZONE, "dock": plaza.DOCK},
    lights=(SUN,),
)
