"""Dusk, many people on foot: bicycles pile up before the entrance, some lie on the ground."""

from __future__ import annotations

import bpy
import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Actor
from scripts.render.camera import Camera
from scripts.render.sensor import lens, noise, time_stamp
from scripts.render.story import Lamp, Moment, Picture, Story

from . import _plaza as plaza
from ._acts import Thing
from ._clutter import add_drops, add_passing, add_walkers, clutter_events, toppling

SEED = 42981
CAMERA = Camera((-2.6, -0.4, 5.9), 10.0, -26.0, 51.0, 640, 360)
LYING = 1.35
FALLS = (1, 27.0)  # which of the bicycles that come falls over, and when
DROPS = (
    (7.0, (1.9, 10.7), (4.4, 8.4)), (11.5, (-0.9, 10.0), (-4.0, 8.3)), (16.0, (3.0, 12.0), (5.6, 9.0)),
    (20.5, (1.5, 9.2), (4.4, 7.4)), (25.0, (-2.3, 8.8), (-5.4, 7.6)), (31.0, (3.4, 9.6), (6.2, 7.4)),
)  # fmt: skip
PASSING = ((14.0, 7.9, 1), (33.0, 4.8, -1), (40.0, 8.0, -1))
LEFT, RIGHT, DOOR = -15.0, 14.0, plaza.DOOR
WALKS = (
    (31, ((LEFT, 9.0), (RIGHT, 8.0)), 0.5),
    (32, ((RIGHT, 9.2), (0.5, 9.4), (0.4, 13.4), DOOR), 1.0),
    (33, (DOOR, (0.5, 13.0), (0.4, 9.0), (LEFT, 8.4)), 3.0),
    (34, ((RIGHT, 7.6), (LEFT, 8.2)), 9.0),
    (35, ((LEFT, 7.4), (0.0, 8.2), (0.6, 13.4), DOOR), 11.0),
    (36, ((LEFT, 7.8), (RIGHT, 7.0)), 17.0),
    (37, (DOOR, (0.3, 13.0), (0.5, 9.0), (RIGHT, 7.8)), 18.0),
    (39, ((RIGHT, 8.6), (0.3, 8.4), (0.4, 13.4), DOOR), 23.0),
    (40, ((LEFT, 8.0), (RIGHT, 8.2)), 26.0),
    (41, (DOOR, (0.4, 13.0), (0.2, 9.0), (LEFT, 7.2)), 29.0),
    (42, ((RIGHT, 7.2), (LEFT, 7.6)), 33.0),
    (43, ((LEFT, 7.2), (RIGHT, 7.6)), 37.0),
)


def topples(index: int, thing: Thing) -> Thing:
    """One of the bicycles that come falls over later."""
    if index != FALLS[0]:
        return thing
    return toppling(thing, FALLS[1], LYING, plaza.lying(plaza.bike_mesh(index), LYING))


def set_up() -> list[Actor]:
    """Build the place at dusk, what stands and lies there, who comes."""
    engine.fresh_scene(SEED)
    random = np.random.default_rng(SEED)
    plaza.build(SEED)
    world.sky(8.0, 0.0, 0.0, 0.16)
    plaza.light_lamps(380.0)
    bpy.context.scene.view_settings.exposure = 0.9
    actors: list[Actor] = [
        plaza.standing_bike(1, "left", -1.8, 12.4, 35.0),
        plaza.standing_bike(2, "left", -2.6, 10.8, 150.0, LYING),
        *plaza.always_there(3, random),
    ]
    add_drops(actors, DROPS, 160, topples)
    add_passing(actors, PASSING, 190)
    add_walkers(actors, WALKS)
    return actors


def finish(picture: Picture, moment: Moment) -> Picture:
    """A sensor short of light."""
    return time_stamp(noise(lens(picture), moment.random, 3.0), moment.seconds)


STORY = Story(
    name="bikes_dusk_crowd",
    seed=SEED,
    duration=48.0,
    camera=CAMERA,
    set_up=set_up,
    events=lambda take: clutter_events(take, least=5),
    zones={"entrance": plaza.ZONE, "dock": plaza.DOCK, "bay": plaza.BAY},
    lights=tuple(Lamp(x, y, plaza.LAMP_HEIGHT, 7.0) for x, y in plaza.LAMPS),
    finish=finish,
    samples=2,
    still_samples=14,
    probes=60,
)
