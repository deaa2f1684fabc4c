"""The demo clip's script: who comes when, where they stop, and the zones a deployer would draw.

Times in seconds, places in metres (see `world`). The clip lasts 48 s at 8 frames a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

import bpy
import numpy as np
from scripts.render import engine, world
from scripts.render.actors import Actor, Vehicle, Walker
from scripts.render.camera import Camera
from scripts.render.cars import car
from scripts.render.labels import spans, standing
from scripts.render.people import random_person
from scripts.render.story import Story, Sun, Take
from scripts.render.timeline import Motion, Path, Place
from scripts.render.truck import truck

SEED = 20260
CAMERA = Camera((-6.7, 0.0, 5.7), 4.0, -14.0, 64.0, 1280, 720)
SUN = Sun(50.0, 205.0)
SUN_ENERGY, SKY_STRENGTH = 3.6, 0.85

NO_PARKING: list[tuple[float, float, float]] = [
    (-5.75, 14.2, 0.0), (-3.1, 14.2, 0.0), (-3.1, 28.6, 0.0), (-5.75, 28.6, 0.0),
]  # fmt: skip
YARD: list[tuple[float, float, float]] = [
    (-9.85, 12.2, 0.13), (-9.85, 24.8, 0.13), (-16.1, 24.8, 0.13), (-16.1, 18.6, 0.13), (-12.9, 12.2, 0.13),
]  # fmt: skip

TOWARDS = ((-45.0, 103.3), (-1.35, 103.3), (-1.35, -16.0))
AWAY = ((2.25, -16.0), (2.25, 103.3), (45.0, 103.3))
OFFENDER = ((-40.0, 49.4), (-4.7, 49.4), (-4.7, -18.0))
AROUND = ((-45.0, 103.3), (-1.35, 103.3), (-1.35, 52.0), (-4.55, 40.0), (-4.55, 27.2), (-1.5, 20.5), (-1.35, -16.0))


@dataclass(frozen=True)
class Drive:
    """A vehicle of the clip."""

    role: str
    kind: str
    paint: str
    corners: tuple[Place, ...]
    keys: tuple[tuple[float, Place], ...]

    def motion(self) -> Motion:
        """Its motion; the wheelbase is what a car of this size has."""
        return Motion(Path(self.corners), self.keys, wheelbase=2.7)


@dataclass(frozen=True)
class Walk:
    """A walker of the clip; `seed` fixes looks."""

    role: str
    seed: int
    corners: tuple[Place, ...]
    keys: tuple[tuple[float, Place], ...]

    def motion(self) -> Motion:
        """Their motion."""
        return Motion(Path(self.corners, rounding=2), self.keys)


@dataclass(frozen=True)
class Parked:
    """A vehicle that stands for the whole clip in a parking bay."""

    kind: str
    paint: str
    place: Place
    heading: float  # degrees


def towards(*stops: tuple[float, float]) -> tuple[tuple[float, Place], ...]:
    """Keys in the travel lane from (time, y) pairs, after the turn from the far cross street."""
    first = stops[0]
    return ((first[0] - 2.2, (-24.0, 103.3)), *((time, (-1.35, y)) for time, y in stops))


def away(*stops: tuple[float, float]) -> tuple[tuple[float, Place], ...]:
    """Keys in the other lane from (time, y) pairs, up to the turn into the far cross street."""
    last = stops[-1]
    return (*((time, (2.25, y)) for time, y in stops), (last[0] + 1.4, (18.0, 103.3)))


DRIVES = (
    Drive("offender", "sedan", "paint:8e1719", OFFENDER, (
        (-0.4, (-24.0, 49.4)), (1.0, (-10.5, 49.4)), (3.3, (-4.7, 31.5)), (5.5, (-4.7, 17.0)),
        (31.0, (-4.7, 17.0)), (32.2, (-4.7, 15.8)), (33.9, (-4.7, 8.4)), (35.2, (-4.7, -2.0)), (36.3, (-4.7, -15.0)),
    )),
    Drive("queue", "sedan", "metallic:99a1a8", TOWARDS,
          towards((3.5, 93.0), (9.3, 33.0), (12.0, 17.0), (23.6, 17.0), (25.0, 15.0), (27.0, 5.0), (28.6, -10.0))),
    Drive("queue", "hatchback", "metallic:2f4f7a", TOWARDS,
          towards((6.0, 93.0), (11.5, 38.0), (14.2, 23.6), (24.2, 23.6), (25.6, 21.6), (27.2, 15.0), (28.8, 4.0),
                  (30.2, -10.0))),
    Drive("queue", "van", "metallic:c4c8cc", AROUND, (
        (11.2, (-24.0, 103.3)), (13.4, (-1.35, 93.0)), (18.5, (-1.9, 50.0)), (21.0, (-4.55, 34.0)),
        (22.9, (-4.55, 29.0)), (25.0, (-4.55, 29.0)), (26.3, (-4.2, 26.3)), (27.8, (-1.9, 20.5)),
        (30.0, (-1.4, 7.0)), (31.8, (-1.35, -12.0)),
    )),
    Drive("passing", "sedan", "paint:1c1d20", TOWARDS,
          towards((2.0, 93.0), (7.6, 30.0), (10.0, 1.0), (11.0, -12.0))),
    Drive("passing", "suv", "metallic:46505a", TOWARDS,
          towards((33.5, 93.0), (39.6, 29.0), (41.9, 2.0), (43.0, -12.0))),
    Drive("passing", "hatchback", "paint:cfcac0", TOWARDS,
          towards((38.2, 93.0), (44.2, 28.0), (46.4, 1.0), (47.4, -12.0))),
    Drive("passing", "suv", "metallic:7d858c", AWAY, away((2.6, -14.0), (5.0, 10.0), (11.6, 92.0))),
    Drive("passing", "truck", "paint:3b67a8", AWAY, away((8.6, -14.0), (11.4, 12.0), (19.2, 92.0))),
    Drive("passing", "hatchback", "paint:d8a21c", AWAY, away((22.6, -14.0), (25.0, 10.0), (31.6, 92.0))),
    Drive("passing", "suv", "paint:24402f", AWAY, away((32.6, -14.0), (35.0, 10.0), (42.0, 92.0))),
    Drive("passing", "van", "paint:cdcdca", AWAY, away((37.6, -14.0), (40.0, 10.0), (46.4, 92.0))),
)  # fmt: skip

WALKS = (
    Walk("occluder", 46, ((-11.0, 31.0), (-8.4, 30.6), (-7.2, 27.0), (-7.1, 15.0), (-5.9, 13.75), (9.0, 12.6)), (
        (0.2, (-11.0, 31.0)), (13.0, (-7.1, 15.0)), (24.3, (8.5, 12.6)),
    )),
    Walk("intruder", 17, (
        (-8.3, 3.5), (-8.5, 15.5), (-9.75, 18.3), (-12.0, 18.0), (-12.9, 15.6), (-11.6, 17.4), (-9.75, 18.9),
        (-8.4, 21.0), (-8.6, 41.0), (-11.0, 42.5),
    ), (
        (4.9, (-8.3, 3.5)), (16.0, (-9.5, 17.8)), (20.4, (-12.8, 15.7)), (23.6, (-12.8, 15.7)),
        (27.6, (-9.75, 18.9)), (46.0, (-10.8, 42.4)),
    )),
    Walk("walker", 38, ((11.0, 58.0), (8.9, 57.0), (8.8, 18.0)), ((2.0, (11.0, 58.0)), (32.5, (8.8, 18.0)))),
    Walk("walker", 37, ((-11.0, 39.0), (-7.7, 38.6), (-7.4, 4.0)), ((18.0, (-11.0, 39.0)), (45.0, (-7.4, 4.0)))),
    Walk("walker", 26, ((9.3, 14.0), (9.2, 49.0), (11.2, 51.0)), ((9.0, (9.3, 14.0)), (37.5, (11.2, 51.0)))),
    Walk("walker", 4, ((-8.8, 4.0), (-8.9, 27.5), (-11.2, 29.0)), ((26.0, (-8.8, 4.0)), (45.6, (-11.2, 29.0)))),
)  # fmt: skip

PARKED = (Parked("suv", "metallic:6a4a34", (5.25, 33.0), 90.0), Parked("hatchback", "paint:8f9aa3", (5.25, 45.0), 90.0))


def vehicle_mesh(kind: str, paint: str) -> bpy.types.Mesh:
    """Mesh of a vehicle kind of the story."""
    return truck(paint) if kind == "truck" else car(kind, paint)


def set_up() -> list[Actor]:
    """Build street and actors; returns the actors in the order of their numbers."""
    engine.fresh_scene(SEED)
    world.build(world.StreetPlan(SEED))
    world.sky(SUN.elevation, SUN.azimuth, SUN_ENERGY, SKY_STRENGTH)
    actors: list[Actor] = []
    for drive in DRIVES:
        mesh = vehicle_mesh(drive.kind, drive.paint)
        kind = "truck" if drive.kind == "truck" else "car"
        actors.append(Vehicle(len(actors) + 1, kind, drive.role, mesh, drive.motion()))
    for parked in PARKED:
        vehicle = Vehicle(len(actors) + 1, "car", "parked", vehicle_mesh(parked.kind, parked.paint), None)
        vehicle.put(*parked.place, np.radians(parked.heading))
        actors.append(vehicle)
    for walk in WALKS:
        person = random_person(np.random.default_rng(walk.seed))
        actors.append(Walker(len(actors) + 1, walk.role, person, walk.motion()))
    return actors


def parking_events(take: Take) -> list[dict[str, Any]]:
    """The offender's stay, and every other vehicle's passage through the no-parking zone."""
    events = []
    for actor in take.actors:
        if not isinstance(actor, Vehicle):
            continue
        for start, end in spans(take, actor.number, "no_parking"):
            event: dict[str, Any] = {"scene": "illegal_parking", "zone": "no_parking", "object": actor.number}
            if actor.role == "offender":
                first, last = standing(take.story, actor)
                event |= {"from": first, "to": last, "expected": True}
            else:
                why = "waits in a queue" if actor.role == "queue" else "passes"
                event |= {"from": start, "to": end, "expected": False, "why": why}
            events.append(event)
    return events


def yard_events(take: Take) -> list[dict[str, Any]]:
    """Stays of people in the yard."""
    return [
        {
            "scene": "perimeter_intrusion",
            "zone": "yard",
            "object": actor.number,
            "from": start,
            "to": end,
            "expected": True,
        }
        for actor in take.actors
        if actor.kind == "person"
        for start, end in spans(take, actor.number, "yard")
    ]


STORY = Story(
    name="street",
    seed=SEED,
    duration=48.0,
    camera=CAMERA,
    set_up=set_up,
    events=lambda take: [*parking_events(take), *yard_events(take)],
    zones={"no_parking": NO_PARKING, "yard": YARD},
    lights=(SUN,),
    samples=8,
    still_samples=28,
    steady=False,
    folder=File("media"),
)
