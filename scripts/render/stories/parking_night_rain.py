"""A car is left at a kerb on a wet night; a bus at its stop, a red light's queue and a hiding truck are traps."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import bpy
import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Actor, Performer, Vehicle
from scripts.render.bus import bus
from scripts.render.camera import Camera
from scripts.render.cars import car
from scripts.render.conditions import GroundPlane, grain, ground_plane, rain, wet
from scripts.render.labels import standing, traps
from scripts.render.lights import point_lamp
from scripts.render.materials import material
from scripts.render.people import random_person
from scripts.render.sensor import lens, time_stamp
from scripts.render.story import Lamp, Mirror, Moment, Picture, Story, Take
from scripts.render.timeline import Motion, Path, Place
from scripts.render.truck import truck

from ._acts import stroll
from ._traffic import light_beams, light_lamps
from .street import AWAY, OFFENDER, TOWARDS, away, towards

SEED = 64019
CAMERA = Camera((8.3, 1.5, 4.6), -27.0, -11.0, 64.0, 640, 360)
ZONE = [(-5.5, 14.2, 0.0), (-2.5, 14.2, 0.0), (-2.5, 28.6, 0.0), (-5.5, 28.6, 0.0)]
BUS_STOP = [(-5.6, 14.6, 0.0), (-2.2, 14.6, 0.0), (-2.2, 27.0, 0.0), (-5.6, 27.0, 0.0)]
KERB = ((-45.0, 103.3), (-1.35, 103.3), (-1.35, 56.0), (-4.55, 42.0), (-4.55, -18.0))
STREET_LAMPS = ((5.3, 17.0), (5.3, 43.0), (-4.7, 36.0), (-4.7, 66.0), (5.3, 70.0))
STOPS_AT = 43.5
Keys = tuple[tuple[float, Place], ...]


def kerb(*stops: tuple[float, float]) -> Keys:
    """Keys in the kerb lane from (time, y) pairs."""
    return tuple((time, (-4.55 if y < 42 else -1.35, y)) for time, y in stops)


DRIVES: tuple[tuple[str, str, str, tuple[Place, ...], Keys], ...] = (
    ("offender", "sedan", "metallic:99a1a8", OFFENDER, (
        (37.0, (-24.0, 49.4)), (38.6, (-10.5, 49.4)), (41.2, (-4.7, 32.0)), (STOPS_AT, (-4.7, 20.5)),
        (90.0, (-4.7, 20.5)),
    )),
    ("bus", "bus", "paint:2f7f5f", KERB,
     kerb((0.4, 93.0), (6.0, 34.0), (8.5, 22.0), (19.0, 22.0), (21.1, 14.0), (23.7, -14.0))),
    ("queue", "sedan", "paint:a01a1c", KERB,
     kerb((16.2, 93.0), (22.0, 30.0), (24.4, 16.8), (35.0, 16.8), (36.6, 12.0), (38.4, -2.0), (39.4, -14.0))),
    ("queue", "suv", "paint:cfcac0", KERB,
     kerb((18.0, 93.0), (23.8, 38.0), (26.2, 23.6), (35.6, 23.6), (37.4, 18.0), (39.4, 4.0), (40.8, -12.0))),
    ("queue", "hatchback", "metallic:6a4a34", KERB,
     kerb((20.0, 93.0), (26.0, 44.0), (28.2, 30.4), (36.2, 30.4), (38.2, 24.0), (40.6, 8.0), (42.0, -12.0))),
    ("queue", "hatchback", "metallic:2f4f7a", TOWARDS,
     towards((17.0, 93.0), (22.6, 30.0), (24.8, 17.0), (35.2, 17.0), (36.8, 12.0), (38.6, -2.0), (39.6, -12.0))),
    ("hiding", "truck", "paint:3b67a8", TOWARDS,
     towards((38.6, 93.0), (44.2, 34.0), (46.0, 26.0), (49.2, 13.0), (51.2, 0.0), (52.2, -12.0))),
    ("passing", "sedan", "paint:1c1d20", AWAY, away((2.0, -14.0), (4.4, 10.0), (11.0, 92.0))),
)  # fmt: skip


def mesh_of(kind: str, paint: str) -> bpy.types.Mesh:
    """Mesh of a vehicle of the story."""
    makers = {"truck": truck, "bus": bus}
    return makers[kind](paint) if kind in makers else car(kind, paint)


def light() -> None:
    """A dark sky, warm street lamps, a carriageway that is wet."""
    world.sky(30.0, 0.0, 0.0, 0.05)
    for index, (x, y) in enumerate(STREET_LAMPS):
        point_lamp(f"lamp{index}", (x, y, 7.6), 1500.0, (1.0, 0.76, 0.48), 0.2)
    for name in ("asphalt", "patch", "marking", "yellow_marking"):
        material(name).node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.3
    bpy.context.scene.view_settings.exposure = 0.5


def set_up() -> list[Actor]:
    """Build the street at night and its traffic."""
    engine.fresh_scene(SEED)
    world.build(world.StreetPlan(SEED))
    light()
    actors: list[Actor] = []
    for role, kind, paint, corners, keys in DRIVES:
        name = kind if kind in ("bus", "truck") else "car"
        motion = Motion(Path(corners), keys, wheelbase=5.9 if kind == "bus" else 2.7)
        actors.append(Vehicle(len(actors) + 1, name, role, mesh_of(kind, paint), motion))
    parked = Vehicle(len(actors) + 1, "car", "parked", car("hatchback", "paint:8f9aa3"), None)
    parked.put(5.25, 33.0, math.pi / 2)
    actors.append(parked)
    for seed, corners, start in (
        (46, ((-7.4, 8.0), (-7.6, 42.0)), 9.0), (38, ((-8.8, 40.0), (-8.7, 12.0)), 24.0),
    ):  # fmt: skip
        person = random_person(np.random.default_rng(seed))
        act = stroll(corners, start, 1.3, level=lambda _x, _y: 0.13)
        actors.append(Performer(len(actors) + 1, "walker", person, act))
    return actors


@cache
def plane() -> GroundPlane:
    """The ground in the camera's picture."""
    return ground_plane(CAMERA)


def finish(picture: Picture, moment: Moment) -> Picture:
    """Headlights, wet road, rain and a sensor at high gain; the car that was left has its lamps off."""
    lit = [
        actor for actor in moment.actors
        if isinstance(actor, Vehicle) and actor.present and actor.motion is not None
        and not (actor.role == "offender" and moment.seconds > STOPS_AT + 1.0)
    ]  # fmt: skip
    picture = light_beams(picture, plane(), lit, 2.2)
    picture = light_lamps(picture, CAMERA, lit)
    picture = wet(picture, plane().distance < 70.0, 0.6)
    picture = rain(picture, 0.7, moment.random)
    return time_stamp(grain(lens(picture), moment.random, 3.0), moment.seconds)


def events(take: Take) -> list[dict[str, Any]]:
    """The car that was left; every other vehicle's stay or passage in the zone is a trap."""
    scene = {"scene": "illegal_parking", "zone": "no_parking"}
    why = {"bus": "a bus at its stop", "queue": "waits at a red light"}
    found: list[dict[str, Any]] = []
    for actor in take.actors:
        if not isinstance(actor, Vehicle):
            continue
        if actor.role == "offender":
            first, _last = standing(take.story, actor)
            found.append({**scene, "object": 1, "from": first, "to": take.story.duration, "expected": True})
            continue
        found += traps(take, actor.number, scene, why.get(actor.role, "passes"))
    return found


STORY = Story(
    name="parking_night_rain",
    seed=SEED,
    duration=60.0,
    camera=CAMERA,
    set_up=set_up,
    events=events,
    zones={"no_parking": ZONE, "bus_stop": BUS_STOP},
    lights=(*(Lamp(x, y, 7.6, 7.0) for x, y in STREET_LAMPS[:3]), Mirror()),
    finish=finish,
    samples=2,
    still_samples=16,
    probes=60,
)
